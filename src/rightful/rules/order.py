"""Choose the order of fields: it decides whether a diagram has a thousand nodes or a million.

Fields that most rules test come first; then each field in turn is tried in every other place on a sample of the rules, and
stays where the diagram of the sample is smallest.

Source: Rudell, "Dynamic variable ordering for ordered binary decision diagrams" (sifting), ICCAD 1993.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rightful.rules.diagram import DiagramTooLargeError, Limits, work_of
from rightful.rules.formulas import Formula, Plainer, tests_in
from rightful.rules.partition import Classes
from rightful.rules.states import RuleTooTangledError, states_of

__all__ = ["chosen_order"]

_SAMPLE = 250
_LIMITS = Limits(nodes=50_000, edges=1_000_000, states=500_000)
_TRIALS = 150
_STATE_WEIGHT = 4  # a state written costs about as much time as this many edges
_TOO_MUCH = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all trials share."""

    rules: int
    plainer: Plainer
    classes: Sequence[Classes]
    counts: list[int]


def chosen_order(formulas: Sequence[Formula], plainer: Plainer, classes: Sequence[Classes]) -> tuple[int, ...]:
    """Choose the order of the fields that the formulas test; the same for the same rules."""
    tested = Counter(number for formula in formulas for number in {test.field for test in tests_in(formula)})
    order = sorted(tested, key=lambda number: (-tested[number], classes[number].count, number))
    sample = _sample(formulas)
    scene = _Scene(len(formulas), plainer, classes, [field.count for field in classes])
    best = _cost(sample, order, scene, _TOO_MUCH)
    trials = 0
    for number in tuple(order):
        for place in range(len(order)):
            if order[place] == number or trials >= _TRIALS:
                continue
            moved = [other for other in order if other != number]
            moved.insert(place, number)
            trials += 1
            cost = _cost(sample, moved, scene, best)
            if cost < best:
                best, order = cost, moved
    return tuple(order)


def _sample(formulas: Sequence[Formula]) -> list[Formula]:
    """Take rules at even distances, so that every part of the plan is in it."""
    step = max(1, len(formulas) // _SAMPLE)
    return list(formulas[::step])


def _cost(sample: list[Formula], order: Sequence[int], scene: _Scene, best: int) -> int:
    """Weigh the sample's diagram; anything above the best known so far is as bad as any other.

    Sets of states in nodes grow with the number of rules, so those of a sample count for as many as it stands for.
    """
    weight = _STATE_WEIGHT * max(1, scene.rules // len(sample))
    limits = Limits(_LIMITS.nodes, min(best, _LIMITS.edges), min(best // weight, _LIMITS.states))
    try:
        edges, written = work_of(states_of(sample, order, scene.plainer, scene.classes), order, scene.counts, limits)
    except (DiagramTooLargeError, RuleTooTangledError):
        return _TOO_MUCH
    return edges + weight * written
