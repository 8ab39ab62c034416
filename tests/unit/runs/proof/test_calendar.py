from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa

from rightful.plan import plan_from
from rightful.runs.proof.accounts import Accounts
from rightful.runs.proof.calendar import holes
from rightful.runs.proof.finding import Stake
from tiny import FILES

TODAY = datetime(2026, 6, 30, tzinfo=UTC)
STAKES = {"NA": Stake(3, 0.3, 100.0, 1000.0, "A1")}


def book(reps: list[dict[str, object]], absences: list[dict[str, object]] | None = None) -> Accounts:
    """Make a book of reps and absences; what is left out is null."""
    rep = {"rep_id": pa.string(), "is_active": pa.bool_(), "starts_on": pa.date32(), "ends_on": pa.date32()}
    instant = pa.timestamp("us", "UTC")
    away = {
        "absence_id": pa.string(),
        "rep_id": pa.string(),
        "starts_at": instant,
        "ends_at": instant,
        "cover_rep_id": pa.string(),
    }
    nothing = np.zeros(0)
    accounts = pa.table({"account_id": pa.array([], pa.string())})
    return Accounts(accounts, nothing, nothing, "", TODAY, _table(reps, rep), _table(absences or [], away))


def _table(rows: list[dict[str, object]], kinds: dict[str, pa.DataType]) -> pa.Table:
    return pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in kinds.items()})


def told(accounts: Accounts, coverage: str, routing: str = FILES["routing.yaml"]) -> list[tuple[str, str]]:
    texts = {name: text for name, text in FILES.items() if not name.startswith("book/")}
    plan = plan_from({**texts, "coverage.csv": coverage, "routing.yaml": routing})
    return [(str(each.severity), each.tell().message) for each in holes(plan, accounts, STAKES)]


HEAD = "territory,role,rep_id,starts_on,ends_on,covers\n"
POOL = "pools: [{pool: desk, members: [{rep_id: R1}, {rep_id: R2}]}]\n"
EVERYBODY: list[dict[str, object]] = [{"rep_id": "R1"}, {"rep_id": "R2"}, {"rep_id": "R3"}]


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def test_a_territory_whose_rep_leaves_has_a_hole_from_then_on() -> None:
    reps = [{"rep_id": "R1", "ends_on": date(2026, 9, 30)}]
    found = told(book(reps), f"{HEAD}NA,account_executive,R1,,,\n", "{}")
    assert found == [("warning", "territory 'NA' has no account executive from 2026-10-01 on")]


def test_a_hole_of_today_with_accounts_in_it_is_an_error() -> None:
    coverage = f"{HEAD}NA,account_executive,R1,2026-07-05,,\nEU,account_executive,R2,2026-07-05,,\n"
    found = told(book(EVERYBODY), coverage, "{}")
    assert found == [
        ("error", "territory 'NA' has no account executive from 2026-06-30 to 2026-07-04"),
        ("warning", "territory 'EU' has no account executive from 2026-06-30 to 2026-07-04"),
    ]


def test_a_stand_in_closes_the_hole_for_as_long_as_it_stands_in() -> None:
    vacancy = f"{HEAD}NA,account_executive,,,,\nNA,account_executive,R2,2026-06-01,2026-08-31,vacancy\n"
    assert told(book(EVERYBODY), vacancy, "{}") == [
        ("warning", "territory 'NA' has no account executive from 2026-09-01 on")
    ]


def test_an_absence_without_cover_is_told_where_the_rep_works_alone() -> None:
    away = [{"absence_id": "B1", "rep_id": "R1", "starts_at": at("2026-08-01"), "ends_at": at("2026-08-15")}]
    alone = f"{HEAD}NA,account_executive,R1,,,\n"
    [(severity, message)] = told(book(EVERYBODY, away), alone, "{}")
    assert severity == "note"
    assert message == (
        "rep R1 is away 2026-08-01 to 2026-08-14, nobody covers, and works alone in NA (account executive)"
    )
    assert told(book(EVERYBODY, away), f"{alone}NA,account_executive,R2,,,\n", "{}") == []
    covered = [{**away[0], "cover_rep_id": "R2"}]
    assert told(book(EVERYBODY, covered), alone, "{}") == []
    past = [{**away[0], "starts_at": at("2026-05-01"), "ends_at": at("2026-05-15")}]
    assert told(book(EVERYBODY, past), alone, "{}") == []


def test_a_pool_is_empty_on_the_days_on_which_all_its_members_are_away() -> None:
    away = [
        {"absence_id": "B1", "rep_id": "R1", "starts_at": at("2026-08-01"), "ends_at": at("2026-08-15")},
        {"absence_id": "B2", "rep_id": "R2", "starts_at": at("2026-08-10"), "ends_at": at("2026-08-20")},
    ]
    coverage = f"{HEAD}NA,account_executive,R3,,,\n"
    assert told(book(EVERYBODY, away), coverage, POOL) == [
        (
            "warning",
            "everybody in pool 'desk' is absent from 2026-08-10 to 2026-08-14: records go to whoever works next",
        )
    ]
    assert told(book(EVERYBODY, away[:1]), coverage, POOL) == []


def test_a_pool_of_one_is_worth_a_note() -> None:
    reps: list[dict[str, object]] = [{"rep_id": "R1"}, {"rep_id": "R2", "is_active": False}, {"rep_id": "R3"}]
    found = told(book(reps), f"{HEAD}NA,account_executive,R3,,,\n", POOL)
    assert found == [("note", "pool 'desk' has one working member, R1: when away, records go to whoever works next")]
