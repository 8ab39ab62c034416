"""Turn rules into states: what a rule still waits for once the fields before have been read.

A rule that joins tests by AND is a chain of states, one per field. A rule with OR branches: its states are a small diagram
of its own. The states of all rules together are what the decision diagram follows, and a set of states is what a node of it
stands for. State ``r`` of the first ``len(rules)`` means: rule ``r`` matches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from rightful.rules.arrays import IntArray, offsets
from rightful.rules.classes import Classes
from rightful.rules.formulas import Formula, Gate, Plainer, Test, tests_in
from rightful.rules.sets import Borders, union

__all__ = ["RuleTooTangledError", "States", "states_of"]

# A rule that branches more than this is left to the bitsets: of sane rules none comes near.
MAX_STATES_OF_RULE = 2_000
MAX_STEPS_OF_RULES = 300_000


class RuleTooTangledError(Exception):
    """A rule branches too much to be followed; never leaves the package."""

    def __init__(self, fields: Iterable[int]) -> None:
        super().__init__()
        self.fields = tuple(fields)


@dataclass(frozen=True, slots=True)
class States:
    """The states of all rules and the moves between them, in flat arrays.

    Attributes:
        starts: The states in which rules begin; rules that never match have none.
        field_of: Per state the number of the field it tests next, -1 once the rule matches.
        first_move: Per state where its moves begin in the arrays below; one more entry closes the last.
        start: Per move the first class in which it is made.
        stop: Per move the class before which it is no longer made.
        next_state: Per move the state it leads to.
        steps: How many tests were looked at to follow branching rules.
    """

    starts: IntArray
    field_of: IntArray
    first_move: IntArray
    start: IntArray
    stop: IntArray
    next_state: IntArray
    steps: int


def states_of(
    formulas: Sequence[Formula], order: Sequence[int], plainer: Plainer, classes: Sequence[Classes]
) -> States:
    """Make the states of rules for an order of fields; moves are made in classes, formulas speak of cells.

    Raises:
        RuleTooTangledError: A rule branches more than is allowed.
    """
    maker = _Maker(len(formulas), {number: rank for rank, number in enumerate(order)}, plainer, classes)
    starts = [maker.start(rule, formula) for rule, formula in enumerate(formulas)]
    return maker.states([start for start in starts if start is not None])


@dataclass(slots=True)
class _Maker:
    count: int
    rank_of: dict[int, int]
    plainer: Plainer
    classes: Sequence[Classes]
    fields: list[int] = field(default_factory=list)
    moves: list[list[tuple[int, int, int]]] = field(default_factory=list)
    spans: dict[tuple[int, Borders], list[tuple[int, int]]] = field(default_factory=dict)
    steps: int = 0

    def start(self, rule: int, formula: Formula) -> int | None:
        """Make the states of a rule; give the first one."""
        if isinstance(formula, bool):
            return rule if formula else None
        if isinstance(formula, Test):
            return self._state(formula.field, [(rule, formula.inside)])
        tests = [part for part in formula.parts if isinstance(part, Test)]
        if not formula.is_every or len(tests) < len(formula.parts):
            return self._branching(formula, {}, rule)
        state = rule
        for test in sorted(tests, key=lambda test: -self.rank_of[test.field]):
            state = self._state(test.field, [(state, test.inside)])
        return state

    def states(self, starts: list[int]) -> States:
        """Lay all out in flat arrays."""
        moves = [move for of_state in self.moves for move in of_state]
        lengths = [len(of_state) for of_state in self.moves]
        start, stop, next_state = np.array(moves, dtype=np.int64).reshape(-1, 3).T.copy()
        return States(
            np.array(starts, dtype=np.int64),
            np.array([-1] * self.count + self.fields, dtype=np.int64),
            offsets(np.array([0] * self.count + lengths, dtype=np.int64)),
            start,
            stop,
            next_state,
            self.steps,
        )

    def _state(self, number: int, moves: list[tuple[int, Borders]]) -> int:
        self.fields.append(number)
        self.moves.append(
            [(start, stop, state) for state, inside in moves for start, stop in self._spans(number, inside)]
        )
        return self.count + len(self.fields) - 1

    def _spans(self, number: int, inside: Borders) -> list[tuple[int, int]]:
        known = self.spans.get((number, inside))
        if known is None:
            known = self.spans[number, inside] = self.classes[number].spans(inside)
        return known

    def _branching(self, formula: Formula, known: dict[Formula, int | None], rule: int) -> int | None:
        """Follow a formula field by field; equal rests are one state."""
        if isinstance(formula, bool):
            return rule if formula else None
        if formula in known:
            return known[formula]
        tests = list(tests_in(formula))
        number = min((test.field for test in tests), key=self.rank_of.__getitem__)
        here = [test for test in tests if test.field == number]
        self.steps += len(tests) * sum(len(test.inside) for test in here)
        if self.steps > MAX_STEPS_OF_RULES or len(known) > MAX_STATES_OF_RULE:
            raise RuleTooTangledError({test.field for test in tests})
        if isinstance(formula, Gate) and formula.is_every and len(here) == 1 and here[0] in formula.parts:
            left = self.plainer.gate((part for part in formula.parts if part is not here[0]), is_every=True)
            rests: dict[Formula, list[Borders]] = {left: [here[0].inside]}
        else:
            rests = self._rests(formula, number, here)
        moves = [(self._branching(rest, known, rule), union(spans)) for rest, spans in rests.items()]
        kept = [(state, inside) for state, inside in moves if state is not None]
        known[formula] = self._state(number, kept) if kept else None
        return known[formula]

    def _rests(self, formula: Formula, number: int, here: Sequence[Test]) -> dict[Formula, list[Borders]]:
        """Give what is left of a formula once a field is known, and for which of its cells."""
        borders = sorted({0, *(border for test in here for border in test.inside)})
        rests: dict[Formula, list[Borders]] = {}
        for start, stop in pairwise([*borders, self.plainer.size(number)]):
            if start < stop:
                rests.setdefault(self.plainer.rest(formula, number, start), []).append((start, stop))
        return rests
