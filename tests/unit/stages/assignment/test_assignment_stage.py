from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from rightful.engines import DuckDBEngine
from rightful.plan import plan_from
from rightful.stages.assignment import STAGE
from rightful.stages.stage import Book

PLAN = """
roles: [owner, success]
territories:
  - {territory: AMER, type: geography}
  - {territory: WEST, parent: AMER, type: geography}
  - {territory: CLOUD, type: product}
layers:
  - layer: geography
    rules:
      - {territory: AMER, country: "US, CA"}
      - {territory: WEST, state: "CA, WA"}
      - {territory: AMER, kind: exclude, account_type: competitor}
  - layer: products
    rules: [{territory: CLOUD, when: "product_lines = 'Cloud'"}]
    is_required: no
    roles: [success]
coverage:
  - {territory: AMER, role: owner, rep_id: R1}
  - {territory: WEST, role: owner, rep_id: R2}
  - {territory: WEST, role: owner, rep_id: R3}
  - {territory: CLOUD, role: success, rep_id: R4}
pins:
  - {record_id: A5, rep_id: R3, reason: knows them, pinned_by: R1}
  - {object: order, record_id: OR2, rep_id: R1, reason: audit, pinned_by: R1}
buying_centers: {find_by: [product_line, job_function], role_of: {Cloud: success}}
opportunities: {type_priority: [product, geography], moves: {stays_when: "stage = 'Negotiation'"}}
"""
REPS = [{"rep_id": f"R{number}"} for number in range(1, 5)] + [{"rep_id": "R9", "is_active": False}]
ACCOUNTS: list[dict[str, Any]] = [
    {"account_id": "A1", "country": "US", "state": "CA", "owner_id": "R3", "product_lines": "Cloud"},
    {"account_id": "A2", "country": "CA"},
    {"account_id": "A3", "country": "DE", "created_on": date(2026, 6, 20), "annual_revenue_usd": 5e6},
    {"account_id": "A4", "country": "US", "account_type": "competitor"},
    {"account_id": "A5", "country": "US"},
]


def run(
    engine: DuckDBEngine, book_of: Callable[..., Book], text: str = PLAN, **tables: Any
) -> dict[str, list[dict[str, Any]]]:
    book = book_of(engine, **{"reps": REPS, "accounts": ACCOUNTS} | tables)
    result = STAGE.run(book, plan_from({"assignment.yaml": text}), engine)
    frames = {**result.added, **result.tables}
    return {name: engine.collect(frame).to_pylist() for name, frame in frames.items()}


def by(rows: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in rows}


def test_accounts_get_territories_and_teams_with_reasons(engine: DuckDBEngine, book_of: Callable[..., Book]) -> None:
    done = run(engine, book_of)
    accounts = by(done["accounts"], "account_id")
    assert [(each["territory_id"], each["assigned_rep_id"]) for each in accounts.values()] == [
        ("WEST", "R3"), ("AMER", "R1"), (None, None), (None, None), ("AMER", "R3"),
    ]  # fmt: skip
    assert accounts["A1"]["territory_reason"] == "rule WEST (row 2) of layer geography: country US, state CA"
    assert "owns the account today" in accounts["A1"]["assignment_reason"]
    assert accounts["A5"]["assignment_reason"] == "pinned by R1 (manual): knows them"
    team = [(row["role"], row["rep_id"]) for row in done["assignments"] if row["record_id"] == "A1"]
    assert team == [("owner", "R3"), ("success", "R4")]
    assert {row["layer"] for row in done["account_territories"] if row["account_id"] == "A1"} == {
        "geography",
        "products",
    }


def test_what_no_rule_places_is_an_exception_with_age_value_and_repair(
    engine: DuckDBEngine, book_of: Callable[..., Book]
) -> None:
    exceptions = by(run(engine, book_of)["exceptions"], "record_id")
    assert set(exceptions) == {"A3", "A4"}
    assert exceptions["A3"]["cause"] == "no_territory"
    assert (exceptions["A3"]["age_days"], exceptions["A3"]["value_usd"]) == (10.0, 5e6)
    assert exceptions["A3"]["repair"]


