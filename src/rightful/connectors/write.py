"""Write a table to a file: absent or complete, and safe to open in a spreadsheet."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from rightful.connectors.text import instants_text
from rightful.connectors.write_cells import escaped
from rightful.connectors.write_excel import write_excel
from rightful.errors import EngineError, Mistake, Place, near_miss

__all__ = ["write_table"]


def write_table(table: pa.Table, path: Path | str) -> Path:
    """Write a table to a ``.parquet``, ``.csv`` or ``.xlsx`` file, and give back its path.

    The file appears when it is complete; an older one is replaced then. CSV is UTF-8 with commas, nulls empty, and texts that a
    spreadsheet would run are escaped (see ``write_cells``). XLSX keeps texts as texts (ZIP codes, ``=1+1``), has a frozen header,
    filters and column widths, and goes on in a second sheet where one is full.

    Raises:
        EngineError: The ending of the name is none of the three, or the disk does not take the file.
    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.casefold())
    if writer is None:
        endings = list(_WRITERS)
        problem = f"cannot write files that end in {path.suffix!r}"
        raise EngineError(Mistake(Place(str(path)), problem, ", ".join(endings), near_miss(path.suffix, endings)))
    partial = path.with_name(f".{path.name}.{token_hex(4)}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("xb") as file:
            writer(table, file, path.stem)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        problem = f"the file cannot be written: {error.strerror or error}"
        raise EngineError(Mistake(Place(str(path)), problem, remedy="check the disk's space and rights")) from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return path


def _write_parquet(table: pa.Table, file: IO[bytes], _title: str) -> None:
    pq.write_table(table, file, compression="zstd")


def _write_csv(table: pa.Table, file: IO[bytes], _title: str) -> None:
    columns = [_for_csv(column) for column in table.columns]
    names = [escaped(pa.chunked_array([[name]]))[0].as_py() for name in table.column_names]
    pa_csv.write_csv(pa.table(columns, names=names), file)


def _for_csv(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
        return escaped(pc.replace_substring(column.cast(pa.string()), "\0", ""))
    if pa.types.is_floating(column.type):
        return pc.if_else(pc.is_nan(column), None, column)
    return instants_text(column) if pa.types.is_timestamp(column.type) else column


_Writer = Callable[[pa.Table, IO[bytes], str], Any]
_WRITERS: dict[str, _Writer] = {".parquet": _write_parquet, ".csv": _write_csv, ".xlsx": write_excel}
