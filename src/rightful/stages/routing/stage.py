"""The routing stage: leads and contacts to a rep now, in order of arrival; open tasks of leads follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from rightful.crm import OBJECTS
from rightful.plan import Plan
from rightful.stages.exceptions import NOTHING_TO_DO
from rightful.stages.routing.case import Case, Decision
from rightful.stages.routing.cases import CaseMaker, in_order
from rightful.stages.routing.context import context_of
from rightful.stages.routing.fold import fold
from rightful.stages.routing.hours import moment_of
from rightful.stages.routing.reading import open_work, people_of, records_of, teams_of
from rightful.stages.routing.route import Context
from rightful.stages.routing.rulings import Rulings
from rightful.stages.routing.state import Changes, State
from rightful.stages.routing.tables import (
    FollowedTask,
    added_columns,
    exception_rows,
    follow_leads,
    log_rows,
    task_columns,
)
from rightful.stages.stage import Book, Engine, Stage, StageResult
from rightful.stages.worth import worth_of

__all__ = ["STAGE", "Arrivals", "arrivals_of"]

_TASK_FIELDS = ("task_id", "lead_id", "is_closed", "assigned_rep_id", "opportunity_id", "contact_id")
_NO_CHANGES = Changes()
_HAS_REP = "assignment gave it a rep"


def run(book: Book, plan: Plan, engine: Engine) -> StageResult:
    """Route leads, and contacts that assignment left without a rep.

    Reads what the stages before added. Adds rep, method, pool, reason and deadline to leads and contacts, rep and reason to
    tasks; gives ``routing_log`` and ``exceptions``.
    """
    day = _day(book, plan)
    arrivals = arrivals_of(book, plan, engine)
    leads, people, created = arrivals.leads, arrivals.contacts, arrivals.created
    log = _routed(arrivals, engine)
    last = {(each.object, each.record_id): each for each in log}
    of_leads = {record_id: each for (kind, record_id), each in last.items() if kind == "lead"}
    of_contacts = {record_id: each for (kind, record_id), each in last.items() if kind == "contact"}
    tasks = engine.collect(book["tasks"].select(*_TASK_FIELDS).sort("task_id"))
    followed = follow_leads(tasks, of_leads)
    contact_ids = people["contact_id"].to_pylist()
    others = dict.fromkeys(contact_ids, _HAS_REP)
    values = _values(book, engine, [*last.values(), *followed])
    return StageResult(
        {
            "leads": engine.bring(added_columns("lead_id", leads["lead_id"].to_pylist(), of_leads, {})),
            "contacts": engine.bring(added_columns("contact_id", contact_ids, of_contacts, others)),
            "tasks": engine.bring(task_columns(tasks["task_id"].to_pylist(), followed)),
        },
        {
            "routing_log": engine.bring(log_rows(log)),
            "exceptions": engine.bring(exception_rows(last.values(), followed, created, values, day)),
        },
    )


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The records of a book that are routed, in their order, and what decides.

    Attributes:
        cases: The records.
        context: What decides.
        state: What is remembered from before.
        until: Moment at which the book is read.
        leads: The leads.
        contacts: The contacts; those without a rep are among the cases.
        created: When each record was created, by kind and key.
    """

    cases: list[Case]
    context: Context
    state: State
    until: int
    leads: pa.Table
    contacts: pa.Table
    created: Mapping[tuple[str, str], datetime | None]


def arrivals_of(book: Book, plan: Plan, engine: Engine) -> Arrivals:
    """Read from a book all that is to be routed."""
    reps, absences = people_of(book, plan, engine)
    context = context_of(plan, reps.to_pylist(), absences.to_pylist(), _day(book, plan))
    rulings = Rulings(plan)
    until = moment_of(book.as_of)
    maker = CaseMaker(plan, rulings, context, until)
    leads = records_of(book, plan, engine, "leads", rulings)
    people = records_of(book, plan, engine, "contacts", rulings)
    contacts = people.filter(pc.is_null(people["assigned_rep_id"]))
    teams = teams_of(book, plan, engine)
    cases = [
        *maker.cases(leads, "lead", "lead_id", teams),
        *maker.cases(contacts, "contact", "contact_id", teams),
    ]
    created = _created("lead", leads["lead_id"], leads["created_at"])
    created |= _created("contact", contacts["contact_id"], contacts["created_at"])
    state = State(reps=open_work(book, plan, engine))
    return Arrivals(in_order(cases, created, context), context, state, until, leads, people, created)


def _day(book: Book, plan: Plan) -> date:
    return book.as_of.astimezone(ZoneInfo(plan.general.time_zone)).date()


def _routed(arrivals: Arrivals, engine: Engine) -> list[Decision]:
    cases, total = arrivals.cases, len(arrivals.cases)

    def tell(done: int) -> None:
        engine.progress("leads and contacts", done, total)

    # Each decision's changes hold a copy of its pool: a run has no use for them once they are in the state.
    decided = fold(cases, arrivals.context, arrivals.state, arrivals.until, tell)
    log = [replace(decision, changes=_NO_CHANGES) for decision in decided]
    tell(total)
    return log


def _created(kind: str, ids: pa.ChunkedArray, moments: pa.ChunkedArray) -> dict[tuple[str, str], datetime | None]:
    return {(kind, record_id): moment for record_id, moment in zip(ids.to_pylist(), moments.to_pylist(), strict=True)}


def _values(book: Book, engine: Engine, found: Iterable[Decision | FollowedTask]) -> dict[tuple[str, str], float]:
    """Give what the records without a rep are worth, by kind and key."""
    keys: dict[str, list[str]] = {}
    for each in found:
        if each.cause and each.cause not in NOTHING_TO_DO:
            kind, record_id = (
                ("task", each.task_id) if isinstance(each, FollowedTask) else (each.object, each.record_id)
            )
            keys.setdefault(kind, []).append(record_id)
    tables = {crm_object.name: crm_object.table for crm_object in OBJECTS}
    return {
        (kind, record_id): value
        for kind, ids in keys.items()
        for record_id, value in worth_of(book, engine, tables[kind], ids).items()
    }


STAGE = Stage("routing", "Routing leads and contacts", run)
