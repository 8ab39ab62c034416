"""One suite for every kind of source: the same records give the same table, whatever holds them."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rightful.connectors import SourceBook, read_book, write_table
from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import load_plan

HEADERS = ["Id", "Name", "BillingPostalCode", "NumberOfEmployees"]
ROWS: list[list[str | None]] = [
    ["A1", "Acme, Inc", "00501", "12"],
    ["A2", "Müller & Söhne", "D-80331", None],
    [None, "nobody", None, None],
    ["A1", "Acme again", None, None],
    ["A3", 'The "Best"', "02134", "1,000"],
]

Write = Callable[[Path], str]


def as_csv(folder: Path) -> str:
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADERS, *ROWS])
    return "file: a.csv"


def as_semicolons_in_utf_16(folder: Path) -> str:
    with (folder / "a.txt").open("w", encoding="utf-16", newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows([HEADERS, *ROWS])
    return "file: a.txt"


def as_irregular_csv(folder: Path) -> str:
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADERS, *ROWS])
        file.write('"stray"quote",,,\n')
    return "file: a.csv"


def as_parquet(folder: Path) -> str:
    columns = [pa.array(column, pa.string()) for column in zip(*ROWS, strict=True)]
    pq.write_table(pa.table(columns, names=HEADERS), folder / "a.parquet")
    return "file: a.parquet"


def as_xlsx(folder: Path) -> str:
    book = openpyxl.Workbook()
    for row in [HEADERS, *ROWS]:
        book.active.append(row)
    book.save(folder / "a.xlsx")
    return "file: a.xlsx"


def as_our_own_xlsx(folder: Path) -> str:
    columns = [pa.array(column, pa.string()) for column in zip(*ROWS, strict=True)]
    write_table(pa.table(columns, names=HEADERS), folder / "a.xlsx")
    return "file: a.xlsx"


def as_json_lines(folder: Path) -> str:
    # Names with null and names that a line lacks are the same; numbers are texts like all else.
    rows = [dict(zip(HEADERS, row, strict=True)) for row in ROWS]
    lines = [
        json.dumps({name: value for name, value in row.items() if value or number}) for number, row in enumerate(rows)
    ]
    (folder / "a.jsonl").write_text("\n".join([lines[0].replace('"12"', "12"), *lines[1:]]) + "\n", encoding="utf-8")
    return "file: a.jsonl"


def as_database(folder: Path) -> str:
    connection = sqlite3.connect(folder / "a.db")
    connection.execute(f"CREATE TABLE account ({', '.join(HEADERS)})")
    connection.executemany("INSERT INTO account VALUES (?, ?, ?, ?)", ROWS)
    connection.commit()
    connection.close()
    return "url: 'sqlite:///a.db', query: SELECT * FROM account ORDER BY rowid"


ADAPTERS = [
    as_csv,
    as_semicolons_in_utf_16,
    as_irregular_csv,
    as_parquet,
    as_xlsx,
    as_our_own_xlsx,
    as_json_lines,
    as_database,
]


def read(write: Write, folder: Path) -> SourceBook:
    source = write(folder)
    (folder / "sources.yaml").write_text(f"accounts: {{{source}}}\n")
    return read_book(load_plan(folder))


@pytest.mark.parametrize("write", ADAPTERS)
def test_the_records_are_the_same(write: Write, tmp_path: Path) -> None:
    table = read(write, tmp_path).tables["accounts"]
    assert tuple(table.column_names) == OBJECT_OF_TABLE["accounts"].raw_columns
    kept = [row for row in ROWS if row[0] and row[1] != "Acme again"]
    names = ["account_id", "name_raw", "postal_code_raw", "employees_raw"]
    assert [list(row.values()) for row in table.select(names).to_pylist()] == kept


@pytest.mark.parametrize("write", ADAPTERS)
def test_nothing_is_lost(write: Write, tmp_path: Path) -> None:
    book = read(write, tmp_path)
    assert book.rows_read["accounts"] == book.tables["accounts"].num_rows + book.quarantine.num_rows
    aside = [(row["reason"], row["record_id"]) for row in book.quarantine.to_pylist()]
    assert [row for row in aside if row[0] != "stray_quote"] == [("blank_id", None), ("duplicate_id", "A1")]


@pytest.mark.parametrize("write", ADAPTERS)
def test_places_lead_back_to_the_rows(write: Write, tmp_path: Path) -> None:
    book = read(write, tmp_path)
    first = 2 if write not in (as_parquet, as_json_lines, as_database) else 1  # these have no header row
    assert book.tables["accounts"]["source_line"].to_pylist() == [first, first + 1, first + 4]
    lines = [row["source_line"] for row in book.quarantine.to_pylist() if row["reason"] != "stray_quote"]
    assert lines == [first + 2, first + 3]


@pytest.mark.parametrize("write", ADAPTERS)
def test_reading_twice_gives_the_same(write: Write, tmp_path: Path) -> None:
    first, second = read(write, tmp_path), read(write, tmp_path) if write is not as_database else None
    if second:
        assert first.tables["accounts"].equals(second.tables["accounts"])
        assert first.quarantine.equals(second.quarantine)
