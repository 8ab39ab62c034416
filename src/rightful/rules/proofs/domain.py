"""Which values of a field can occur at all, and an example of each class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, inf, nextafter

from rightful.rules.conditions import date_of
from rightful.rules.field_cells import BLANK, Cells, DateCells, FlagCells, NumberCells, TextCells

__all__ = ["ANYTHING", "Domain", "Domains", "example_in"]

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz~"


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a field can have; what is not stated is possible.

    Attributes:
        is_whole: Numbers are whole, such as employees.
        lowest: The lowest number, such as 0.
        values: The only texts that occur; None where any text may.
        has_blank: Whether the field may be blank.
        examples: Texts that are taken first as examples.
    """

    is_whole: bool = False
    lowest: float = -inf
    values: tuple[str, ...] | None = None
    has_blank: bool = True
    examples: tuple[str, ...] = ()


Domains = Mapping[str, Domain]
ANYTHING = Domain()


def example_in(cells: Cells, cell: int, domain: Domain) -> tuple[bool, object]:
    """Give whether a value can fall in a cell, and such a value.

    Example:
        >>> from rightful.rules.conditions import Range
        >>> cells = NumberCells.cut("employees", [Range("employees", 100, 199), Range("employees", 200, None)])
        >>> [example_in(cells, cell, Domain(is_whole=True, lowest=0)) for cell in range(cells.size)]
        [(True, None), (True, 0), (True, 100), (False, None), (True, 200)]
    """
    if cell == BLANK:
        return domain.has_blank, None
    if isinstance(cells, TextCells):
        text = _text_in(cells, cell, domain)
        return text is not None, text
    if isinstance(cells, NumberCells):
        number = _number_in(cells, cell, domain)
        return number is not None, number
    if isinstance(cells, DateCells):
        day = _date_in(cells, cell)
        return day is not None, day
    if isinstance(cells, FlagCells):
        return True, cell == 2
    message = f"no such cells: {cells!r}"
    raise TypeError(message)


def _text_in(cells: TextCells, cell: int, domain: Domain) -> str | None:
    text, is_value = cells.entries[cell - 1]
    if domain.values is not None:
        return next((value for value in domain.values if cells.cell_of(value) == cell), None)
    if is_value:
        return text
    known = next((value for value in domain.examples if cells.cell_of(value) == cell), None)
    return known or next(each for each in _beginning(text) if cells.cell_of(each) == cell)


def _beginning(text: str) -> Iterator[str]:
    """Give texts with this beginning, ever longer ones: one of them falls in no narrower cell."""
    tails = ["other"] if not text else ["", *_LETTERS]
    while True:
        yield from (text + tail for tail in tails)
        tails = [*(tail + letter for tail in tails[:50] for letter in _LETTERS)]


def _number_in(cells: NumberCells, cell: int, domain: Domain) -> float | int | None:
    """Give the plainest number between two cuts."""
    low = cells.cuts[cell - 2] if cell > 1 else -inf
    high = nextafter(cells.cuts[cell - 1], -inf) if cell <= len(cells.cuts) else inf
    low = max(low, domain.lowest)
    if low > high:
        return None
    whole = _whole_in(low, high)
    if whole is not None or domain.is_whole:
        return whole
    middle = low + (high - low) / 2
    return next((number for number in (round(middle, 2), round(middle, 6), middle) if low <= number <= high), low)


def _whole_in(low: float, high: float) -> int | None:
    if low == -inf:
        return 0 if high >= 0 else (floor(high) if high > -inf else None)
    if low == inf:
        return None
    first = ceil(low)
    return first if first <= high else None


def _date_in(cells: DateCells, cell: int) -> date | None:
    low = cells.cuts[cell - 2] if cell > 1 else None
    high = cells.cuts[cell - 1] - 1 if cell <= len(cells.cuts) else None
    day = low if low is not None else high if high is not None else 0
    try:
        return date_of(day)
    except (ValueError, OverflowError):
        return None
