"""What a reader gives: the columns asked for as text, the place of each row, and the rows that could not be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rightful.connectors.quarantine import Quarantined
from rightful.errors import Mistake

__all__ = ["Extract", "Lines", "Source", "joined_text", "stripped_headers"]

Lines = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Extract:
    """Rows read from one source.

    Attributes:
        columns: Text columns by their position in the source, all of the same length; blank cells are null.
        lines: Where each row stands: physical line, sheet row, or row of the query; counts from 1.
        row_text: Gives the text of the i-th row, for the quarantine.
        unreadable: Rows that could not be read; they are not in the columns.
    """

    columns: dict[int, pa.ChunkedArray]
    lines: Lines
    row_text: Callable[[int], str]
    unreadable: tuple[Quarantined, ...] = ()


class Source(Protocol):
    """An opened file, sheet or database table."""

    @property
    def name(self) -> str:
        """As ``source_file`` shows it."""
        ...

    @property
    def headers(self) -> Sequence[str]:
        """Headers as they stand in the source, without blanks around them; empty for columns without one."""
        ...

    @property
    def warnings(self) -> Sequence[Mistake]:
        """What a person should know, such as a guessed encoding."""
        ...

    def read(self, positions: Sequence[int]) -> Extract:
        """Read the columns at these positions as text."""
        ...


def joined_text(columns: Mapping[int, pa.ChunkedArray], row: int) -> str:
    """Show a row that is no line of text: its cells, as a CSV line."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([column[row].as_py() for _, column in sorted(columns.items())])
    return line.getvalue()


def stripped_headers(headers: Sequence[str | None]) -> tuple[str, ...]:
    """Take blanks off the headers."""
    return tuple((header or "").strip() for header in headers)
