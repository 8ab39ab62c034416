"""Regions of rules: every combination of field values that has the same answer, in the plan's own words.

    regions_of         the regions of one set of rules, by whatever the matching rules come to
    changed_regions    where two sets of rules come to something else, by the two answers

Exact: each combination of values that a record can have lies in the region of its answer and in no other. A region is
described by a few boxes, *country = CA, employees 200..499, any industry*, has a made-up record as a witness, and tells which
rows of a table lie in it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.rules.literals import Fields
from rightful.rules.matches import Outcome
from rightful.rules.proofs.chart import Chart, paired
from rightful.rules.proofs.cover import Columns, cover
from rightful.rules.proofs.domain import ANYTHING, Domains
from rightful.rules.proofs.ground import NOTHING, ground_of
from rightful.rules.proofs.precedence import IN_ORDER, Precedence, winner_chart
from rightful.rules.proofs.surface import Surface
from rightful.rules.proofs.words import set_words
from rightful.rules.rule import Rule
from rightful.rules.ruleset import RuleSet, compile_rules

__all__ = ["Box", "Region", "changed_regions", "regions_of"]

L = TypeVar("L", bound=Hashable)
A = TypeVar("A", bound=Hashable)
B = TypeVar("B", bound=Hashable)
Bools = npt.NDArray[np.bool_]

_MOST_BOXES = 60
_MOST_ANY = 3


@dataclass(frozen=True)
class Box:
    """Some values per field, all combined.

    Attributes:
        surface: What it lies on.
        classes: Per field which classes it allows.
    """

    surface: Surface = field(repr=False)
    classes: tuple[Bools, ...]

    def __str__(self) -> str:
        """Write it in the plan's words: *country = CA, employees 200..499, any industry*."""
        return self.words()

    def words(self, most: int = 8) -> str:
        """Write it, with at most so many values per field before the rest is counted."""
        found, free = [], []
        for number, cells in enumerate(self.surface.ground.cells):
            domain = self.surface.domains.get(cells.field, ANYTHING)
            able = self.surface.possible_cells[number]
            words = set_words(cells, self.cells(number), able, domain=domain, most=most)
            if words:
                found.append(words)
            else:
                free.append(cells.field)
        if not found:
            return "every record"
        more = [f"any {', '.join(free[:_MOST_ANY])}"] if 0 < len(free) <= _MOST_ANY else []
        return ", ".join([*found, *more])

    def cells(self, number: int) -> Bools:
        """Give the cells of a field that the box allows."""
        return self.classes[number][self.surface.ground.classes[number].of_cell]

    @cached_property
    def restricted(self) -> tuple[str, ...]:
        """Name the fields that the box does not leave open."""
        pairs = zip(self.surface.ground.cells, self.classes, self.surface.possible, strict=True)
        return tuple(cells.field for cells, allowed, able in pairs if not allowed[able].all())

    def witness(self) -> dict[str, object]:
        """Make a record of the box; fields that it leaves open are blank where that is possible."""
        record: dict[str, object] = {}
        for number, (cells, examples) in enumerate(zip(self.surface.ground.cells, self.surface.examples, strict=True)):
            inside = np.flatnonzero(self.cells(number) & self.surface.possible_cells[number])
            # What is restricted shows a value rather than a blank, and one that a rule names rather than another.
            telling = [inside[inside > 1], inside[inside > 0]] if cells.field in self.restricted else []
            chosen = next((some for some in telling if len(some)), inside)
            record[cells.field] = examples[int(chosen[0])][1]
        return record

    def mask(self, table: pa.Table) -> Bools:
        """Tell which rows lie in the box."""
        found = np.ones(table.num_rows, dtype=np.bool_)
        for classes, allowed in zip(self.surface.ground.classes_of(table), self.classes, strict=True):
            found &= allowed[classes]
        return found


