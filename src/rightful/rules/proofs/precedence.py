"""Chart who wins where rules do not simply win by their order: some are taken away by others, some yield to others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rightful.rules.proofs.chart import Chart, all_lowest, lowest
from rightful.rules.proofs.ground import NOTHING, Ground

__all__ = ["IN_ORDER", "Precedence", "claim_chart", "winner_chart"]

Numbers = frozenset[int]


@dataclass(frozen=True, slots=True)
class Precedence:
    """Which rules win over which, beyond their order.

    A rule *claims* a record that it matches unless a rule of ``taken_by`` matches too. Of the rules that claim a record
    those step back to which another one that they yield to claims it as well. Of the others the first one wins.

    Attributes:
        silent: Rules that never claim anything, such as exclusions.
        taken_by: Per rule the rules that take its records away.
        yields_to: Per rule the rules to whose claims it yields, whatever the order.
    """

    silent: Numbers = frozenset()
    taken_by: Mapping[int, Numbers] = field(default_factory=dict)
    yields_to: Mapping[int, Numbers] = field(default_factory=dict)

    def without(self, rule: int) -> Precedence:
        """Give the same where one rule takes nothing away."""
        return Precedence(self.silent, {each: rules - {rule} for each, rules in self.taken_by.items()}, self.yields_to)

    def shifted(self, by: int) -> Precedence:
        """Give the same for rules that stand further down."""
        return Precedence(
            frozenset(rule + by for rule in self.silent),
            {rule + by: frozenset(each + by for each in rules) for rule, rules in self.taken_by.items()},
            {rule + by: frozenset(each + by for each in rules) for rule, rules in self.yields_to.items()},
        )


IN_ORDER = Precedence()
"""The first rule that matches wins."""


def winner_chart(ground: Ground, precedence: Precedence, rules: Sequence[int] | None = None) -> Chart:
    """Chart the rule that wins, ``NOTHING`` where none does.

    Args:
        ground: The rules.
        precedence: Which of them win over which.
        rules: The rules that count; all by default.

    Raises:
        ChartTooLargeError: There are too many cases.
    """
    if rules is None and precedence == IN_ORDER:
        return ground.first()
    counted = range(len(ground.rules)) if rules is None else rules
    claiming = [rule for rule in counted if rule not in precedence.silent]
    grouped: dict[tuple[Numbers, Numbers], list[int]] = {}
    for rule in claiming:
        key = (precedence.taken_by.get(rule, frozenset()), precedence.yields_to.get(rule, frozenset()))
        grouped.setdefault(key, []).append(rule)
    charts: list[Chart] = []
    for (taken_by, yields_to), members in grouped.items():
        chart = _without(ground, ground.first(members), taken_by)
        if yields_to:
            chart = _where_nothing(chart, claim_chart(ground, precedence, yields_to))
        charts.append(chart)
    return all_lowest(charts) if charts else ground.first([])


def claim_chart(ground: Ground, precedence: Precedence, rules: Iterable[int]) -> Chart:
    """Chart the first of some rules that claims a record, ``NOTHING`` where none does."""
    grouped: dict[Numbers, list[int]] = {}
    for rule in sorted(rules):
        grouped.setdefault(precedence.taken_by.get(rule, frozenset()), []).append(rule)
    return all_lowest([_without(ground, ground.first(members), taken) for taken, members in grouped.items()])


def _without(ground: Ground, chart: Chart, taken_by: Numbers) -> Chart:
    return _where_nothing(chart, ground.first(sorted(taken_by))) if taken_by else chart


def _where_nothing(chart: Chart, other: Chart) -> Chart:
    """Keep a chart where another one says nothing; elsewhere nothing is left of it."""
    blocked = other.renamed(lambda value: -NOTHING if value < NOTHING else NOTHING)
    return lowest(chart.renamed(lambda value: -value), blocked).renamed(_turned)


def _turned(value: int) -> int:
    return NOTHING if value in (-NOTHING, NOTHING) else -value
