from __future__ import annotations

from collections.abc import Callable

import pytest

from rightful.engines import DuckDBEngine
from rightful.stages.stage import Book
from rightful.stages.worth import worth_of


@pytest.fixture
def book(engine: DuckDBEngine, book_of: Callable[..., Book]) -> Book:
    return book_of(
        engine,
        accounts=[
            {"account_id": "A1", "annual_revenue_usd": 5e6},
            {"account_id": "A2", "annual_revenue_usd": 7e6},
            {"account_id": "A3"},
        ],
        opportunities=[
            {"opportunity_id": "O1", "account_id": "A1", "amount_usd": 100.0, "is_closed": False},
            {"opportunity_id": "O2", "account_id": "A1", "amount_usd": 20.0},
            {"opportunity_id": "O3", "account_id": "A1", "amount_usd": 9_000.0, "is_closed": True},
            {"opportunity_id": "O4", "account_id": "A2", "is_closed": False},
        ],
        orders=[{"order_id": "D1", "amount_usd": 8.0}, {"order_id": "D2", "account_id": "A1"}],
        buying_centers=[{"buying_center_id": "B1", "account_id": "A2"}],
        contacts=[{"contact_id": "C1", "matched_account_id": "A1", "account_id": "A2"}, {"contact_id": "C2"}],
        leads=[
            {"lead_id": "L1", "matched_account_id": "A1", "annual_revenue_usd": 1.0},
            {"lead_id": "L2", "matched_account_id": "A3", "annual_revenue_usd": 2.0},
            {"lead_id": "L3"},
        ],
        tasks=[
            {"task_id": "T1", "opportunity_id": "O3", "account_id": "A1"},
            {"task_id": "T2", "opportunity_id": "O4", "account_id": "A1"},
            {"task_id": "T3", "lead_id": "L2"},
            {"task_id": "T4", "contact_id": "C1"},
            {"task_id": "T5"},
        ],
    )


@pytest.mark.parametrize(
    ("table", "worth"),
    [
        ("accounts", {"A1": 120.0, "A2": 7e6}),
        ("opportunities", {"O1": 100.0, "O2": 20.0, "O3": 9_000.0}),
        ("orders", {"D1": 8.0}),
        ("buying_centers", {"B1": 7e6}),
        ("contacts", {"C1": 120.0}),
        ("leads", {"L1": 120.0, "L2": 2.0}),
        ("tasks", {"T1": 9_000.0, "T2": 120.0, "T3": 2.0, "T4": 120.0}),
    ],
)
def test_a_record_is_worth_the_money_that_waits(
    table: str, worth: dict[str, float], engine: DuckDBEngine, book: Book
) -> None:
    keys = [f"{letter}{number}" for letter in "AODBCLT" for number in range(1, 6)]
    assert worth_of(book, engine, table, keys) == worth


def test_only_those_asked_for_are_told(engine: DuckDBEngine, book: Book) -> None:
    assert worth_of(book, engine, "accounts", ["A2", "A99"]) == {"A2": 7e6}
    assert worth_of(book, engine, "accounts", []) == {}
