"""The desk gives every lead and contact of a book what the run gave it, and routes leads that come in their order as the run did."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from rightful.crm import OBJECT_OF_TABLE
from rightful.desk.in_force import InForce, table_of
from rightful.desk.pipeline import Understood, as_source, understood
from rightful.desk.prepare import habits_of_run
from rightful.plan import load_plan
from rightful.runs.run import Run
from rightful.stages.routing.hours import moment_of

COMPARED = ("quality", "segmentation", "matching", "scoring")


@pytest.fixture(scope="session")
def now(sample_run: Run) -> InForce:
    plan = load_plan(sample_run.folder.parent.parent)
    return InForce.of(plan, sample_run, habits_of_run(sample_run, plan), moment_of(sample_run.manifest.as_of))


@pytest.mark.parametrize("kind", ["lead", "contact"])
def test_each_record_has_what_the_run_gave_it(kind: str, sample_run: Run, now: InForce) -> None:
    table = table_of(kind)
    crm_object = OBJECT_OF_TABLE[table]
    merged = sample_run.frame("merges").filter(pl.col("object") == kind)["survivor_id"].to_list()
    rows = sample_run.frame(table).filter(~pl.col(crm_object.key).is_in(merged))
    names = [field.name for stage in COMPARED for field in crm_object.fields_of(stage)]
    assert rows.height > 90
    for row in rows.iter_rows(named=True):
        found = _understood(kind, row, now)
        values = _values(found)
        assert {name: values.get(name) for name in names} == {name: row[name] for name in names}
        if kind == "contact":
            assert (found.follows.rep_id if found.follows else None) == row["assigned_rep_id"]


def _understood(kind: str, row: dict[str, Any], now: InForce) -> Understood:
    crm_object = OBJECT_OF_TABLE[table_of(kind)]
    record = {crm_object.key: row[crm_object.key]}
    record |= {field.name: row[f"{field.name}_raw"] for field in crm_object.source_fields}
    source = as_source(crm_object.table, record, {})
    return understood(kind, source, now, moment_of(now.view.run.manifest.as_of))


def _values(found: Understood) -> dict[str, Any]:
    assert found.match is not None
    assert found.score is not None
    return {
        **found.values,
        "match_reason": found.match.reason,
        "score_reason": found.score.score_reason,
        "grade_reason": found.score.grade_reason,
    }


def test_leads_that_come_in_their_order_are_routed_as_in_the_run(sample_run: Run, now: InForce) -> None:
    """Cases that the desk makes of the run's records, folded as they arrive, give the run's log."""
    from rightful.desk.prepare import book_of, engine_beside  # noqa: PLC0415 - for this test alone
    from rightful.stages.routing.stage import arrivals_of  # noqa: PLC0415

    with engine_beside(sample_run) as engine:
        names = ("leads", "contacts", "accounts", "opportunities", "reps", "absences", "assignments")
        arrivals = arrivals_of(book_of(sample_run, engine, names), now.plan, engine)
    cases = {(each.object, each.record_id): each for each in arrivals.cases}
    merged = set(sample_run.frame("merges")["survivor_id"])
    compared = 0
    for row in sample_run.frame("leads").iter_rows(named=True):
        if row["lead_id"] in merged:
            continue
        case = _understood("lead", row, now).case
        wanted = cases["lead", row["lead_id"]]
        assert case is not None
        assert (case.ruling, case.owner_id, case.account_id, case.facts, case.company, dict(case.team)) == (
            wanted.ruling, wanted.owner_id, wanted.account_id, wanted.facts, wanted.company, dict(wanted.team),
        )  # fmt: skip
        compared += 1
    assert compared > 90
