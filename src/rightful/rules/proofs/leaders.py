"""Chart the first few rules that win where a record may have several winners, each of another group.

All rules that match are too many cases for most plans; the first few are not: rules that come after them need not be told apart.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np

from rightful.rules.arrays import IntArray, distinct, offsets, runs
from rightful.rules.matches import Outcome
from rightful.rules.proofs.chart import Chart, merged
from rightful.rules.proofs.ground import NOTHING, Ground
from rightful.rules.proofs.precedence import Precedence, standing_chart

__all__ = ["Leaders"]


class Leaders:
    """Charts of the rules that win first, second and so on.

    Args:
        ground: The rules.
        precedence: Which of them win over which.
        group_of: The group of each rule, such as its territory: of one group the first rule wins alone.
        most: How many win at most.
    """

    def __init__(self, ground: Ground, precedence: Precedence, group_of: Sequence[int], most: int) -> None:
        self._ground, self._precedence, self._group_of, self._most = ground, precedence, tuple(group_of), most
        self._listed: list[Outcome] = []
        self._number_of: dict[Outcome, int] = {}
        self._known: dict[tuple[int, ...], Chart] = {}

    @cached_property
    def chart(self) -> Chart:
        """Chart the number of the winners, ``NOTHING`` where there are none.

        Raises:
            ChartTooLargeError: There are too many cases.
        """
        return self._charted(self._precedence)

    def without(self, rule: int) -> Chart:
        """Chart the same, by the same numbers, where one rule takes nothing away."""
        return self._charted(self._precedence.without(rule))

    def winners(self, number: int) -> Outcome:
        """Give the rules that win together, by their number; none for ``NOTHING``."""
        return () if number == NOTHING else self._listed[number]

    def is_full(self, number: int) -> bool:
        """Tell whether there is no room for another winner."""
        return len(self.winners(number)) == self._most

    def rules_of(self, cases: Sequence[IntArray]) -> list[IntArray]:
        """Give, for some sets of numbers, the rules that win in any case of the set, rising."""
        counts = np.array([len(each) for each in self._listed], dtype=np.int64)
        rules = np.array([rule for each in self._listed for rule in each], dtype=np.int64)
        first = offsets(counts)
        some = (numbers[numbers < NOTHING] for numbers in cases)
        return [distinct(rules[runs(first[chosen], counts[chosen])]) for chosen in some]

    def last_of(self, numbers: IntArray, rule: int, above: Collection[int]) -> IntArray:
        """Give the rules that win the last place where a rule finds no room, rising.

        Args:
            numbers: The cases in which the rule claims a record.
            rule: The rule.
            above: Rules before which it steps back: with them it does not compete.
        """
        found = set()
        for number in numbers.tolist():
            winners = self.winners(number)
            if self.is_full(number) and self.competes(winners, rule, above):
                found.add(winners[-1])
        return np.array(sorted(found), dtype=np.int64)

    def competes(self, winners: Outcome, rule: int, above: Collection[int]) -> bool:
        """Tell whether a rule would win too beside some winners, if there were room."""
        group = self._group_of[rule]
        return not any(self._group_of[each] == group or each in above for each in winners)

    def _charted(self, precedence: Precedence) -> Chart:
        rules = range(len(self._ground.rules))
        return standing_chart(self._ground, precedence, rules, self._chart_of, self._combined)

    def _chart_of(self, rules: Sequence[int]) -> Chart:
        key = tuple(rules)
        if key not in self._known:
            self._known[key] = self._ground.charted(rules, self._number, self._combined)
        return self._known[key]

    def _combined(self, one: Chart, other: Chart) -> Chart:
        return merged(one, other, self._join, self._span)

    def _join(self, one: int, other: int) -> int:
        return self._number(tuple(sorted((*self.winners(one), *self.winners(other)))))

    def _number(self, matching: Outcome) -> int:
        """Number the first rules of their groups, as many as may win."""
        chosen: dict[int, int] = {}
        for rule in matching:
            if len(chosen) == self._most:
                break
            chosen.setdefault(self._group_of[rule], rule)
        if not chosen:
            return NOTHING
        winners = tuple(chosen.values())
        number = self._number_of.setdefault(winners, len(self._listed))
        if number == len(self._listed):
            self._listed.append(winners)
        return number

    def _span(self, number: int) -> tuple[int, int]:
        """Give the first winner, and the rule from which on no other one can win."""
        winners = self.winners(number)
        if not winners:
            return NOTHING, NOTHING
        return winners[0], winners[-1] if self.is_full(number) else NOTHING
