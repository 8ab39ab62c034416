from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan, plan_from
from rightful.stages.columns import schema_of
from rightful.stages.routing import STAGE
from rightful.stages.stage import Engine, StageResult

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
REPS = [{"rep_id": "R1"}, {"rep_id": "R2"}, {"rep_id": "R3"}]
ROUTING = """
methods: [account_owner, pool]
pool_rules: [{pool: sdr, account_segment: "(blank), SMB"}, {pool: big}]
pools:
  - {pool: sdr, members: [{rep_id: R1}, {rep_id: R2}], when_all_away: queue}
  - {pool: big, members: [{rep_id: R3}]}
"""
Rows = Sequence[Mapping[str, Any]]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def routed(
    book_of: Callable[..., Any], engine: Engine
) -> Callable[..., tuple[StageResult, Callable[[str], list[Any]]]]:
    """Run the stage; also gives how to read a table of its result as rows."""

    def run(routing: str = ROUTING, **tables: Rows) -> tuple[StageResult, Callable[[str], list[Any]]]:
        plan: Plan = plan_from({"routing.yaml": routing})
        result = STAGE.run(book_of(engine, AS_OF, **{"reps": REPS, **tables}), plan, engine)

        def rows(name: str) -> list[Any]:
            frame = result.added.get(name, result.tables.get(name))
            assert frame is not None
            return engine.collect(frame).to_pylist()

        return result, rows

    return run


def test_leads_are_taken_in_order_of_arrival_and_logged_with_the_state_that_decided(routed: Any) -> None:
    leads = [
        {"lead_id": "L1", "created_at": at(29, 11)},
        {"lead_id": "L3", "created_at": at(29, 10)},
        {"lead_id": "L2", "created_at": at(29, 10)},
    ]
    _, rows = routed(leads=leads)
    assert {row["lead_id"]: row["routed_rep_id"] for row in rows("leads")} == {"L2": "R1", "L3": "R2", "L1": "R1"}
    log = sorted(rows("routing_log"), key=lambda row: row["sequence"])
    assert [(row["record_id"], row["sequence"], row["rep_id"], row["state"]) for row in log] == [
        ("L2", 1, "R1", "R1=0 R2=0"), ("L3", 2, "R2", "R1=1 R2=0"), ("L1", 3, "R1", "R1=1 R2=1"),
    ]  # fmt: skip
    assert log[2]["decided_at"] == at(29, 11)


def test_exceptions_say_what_the_record_is_worth(routed: Any) -> None:
    _, rows = routed(
        "fallback_rep_id: R9",
        accounts=[{"account_id": "A1", "annual_revenue_usd": 5.0}],
        leads=[{"lead_id": "L1", "matched_account_id": "A1"}, {"lead_id": "L2", "annual_revenue_usd": 3.0}],
        contacts=[{"contact_id": "C1"}],
        tasks=[{"task_id": "T1", "lead_id": "L1", "is_closed": False}],
    )
    found = {row["record_id"]: (row["cause"], row["value_usd"]) for row in rows("exceptions")}
    assert found == {
        "L1": ("inactive_fallback", 5.0), "L2": ("inactive_fallback", 3.0), "C1": ("inactive_fallback", None),
        "T1": ("lead_without_rep", 5.0),
    }  # fmt: skip


def test_no_money_waits_where_nobody_should_act(routed: Any) -> None:
    _, rows = routed(
        "disqualify: [{when: \"grade = 'F'\"}]",
        leads=[{"lead_id": "L1", "grade": "F", "annual_revenue_usd": 9.0}],
    )
    (exception,) = rows("exceptions")
    assert (exception["cause"], exception["value_usd"]) == ("disqualified", None)


def test_added_columns_keep_the_contract_with_and_without_rows(routed: Any, engine: Engine) -> None:
    for tables in ({}, {"leads": [{"lead_id": "L"}], "contacts": [{"contact_id": "C"}], "tasks": [{"task_id": "T"}]}):
        result, _ = routed(**tables)
        for table in ("leads", "contacts", "tasks"):
            found = engine.collect(result.added[table]).schema
            assert {field.name: field.type for field in found} == {
                field.name: field.type for field in schema_of(OBJECT_OF_TABLE[table], "routing")
            }


def test_a_lead_that_came_at_night_waits_in_the_queue_and_is_tried_again_in_the_morning(routed: Any) -> None:
    leads = [{"lead_id": "L1", "created_at": at(28, 3)}, {"lead_id": "L2", "created_at": at(30, 10)}]
    _, rows = routed(leads=leads)
    log = [(row["record_id"], row["method"], row["decided_at"]) for row in rows("routing_log")]
    assert sorted(log, key=lambda row: row[2]) == [
        ("L1", "queue", at(28, 3)), ("L1", "pool", at(29, 9)), ("L2", "pool", at(30, 10)),
    ]  # fmt: skip
    assert rows("exceptions") == []


def test_who_still_waits_at_the_end_is_an_exception_that_says_until_when(routed: Any) -> None:
    away = [{"absence_id": f"X{rep}", "rep_id": rep, "starts_at": at(1, 0)} for rep in ("R1",)]
    away += [{"absence_id": "X", "rep_id": "R2", "starts_at": at(1, 0), "ends_at": datetime(2026, 7, 2, tzinfo=UTC)}]
    _, rows = routed(leads=[{"lead_id": "L1", "created_at": at(20, 10)}], absences=away)
    (found,) = rows("exceptions")
    assert (found["object"], found["record_id"], found["stage"], found["cause"]) == ("lead", "L1", "routing", "queued")
    assert "it waits until 2026-07-02 09:00 UTC" in found["detail"]
    assert found["age_days"] == 10.0
    assert found["repair"]
    (lead,) = rows("leads")
    assert (lead["routed_rep_id"], lead["routing_method"], lead["pool_id"]) == (None, "queue", "sdr")


