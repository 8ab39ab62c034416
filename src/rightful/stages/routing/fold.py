"""Route many records as if they had come in one after another: those that wait are tried again when their moment comes."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rightful.stages.routing.case import Case, Decision
from rightful.stages.routing.route import Context, decide
from rightful.stages.routing.state import State

__all__ = ["fold"]

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
    # The state is the same value as in `route`; only this loop, whose dictionaries nobody else sees, updates it in place.
    pools, reps, given = dict(state.pools), dict(state.reps), dict(state.given)
    live = State(pools, reps, given)
    waiting: list[tuple[int, int, int, Case]] = []
    most = context.section.queue_tries

    def decided(case: Case, number: int, tries: int) -> Decision:
        decision = decide(case, context, live)
        pools.update(decision.changes.pools)
        reps.update(decision.changes.reps)
        given.update(decision.changes.given)
        if decision.retry is not None and decision.retry <= until and tries < most:
            heapq.heappush(waiting, (decision.retry, number, tries + 1, case))
        return decision

    def due(moment: int) -> Iterator[Decision]:
        while waiting and waiting[0][0] <= moment:
            retry, number, tries, case = heapq.heappop(waiting)
            yield decided(replace(case, moment=retry), number, tries)

    for number, case in enumerate(cases):
        yield from due(case.moment)
        yield decided(case, number, 0)
        if on_progress and number % _PROGRESS_STEP == 0:
            on_progress(number)
    yield from due(until)
