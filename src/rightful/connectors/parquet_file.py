"""Read a Parquet file as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rightful.connectors.extract import Extract, joined_text, stripped_headers
from rightful.errors import BookError, Mistake, Place

__all__ = ["ParquetFile", "open_parquet", "text_of"]


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """An opened Parquet file; its rows count from 1."""

    name: str
    headers: tuple[str, ...]
    warnings: tuple[Mistake, ...]
    _file: pq.ParquetFile = field(repr=False)

    def read(self, positions: Sequence[int]) -> Extract:
        """Read columns as text."""
        schema = self._file.schema_arrow
        names = list(dict.fromkeys(schema.names[position] for position in positions))
        try:
            table = self._file.read(columns=names)
        except (pa.ArrowInvalid, OSError) as error:
            raise BookError(Mistake(Place(self.name), f"the file is damaged: {_first_line(error)}")) from error
        columns = {}
        for position in positions:
            place = Place(self.name)
            columns[position] = text_of(table.column(schema.names[position]), schema.names[position], place)
        lines = np.arange(1, table.num_rows + 1, dtype=np.int64)
        return Extract(columns, lines, partial(joined_text, columns))


def open_parquet(path: Path, name: str) -> ParquetFile:
    """Open a Parquet file.

    Raises:
        BookError: It is not a Parquet file, or is damaged.
    """
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        problem = f"not readable as Parquet: {_first_line(error)}"
        raise BookError(Mistake(Place(name), problem, remedy="export the file again")) from error
    return ParquetFile(name, stripped_headers(file.schema_arrow.names), (), file)


def text_of(column: pa.ChunkedArray, header: str, place: Place) -> pa.ChunkedArray:
    """Write a column as text; empty texts are null, lists are joined by ``;``.

    Numbers are written out (``250000000``, not ``2.5e+08``) wherever their value allows it, dates and instants in ISO 8601.

    Raises:
        BookError: The column holds structures that have no text.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = pa.chunked_array([pc.binary_join(chunk.cast(pa.list_(pa.string())), ";") for chunk in column.chunks])
    if pa.types.is_floating(column.type):
        column = _plain_numbers(column)
    try:
        text = column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        problem = f"column {header!r} holds {column.type}, which has no text"
        raise BookError(Mistake(place, problem, "texts, numbers, dates, flags and lists of them")) from error
    return pc.if_else(pc.equal(text, ""), None, text)


def _plain_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write whole numbers out that would else be shortened to an exponent; NaN is blank."""
    values = pc.if_else(pc.is_nan(column), None, column)
    if values.null_count == len(values):
        return values
    span = pc.max(pc.abs(values)).as_py()
    is_whole = pc.all(pc.equal(pc.floor(values), values)).as_py()
    return values.cast(pa.int64()) if is_whole and span < 2**53 else values


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