def test_all_at_once_takes_the_book_as_it_is_read(routed: Any) -> None:
    _, rows = routed(ROUTING + "decide_at: as_of\n", leads=[{"lead_id": "L1", "created_at": at(28, 3)}])
    assert [(row["method"], row["decided_at"]) for row in rows("routing_log")] == [("pool", AS_OF)]


def test_owners_come_from_the_account_team_and_pools_know_the_accounts_fields(routed: Any) -> None:
    accounts = [{"account_id": "A1", "assigned_rep_id": "R3"}, {"account_id": "A2", "segment": "Enterprise"}]
    leads = [{"lead_id": f"L{n}", "matched_account_id": f"A{n}", "created_at": at(29, 10)} for n in (1, 2)]
    _, rows = routed(accounts=accounts, leads=leads)
    assert {row["lead_id"]: (row["routed_rep_id"], row["routing_method"]) for row in rows("leads")} == {
        "L1": ("R3", "account_owner"), "L2": ("R3", "pool"),
    }  # fmt: skip
    team = [{"object": "account", "record_id": "A1", "role": "specialist", "rep_id": "R2"}]
    roles = ROUTING + "account_owner: {roles: [specialist]}\n"
    plan = {"leads": leads, "accounts": accounts, "assignments": team}
    with pytest.raises(Exception, match="unknown role 'specialist'"):
        routed(roles, **plan)


def test_contacts_are_routed_where_assignment_left_them_and_tasks_follow_leads(routed: Any) -> None:
    contacts = [{"contact_id": "C1", "assigned_rep_id": "R9"}, {"contact_id": "C2", "created_at": at(29, 10)}]
    leads = [{"lead_id": "L1", "created_at": at(29, 11)}, {"lead_id": "L2", "status": "Converted"}]
    tasks = [
        {"task_id": "T1", "lead_id": "L1"},
        {"task_id": "T2", "lead_id": "L1", "is_closed": True},
        {"task_id": "T3", "lead_id": "L1", "assigned_rep_id": "R3"},
        {"task_id": "T4", "lead_id": "L2"},
        {"task_id": "T5", "lead_id": "gone"},
        {"task_id": "T6"},
    ]
    _, rows = routed(contacts=contacts, leads=leads, tasks=tasks)
    people = {row["contact_id"]: (row["routed_rep_id"], row["routing_reason"]) for row in rows("contacts")}
    assert people["C1"] == (None, "assignment gave it a rep")
    assert people["C2"][0] == "R1"
    followed = {row["task_id"]: (row["routed_rep_id"], row["routing_reason"]) for row in rows("tasks")}
    assert followed["T1"] == ("R2", "follows its lead L1")
    assert [followed[task] for task in ("T2", "T3", "T6")] == [(None, None)] * 3
    causes = {row["record_id"]: row["cause"] for row in rows("exceptions")}
    assert causes == {"L2": "closed_without_owner", "T4": "lead_without_rep", "T5": "no_lead"}


def test_every_lead_has_a_rep_or_an_exception(routed: Any) -> None:
    statuses = (None, "Open", "Converted", "Recycled")
    owners = (None, "R1", "GONE")
    leads = [
        {"lead_id": f"{status}{owner}{day}", "status": status, "owner_id": owner, "created_at": day and at(day, 3)}
        for status in statuses
        for owner in owners
        for day in (None, 1, 30)
    ]
    _, rows = routed("pool_rules: [{pool: p, status: Open}]\npools: [{pool: p, members: [{rep_id: R2}]}]", leads=leads)
    without = {row["lead_id"] for row in rows("leads") if row["routed_rep_id"] is None}
    assert without == {row["record_id"] for row in rows("exceptions")}
    assert len(rows("leads")) == len(leads)


def test_open_work_counts_against_capacity(routed: Any) -> None:
    opportunities = [
        {"opportunity_id": "O1", "assigned_rep_id": "R1", "is_closed": False},
        {"opportunity_id": "O2", "assigned_rep_id": "R2", "is_closed": True},
    ]
    reps = [{"rep_id": "R1", "capacity": 1.0}, {"rep_id": "R2", "capacity": 1.0}, {"rep_id": "R3"}]
    leads = [{"lead_id": "L1", "created_at": at(29, 10)}]
    counted = ROUTING + 'open_records: {opportunities_when: "TRUE"}\n'
    assert routed(counted, leads=leads, opportunities=opportunities, reps=reps)[1]("leads")[0]["routed_rep_id"] == "R2"
    kept = [*leads, {"lead_id": "L0", "owner_id": "R1", "created_at": at(29, 9)}]
    found = routed(ROUTING, leads=kept, reps=reps)[1]("leads")
    assert {row["lead_id"]: row["routed_rep_id"] for row in found} == {"L0": "R1", "L1": "R2"}


def test_a_run_twice_gives_the_same(routed: Any, engine: Engine) -> None:
    leads = [{"lead_id": f"L{n}", "created_at": at(29, 10, n % 7)} for n in range(30)]
    first, second = routed(leads=leads), routed(leads=list(reversed(leads)))
    for table in ("leads",):
        one, two = (engine.collect(each[0].added[table].sort("lead_id")) for each in (first, second))
        assert one.equals(two)
