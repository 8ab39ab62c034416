"""Chart who wins where rules do not simply win by their order: some are taken away by others, some yield to others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rightful.rules.proofs.chart import Chart, all_combined, lowest
from rightful.rules.proofs.ground import NOTHING, Ground

__all__ = ["IN_ORDER", "Precedence", "claim_chart", "standing_chart", "winner_chart"]

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
        ignored: Rules that take nothing away after all, to see what would be without them.
    """

    silent: Numbers = frozenset()
    taken_by: Mapping[int, Numbers] = field(default_factory=dict)
    yields_to: Mapping[int, Numbers] = field(default_factory=dict)
    ignored: Numbers = frozenset()

    def without(self, rule: int) -> Precedence:
        """Give the same where one rule takes nothing away."""
        return replace(self, ignored=self.ignored | {rule})

    def shifted(self, by: int) -> Precedence:
        """Give the same for rules that stand further down."""
        return Precedence(
            frozenset(rule + by for rule in self.silent),
            {rule + by: frozenset(each + by for each in rules) for rule, rules in self.taken_by.items()},
            {rule + by: frozenset(each + by for each in rules) for rule, rules in self.yields_to.items()},
            frozenset(rule + by for rule in self.ignored),
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
    return standing_chart(
        ground, precedence, range(len(ground.rules)) if rules is None else rules, ground.first, lowest
    )


def standing_chart(
    ground: Ground,
    precedence: Precedence,
    rules: Sequence[int],
    chart_of: Callable[[Sequence[int]], Chart],
    combine: Callable[[Chart, Chart], Chart],
) -> Chart:
    """Chart what those rules come to that claim a record and do not step back.

    Args:
        ground: The rules.
        precedence: Which of them win over which.
        rules: The rules that count.
        chart_of: Chart what rules come to that match, and nothing beside.
        combine: Chart what two sets of rules come to together, by the charts of each.
    """
    grouped: dict[tuple[Numbers, Numbers], list[int]] = {}
    for rule in rules:
        if rule not in precedence.silent:
            key = (precedence.taken_by.get(rule, frozenset()), precedence.yields_to.get(rule, frozenset()))
            grouped.setdefault(key, []).append(rule)
    charts: list[Chart] = []
    for (taken_by, yields_to), members in grouped.items():
        chart = _without(ground, chart_of(members), taken_by - precedence.ignored)
        if yields_to:
            chart = _where_nothing(chart, claim_chart(ground, precedence, yields_to))
        charts.append(chart)
    return all_combined(charts, combine) if charts else chart_of([])


def claim_chart(ground: Ground, precedence: Precedence, rules: Iterable[int]) -> Chart:
    """Chart the first of some rules that claims a record, ``NOTHING`` where none does."""
    grouped: dict[Numbers, list[int]] = {}
    for rule in sorted(rules):
        grouped.setdefault(precedence.taken_by.get(rule, frozenset()) - precedence.ignored, []).append(rule)
    charts = [_without(ground, ground.first(members), taken) for taken, members in grouped.items()]
    return all_combined(charts, lowest)


def _without(ground: Ground, chart: Chart, taken_by: Numbers) -> Chart:
    return _where_nothing(chart, ground.first(sorted(taken_by))) if taken_by else chart


def _where_nothing(chart: Chart, other: Chart) -> Chart:
    """Keep a chart where another one says nothing; elsewhere nothing is left of it."""
    blocked = other.renamed(lambda value: -NOTHING if value < NOTHING else NOTHING)
    return lowest(chart.renamed(lambda value: -value), blocked).renamed(_turned)


def _turned(value: int) -> int:
    return NOTHING if value in (-NOTHING, NOTHING) else -value
