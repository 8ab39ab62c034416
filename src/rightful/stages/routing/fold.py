"""Route many records as if they had come in one after another: those that wait are tried again when their moment comes."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rightful.stages.routing.case import Case, Decision
from rightful.stages.routing.route import Context, decide
from rightful.stages.routing.state import RepState, State

__all__ = ["Fold", "fold"]

_PROGRESS_STEP = 5_000


def fold(
    cases: Sequence[Case],
    context: Context,
    state: State,
    until: int,
    on_progress: Callable[[int], None] | None = None,
) -> Iterator[Decision]:
    """Decide records in their order; the result is that of ``route`` for one after another.

    Args:
        cases: The records, in order of their moments.
        context: What decides.
        state: What is remembered from before.
        until: Moment up to which waiting records are tried again.
        on_progress: Told how many records have been decided.

    Yields:
        Each decision as it is made; a record that waited has one for each time it was tried, the last one counts.
    """
    folding = Fold(context, state, until)
    for number, case in enumerate(cases):
        yield from folding.take(case)
        if on_progress and number % _PROGRESS_STEP == 0:
            on_progress(number)
    yield from folding.advance(until)


class Fold:
    """The fold step by step, for who has something to change between two records.

    Attributes:
        context: What decides from now on; it may be exchanged between two records.
    """

    def __init__(self, context: Context, state: State, until: int) -> None:
        """Begin.

        Args:
            context: What decides.
            state: What is remembered from before.
            until: Moment up to which waiting records are tried again.
        """
        self.context = context
        # The state is the same value as in `route`; only this object, whose dictionaries nobody else sees, updates it in place.
        self._pools, self._reps, self._given = dict(state.pools), dict(state.reps), dict(state.given)
        self._state = State(self._pools, self._reps, self._given)
        self._until = until
        self._waiting: list[tuple[int, int, int, Case]] = []
        self._taken = 0

    def take(self, case: Case) -> Iterator[Decision]:
        """Decide a record, after those that waited until its moment."""
        yield from self.advance(case.moment)
        self._taken += 1
        yield self._decided(case, self._taken, 0)

    def advance(self, moment: int) -> Iterator[Decision]:
        """Try again what waits until a moment, this one included."""
        while self._waiting and self._waiting[0][0] <= moment:
            retry, number, tries, case = heapq.heappop(self._waiting)
            yield self._decided(replace(case, moment=retry), number, tries)

    @property
    def state(self) -> State:
        """What is remembered after the decisions so far; it goes on changing with the next ones."""
        return self._state

    def withdraw(self, record_ids: frozenset[str]) -> None:
        """Try these records no more."""
        self._waiting = [each for each in self._waiting if each[3].record_id not in record_ids]
        heapq.heapify(self._waiting)

    def waiting(self) -> tuple[str, ...]:
        """Give the keys of the records that wait for a moment, in the order in which they came."""
        return tuple(case.record_id for _, _, _, case in sorted(self._waiting, key=lambda each: each[1]))

    def release(self, rep_id: str) -> None:
        """Take an open record off a rep, who has finished it."""
        before = self._reps.get(rep_id, RepState())
        self._reps[rep_id] = RepState(max(0, before.open_records - 1), before.last_at, before.tally)

    def _decided(self, case: Case, number: int, tries: int) -> Decision:
        decision = decide(case, self.context, self._state)
        self._pools.update(decision.changes.pools)
        self._reps.update(decision.changes.reps)
        self._given.update(decision.changes.given)
        is_due = decision.retry is not None and decision.retry <= self._until
        if decision.retry is not None and is_due and tries < self.context.section.queue_tries:
            heapq.heappush(self._waiting, (decision.retry, number, tries + 1, case))
        return decision
