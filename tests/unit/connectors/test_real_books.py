"""Real files, as they were published: every row is delivered or set aside, and the mapped columns hold what they say."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from rightful.connectors import SourceBook, read_book
from rightful.plan import plan_from

pytestmark = pytest.mark.real


def read(folder: Path, sources: str) -> SourceBook:
    return read_book(plan_from({"sources.yaml": sources}, folder))


def rows_of(path: Path, encoding: str) -> list[dict[str, str]]:
    """Read a file with Python's own reader, to compare with."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("path", "encoding", "source", "rows", "compared"),
    [
        (
            "hifld_hospitals/hospitals.csv",
            "utf-8-sig",
            "key: ID, columns: {name: NAME, street: ADDRESS, postal_code: ZIP, phone: TELEPHONE, industry: NAICS_CODE, account_type: null}",
            7_581,
            {
                "account_id": "ID",
                "name_raw": "NAME",
                "postal_code_raw": "ZIP",
                "website_raw": "WEBSITE",
                "industry_raw": "NAICS_CODE",
            },
        ),
        (
            "inc5000/inc5000_2019.csv",
            "utf-8",
            "key: rank, columns: {website: url, employees: workers}, constants: {country: US}",
            None,
            {"name_raw": "name", "website_raw": "url", "employees_raw": "workers", "annual_revenue_raw": "revenue"},
        ),
        (
            "inc5000/inc5000_revenue_strings.csv",
            "utf-8",
            "key: row_number, columns: {annual_revenue: REVENUE}",
            5_000,
            {"name_raw": "COMPANY NAME", "annual_revenue_raw": " REVENUE ", "employees_raw": "EMPLOYEES"},
        ),
        (
            "index_constituents/companies.csv",
            "utf-8",
            "key: row_number, columns: {country: country_raw, industry: industries, city: headquarters}",
            1_837,
            {
                "name_raw": "name",
                "annual_revenue_raw": "revenue",
                "employees_raw": "employees",
                "city_raw": "headquarters",
            },
        ),
        (
            "fortune1000/fortune1000_2018.csv",
            "utf-8",
            "key: rank, columns: {name: title}",
            1_000,
            {"name_raw": "title", "annual_revenue_raw": "revenue", "city_raw": "city"},
        ),
        (
            "ipeds_hd/hd2019.csv",
            "cp1252",
            "key: UNITID, columns: {name: INSTNM, street: ADDR, state: STABBR, phone: GENTELE, website: WEBADDR, parent_name: F1SYSNAM}",
            6_559,
            {"account_id": "UNITID", "name_raw": "INSTNM", "street_raw": "ADDR", "state_raw": "STABBR"},
        ),
        (
            "maven_crm/accounts.csv",
            "utf-8",
            "columns: {name: account, industry: sector, country: office_location, parent_name: subsidiary_of}",
            85,
            {
                "account_id": "account_id",
                "name_raw": "account",
                "parent_name_raw": "subsidiary_of",
                "annual_revenue_raw": "revenue",
            },
        ),
    ],
)
def test_every_row_is_accounted_for(
    real_data: Path, path: str, encoding: str, source: str, rows: int | None, compared: dict[str, str]
) -> None:
    book = read(real_data, f"accounts: {{file: {path}, {source}}}")
    expected = rows_of(real_data / path, encoding)
    assert rows is None or len(expected) == rows
    table = book.tables["accounts"]
    assert book.rows_read["accounts"] == len(expected) == table.num_rows + book.quarantine.num_rows
    assert set(book.quarantine["reason"].to_pylist()) <= {"duplicate_id"}
    first: dict[str, dict[str, str]] = {}
    key = compared.get("account_id", source.removeprefix("key: ").split(",")[0])
    for number, row in enumerate(expected):
        first.setdefault(row[key].strip() if key in row else str(number), row)
    for ours, theirs in compared.items():
        got = [value or "" for value in table[ours].to_pylist()]
        assert got == [row[theirs] for row in first.values()], ours


def test_a_small_crm_of_several_tables(real_data: Path) -> None:
    book = read(
        real_data,
        "accounts: {file: maven_crm/accounts.csv, columns: {name: account}}\n"
        "opportunities:\n  file: maven_crm/sales_pipeline.csv\n"
        "  columns: {amount: close_value, stage: deal_stage, product_line: product, created_on: engage_date, owner_id: sales_agent}\n"
        "reps: {file: maven_crm/sales_teams.csv, key: sales_agent, columns: {manager_id: manager, team: regional_office}}\n"
        "activities:\n  file: maven_crm/interactions.csv\n  key: row_number\n  columns: {occurred_at: timestamp}\n",
    )
    assert dict(book.rows_read) | {"activities": 0} == dict.fromkeys(book.tables, 0) | {
        "accounts": 85,
        "opportunities": 8_800,
        "reps": 35,
    }
    assert book.quarantine.num_rows == 0
    lines = book.tables["activities"]["source_line"].to_pylist()
    assert len(lines) == len(rows_of(real_data / "maven_crm" / "interactions.csv", "utf-8"))
    assert lines[-1] > len(lines) + 1, "its comments hold line breaks"
    text = (real_data / "maven_crm" / "interactions.csv").read_bytes().decode().split("\n")
    kinds = book.tables["activities"]["activity_type_raw"].to_pylist()
    assert all(f",{kind}," in text[line - 1] for line, kind in zip(lines, kinds, strict=True))
