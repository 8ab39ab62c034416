"""Read an irregular CSV file row by row, and say of each unreadable row why.

A row that cannot be read costs its first physical line only: reading goes on with the next line, so that an unclosed quote does
not swallow the rest of the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rightful.connectors.csv_layout import FIELD_CHARACTERS
from rightful.connectors.encoding import BAD_BYTE
from rightful.connectors.quarantine import Reason

__all__ = ["Record", "records"]

# How often the file may be read again after unclosed quotes, before quotes end with their line: keeps the time linear.
_REREADS = 10
_LEAST_REREAD_LINES = 10_000

_Trouble = tuple[Reason, str]


class Record(NamedTuple):
    """One row of a CSV file; a tuple, since there are millions.

    Attributes:
        start: Index of its first physical line.
        end: Index of the line after it.
        cells: Its cells, as many as the header has; empty when the row cannot be read.
        trouble: Why it cannot be read; None when it can.
    """

    start: int
    end: int
    cells: Sequence[str]
    trouble: _Trouble | None = None


def records(lines: Sequence[str], delimiter: str, width: int | None) -> Iterator[Record]:
    """Give the rows of a CSV file, readable or not; empty lines are passed over.

    Args:
        lines: Physical lines with their line ends.
        delimiter: Character between the cells.
        width: Cells that a row must have; None takes any number. Blank cells beyond it are dropped.
    """
    start = 0
    patience = _REREADS * len(lines) + _LEAST_REREAD_LINES
    while start < len(lines):
        stop = len(lines) if patience > 0 else start + 1
        end = start
        for record in _run(lines, start, stop, (delimiter, width)):
            end = record.end
            if record.trouble and end - record.start > 1:
                yield Record(record.start, record.start + 1, (), record.trouble)
                patience -= end - record.start
                end = record.start + 1
                break
            if record.cells or record.trouble:
                yield record
        start = end


def _run(lines: Sequence[str], start: int, stop: int, shape: tuple[str, int | None]) -> Iterator[Record]:
    """Read rows until the first one that breaks the format, which is given as well."""
    delimiter, width = shape
    origin = start
    reader = csv.reader((lines[index] for index in range(origin, stop)), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            end = origin + reader.line_num
            yield Record(start, end, (), _broken(str(error), end - start))
            return
        end = origin + reader.line_num
        if width is not None and cells:
            trouble = _trouble(cells, width, sum(map(len, lines[start:end])))
            yield Record(start, end, () if trouble else cells[:width], trouble)
        else:
            yield Record(start, end, cells)
        start = end


def _broken(message: str, physical_lines: int) -> _Trouble:
    if physical_lines > 1 or "end of data" in message:
        return Reason.UNCLOSED_QUOTE, "a quote opens in this line and is not closed as it should be"
    if "limit" in message:
        return _huge()
    return Reason.STRAY_QUOTE, "a quote stands inside a quoted cell; it must be doubled"


def _huge() -> _Trouble:
    return Reason.HUGE_FIELD, f"a cell has more than {FIELD_CHARACTERS} characters"


def _trouble(cells: Sequence[str], width: int, characters: int) -> _Trouble | None:
    if len(cells) != width and (len(cells) < width or any(cells[width:])):
        return Reason.RAGGED_ROW, f"{len(cells)} cells where the header has {width}"
    text = "".join(cells)
    if "\0" in text:
        return Reason.NUL_CHARACTER, "a cell holds a NUL character"
    if BAD_BYTE in text:
        return Reason.INVALID_BYTES, "a cell holds bytes that are no character in the file's encoding"
    if characters > FIELD_CHARACTERS and any(len(cell) > FIELD_CHARACTERS for cell in cells):
        return _huge()
    return None
