from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from rightful.runs.changes.ownership import Desired
from rightful.runs.changes.steps import ChangePolicy, Proposal, start_of, steps_of

AT = datetime(2026, 7, 1, tzinfo=UTC)
LATER = datetime(2026, 8, 1, tzinfo=UTC)
INSTANT = pl.Datetime("us", "UTC")
ROLES = ("owner", "success")
POLICY = ChangePolicy(AT, ZoneInfo("UTC"), ROLES)
BEFORE = {
    "object": pl.String, "record_id": pl.String, "role": pl.String, "seat": pl.Int64, "territory_id": pl.String,
    "rep_id": pl.String, "valid_from": INSTANT, "valid_to": INSTANT, "plan_version": pl.String,
}  # fmt: skip
SEATS = {
    "object": pl.String, "record_id": pl.String, "role": pl.String, "territory_id": pl.String, "rep_id": pl.String,
    "method": pl.String, "reason": pl.String, "ends_on": pl.Date, "next_rep_id": pl.String,
}  # fmt: skip
RECORDS = {
    "object": pl.String, "record_id": pl.String, "account_id": pl.String, "group_id": pl.String, "owner_id": pl.String,
    "value_usd": pl.Float64, "fate": pl.String, "fate_detail": pl.String,
}  # fmt: skip


def owned(record_id: str, rep: str | None, **more: Any) -> dict[str, Any]:
    row = {
        "object": "account", "record_id": record_id, "role": "owner", "seat": 1, "territory_id": "WEST", "rep_id": rep,
        "valid_from": AT - timedelta(days=90), "valid_to": None, "plan_version": "v1",
    }  # fmt: skip
    return row | more


def wanted(record_id: str, rep: str, method: str = "rule", **more: Any) -> dict[str, Any]:
    row = {
        "object": "account", "record_id": record_id, "role": "owner", "territory_id": "WEST", "rep_id": rep,
        "method": method, "reason": "because", "ends_on": None, "next_rep_id": None,
    }  # fmt: skip
    return row | more


def record(record_id: str, owner: str | None = "R1", **more: Any) -> dict[str, Any]:
    row = {
        "object": "account", "record_id": record_id, "account_id": record_id, "group_id": record_id, "owner_id": owner,
        "value_usd": 5.0, "fate": "present", "fate_detail": "",
    }  # fmt: skip
    return row | more


def compare(
    before: list[dict[str, Any]],
    seats: list[dict[str, Any]],
    records: list[dict[str, Any]] | None = None,
    policy: ChangePolicy = POLICY,
) -> Proposal:
    known = records if records is not None else [record(row["record_id"]) for row in [*before, *seats]]
    desired = Desired(
        pl.DataFrame(seats, SEATS), pl.DataFrame(known, RECORDS).unique(["object", "record_id"], maintain_order=True)
    )
    return steps_of(pl.DataFrame(before, BEFORE), desired, policy)


def told(proposal: Proposal) -> list[tuple[Any, ...]]:
    names = ("kind", "record_id", "rep_id_before", "rep_id", "valid_from", "valid_to")
    return list(proposal.steps.select(names).iter_rows())


def held(proposal: Proposal) -> list[tuple[Any, ...]]:
    return list(proposal.held.select("record_id", "rep_id", "cause").iter_rows())


@pytest.mark.parametrize(
    ("before", "seat", "steps"),
    [
        (None, wanted("A1", "R2"), [("assign account", "A1", None, "R2", AT, None)]),
        (owned("A1", None), wanted("A1", "R2"), [("assign account", "A1", None, "R2", AT, None)]),
        (owned("A1", "R1"), wanted("A1", "R2"), [("reassign account", "A1", "R1", "R2", AT, None)]),
        (owned("A1", "R1"), wanted("A1", "R1"), []),
        (owned("A1", "R1", territory_id=None), wanted("A1", "R1"), [("territory account", "A1", "R1", "R1", AT, None)]),
        (owned("A1", "R1", territory_id=None), wanted("A1", "R1", "closed"), []),
        (
            owned("A1", "R1"),
            wanted("A1", "R1", "eligible", ends_on=date(2026, 7, 31), next_rep_id="R2"),
            [("hand_over account", "A1", "R1", "R2", LATER, None)],
        ),
        (
            None,
            wanted("A1", "R1", "eligible", ends_on=date(2026, 7, 31), next_rep_id="R2"),
            [("assign account", "A1", None, "R1", AT, None), ("hand_over account", "A1", "R1", "R2", LATER, None)],
        ),
        (
            owned("A1", "R1"),
            wanted("A1", "R5", ends_on=date(2026, 7, 31), next_rep_id="R1"),
            [("stand_in account", "A1", "R1", "R5", AT, LATER), ("return account", "A1", "R5", "R1", LATER, None)],
        ),
        (owned("A1", "R3"), wanted("A1", "R1", "eligible", ends_on=date(2026, 7, 31), next_rep_id="R3"), []),
    ],
    ids=[
        "assign", "assign after nobody", "reassign", "same", "territory", "closed work is not touched", "eligible",
        "eligible and new", "stand in and return", "already handed over",
    ],
)  # fmt: skip
def test_one_seat(before: dict[str, Any] | None, seat: dict[str, Any], steps: list[tuple[Any, ...]]) -> None:
    proposal = compare([before] if before else [], [seat])
    assert told(proposal) == steps
    assert held(proposal) == []


