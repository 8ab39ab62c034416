"""Read from the book what routing decides by: records with their fields, account teams, reps, open work."""

from __future__ import annotations

from collections.abc import Iterable

import narwhals as nw
import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.plan.routing import account_column, routing_fields
from rightful.plan.section import rule_fields
from rightful.rules import Rule, compile_rules, parse_expression
from rightful.stages.routing.cases import Teams
from rightful.stages.routing.context import fact_fields, member_fields
from rightful.stages.routing.reps import REP_FIELDS
from rightful.stages.routing.rulings import Rulings
from rightful.stages.routing.state import RepState
from rightful.stages.stage import Book, Engine, Frame

__all__ = ["open_work", "people_of", "records_of", "teams_of"]

_ABSENCE_FIELDS = ("rep_id", "starts_at", "ends_at", "cover_rep_id")
_CASE_FIELDS = ("owner_id", "matched_account_id", "created_at", "domain", "core_name")


def people_of(book: Book, plan: Plan, engine: Engine) -> tuple[pa.Table, pa.Table]:
    """Collect the reps with the fields that routing reads, by key, and the absences."""
    reps = engine.collect(book["reps"].select(*dict.fromkeys([*REP_FIELDS, *member_fields(plan)])).sort("rep_id"))
    return reps, engine.collect(book["absences"].select(*_ABSENCE_FIELDS).sort(*_ABSENCE_FIELDS))


def records_of(book: Book, plan: Plan, engine: Engine, table: str, rulings: Rulings) -> pa.Table:
    """Collect leads or contacts with the fields that decide, those of their account among them; blank where they lack one."""
    crm_object = OBJECT_OF_TABLE[table]
    own = rule_fields(table, before="routing")
    wanted = dict.fromkeys([*_CASE_FIELDS, *rulings.fields, *fact_fields(plan)])
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


def teams_of(book: Book, plan: Plan, engine: Engine) -> Teams:
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


def open_work(book: Book, plan: Plan, engine: Engine) -> dict[str, RepState]:
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