@dataclass(frozen=True)
class Region(Generic[L]):
    """All combinations of values with one answer.

    Attributes:
        label: The answer.
        surface: What it lies on.
        chart: 1 inside, 0 outside.
        most_boxes: How many boxes may describe it.
    """

    label: L
    surface: Surface = field(repr=False)
    chart: Chart = field(repr=False)
    most_boxes: int = _MOST_BOXES

    @cached_property
    def _cover(self) -> tuple[tuple[Box, ...], bool]:
        found = cover(self.chart, self.most_boxes, self.surface.possible_by_level)
        return tuple(self._box(columns) for columns in found.boxes), found.is_complete

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Give boxes that together are the region, large ones first; boxes may overlap."""
        return self._cover[0]

    @property
    def is_complete(self) -> bool:
        """Tell whether the boxes are the whole region; ``mask`` always knows the whole."""
        return self._cover[1]

    @property
    def is_empty(self) -> bool:
        """Tell whether no record can have this answer."""
        return not cover_one(self)

    def witness(self) -> dict[str, object]:
        """Make a record of the region.

        Raises:
            IndexError: No record can have this answer.
        """
        return cover_one(self)[0].witness()

    def mask(self, table: pa.Table) -> Bools:
        """Tell which rows of a table lie in the region; fields that it lacks are blank."""
        return self.chart.values_of(self.surface.ground.classes_of(table), table.num_rows) == 1

    def _box(self, columns: Columns) -> Box:
        by_field = dict(zip(self.surface.ground.order, columns, strict=True))
        return Box(self.surface, tuple(by_field[number] for number in range(len(columns))))


def cover_one(region: Region[L]) -> tuple[Box, ...]:
    """Give one box of a region, none where it is empty."""
    found = cover(region.chart, 1, region.surface.possible_by_level)
    return tuple(region._box(columns) for columns in found.boxes)  # noqa: SLF001 - the same module


def regions_of(
    rules: RuleSet, label: Callable[[Outcome], L | None], *, is_first: bool = True, domains: Domains | None = None
) -> tuple[Region[L], ...]:
    """Give the regions of rules by label, in the order of the rules that make them.

    Args:
        rules: Compiled rules.
        label: What matching rules come to; None is of no interest.
        is_first: The label depends on the first matching rule alone, and gets no other: larger plans can be proven then.
        domains: What values fields can have, by field; others are left out of all regions.

    Raises:
        ChartTooLargeError: There are too many cases to be proven.
    """
    surface = Surface(ground_of(rules), domains or {})
    if is_first:
        chart = surface.ground.first()
        outcomes: dict[int, Outcome] = {value: () if value == NOTHING else (value,) for value in chart.values.tolist()}
    else:
        chart, listed = surface.ground.outcomes()
        outcomes = dict(enumerate(listed))
    labels = {value: label(outcomes[value]) for value in chart.values.tolist()}
    return _regions(surface, chart, labels)


def changed_regions(
    before: tuple[Sequence[Rule], Callable[[int | None], A]],
    after: tuple[Sequence[Rule], Callable[[int | None], B]],
    fields: Fields,
    domains: Domains | None = None,
    precedences: tuple[Precedence, Precedence] = (IN_ORDER, IN_ORDER),
) -> tuple[Region[tuple[A, B]], ...]:
    """Give the regions in which two sets of rules come to different answers, by (answer before, answer after).

    Args:
        before: The rules, in order of priority, and the answer where a rule wins, by its number; of None where none does.
        after: The same for the other rules.
        fields: The fields that rules may test.
        domains: What values fields can have.
        precedences: Which rules win over which, beyond their order, before and after.

    Raises:
        ChartTooLargeError: There are too many cases to be proven.
    """
    (old, old_answer), (new, new_answer) = before, after
    ground = ground_of(compile_rules([*old, *new], fields))
    numbers: dict[Hashable, int] = {}

    def answered(rules: range, answer: Callable[[int | None], Hashable], precedence: Precedence) -> Chart:
        chart = winner_chart(ground, precedence.shifted(rules.start), rules)
        return chart.renamed(
            lambda value: numbers.setdefault(answer(None if value == NOTHING else value - rules.start), len(numbers))
        )

    was = answered(range(len(old)), old_answer, precedences[0])
    is_now = answered(range(len(old), len(old) + len(new)), new_answer, precedences[1])
    count = len(numbers)
    chart = paired(was, is_now, lambda x, y: x * count + y)
    answers = list(numbers)
    labels = {
        value: None if value // count == value % count else (answers[value // count], answers[value % count])
        for value in chart.values.tolist()
    }
    return _regions(Surface(ground, domains or {}), chart, labels)


def _regions(surface: Surface, chart: Chart, labels: Mapping[int, L | None]) -> tuple[Region[L], ...]:
    values: dict[L, set[int]] = {}
    for value, label in labels.items():
        if label is not None:
            values.setdefault(label, set()).add(value)
    regions = (
        Region(label, surface, chart.renamed(partial(_is_in, frozenset(inside)))) for label, inside in values.items()
    )
    return tuple(region for region in regions if not region.is_empty)


def _is_in(inside: frozenset[int], value: int) -> int:
    return int(value in inside)
