"""Find out whether a CSV file is regular, and where its rows stand, without reading a cell.

Regular means: no NUL, no lone carriage return, every quote opens at the start of a cell and closes at its end, no row longer than
a cell may be. Then every quote switches between inside and outside, so the n-th quote tells all, and the check is a few passes
of numpy. Anything else goes to the careful reader.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rightful.connectors.extract import Lines

__all__ = ["FIELD_CHARACTERS", "Layout", "layout_of"]

FIELD_CHARACTERS = 131_072
"""Longest cell that is read, which is also the longest text a Salesforce field holds."""

_BLOCK = 1 << 24
_NEWLINE, _RETURN, _QUOTE = b'\n\r"'

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of a regular CSV file stand; the first one is the header, empty lines are left out.

    Attributes:
        starts: First byte of each row.
        ends: Byte after each row, its line end not included.
        lines: Physical line of each row, counted from 1.
        has_newlines: True when a cell holds a line break.
    """

    starts: Lines
    ends: Lines
    lines: Lines
    has_newlines: bool


def layout_of(data: memoryview, delimiter: str, first_line: int = 1) -> Layout | None:
    """Find the rows of a CSV file.

    Args:
        data: The file as UTF-8.
        delimiter: Character between the cells.
        first_line: Physical line on which the data begins.

    Returns:
        The layout, or None when the file is not regular.
    """
    content: Bytes = np.frombuffer(data, np.uint8)
    ends: list[Lines] = []
    numbers: list[Lines] = []
    quotes = newlines = 0
    for start in range(0, len(content), _BLOCK):
        block = content[start : start + _BLOCK]
        if not block.all() or not _returns_end_lines(content, block, start):
            return None
        in_block = np.flatnonzero(block == _QUOTE) + start
        if not _quotes_are_regular(content, in_block, quotes, ord(delimiter)):
            return None
        breaks = np.flatnonzero(block == _NEWLINE) + start
        is_outside = (np.searchsorted(in_block, breaks) + quotes) % 2 == 0
        ends.append(breaks[is_outside])
        numbers.append(np.flatnonzero(is_outside) + newlines + first_line)
        quotes += len(in_block)
        newlines += len(breaks)
    if quotes % 2:
        return None
    return _layout(content, np.concatenate(ends), np.concatenate(numbers), (newlines, first_line))


def _layout(content: Bytes, ends: Lines, numbers: Lines, counted: tuple[int, int]) -> Layout | None:
    newlines, first_line = counted
    has_newlines = len(ends) != newlines
    if len(ends) == 0 or ends[-1] != len(content) - 1:  # the last line has no end
        ends = np.append(ends, len(content))
        numbers = np.append(numbers, newlines + first_line)
    starts = np.concatenate(([0], ends[:-1] + 1))
    lines = np.concatenate(([first_line], numbers[:-1] + 1))
    has_return = (ends > starts) & (content[np.maximum(ends - 1, 0)] == _RETURN)
    ends = ends - has_return
    is_row = ends > starts
    starts, ends, lines = starts[is_row], ends[is_row], lines[is_row]
    if len(starts) == 0 or (ends - starts).max() > FIELD_CHARACTERS:
        return None
    return Layout(starts, ends, lines, has_newlines)


def _returns_end_lines(content: Bytes, block: Bytes, start: int) -> bool:
    after = np.flatnonzero(block == _RETURN) + start + 1
    if len(after) and after[-1] == len(content):
        return False
    return bool((content[after] == _NEWLINE).all())


def _quotes_are_regular(content: Bytes, quotes: Lines, seen: int, delimiter: int) -> bool:
    opening, closing = quotes[seen % 2 :: 2], quotes[1 - seen % 2 :: 2]
    before = content[opening[opening > 0] - 1]
    after = content[closing[closing < len(content) - 1] + 1]
    # A doubled quote inside a cell closes and opens again at once.
    opens_well = (before == delimiter) | (before == _NEWLINE) | (before == _QUOTE)
    closes_well = (after == delimiter) | (after == _NEWLINE) | (after == _RETURN) | (after == _QUOTE)
    return bool(opens_well.all() and closes_well.all())
