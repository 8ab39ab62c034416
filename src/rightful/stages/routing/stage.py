"""The routing stage: leads and contacts to a rep now, in order of arrival; open tasks of leads follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.plan.routing import account_column, routing_fields
from rightful.plan.section import rule_fields
from rightful.rules import Rule, compile_rules, parse_expression
from rightful.stages.routing.case import Case, Decision
from rightful.stages.routing.cases import CaseMaker, Teams, in_order
from rightful.stages.routing.context import context_of, fact_fields, member_fields
from rightful.stages.routing.fold import fold
from rightful.stages.routing.hours import moment_of
from rightful.stages.routing.reps import REP_FIELDS
from rightful.stages.routing.rulings import Rulings
from rightful.stages.routing.state import Changes, RepState, State
from rightful.stages.routing.tables import added_columns, exception_rows, follow_leads, log_rows, task_columns
from rightful.stages.stage import Book, Engine, Frame, Stage, StageResult

__all__ = ["STAGE"]

_ABSENCE_FIELDS = ("rep_id", "starts_at", "ends_at", "cover_rep_id")
_TASK_FIELDS = ("task_id", "lead_id", "is_closed", "assigned_rep_id", "opportunity_id", "contact_id")
_CASE_FIELDS = ("owner_id", "matched_account_id", "created_at", "domain", "core_name")
_NO_CHANGES = Changes()
_HAS_REP = "assignment gave it a rep"


def run(book: Book, plan: Plan, engine: Engine) -> StageResult:
    """Route leads, and contacts that assignment left without a rep.

    Reads what the stages before added. Adds rep, method, pool, reason and deadline to leads and contacts, rep and reason to
    tasks; gives ``routing_log`` and ``exceptions``.
    """
    day = book.as_of.astimezone(ZoneInfo(plan.general.time_zone)).date()
    reps = engine.collect(book["reps"].select(*dict.fromkeys([*REP_FIELDS, *member_fields(plan)])).sort("rep_id"))
    absences = engine.collect(book["absences"].select(*_ABSENCE_FIELDS).sort(*_ABSENCE_FIELDS))
    context = context_of(plan, reps.to_pylist(), absences.to_pylist(), day)
    rulings = Rulings(plan)
    maker = CaseMaker(plan, rulings, context, moment_of(book.as_of))
    fields = (*rulings.fields, *fact_fields(plan))
    leads = _records(book, engine, "leads", fields)
    people = _records(book, engine, "contacts", fields)
    contacts = people.filter(pc.is_null(people["assigned_rep_id"]))
    teams = _teams(book, plan, engine)
    cases = [
        *maker.cases(leads, "lead", "lead_id", teams),
        *maker.cases(contacts, "contact", "contact_id", teams),
    ]
    created = _created("lead", leads["lead_id"], leads["created_at"])
    created |= _created("contact", contacts["contact_id"], contacts["created_at"])
    state = State(reps=_open_work(book, plan, engine))
    log = _routed(in_order(cases, created, context), maker, state, engine)
    last = {(each.object, each.record_id): each for each in log}
    of_leads = {record_id: each for (kind, record_id), each in last.items() if kind == "lead"}
    of_contacts = {record_id: each for (kind, record_id), each in last.items() if kind == "contact"}
    tasks = engine.collect(book["tasks"].select(*_TASK_FIELDS).sort("task_id"))
    followed = follow_leads(tasks, of_leads)
    contact_ids = people["contact_id"].to_pylist()
    others = dict.fromkeys(contact_ids, _HAS_REP)
    return StageResult(
        {
            "leads": engine.bring(added_columns("lead_id", leads["lead_id"].to_pylist(), of_leads, {})),
            "contacts": engine.bring(added_columns("contact_id", contact_ids, of_contacts, others)),
            "tasks": engine.bring(task_columns(tasks["task_id"].to_pylist(), followed)),
        },
        {
            "routing_log": engine.bring(log_rows(log)),
            "exceptions": engine.bring(exception_rows(last.values(), followed, created, day)),
        },
    )


def _routed(cases: list[Case], maker: CaseMaker, state: State, engine: Engine) -> list[Decision]:
    total = len(cases)

    def tell(done: int) -> None:
        engine.progress("leads and contacts", done, total)

    # Each decision's changes hold a copy of its pool: a run has no use for them once they are in the state.
    log = [replace(decision, changes=_NO_CHANGES) for decision in fold(cases, maker.context, state, maker.as_of, tell)]
    tell(total)
    return log


def _records(book: Book, engine: Engine, table: str, fields: Iterable[str]) -> pa.Table:
    """Collect leads or contacts with the fields that decide, those of their account among them; blank where they lack one."""
    crm_object = OBJECT_OF_TABLE[table]
    own = rule_fields(table, before="routing")
    wanted = dict.fromkeys([*_CASE_FIELDS, *fields])
    lent = {account_column(name): name for name in rule_fields("accounts", before="routing")}
    shared = routing_fields()
    columns = [name for name in wanted if name in own]
    borrowed = [name for name in wanted if name not in own and name in lent and name in shared]
    extra = ["assigned_rep_id"] if table == "contacts" else []
    frame = book[table].select(*dict.fromkeys([crm_object.key, *extra, *columns]))
    if borrowed:
        frame = frame.join(_lenders(book, borrowed, lent), on="matched_account_id", how="left")
    found = engine.collect(frame.sort(crm_object.key))
    found = found.append_column("object", pa.repeat(pa.scalar(crm_object.name), found.num_rows))
    missing = [name for name in wanted if name not in found.column_names]
    for name in missing:
        found = found.append_column(name, pa.nulls(found.num_rows))
    return found


def _lenders(book: Book, borrowed: Iterable[str], lent: dict[str, str]) -> Frame:
    return book["accounts"].select(
        nw.col("account_id").alias("matched_account_id"), *(nw.col(lent[name]).alias(name) for name in borrowed)
    )


def _teams(book: Book, plan: Plan, engine: Engine) -> Teams:
    """Give the rep of each role, for the accounts that leads or contacts belong to."""
    matched = nw.concat([book[table].select("matched_account_id") for table in ("leads", "contacts")]).unique()
    names = ("record_id", "role", "rep_id")
    owners = book["accounts"].select(
        nw.col("account_id").alias("record_id"),
        nw.lit(plan.assignment.roles[0]).alias("role"),
        nw.col("assigned_rep_id").alias("rep_id"),
    )
    frames = [owners.filter(~nw.col("rep_id").is_null())]
    if "assignments" in book.tables:
        frames.append(book["assignments"].filter(nw.col("object") == "account").select(*names))
    everybody = nw.concat(frames).unique()
    joined = everybody.join(matched, left_on="record_id", right_on="matched_account_id", how="semi")
    rows = engine.collect(joined.sort(*names))
    teams: dict[str, dict[str, str]] = {}
    for account_id, role, rep_id in zip(*(rows[name].to_pylist() for name in names), strict=True):
        teams.setdefault(account_id, {}).setdefault(role, rep_id)
    return teams


def _open_work(book: Book, plan: Plan, engine: Engine) -> dict[str, RepState]:
    """Count the open opportunities that the plan compares with capacity, by rep."""
    written = plan.routing.open_records.opportunities_when
    if written is None:
        return {}
    fields = rule_fields("opportunities", before="routing")
    rules = compile_rules([Rule("open", parse_expression(written.text, fields, written.place, plan.lists))], fields)
    names = dict.fromkeys(["assigned_rep_id", "is_closed", *rules.fields])
    table = engine.collect(book["opportunities"].select(*names))
    is_open = [not closed for closed in table["is_closed"].to_pylist()]
    holds = (rules.first_table(table) >= 0).tolist()
    counts: dict[str, int] = {}
    for rep_id, counted in zip(table["assigned_rep_id"].to_pylist(), map(min, is_open, holds), strict=True):
        if rep_id and counted:
            counts[rep_id] = counts.get(rep_id, 0) + 1
    return {rep_id: RepState(open_records=counts[rep_id]) for rep_id in sorted(counts)}


def _created(kind: str, ids: pa.ChunkedArray, moments: pa.ChunkedArray) -> dict[tuple[str, str], datetime | None]:
    return {(kind, record_id): moment for record_id, moment in zip(ids.to_pylist(), moments.to_pylist(), strict=True)}


STAGE = Stage("routing", "Routing leads and contacts", run)