def test_an_overlay_does_not_hide_that_the_owners_layer_places_nobody(
    engine: DuckDBEngine, book_of: Callable[..., Book]
) -> None:
    roles = PLAN.replace("layer: geography\n", "layer: geography\n    roles: [owner]\n")
    accounts = [{"account_id": "A6", "country": "DE", "product_lines": "Cloud"}]
    done = run(engine, book_of, roles, accounts=accounts)
    assert [(row["cause"], row["detail"]) for row in done["exceptions"]] == [
        ("no_territory", "no rule places the account in a territory of a layer that fills owner")
    ]
    team = [(row["role"], row["rep_id"]) for row in done["assignments"] if row["object"] == "account"]
    assert team == [("success", "R4")]


def test_a_required_layer_without_a_territory_is_an_exception(
    engine: DuckDBEngine, book_of: Callable[..., Book]
) -> None:
    done = run(engine, book_of, PLAN.replace("    is_required: no\n", ""))
    exceptions = by(done["exceptions"], "record_id")
    assert set(exceptions) == {"A2", "A3", "A4", "A5"}
    assert exceptions["A2"]["cause"] == "no_territory"
    assert exceptions["A2"]["detail"] == "no rule of layer products places the account in a territory"
    assert exceptions["A3"]["detail"] == "no rule places the account in a territory"


def test_a_vacant_seat_is_an_exception_where_its_layer_is_required(
    engine: DuckDBEngine, book_of: Callable[..., Book]
) -> None:
    text = PLAN.replace("role: success, rep_id: R4", "role: success, rep_id: ''")
    assert "A1" not in by(run(engine, book_of, text)["exceptions"], "record_id")
    done = run(engine, book_of, text.replace("    is_required: no\n", ""))
    exception = by(done["exceptions"], "record_id")["A1"]
    assert exception["cause"] == "vacant_territory"
    assert exception["detail"] == "CLOUD has nobody as success: the seat is vacant"
    assert by(done["accounts"], "account_id")["A1"]["assigned_rep_id"] == "R3"


def test_a_pin_to_a_rep_who_left_is_told_and_the_rules_decide(
    engine: DuckDBEngine, book_of: Callable[..., Book]
) -> None:
    done = run(engine, book_of, PLAN.replace("A5, rep_id: R3", "A5, rep_id: R9"))
    account = by(done["accounts"], "account_id")["A5"]
    assert account["assigned_rep_id"] == "R1"
    assert account["assignment_reason"] == "owner of AMER; pinned to R9, who is not active"


def test_pins_and_fallbacks_to_nobody_are_told_whatever_is_pinned(
    engine: DuckDBEngine, book_of: Callable[..., Book]
) -> None:
    text = PLAN.replace("order, record_id: OR2, rep_id: R1", "order, record_id: OR2, rep_id: R77")
    text = text.replace("AMER, role: owner, rep_id: R1", "AMER, role: owner, rep_id: R88")
    done = run(engine, book_of, text + "fallback_rep_id: R99\n", orders=[{"order_id": "OR2", "account_id": "A1"}])
    (order,) = done["orders"]
    assert order["assigned_rep_id"] == "R3"
    assert order["assignment_reason"].endswith("; pinned to R77, who is not in the book")
    (exception,) = [each for each in done["exceptions"] if each["record_id"] == "A2"]
    assert (exception["cause"], exception["detail"]) == (
        "vacant_territory",
        "AMER has nobody as owner: rep R88 is not in the book; the plan's fallback R99 is not in the book",
    )


def test_a_catch_all_and_a_fallback_leave_no_exception(engine: DuckDBEngine, book_of: Callable[..., Book]) -> None:
    text = PLAN.replace(
        "    rules:\n      - {territory: AMER, country",
        "    catch_all: HOUSE\n    rules:\n      - {territory: AMER, country",
    )
    done = run(engine, book_of, text + "fallback_rep_id: R1\n")
    account = by(done["accounts"], "account_id")["A3"]
    assert (account["territory_id"], account["assigned_rep_id"]) == ("HOUSE", "R1")
    assert "fallback" in account["assignment_reason"]
    assert not done["exceptions"]


def test_buying_centers_are_found_and_contacts_belong_to_them(
    engine: DuckDBEngine, book_of: Callable[..., Book]
) -> None:
    contacts = [
        {"contact_id": "C1", "matched_account_id": "A1", "job_function": "Finance"},
        {"contact_id": "C2", "matched_account_id": "A3"},
        {"contact_id": "C3"},
    ]
    centers = [{"buying_center_id": "B1", "account_id": "A1", "job_function": "Finance"}]
    done = run(engine, book_of, contacts=contacts, buying_centers=centers)
    found = by(done["found_buying_centers"], "buying_center_id")
    assert found["A1/Cloud"]["assigned_rep_id"] == "R4"
    assert "A1/Finance" not in found
    people = by(done["contacts"], "contact_id")
    assert (people["C1"]["buying_center_id"], people["C1"]["assigned_rep_id"]) == ("B1", "R3")
    assert people["C2"]["assigned_rep_id"] is people["C3"]["assigned_rep_id"] is None


