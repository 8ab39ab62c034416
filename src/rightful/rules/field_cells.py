"""Cut the values of a field into elementary cells: no test in any rule can tell two values of one cell apart.

Cells are numbered in the order of values, blank first: cell 0 is blank, texts follow alphabetically with each prefix before
what begins with it, numbers and dates are intervals between the bounds that rules name, flags are false, true.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, nextafter

from rightful.rules.conditions import Atom, Blank, Flag, OneOf, Period, Prefix, Range, date_of, number_words
from rightful.rules.sets import Borders, joined
from rightful.rules.values import RuleKind, day_of, read_date, read_flag, read_number, read_text

__all__ = ["Bound", "Cells", "DateCells", "FlagCells", "NumberCells", "TextCells", "bound_of", "cells_for"]

BLANK = 0


class Cells(ABC):
    """The elementary cells of one field.

    Attributes:
        field: The field.
        size: How many cells there are.
    """

    field: str
    size: int

    @abstractmethod
    def cell_of(self, value: object) -> int:
        """Give the cell of a value."""

    @abstractmethod
    def inside(self, atom: Atom) -> Borders:
        """Give the cells in which a test holds; its bounds must be among those that made the cells."""

    @abstractmethod
    def words(self, cell: int, value: object) -> str:
        """Say where a value falls: *is blank*, *650 is in 500..999*, *94110 begins with 94*."""


@dataclass(frozen=True)
class TextCells(Cells):
    """The cells of a text: one per known value, one per known prefix (the longest that fits), one for all others.

    Attributes:
        entries: What each cell from 1 on stands for: a text and whether it is the value (or else a prefix). The
            first is the empty prefix, which is every other text.
        cell_of_value: The cells of known values.
        cell_of_prefix: The cells of known prefixes.
        lengths: The lengths of known prefixes, longest first.
    """

    field: str
    entries: tuple[tuple[str, bool], ...]
    cell_of_value: dict[str, int]
    cell_of_prefix: dict[str, int]
    lengths: tuple[int, ...]

    @classmethod
    def cut(cls, field: str, atoms: Iterable[Atom]) -> TextCells:
        """Cut by the values and prefixes of the tests."""
        found = {("", False)}
        for atom in atoms:
            if isinstance(atom, OneOf):
                found.update((value, True) for value in atom.values if value)
            elif isinstance(atom, Prefix):
                found.add((atom.prefix, False))
        entries = tuple(sorted(found))
        cells = list(enumerate(entries, start=1))
        lengths = {len(text) for text, is_value in entries if not is_value and text}
        return cls(
            field,
            entries,
            {text: cell for cell, (text, is_value) in cells if is_value},
            {text: cell for cell, (text, is_value) in cells if not is_value},
            tuple(sorted(lengths, reverse=True)),
        )

    @property
    def size(self) -> int:  # type: ignore[override]  # derived from the entries
        """Count the cells."""
        return len(self.entries) + 1

    def cell_of(self, value: object) -> int:
        """Look the text up, then its beginnings from the longest known."""
        text = read_text(value, self.field)
        if text is None:
            return BLANK
        cell = self.cell_of_value.get(text)
        if cell is not None:
            return cell
        for length in self.lengths:
            cell = self.cell_of_prefix.get(text[:length])
            if cell is not None:
                return cell
        return 1

    def inside(self, atom: Atom) -> Borders:
        """Give one cell per value; for a prefix the run of all that begins with it."""
        if isinstance(atom, OneOf):
            return joined(self.cell_of_value[value] for value in atom.values if value)
        if isinstance(atom, Prefix):
            start = self.cell_of_prefix[atom.prefix]
            beyond = range(start - 1, len(self.entries))
            stop = bisect_left(beyond, True, key=lambda entry: not self.entries[entry][0].startswith(atom.prefix))  # noqa: FBT003
            return (start, start + stop)
        return _blank_only(atom)

    def words(self, cell: int, value: object) -> str:
        """Say where a value falls."""
        if cell == BLANK:
            return "is blank"
        text, is_value = self.entries[cell - 1]
        if is_value:
            return f"is {text}"
        return f"{value} begins with {text}" if text else f"{value} is not named in any rule"


@dataclass(frozen=True)
class NumberCells(Cells):
    """The cells of a number: the intervals between the bounds of the tests.

    Attributes:
        cuts: Where a new cell begins, rising; a bound that belongs to the cell below cuts at the next float above it.
    """

    field: str
    cuts: tuple[float, ...]

    @classmethod
    def cut(cls, field: str, atoms: Iterable[Atom]) -> NumberCells:
        """Cut by the bounds of the tests."""
        found = {cut for atom in atoms if isinstance(atom, Range) for cut in _cuts(atom) if cut is not None}
        return cls(field, tuple(sorted(found)))

    @property
    def size(self) -> int:  # type: ignore[override]  # derived from the cuts
        """Count the cells."""
        return len(self.cuts) + 2

    def cell_of(self, value: object) -> int:
        """Search the number among the cuts."""
        number = read_number(value, self.field)
        return BLANK if number is None else bisect_right(self.cuts, number) + 1

    def inside(self, atom: Atom) -> Borders:
        """Give the run of cells between the bounds."""
        return _between(self.cuts, *_cuts(atom)) if isinstance(atom, Range) else _blank_only(atom)

    def words(self, cell: int, value: object) -> str:
        """Say where a value falls."""
        if cell == BLANK:
            return "is blank"
        low = bound_of(self.cuts[cell - 2]) if cell > 1 else None
        high = bound_of(self.cuts[cell - 1]) if cell <= len(self.cuts) else None
        shown = number_words(read_number(value, self.field) or 0.0)
        if low and high and low.starts_cell and not high.starts_cell:
            ends = number_words(low.bound), number_words(high.bound)
            return f"{shown} is {ends[0]}" if low.bound == high.bound else f"{shown} is in {ends[0]}..{ends[1]}"
        above = f"{'at least' if low.starts_cell else 'above'} {number_words(low.bound)}" if low else ""
        below = f"{'below' if high.starts_cell else 'at most'} {number_words(high.bound)}" if high else ""
        return f"{shown} is {' and '.join(filter(None, (above, below))) or 'a number'}"


@dataclass(frozen=True)
class DateCells(Cells):
    """The cells of a date: the periods between the days of the tests.

    Attributes:
        cuts: The days since 1970-01-01 on which a new cell begins, rising.
    """

    field: str
    cuts: tuple[int, ...]

    @classmethod
    def cut(cls, field: str, atoms: Iterable[Atom]) -> DateCells:
        """Cut by the days of the tests."""
        found = {cut for atom in atoms if isinstance(atom, Period) for cut in _days(atom) if cut is not None}
        return cls(field, tuple(sorted(found)))

    @property
    def size(self) -> int:  # type: ignore[override]  # derived from the cuts
        """Count the cells."""
        return len(self.cuts) + 2

    def cell_of(self, value: object) -> int:
        """Search the day among the cuts."""
        day = read_date(value, self.field)
        return BLANK if day is None else bisect_right(self.cuts, day) + 1

    def inside(self, atom: Atom) -> Borders:
        """Give the run of cells of the period."""
        return _between(self.cuts, *_days(atom)) if isinstance(atom, Period) else _blank_only(atom)

    def words(self, cell: int, value: object) -> str:
        """Say where a value falls."""
        if cell == BLANK:
            return "is blank"
        first = date_of(self.cuts[cell - 2]) if cell > 1 else None
        last = date_of(self.cuts[cell - 1] - 1) if cell <= len(self.cuts) else None
        shown = date_of(read_date(value, self.field) or 0)
        if first is not None and last is not None:
            return f"is {first}" if first == last else f"{shown} is in {first}..{last}"
        if first is None and last is None:
            return f"{shown} is a date"
        return f"{shown} is on or before {last}" if first is None else f"{shown} is on or after {first}"


@dataclass(frozen=True)
class FlagCells(Cells):
    """The cells of a flag: blank, false, true."""

    field: str
    size: int = 3

    def cell_of(self, value: object) -> int:
        """Read the flag."""
        flag = read_flag(value, self.field)
        return BLANK if flag is None else 1 + flag

    def inside(self, atom: Atom) -> Borders:
        """Give the one cell."""
        return (1 + atom.is_set, 2 + atom.is_set) if isinstance(atom, Flag) else _blank_only(atom)

    def words(self, cell: int, value: object) -> str:  # noqa: ARG002 - the cell says it all
        """Say where a value falls."""
        return ("is blank", "is false", "is true")[cell]


def cells_for(field: str, kind: RuleKind, atoms: Iterable[Atom]) -> Cells:
    """Cut the values of a field by all tests of it."""
    match kind:
        case RuleKind.TEXT:
            return TextCells.cut(field, atoms)
        case RuleKind.NUMBER:
            return NumberCells.cut(field, atoms)
        case RuleKind.DATE:
            return DateCells.cut(field, atoms)
        case RuleKind.FLAG:
            return FlagCells(field)


def _blank_only(atom: Atom) -> Borders:
    if not isinstance(atom, Blank):
        message = f"no cells for {atom!r}: the kinds of tests are checked before"
        raise TypeError(message)
    return (BLANK, BLANK + 1)


def _cuts(atom: Range) -> tuple[float | None, float | None]:
    """Give where the range begins and where it has ended, as values from which on a new cell begins."""
    low, high = atom.low, atom.high
    if low is not None and not atom.includes_low:
        low = nextafter(low, inf)
    if high is not None and atom.includes_high:
        high = nextafter(high, inf)
    return low, high


def _days(atom: Period) -> tuple[int | None, int | None]:
    first = None if atom.first is None else day_of(atom.first)
    return first, None if atom.last is None else day_of(atom.last) + 1


def _between(cuts: tuple[float, ...] | tuple[int, ...], low: float | None, high: float | None) -> Borders:
    start = 1 if low is None else bisect_left(cuts, low) + 2
    stop = len(cuts) + 2 if high is None else bisect_left(cuts, high) + 2
    return (start, stop) if start < stop else ()


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound as a person wrote it, and whether a cell starts with it or ends with it."""

    bound: float
    starts_cell: bool


def bound_of(cut: float) -> Bound:
    """Find the bound behind a cut: the plainer of the cut and the float below it."""
    below = nextafter(cut, -inf)
    return Bound(below, starts_cell=False) if len(repr(below)) < len(repr(cut)) else Bound(cut, starts_cell=True)
