"""Read a Parquet file as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rightful.connectors.extract import Extract, joined_text, stripped_headers
from rightful.connectors.text import text_of
from rightful.errors import BookError, Mistake, Place

__all__ = ["ParquetFile", "open_parquet"]


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
        place = Place(self.name)
        columns = {
            position: text_of(table.column(schema.names[position]), schema.names[position], place)
            for position in positions
        }
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


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