def test_what_is_scheduled_already_is_no_step() -> None:
    kept = [owned("A1", "R1", valid_to=LATER), owned("A1", "R2", valid_from=LATER)]
    eligible = wanted("A1", "R1", "eligible", ends_on=date(2026, 8, 15), next_rep_id="R2")
    assert told(compare(kept, [eligible])) == []  # a later run does not push the day further away
    covered = [owned("A1", "R5", valid_to=LATER), owned("A1", "R1", valid_from=LATER)]
    stand_in = wanted("A1", "R5", ends_on=date(2026, 7, 31), next_rep_id="R1")
    assert told(compare(covered, [stand_in])) == []
    longer = wanted("A1", "R5", ends_on=date(2026, 8, 31), next_rep_id="R1")
    assert [kind for kind, *_ in told(compare(covered, [longer]))] == ["stand_in account", "return account"]


def test_a_schedule_that_the_plan_no_longer_wants_is_dropped() -> None:
    kept = [owned("A1", "R1", valid_to=LATER), owned("A1", "R2", valid_from=LATER)]
    assert told(compare(kept, [wanted("A1", "R1")])) == [("keep account", "A1", "R1", "R1", AT, None)]


@pytest.mark.parametrize(
    ("kind", "role", "words"),
    [
        ("account", "owner", "reassign account"),
        ("account", "success", "reassign team member"),
        ("opportunity", "owner", "move opportunity"),
        ("task", "owner", "move task"),
        ("lead", "owner", "reroute lead"),
    ],
)
def test_each_kind_of_record_has_its_own_word(kind: str, role: str, words: str) -> None:
    before, seat = owned("X1", "R1", object=kind, role=role), wanted("X1", "R2", object=kind, role=role)
    proposal = compare([before], [seat], [record("X1", object=kind)])
    assert proposal.steps["kind"].to_list() == [words]


def test_work_stays_where_the_ledger_has_it_if_the_crm_is_behind() -> None:
    proposal = compare([owned("O1", "R7")], [wanted("O1", "R1", "exempt")], [record("O1", "R1")])
    assert told(proposal) == []
    assert held(proposal) == [("O1", "R7", "differs")]


def test_pins_and_exempt_work_are_listed() -> None:
    before = [owned("A1", "R1"), owned("A2", "R1")]
    proposal = compare(before, [wanted("A1", "R1", "pin"), wanted("A2", "R1", "exempt")])
    assert held(proposal) == [("A2", "R1", "exempt"), ("A1", "R1", "pin")]


@pytest.mark.parametrize(
    ("fate", "keep", "end"),
    [
        ("present", "nobody", ["end account"]),
        ("gone", "gone", ["end account"]),
        ("merged", "merged", []),
        ("quarantined", "quarantined", []),
    ],
)
def test_records_without_a_rep_stay_unless_the_plan_ends_them(fate: str, keep: str, end: list[str]) -> None:
    records = [] if fate == "gone" else [record("A1", fate=fate, fate_detail="A2")]
    kept = compare([owned("A1", "R1")], [], records)
    assert (told(kept), held(kept)) == ([], [("A1", "R1", keep)])
    ending = ChangePolicy(AT, ZoneInfo("UTC"), ROLES, without_rep="end", when_gone="end")
    assert compare([owned("A1", "R1")], [], records, ending).steps["kind"].to_list() == end


def test_a_seat_that_the_team_no_longer_has_ends() -> None:
    proposal = compare([owned("A1", "R1", role="success")], [], [record("A1")])
    assert told(proposal) == [("end team member", "A1", "R1", None, AT, None)]


