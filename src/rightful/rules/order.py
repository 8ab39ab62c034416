"""Choose the order of fields: it decides whether a diagram has a thousand nodes or a million.

Fields that most rules test come first; then each field in turn is tried in every other place on a sample of the rules, and
stays where the diagram of the sample is smallest.

Source: Rudell, "Dynamic variable ordering for ordered binary decision diagrams" (sifting), ICCAD 1993.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rightful.rules.classes import Classes
from rightful.rules.diagram import DiagramTooLargeError, Limits, work_of
from rightful.rules.formulas import Formula, Plainer, tests_in
from rightful.rules.states import states_of

__all__ = ["chosen_order"]

_SAMPLE = 250
_LIMITS = Limits(nodes=50_000, edges=1_000_000, states=500_000)
_STATE_WEIGHT = 4  # a state written into a node costs about as much as this many edges
_BUDGET = 20_000_000  # in edges: about the time that building the whole diagram may take,
_PATIENCE = 20  # and no more than this many times what the best order found costs to build: small plans are good enough


def chosen_order(formulas: Sequence[Formula], plainer: Plainer, classes: Sequence[Classes]) -> tuple[int, ...]:
    """Choose the order of the fields that the formulas test; the same for the same rules.

    Raises:
        DiagramTooLargeError: Not even the sample's diagram is of a bearable size, in any order tried.
        RuleTooTangledError: A rule branches more than is allowed.
    """
    tested = Counter(number for formula in formulas for number in {test.field for test in tests_in(formula)})
    search = _Search([formula for formula in formulas if formula is not False], plainer, classes)
    search.attempt(sorted(tested, key=lambda number: (-tested[number], classes[number].count, number)))
    for number in search.order:
        for place in range(len(search.order)):
            if search.order[place] != number and search.is_worth_more:
                moved = [other for other in search.order if other != number]
                search.attempt([*moved[:place], number, *moved[place:]])
    if search.error:
        raise search.error
    return tuple(search.order)


class _Search:
    """The best order so far, and what finding it has cost.

    Attributes:
        order: The best order.
        error: Why not even the best could be built, if so.
        spent: Work done, in edges.
    """

    def __init__(self, formulas: Sequence[Formula], plainer: Plainer, classes: Sequence[Classes]) -> None:
        self.order: list[int] = []
        self.error: DiagramTooLargeError | None = None
        self.spent = 0
        self._best = _LIMITS.edges + _STATE_WEIGHT * _LIMITS.states * len(formulas)
        self._plainer, self._classes = plainer, classes
        # At even distances, so that every part of the plan is in the sample. Sets of states in nodes grow with the number
        # of rules, so those of the sample count for as many as it stands for.
        self._sample = formulas[:: max(1, len(formulas) // _SAMPLE)]
        self._weight = _STATE_WEIGHT * max(1, len(formulas) // max(1, len(self._sample)))

    @property
    def is_worth_more(self) -> bool:
        """Tell whether another attempt may pay."""
        return self.spent < min(_BUDGET, _PATIENCE * self._best)

    def attempt(self, order: list[int]) -> None:
        """Try an order; what grows beyond the best so far is given up on the way."""
        states = states_of(self._sample, order, self._plainer, self._classes)
        edges, written = min(self._best, _LIMITS.edges), min(self._best // self._weight, _LIMITS.states)
        limits = Limits(_LIMITS.nodes, edges, written)
        work = work_of(states, order, [field.count for field in self._classes], limits)
        self.spent += work.edges + 20 * work.written + 1_000 * states.steps + 100_000
        cost = work.edges + self._weight * work.written
        if not self.order or (work.error is None and cost < self._best):
            self.order, self.error = order, work.error
            self._best = self._best if work.error else cost
