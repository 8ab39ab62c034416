"""What each rule comes to among the others: whether it ever wins, and which rules win where it matches as well.

A rule is followed through the chart of first rules, see ``follow``; one that branches is written as several that join tests by
AND, or, where that makes too many, the chart is cut to where it holds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from rightful.rules.arrays import IntArray, distinct
from rightful.rules.formulas import Formula, Gate, Plainer, Test
from rightful.rules.proofs.chart import Chart, lowest
from rightful.rules.proofs.follow import Follower
from rightful.rules.proofs.ground import NOTHING
from rightful.rules.proofs.precedence import IN_ORDER, Precedence
from rightful.rules.proofs.surface import Surface
from rightful.rules.sets import Borders

__all__ = ["Standing", "chain_of", "claimed_numbers", "reached", "standings"]

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
    found = claimed_numbers(surface, chart, precedence)
    return tuple(Standing(rule, winners[winners < NOTHING]) for rule, winners in enumerate(found))


def claimed_numbers(surface: Surface, chart: Chart, precedence: Precedence) -> list[IntArray]:
    """Give per rule the numbers of a chart that records have which it claims, rising.

    Raises:
        ChartTooLargeError: A rule branches too much to be followed.
    """
    claimed = [_claimed(surface, rule, precedence.taken_by.get(rule, ())) for rule in range(len(surface.ground.rules))]
    return numbers_of(surface, chart, claimed)


def _claimed(surface: Surface, rule: int, taken_by: Collection[int]) -> Formula:
    """Give what a rule claims: where it holds, and nothing that takes its records away."""
    if not taken_by:
        return surface.ground.formulas[rule]
    rules, plainer = surface.ground.rules, surface.ground.plainer
    parts = [surface.ground.formulas[rule]]
    parts += [plainer.formula(rules[each].when, is_negated=True) for each in sorted(taken_by)]
    return plainer.gate(parts, is_every=True)


def reached(surface: Surface, chart: Chart, formula: Formula = True) -> IntArray:  # noqa: FBT002 - a formula
    """Give the numbers of a chart that records have for which a formula holds, rising."""
    return numbers_of(surface, chart, [formula])[0]


def numbers_of(surface: Surface, chart: Chart, formulas: Sequence[Formula]) -> list[IntArray]:
    """Give per formula the numbers of a chart that records have for which it holds, rising.

    Raises:
        ChartTooLargeError: A formula branches too much to be followed.
    """
    chains = [_chains(surface.ground.plainer, formula) for formula in formulas]
    listed = [chain for some in chains if some is not None for chain in some]
    followed = iter(Follower(surface, chart).numbers(listed))
    negated: Chart | None = None
    found = []
    for formula, some in zip(formulas, chains, strict=True):
        if some is None:
            negated = negated or chart.renamed(lambda value: -value)
            found.append(_of_branching(surface, negated, formula))
        else:
            parts = [next(followed) for _ in some]
            found.append(parts[0] if len(parts) == 1 else distinct(np.concatenate([_NONE, *parts])))
    return found


def _of_branching(surface: Surface, negated: Chart, formula: Formula) -> IntArray:
    """Cut a chart to where a formula holds, then see what is left of it."""
    inside = surface.ground.where(formula, inside=1, outside=_OUTSIDE)  # 1 is above every negated number
    found = -reached(surface, lowest(negated, inside))
    return np.sort(found[found != -_OUTSIDE])


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
