from __future__ import annotations

import datetime as dt
import io
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rightful.connectors.sql import _filled
from rightful.connectors.text import value_text
from rightful.errors import BookError

Read = Callable[..., Any]


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE account (Id TEXT, Name TEXT, AnnualRevenue REAL, NumberOfEmployees INTEGER)")
        rows = [("2", "Beta", 1234.5, None), ("1", "Acme", 2.5e11, 12), ("1", "Acme", 2.5e11, 12), (None, "", None, 0)]
        connection.executemany("INSERT INTO account VALUES (?, ?, ?, ?)", rows)
        connection.execute('CREATE VIEW "Big Ones" AS SELECT * FROM account WHERE AnnualRevenue > 1e6')
    connection.close()


def test_parquet_types_become_text(read_files: Read) -> None:
    table = pa.table(
        {
            "account_id": pa.array([1, 2], pa.int64()),
            "annual_revenue": pa.array([2.5e11, float("nan")]),
            "employees": pa.array([Decimal("12.50"), None]),
            "created_on": pa.array([dt.date(2024, 1, 31), None]),
            "last_activity_on": pa.array([dt.datetime(2024, 1, 31, 5, tzinfo=dt.UTC), None], pa.timestamp("us", "UTC")),
            "industry": pa.array(["Software", ""]).dictionary_encode(),
            "tags": pa.array([["a", "b"], None]),
            "account_type": pa.array([True, None]),
        }
    )
    read = read_files({"book/accounts.parquet": parquet(table)}).book.tables["accounts"]
    assert read["account_id"].to_pylist() == ["1", "2"]
    got = {name: read[f"{name}_raw"].to_pylist() for name in table.column_names[1:]}
    assert got == {
        "annual_revenue": ["250000000000", None],
        "employees": ["12.50", None],
        "created_on": ["2024-01-31", None],
        "last_activity_on": ["2024-01-31T05:00:00Z", None],
        "industry": ["Software", None],
        "tags": ["a;b", None],
        "account_type": ["true", None],
    }
    assert read["source_line"].to_pylist() == [1, 2]


def test_parquet_structures_have_no_text(read_files: Read) -> None:
    table = pa.table({"account_id": ["1"], "name": [{"a": 1}]})
    with pytest.raises(BookError, match=r"book/accounts.parquet: column 'name' holds struct<.*>, which has no text"):
        read_files({"book/accounts.parquet": parquet(table)})


def test_parquet_headers_that_are_there_twice(read_files: Read) -> None:
    table = pa.Table.from_arrays([pa.array(["1"]), pa.array(["x"]), pa.array(["y"])], ["account_id", "note", "note"])
    assert read_files({"book/accounts.parquet": parquet(table)}).names == {"1": None}


def test_a_database_table(read_files: Read, tmp_path: Path) -> None:
    database(tmp_path / "crm.db")
    read = read_files({}, "accounts: {url: 'sqlite:///crm.db', table: account}")
    assert read.names == {"1": "Acme", "2": "Beta"}
    assert read.lines == [1, 3]
    assert read.aside == [(2, "duplicate_id"), (4, "blank_id")]
    table = read.book.tables["accounts"]
    assert table["annual_revenue_raw"].to_pylist() == ["250000000000", "1234.5"]
    assert table["employees_raw"].to_pylist() == ["12", None]
    assert table["source_file"].to_pylist() == ["sqlite:crm.db#account"] * 2


def test_a_view_with_a_blank_in_its_name(read_files: Read, tmp_path: Path) -> None:
    database(tmp_path / "crm.db")
    assert read_files({}, "accounts: {url: 'sqlite:///crm.db', table: Big Ones}").names == {"1": "Acme"}


def test_a_query_keeps_its_own_order(read_files: Read, tmp_path: Path) -> None:
    database(tmp_path / "crm.db")
    query = "SELECT Name AS who, Id AS nr FROM account WHERE Name LIKE '%a' OR Name LIKE 'A%' ORDER BY Id DESC;"
    sources = f'accounts: {{url: "sqlite:///crm.db", query: "{query}", key: nr, columns: {{name: who}}}}'
    read = read_files({}, sources)
    assert read.names == {"2": "Beta", "1": "Acme"}
    assert read.aside == [(3, "duplicate_id")]


def test_urls_take_variables_from_the_environment(
    read_files: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database(tmp_path / "crm.db")
    monkeypatch.setenv("CRM_FILE", "crm.db")
    monkeypatch.setenv("CRM_URL", "sqlite:///crm.db")
    for url in ("sqlite:///${CRM_FILE}", "${CRM_URL}"):
        read = read_files({}, f"accounts: {{url: '{url}', table: account}}")
        assert list(read.names) == ["1", "2"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "url: 'sqlite:///crm.db', table: acount",
            r"the database has no table 'acount'\. Allowed: account, Big Ones\. Did",
        ),
        (
            "url: 'sqlite:///crm.db', query: SELECT x FROM y",
            r"the database does not answer as it should: no such table: y",
        ),
        ("url: 'sqlite:///no.db', table: account", r"no such database file: no\.db\. Paths start in the plan's folder"),
        ("url: nonsense, table: account", r"this is no database URL\. Allowed: dialect\+driver://"),
        ("url: 'nodialect://host/db', table: account", r"the database does not answer as it should: "),
        (
            "url: 'oracle+cx_oracle://host/db', table: account",
            r"the driver 'cx_Oracle' of this database is not installed",
        ),
        ("url: '${NOT_SET_ANYWHERE}', table: account", r"environment variable 'NOT_SET_ANYWHERE' is not set"),
    ],
)
def test_databases_that_cannot_be_read(read_files: Read, tmp_path: Path, source: str, message: str) -> None:
    database(tmp_path / "crm.db")
    with pytest.raises(BookError, match=rf"^sources.yaml:1:\d+: {message}"):
        read_files({}, f"accounts: {{{source}}}")


def test_a_missing_database_file_is_not_made(read_files: Read, tmp_path: Path) -> None:
    with pytest.raises(BookError):
        read_files({}, "accounts: {url: 'sqlite:///new.db', table: account}")
    assert not (tmp_path / "new.db").exists()


def test_passwords_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_PASSWORD", "p@ss:w/rd")
    url = _filled("postgresql+psycopg://reader:${CRM_PASSWORD}@db.example.com/crm")
    assert url.password == "p@ss:w/rd"  # noqa: S105 - the test's own
    assert url.host == "db.example.com"
    assert "p@ss" not in url.render_as_string(hide_password=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        ("a\0b", "ab"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (1e22, "1e+22"),
        (Decimal("1E+3"), "1000"),
        (dt.datetime(2024, 1, 31, 5, 6, 7, tzinfo=dt.UTC), "2024-01-31T05:06:07Z"),
        (dt.date(2024, 1, 31), "2024-01-31"),
        (b"caf\xc3\xa9", "café"),
    ],
)
def test_values_of_drivers_become_text(value: object, text: str) -> None:
    assert value_text(value) == text
