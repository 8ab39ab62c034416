"""Numbers and money: checked readings of typed forms, and every revenue and headcount of five real sets."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from rightful.stages.quality.money import parse_money
from rightful.stages.quality.numbers import parse_number
from rightful.stages.quality.quantities import NumberReading

HERE = Path(__file__).parent


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> float | None:
    return float(text) if text else None


@pytest.mark.parametrize("row", _rows(HERE / "number_readings.csv"), ids=lambda row: f"{row['text']} {row['hint']}")
def test_number_is_read_as_checked(row: dict[str, str]) -> None:
    expected = NumberReading(
        _number(row["low"]), _number(row["high"]), _number(row["value"]), row["is_exact"] == "yes", row["reason"]
    )
    assert parse_number(row["text"], locale_hint=row["hint"] or None) == expected


@pytest.mark.parametrize("row", _rows(HERE / "money_readings.csv"), ids=lambda row: f"{row['text']} {row['hint']}")
def test_money_is_read_as_checked(row: dict[str, str]) -> None:
    reading = parse_money(
        row["text"], locale_hint=row["hint"] or None, default_currency=row["default_currency"] or None
    )
    assert (reading.low, reading.high, reading.value) == (
        _number(row["low"]),
        _number(row["high"]),
        _number(row["value"]),
    )
    assert reading.currency == (row["currency"] or None)
    assert reading.stated_usd == _number(row["stated_usd"])
    assert (reading.is_exact, reading.reason) == (row["is_exact"] == "yes", row["reason"])


def test_there_are_at_least_two_hundred_checked_numbers() -> None:
    assert len(_rows(HERE / "number_readings.csv")) >= 200


def _headcount(text: str) -> tuple[float | None, float | None]:
    return parse_number(text, whole=True)[:2]


def _revenue(text: str) -> tuple[float | None, float | None]:
    return parse_money(text, default_currency="USD")[:2]


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "column", "read", "least_readable_share"),
    [
        ("index_constituents/companies.csv", "employees", _headcount, 0.99),
        ("index_constituents/companies.csv", "revenue", _revenue, 0.99),
        ("fortune1000/fortune1000_2018.csv", "employees", _headcount, 1.0),
        ("fortune1000/fortune1000_2018.csv", "revenue", _revenue, 1.0),
        ("inc5000/inc5000_2019.csv", "workers", _headcount, 1.0),
        ("inc5000/inc5000_2019.csv", "revenue", _revenue, 1.0),
        ("inc5000/inc5000_revenue_strings.csv", "EMPLOYEES", _headcount, 1.0),
        ("inc5000/inc5000_revenue_strings.csv", " REVENUE ", _revenue, 1.0),
        ("maven_crm/accounts.csv", "employees", _headcount, 1.0),
        ("maven_crm/accounts.csv", "revenue", _revenue, 1.0),
    ],
)
def test_real_columns_are_readable(
    real_data: Path,
    file: str,
    column: str,
    read: Callable[[str], tuple[float | None, float | None]],
    least_readable_share: float,
) -> None:
    texts = [row[column] for row in _rows(real_data / file) if row[column] and row[column].strip()]
    readable = sum(read(text) != (None, None) for text in texts)
    assert len(texts) > 50
    assert readable / len(texts) >= least_readable_share


@pytest.mark.real
def test_real_companies_have_the_numbers_that_their_rows_state(real_data: Path) -> None:
    companies = {row["name"]: row for row in _rows(real_data / "index_constituents/companies.csv")}
    assert parse_number(companies["1&1"]["employees"], whole=True).value == 3167
    assert parse_number(companies["3M"]["employees"], whole=True).value == 60500
    assert parse_money(companies["3M"]["revenue"], default_currency="USD")[2:4] == (24.9e9, "USD")
    assert parse_money(companies["1&1"]["revenue"], default_currency="USD")[2:4] == (3.91e9, "EUR")


@pytest.mark.real
def test_real_headcounts_are_whole_and_plausible(real_data: Path) -> None:
    texts = [row["employees"] for row in _rows(real_data / "index_constituents/companies.csv") if row["employees"]]
    values = [value for text in texts if (value := parse_number(text, whole=True).value) is not None]
    assert all(value.is_integer() and 0 <= value <= 3_000_000 for value in values)
    assert sum(1900 <= value <= 2030 for value in values) < len(values) * 0.02  # a year was not taken for a headcount