def test_opportunities_orders_and_tasks_follow_by_policy(engine: DuckDBEngine, book_of: Callable[..., Book]) -> None:
    opportunities = [
        {"opportunity_id": "O1", "account_id": "A1", "owner_id": "R9", "is_closed": False},
        {"opportunity_id": "O2", "account_id": "A1", "owner_id": "R9", "is_closed": True},
        {"opportunity_id": "O3", "account_id": "A2", "owner_id": "R4", "is_closed": False, "stage": "Negotiation"},
        {"opportunity_id": "O4", "account_id": "A3", "owner_id": "R9", "is_closed": False, "amount_usd": 7.0},
    ]
    orders = [
        {"order_id": "OR1", "account_id": "A1", "owner_id": "R9", "ordered_on": date(2024, 1, 1)},
        {"order_id": "OR2", "account_id": "A1"},
        {"order_id": "OR3", "account_id": "A1"},
        {"order_id": "OR4", "account_id": "A3"},
    ]
    tasks = [
        {"task_id": "T1", "opportunity_id": "O1", "owner_id": "R9", "is_closed": False},
        {"task_id": "T2", "lead_id": "L1", "is_closed": False},
        {"task_id": "T3", "account_id": "A2", "owner_id": "R9", "is_closed": True},
        {"task_id": "T4", "is_closed": False},
    ]
    done = run(engine, book_of, opportunities=opportunities, orders=orders, tasks=tasks)
    owners = {
        row[key]: row["assigned_rep_id"]
        for table, key in (("opportunities", "opportunity_id"), ("orders", "order_id"), ("tasks", "task_id"))
        for row in done[table]
    }
    assert owners == {
        "O1": "R3", "O2": "R9", "O3": "R4", "O4": None,
        "OR1": "R9", "OR2": "R1", "OR3": "R3", "OR4": None,
        "T1": "R3", "T2": None, "T3": "R9", "T4": None,
    }  # fmt: skip
    assert by(done["opportunities"], "opportunity_id")["O1"]["territory_id"] == "CLOUD"
    causes = {row["record_id"]: row["cause"] for row in done["exceptions"] if row["object"] != "account"}
    assert causes == {"O4": "inactive_owner", "OR4": "no_owner", "T4": "no_owner"}
    assert by(done["exceptions"], "record_id")["O4"]["value_usd"] == 7.0


def test_an_empty_plan_makes_every_account_an_exception(engine: DuckDBEngine, book_of: Callable[..., Book]) -> None:
    done = run(engine, book_of, "")
    assert {row["cause"] for row in done["exceptions"]} == {"no_territory"}
    assert len(done["exceptions"]) == len(ACCOUNTS)


def test_the_same_book_gives_the_same_rows(engine: DuckDBEngine, book_of: Callable[..., Book]) -> None:
    assert run(engine, book_of) == run(engine, book_of)
    assert datetime(2026, 6, 30, 12, tzinfo=UTC) == book_of(engine).as_of


def test_a_stand_in_and_kept_work_say_until_when_and_who_is_next(
    engine: DuckDBEngine, book_of: Callable[..., Book]
) -> None:
    text = PLAN.replace(
        "pins:", "  - {territory: AMER, role: owner, rep_id: R4, covers: R1, ends_on: 2026-07-10}\npins:"
    )
    text = text.replace("stays_when: \"stage = 'Negotiation'\"", "keeps_when: \"stage = 'Proposal'\", keeps_days: 30")
    work = [{"opportunity_id": "O1", "account_id": "A2", "owner_id": "R2", "stage": "Proposal", "is_closed": False}]
    rows = run(engine, book_of, text, opportunities=work)["assignments"]
    ends = {(row["record_id"], row["role"]): (row["rep_id"], row["ends_on"], row["next_rep_id"]) for row in rows}
    assert ends["A2", "owner"] == ("R4", date(2026, 7, 10), "R1")
    assert ends["O1", "owner"] == ("R2", date(2026, 7, 30), "R4")
    assert ends["A1", "owner"] == ("R3", None, None)
