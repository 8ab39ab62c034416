"""Find the cells of whole columns: the same answers as ``Cells.cell_of``, value by value, at the speed of Arrow and numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.rules.field_cells import BLANK, Cells, DateCells, FlagCells, NumberCells, TextCells

__all__ = ["cells_of"]

_CellArray = npt.NDArray[np.int32]
_SECONDS_OF_DAY = 86_400
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def cells_of(column: pa.ChunkedArray, cells: Cells) -> _CellArray:
    """Give the cell of each value of a column.

    Raises:
        BookError: The column holds values that are not of the field's kind.
    """
    chunks = [_chunk(chunk, cells) for chunk in column.chunks]
    return np.concatenate(chunks) if chunks else np.zeros(0, dtype=np.int32)


def _chunk(chunk: Any, cells: Cells) -> _CellArray:
    kind = chunk.type
    if pa.types.is_null(kind):
        return np.full(len(chunk), BLANK, dtype=np.int32)
    if pa.types.is_dictionary(kind):
        return _gathered(_chunk(chunk.dictionary, cells), chunk.indices)
    if isinstance(cells, TextCells) and _is_text(kind):
        return _texts(chunk, cells)
    if isinstance(cells, NumberCells) and (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        return _numbers(chunk, cells)
    if isinstance(cells, DateCells) and (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        return _dates(chunk, cells)
    if isinstance(cells, FlagCells) and pa.types.is_boolean(kind):
        return pc.fill_null(pc.add(pc.cast(chunk, pa.int32()), 1), BLANK).to_numpy()
    return _one_by_one(chunk, cells)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _gathered(cells: _CellArray, indices: Any) -> _CellArray:
    """Give the cells of dictionary-encoded values; a null index is blank."""
    with_blank = np.append(cells, np.int32(BLANK))
    return with_blank[pc.fill_null(pc.cast(indices, pa.int64()), len(cells)).to_numpy()]


def _texts(chunk: Any, cells: TextCells) -> _CellArray:
    if pa.types.is_string_view(chunk.type):
        chunk = chunk.cast(pa.large_string())
    if cells.lengths:  # beginnings are sought once per distinct text
        encoded = chunk.dictionary_encode()
        return _gathered(_looked_up(encoded.dictionary, cells), encoded.indices)
    return _looked_up(chunk, cells)


def _looked_up(texts: Any, cells: TextCells) -> _CellArray:
    found = _cells_named(texts, {"": BLANK, **cells.cell_of_value})
    for length in cells.lengths:
        open_places = np.flatnonzero(found < 0)
        if not len(open_places):
            break
        heads = pc.utf8_slice_codeunits(texts.take(pa.array(open_places)), 0, length)
        named = {text: cell for text, cell in cells.cell_of_prefix.items() if len(text) == length}
        found[open_places] = _cells_named(heads, named)
    found[found < 0] = 1
    found[pc.is_null(texts).to_numpy(zero_copy_only=False)] = BLANK
    return found


def _cells_named(texts: Any, cell_of: dict[str, int]) -> _CellArray:
    """Look texts up; -1 where unknown."""
    known = pa.array(list(cell_of), texts.type)
    cell = np.append(np.fromiter(cell_of.values(), np.int32, len(cell_of)), np.int32(-1))
    return cell[pc.fill_null(pc.index_in(texts, known), len(cell_of)).to_numpy()]


def _numbers(chunk: Any, cells: NumberCells) -> _CellArray:
    numbers = pc.fill_null(pc.cast(chunk, pa.float64(), safe=False), float("nan")).to_numpy()
    found = np.searchsorted(np.array(cells.cuts, dtype=np.float64), numbers, side="right").astype(np.int32) + 1
    found[np.isnan(numbers)] = BLANK
    return found


def _dates(chunk: Any, cells: DateCells) -> _CellArray:
    kind = chunk.type
    if pa.types.is_date32(kind):
        days = pc.fill_null(chunk.view(pa.int32()), 0).to_numpy().astype(np.int64)
    else:
        unit = "ms" if pa.types.is_date64(kind) else kind.unit
        days = pc.fill_null(chunk.view(pa.int64()), 0).to_numpy() // (_SECONDS_OF_DAY * _PER_SECOND[unit])
    found = np.searchsorted(np.array(cells.cuts, dtype=np.int64), days, side="right").astype(np.int32) + 1
    found[pc.is_null(chunk).to_numpy(zero_copy_only=False)] = BLANK
    return found


def _one_by_one(chunk: Any, cells: Cells) -> _CellArray:
    """Read values as records hold them: decimals, dates as text; and refuse what is of another kind."""
    encoded = chunk.dictionary_encode()
    values = encoded.dictionary.to_pylist()
    return _gathered(np.fromiter((cells.cell_of(value) for value in values), np.int32, len(values)), encoded.indices)