@pytest.mark.parametrize("more", [{"seat": 2}, {"seat": 2, "role": "success"}, {"role": "lawyer"}])
def test_a_seat_that_no_plan_decides_is_left_alone_and_listed(more: dict[str, Any]) -> None:
    by_hand = owned("A1", "R9", plan_version=None, **more)
    policy = ChangePolicy(AT, ZoneInfo("UTC"), ROLES, without_rep="end", when_gone="end")
    proposal = compare([owned("A1", "R1"), by_hand], [wanted("A1", "R2")], policy=policy)
    assert told(proposal) == [("reassign account", "A1", "R1", "R2", AT, None)]
    assert held(proposal) == [("A1", "R9", "beside")]
    seat, role = by_hand["seat"], by_hand["role"]
    assert proposal.held["reason"].to_list() == [
        f"seat {seat} as {role} was recorded without a plan, and this one does not decide it"
    ]
    assert {row[2] for row in told(compare([by_hand], [], [], policy))} == {
        "R9"
    }  # but a record that is gone ends whole


def test_a_role_that_the_plan_gave_up_ends_where_a_plan_had_given_it() -> None:
    proposal = compare([owned("A1", "R1"), owned("A1", "R3", role="lawyer")], [wanted("A1", "R1")])
    assert told(proposal) == [("end team member", "A1", "R3", None, AT, None)]


def test_locks_hold_records_and_whole_accounts() -> None:
    before = [owned("A1", "R1"), owned("A2", "R1"), owned("O1", "R1", object="opportunity")]
    seats = [wanted("A1", "R2"), wanted("A2", "R2"), wanted("O1", "R2", object="opportunity")]
    records = [record("A1"), record("A2"), record("O1", object="opportunity", account_id="A1")]
    policy = ChangePolicy(AT, ZoneInfo("UTC"), ROLES, locked_accounts={"A1": "in court"})
    proposal = compare(before, seats, records, policy)
    assert [row[1] for row in told(proposal)] == ["A2"]
    assert held(proposal) == [("A1", "R1", "lock"), ("O1", "R1", "lock")]
    one = ChangePolicy(AT, ZoneInfo("UTC"), ROLES, locked_records={("account", "A2"): "in court"})
    assert [row[1] for row in told(compare(before, seats, records, one))] == ["A1", "O1"]


def test_an_account_that_is_handed_over_takes_its_records_with_it() -> None:
    before = [owned("A1", "R1"), owned("O1", "R1", object="opportunity"), owned("A2", "R1"), owned("A3", "R2")]
    seats = [wanted("A1", "R2"), wanted("O1", "R2", object="opportunity"), wanted("A2", "R2"), wanted("A3", "R2")]
    records = [
        record("A1"),
        record("O1", object="opportunity", account_id="A1", group_id="A1"),
        record("A2"),
        record("A3"),
    ]
    policy = ChangePolicy(AT, ZoneInfo("UTC"), ROLES, later={"A1": LATER, "A3": LATER})
    begins = {row[1]: row[4] for row in told(compare(before, seats, records, policy))}
    assert begins == {"A1": LATER, "O1": LATER, "A2": AT}


def test_steps_go_group_by_group_the_account_before_its_records() -> None:
    seats = [wanted(f"A{number}", "R2") for number in (3, 1, 2)]
    seats += [wanted("C1", "R2", object="contact"), wanted("O1", "R2", object="opportunity")]
    records = [record("A1", group_id="A1"), record("A2", group_id="A1"), record("A3")]
    records += [
        record("C1", object="contact", account_id="A1", group_id="A1"),
        record("O1", object="opportunity", account_id="A1", group_id="A1"),
    ]
    proposal = compare([], seats, records)
    assert proposal.steps["record_id"].to_list() == ["A1", "C1", "O1", "A2", "A3"]
    assert proposal.steps["number"].to_list() == [1, 2, 3, 4, 5]
    assert compare([], seats[::-1], records[::-1]).steps.equals(proposal.steps)


def test_the_crm_is_told_of_owners_that_change_and_of_records_that_it_has() -> None:
    seats = [wanted("A1", "R2"), wanted("A2", "R1"), wanted("B1", "R2", object="buying center")]
    records = [record("A1"), record("A2"), record("B1", object="buying center", fate="found")]
    proposal = compare([owned("A1", "R1"), owned("A2", "R1", territory_id=None)], seats, records)
    told_to_crm = dict(proposal.steps.select("record_id", "is_in_crm").iter_rows())
    assert told_to_crm == {"A1": True, "A2": False, "B1": False}


def test_days_begin_in_the_plans_time_zone_also_where_there_is_no_midnight() -> None:
    assert start_of(date(2026, 7, 1), ZoneInfo("America/New_York")) == datetime(2026, 7, 1, 4, tzinfo=UTC)
    assert start_of(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo")) == datetime(2018, 11, 4, 3, tzinfo=UTC)
