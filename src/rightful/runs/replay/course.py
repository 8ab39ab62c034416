"""Let the past take another course: leads are routed as they come, by the plans and the people of each moment."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from rightful.plan import Plan
from rightful.runs.replay.actual import Actual
from rightful.runs.replay.events import (
    Absent,
    Change,
    Closed,
    Events,
    Holds,
    NewDay,
    in_order,
)
from rightful.runs.replay.prepare import Preparation, Prepared
from rightful.runs.replay.record import Record
from rightful.stages.routing import Case, Context, Decision, Fold, Staff, State
from rightful.stages.routing.cases import CaseMaker
from rightful.stages.routing.hours import FAR, Calendar, instant, moment_of

__all__ = ["Course", "Version", "calendar_of"]

_CHUNK_ROWS = 20_000
_PROGRESS_STEP = 5_000


@dataclass(frozen=True, slots=True)
class Version:
    """A plan, and the moment from which it holds."""

    begins: int
    plan: Plan


class Course:
    """One side of a replay: some versions of a plan, one after another, over all events."""

    def __init__(
        self, events: Events, preparation: Preparation, record: Record, actual: Actual, tell: Callable[[int], None]
    ) -> None:
        """Begin.

        Args:
            events: What happened.
            preparation: Runs the stages before routing.
            record: Takes the decisions.
            actual: What is known of how leads went in fact; it takes note of deadlines and of working time.
            tell: Told how many leads have been decided.
        """
        self._events, self._preparation = events, preparation
        self._record, self._actual, self._tell = record, actual, tell
        self._numbers = {key: number for number, key in enumerate(events.leads["lead_id"].to_pylist())}
        self._fold: Fold | None = None
        self._noted: list[Change] = []
        self._version = ""

    def run(self, versions: Sequence[Version]) -> None:
        """Decide all leads by the version that holds when each comes; what then waits is decided anew by the next one."""
        last = self._events.last
        followers = [version.begins for version in versions[1:]]
        for version, end in zip(versions, [*followers, last + 1], strict=True):
            begins = max(version.begins, self._events.first)
            ends = min(end, last + 1)
            if begins < ends:
                self._run(version.plan, begins, ends)
        self._record.close()

    def _run(self, plan: Plan, begins: int, ends: int) -> None:
        self._version = plan.version
        waiting = self._fold.waiting() if self._fold else ()
        prepared = self._prepared(plan, waiting, begins, ends)
        staff = self._staff(prepared, begins)
        fold = self._fold
        if fold is None:
            fold = self._fold = Fold(staff.context, State(reps=prepared.open_work), self._events.last)
        fold.withdraw(frozenset(waiting))
        fold.context = staff.context
        pending = deque(self._changes(staff, plan, begins, ends))
        for case in self._cases(prepared, begins, fold.context):
            while pending and pending[0].moment <= case.moment:
                self._change(pending.popleft(), staff, fold)
            self._arrive(case, fold.context)
            self._note(fold.take(case), fold)
        for change in pending:
            self._change(change, staff, fold)
        self._note(fold.advance(ends - 1), fold)

    def _prepared(self, plan: Plan, waiting: Sequence[str], begins: int, ends: int) -> Prepared:
        """Run the stages before routing for the leads that come in a time, and for those that wait at its beginning."""
        events = self._events
        first, after = (int(np.searchsorted(events.moments, moment)) for moment in (begins, ends))
        if first == 0 and after == len(events.moments):
            return self._preparation.of(plan, events.leads, events.moments, instant(events.last))
        rows = np.array([*sorted(self._numbers[key] for key in waiting), *range(first, after)], np.int64)
        leads = events.leads.take(pa.array(rows))
        return self._preparation.of(plan, leads, events.moments[rows], instant(ends - 1))

    def _staff(self, prepared: Prepared, begins: int) -> Staff:
        """Gather the people of a plan at a moment; what earlier events said of them still holds."""
        staff = Staff(prepared.plan, prepared.reps, prepared.absences, _day(begins, prepared.plan))
        for change in self._noted:
            _apply(change, staff)
        return staff

    def _changes(self, staff: Staff, plan: Plan, begins: int, ends: int) -> tuple[Change, ...]:
        zone = ZoneInfo(plan.general.time_zone)
        days = staff.turning_days(_day(begins, plan), _day(ends - 1, plan))
        turns = [NewDay(moment_of(datetime.combine(day, time(), zone)), 0, day) for day in days]
        told = [each for each in self._events.changes if begins <= each.moment < ends]
        return in_order([*turns, *told])

    def _cases(self, prepared: Prepared, begins: int, context: Context) -> Iterator[Case]:
        records = prepared.records
        maker = CaseMaker(prepared.plan, prepared.rulings, context, self._events.last)
        for start in range(0, records.num_rows, _CHUNK_ROWS):
            for case in maker.cases(records.slice(start, _CHUNK_ROWS), "lead", "lead_id", prepared.teams):
                yield case if case.moment >= begins else replace(case, moment=begins)

    def _arrive(self, case: Case, context: Context) -> None:
        lead, ruling = self._numbers[case.record_id], case.ruling
        needs_answer = ruling.sla is not None and not ruling.closed and not ruling.disqualified
        self._record.arrive(lead, has_deadline=needs_answer, is_counted=ruling.is_counted)
        self._actual.arrive(lead, case, context)
        if lead % _PROGRESS_STEP == 0:
            self._tell(lead)

    def _change(self, change: Change, staff: Staff, fold: Fold) -> None:
        """Let a change happen, after all that waits until the moment before."""
        self._note(fold.advance(change.moment - 1), fold)
        if isinstance(change, Closed):
            lead = self._numbers[change.lead_id]
            if self._record.is_waiting(lead):
                fold.withdraw(frozenset({change.lead_id}))
            rep_id = self._record.finish(lead)
            if rep_id:
                fold.release(rep_id)
            return
        if not isinstance(change, NewDay):
            self._noted.append(change)
        _apply(change, staff)
        fold.context = staff.context

    def _note(self, decisions: Iterable[Decision], fold: Fold) -> None:
        for decision in decisions:
            lead = self._numbers[decision.record_id]
            answer = None
            if decision.rep_id is not None and decision.method != "none":
                calendar = calendar_of(decision.rep_id, decision.pool_id, fold.context)
                answer = calendar.after(decision.decided, self._actual.working_time(lead))
                answer = None if answer >= FAR else answer
            self._record.decide(lead, decision, answer, self._version)


def calendar_of(rep_id: str, pool_id: str | None, context: Context) -> Calendar:
    """Give when a rep works: in a pool by its hours, else by the rep's own."""
    rules = context.pools.get(pool_id) if pool_id else None
    return rules.calendar(rep_id) if rules and rep_id in rules.weights else context.roster[rep_id].calendar


def _apply(change: Change, staff: Staff) -> None:
    match change:
        case NewDay():
            staff.turn_to(change.day)
        case Holds() if change.rep_id in staff:
            staff.hold(change.rep_id, change.capacity)
        case Absent() if change.rep_id in staff:
            staff.be_absent(
                {
                    "rep_id": change.rep_id,
                    "starts_at": change.starts_at,
                    "ends_at": change.ends_at,
                    "cover_rep_id": change.cover_rep_id,
                }
            )
        case _:
            pass


def _day(moment: int, plan: Plan) -> date:
    return instant(moment).astimezone(ZoneInfo(plan.general.time_zone)).date()
