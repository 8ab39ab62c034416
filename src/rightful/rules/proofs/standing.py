"""What each rule comes to among the others: whether it ever wins, and which rules win where it matches as well.

A rule is followed through the chart of first rules: along the classes that it allows, and no others. Rules that begin with the
same tests share the first steps, and whatever is decided already is not followed any further.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.rules.arrays import IntArray, distinct
from rightful.rules.formulas import Formula, Gate, Plainer, Test
from rightful.rules.proofs.chart import Chart, lowest
from rightful.rules.proofs.ground import NOTHING
from rightful.rules.proofs.precedence import IN_ORDER, Precedence
from rightful.rules.proofs.surface import Surface
from rightful.rules.sets import Borders

__all__ = ["Standing", "chain_of", "reached", "standings"]

Bools = npt.NDArray[np.bool_]
_OUTSIDE = -(NOTHING + 1)
_MOST_CHAINS = 64
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a rule comes to.

    Attributes:
        rule: Its number.
        winners: The rules that win somewhere in its region, rising; itself where it ever wins. Empty where no record can
            match it, or what matches it is taken away.
    """

    rule: int
    winners: IntArray

    @property
    def wins(self) -> bool:
        """Tell whether it is first for some record."""
        return bool(np.any(self.winners == self.rule))


def standings(surface: Surface, chart: Chart, precedence: Precedence = IN_ORDER) -> tuple[Standing, ...]:
    """Find what every rule comes to; what others take away from it is not its region.

    Args:
        surface: The rules, and what values fields can have.
        chart: The rule that wins, see ``winner_chart``.
        precedence: Which rules win over which.

    Raises:
        ChartTooLargeError: A rule branches too much to be followed.
    """
    follower = _Follower(surface, chart)
    found = []
    for rule in range(len(surface.ground.rules)):
        winners = follower.values(_claimed(surface, rule, precedence.taken_by.get(rule, ())))
        found.append(Standing(rule, winners[winners < NOTHING]))
    return tuple(found)


def _claimed(surface: Surface, rule: int, taken_by: Iterable[int]) -> Formula:
    """Give what a rule claims: where it holds, and nothing that takes its records away."""
    rules, plainer = surface.ground.rules, surface.ground.plainer
    parts = [surface.ground.formulas[rule]]
    parts += [plainer.formula(rules[each].when, is_negated=True) for each in sorted(taken_by)]
    return plainer.gate(parts, is_every=True)


def reached(surface: Surface, chart: Chart, formula: Formula = True) -> IntArray:  # noqa: FBT002 - a formula
    """Give the numbers of a chart that records have for which a formula holds."""
    return _Follower(surface, chart).values(formula)


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
            return _NONE
        chains = _chains(self._surface.ground.plainer, formula)
        if chains is None:
            return self._of_branching(formula)
        found = [self._of_chain(tests) for tests in chains]
        return found[0] if len(found) == 1 else distinct(np.concatenate([*found, _NONE]))

    def _of_chain(self, tests: dict[int, Borders]) -> IntArray:
        path = tuple(tests.get(number) for number in self._chart.order)
        if not all(len(self._allowed(place, inside)) for place, inside in enumerate(path)):
            return _NONE  # whatever is certain before that test is read: no record meets it
        step = self._step(path, len(path))
        return distinct(np.concatenate((step.certain, self._chart.values[step.nodes])))

    def _step(self, path: tuple[Borders | None, ...], length: int) -> _Step:
        """Follow the first tests of a path, from where another path has been already."""
        known = length
        while known and path[:known] not in self._steps:
            known -= 1
        step = self._steps[path[:known]] if known else self._settled(0, np.zeros(1, dtype=np.int64), ())
        for number in range(known, length):
            level = self._chart.levels[number]
            found = level.edges[step.nodes][:, self._allowed(number, path[number])]
            step = self._settled(number + 1, distinct(found.reshape(-1).astype(np.int64)), (step.certain,))
            if number + 1 < length:  # whole paths are as good as never shared
                self._steps[path[: number + 1]] = step
        return step

    def _settled(self, number: int, nodes: IntArray, certain: Sequence[IntArray]) -> _Step:
        is_certain = self._low[number][nodes] == self._high[number][nodes]
        found = self._low[number][nodes[is_certain]]
        return _Step(nodes[~is_certain], distinct(np.concatenate((found, *certain))) if len(found) else _one(certain))

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
        inside = self._surface.ground.where(formula, inside=1, outside=_OUTSIDE)  # 1 is above every negated number
        found = -reached(self._surface, lowest(self._negated, inside))
        return np.unique(found[found != -_OUTSIDE])


def _chains(plainer: Plainer, formula: Formula) -> list[dict[int, Borders]] | None:
    """Write a formula as some of which one must hold, each joining tests by AND; None where that makes too many."""
    done: list[dict[int, Borders]] = []
    pending = [formula]
    while pending and len(done) + len(pending) <= _MOST_CHAINS:
        part = pending.pop()
        if part is False:
            continue
        tests = chain_of(part)
        if tests is not None:
            done.append(tests)
        elif isinstance(part, Gate) and part.is_every:
            branching = next(each for each in part.parts if isinstance(each, Gate))
            rest = [each for each in part.parts if each is not branching]
            pending += [plainer.gate((*rest, branch), is_every=True) for branch in branching.parts]
        elif isinstance(part, Gate):
            pending += part.parts
    return None if pending else done


def _one(arrays: Sequence[IntArray]) -> IntArray:
    return arrays[0] if arrays else _NONE


def chain_of(formula: Formula) -> dict[int, Borders] | None:
    """Give the tests of a rule that joins them by AND; None where it branches."""
    if formula is True:
        return {}
    if isinstance(formula, Test):
        return {formula.field: formula.inside}
    if isinstance(formula, Gate) and formula.is_every:
        tests = {part.field: part.inside for part in formula.parts if isinstance(part, Test)}
        return tests if len(tests) == len(formula.parts) else None
    return None
