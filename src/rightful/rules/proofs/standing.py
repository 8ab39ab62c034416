"""What each rule comes to among the others: whether it ever wins, and which rules win where it matches as well.

A rule is followed through the chart of first rules: along the classes that it allows, and no others. Rules that begin with the
same tests share the first steps, and whatever is decided already is not followed any further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.rules.arrays import IntArray
from rightful.rules.formulas import Formula, Gate, Test
from rightful.rules.proofs.chart import Chart, lowest
from rightful.rules.proofs.ground import NOTHING
from rightful.rules.proofs.surface import Surface
from rightful.rules.sets import Borders

__all__ = ["Standing", "reached", "standings"]

Bools = npt.NDArray[np.bool_]
_OUTSIDE = -(NOTHING + 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a rule comes to.

    Attributes:
        rule: Its number.
        winners: The rules that come first somewhere in its region, rising; itself where it ever wins. Empty where no record
            can match it.
    """

    rule: int
    winners: IntArray

    @property
    def is_dead(self) -> bool:
        """Tell whether no record can match it."""
        return not len(self.winners)

    @property
    def wins(self) -> bool:
        """Tell whether it is first for some record."""
        return bool(np.any(self.winners == self.rule))


def standings(surface: Surface, chart: Chart) -> tuple[Standing, ...]:
    """Find what every rule comes to.

    Args:
        surface: The rules, and what values fields can have.
        chart: The first rule that matches, see ``Ground.first``.

    Raises:
        ChartTooLargeError: A rule branches too much to be followed.
    """
    follower = _Follower(surface, chart)
    return tuple(Standing(rule, follower.values(formula)) for rule, formula in enumerate(surface.ground.formulas))


def reached(chart: Chart, surface: Surface) -> IntArray:
    """Give the numbers of a chart that some record has."""
    return _Follower(surface, chart).values(True)  # noqa: FBT003 - the formula that always holds


@dataclass(frozen=True, slots=True)
class _Step:
    """Where records that meet the tests so far can be: nodes still open, and numbers already certain."""

    nodes: IntArray
    certain: IntArray


class _Follower:
    def __init__(self, surface: Surface, chart: Chart) -> None:
        self._surface, self._chart = surface, chart
        self._low, self._high = chart.bounds()
        self._steps: dict[tuple[Borders | None, ...], _Step] = {}
        self._columns: dict[tuple[int, Borders | None], IntArray] = {}
        self._negated: Chart | None = None

    def values(self, formula: Formula) -> IntArray:
        """Give the numbers of all records for which a formula holds."""
        if formula is False:
            return np.zeros(0, dtype=np.int64)
        tests = _chain(formula)
        return self._of_branching(formula) if tests is None else self._of_chain(tests)

    def _of_chain(self, tests: dict[int, Borders]) -> IntArray:
        path = tuple(tests.get(number) for number in self._chart.order)
        step = self._step(path, len(path))
        return np.unique(np.concatenate((step.certain, self._chart.values[step.nodes])))

    def _step(self, path: tuple[Borders | None, ...], length: int) -> _Step:
        """Follow the first tests of a path, from where another path has been already."""
        known = length
        while known and path[:known] not in self._steps:
            known -= 1
        step = self._steps[path[:known]] if known else self._settled(0, np.zeros(1, dtype=np.int64), ())
        for number in range(known, length):
            level = self._chart.levels[number]
            found = level.edges[step.nodes][:, self._allowed(number, path[number])]
            step = self._settled(number + 1, np.unique(found).astype(np.int64), (step.certain,))
            if number + 1 < length:  # whole paths are as good as never shared
                self._steps[path[: number + 1]] = step
        return step

    def _settled(self, number: int, nodes: IntArray, certain: Sequence[IntArray]) -> _Step:
        is_certain = self._low[number][nodes] == self._high[number][nodes]
        found = self._low[number][nodes[is_certain]]
        return _Step(nodes[~is_certain], np.unique(np.concatenate((found, *certain))) if len(found) else _one(certain))

    def _allowed(self, number: int, inside: Borders | None) -> IntArray:
        """Give the columns of a level that a test allows and records can have."""
        columns = self._columns.get((number, inside))
        if columns is None:
            field = self._chart.order[number]
            able = self._surface.possible[field]
            if inside is not None:
                spans = self._surface.ground.classes[field].spans(inside)
                is_in = np.zeros(len(able), dtype=np.bool_)
                for start, stop in spans:
                    is_in[start:stop] = True
                able = able & is_in
            columns = np.unique(self._chart.levels[number].column[able]).astype(np.int64)
            self._columns[number, inside] = columns
        return columns

    def _of_branching(self, formula: Formula) -> IntArray:
        """Cut the chart to where the formula holds, then see what is left of it."""
        if self._negated is None:
            self._negated = self._chart.renamed(lambda value: -value)
        inside = self._surface.ground.where(formula, inside=1, outside=_OUTSIDE)
        found = -_Follower(self._surface, lowest(self._negated, inside)).values(True)  # noqa: FBT003 - as above
        return np.unique(found[found != -_OUTSIDE])


def _one(arrays: Sequence[IntArray]) -> IntArray:
    return arrays[0] if arrays else np.zeros(0, dtype=np.int64)


def _chain(formula: Formula) -> dict[int, Borders] | None:
    """Give the tests of a rule that joins them by AND; None where it branches."""
    if formula is True:
        return {}
    if isinstance(formula, Test):
        return {formula.field: formula.inside}
    if isinstance(formula, Gate) and formula.is_every:
        tests = {part.field: part.inside for part in formula.parts if isinstance(part, Test)}
        return tests if len(tests) == len(formula.parts) else None
    return None
