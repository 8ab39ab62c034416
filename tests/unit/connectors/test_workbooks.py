from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from rightful.errors import BookError

Read = Callable[..., Any]


def workbook(**sheets: list[list[object]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def test_values_are_as_stored_and_rows_as_excel_counts(read_files: Read) -> None:
    rows = [
        [],
        ["Id", "Name", "Billing Zip/Postal Code", "AnnualRevenue", "CreatedDate", "Employees"],
        ["1", "Acme", "00001", 250_000_000_000, dt.date(2024, 1, 31), 12.5],
        [],
        [2, "Beta", 94105, 1234.5, dt.datetime(2024, 1, 31, 5, 6, 7), True],  # noqa: DTZ001 - Excel knows no time zones
    ]
    read = read_files({"book/accounts.xlsx": workbook(Sheet1=rows)})
    table = read.book.tables["accounts"]
    assert read.names == {"1": "Acme", "2": "Beta"}
    assert read.lines == [3, 5]
    assert table["postal_code_raw"].to_pylist() == ["00001", "94105"]
    assert table["annual_revenue_raw"].to_pylist() == ["250000000000", "1234.5"]
    assert table["created_on_raw"].to_pylist() == ["2024-01-31", "2024-01-31 05:06:07"]
    assert table["employees_raw"].to_pylist() == ["12.5", "true"]
    assert table["source_file"].to_pylist() == ["book/accounts.xlsx#Sheet1"] * 2


def test_the_sheet_is_the_one_stated_or_named_as_the_table_or_the_first(read_files: Read) -> None:
    content = workbook(Notes=[["Id"], ["n"]], Accounts=[["Id"], ["a"]], Other=[["Id"], ["o"]])
    assert list(read_files({"book/accounts.xlsx": content}).names) == ["a"]
    assert list(read_files({}, "accounts: {file: book/accounts.xlsx, sheet: Other}").names) == ["o"]
    assert read_files({}, "leads: {file: book/accounts.xlsx}").book.tables["leads"]["lead_id"].to_pylist() == ["n"]


def test_duplicates_blank_ids_and_blank_rows(read_files: Read) -> None:
    rows = [["Id", "Name"], ["1", "Acme"], [None, "Beta"], ["1", "Acme, Ltd"], [None, None]]
    read = read_files({"book/accounts.xlsx": workbook(accounts=rows)})
    assert read.names == {"1": "Acme"}
    assert read.aside == [(3, "blank_id"), (4, "duplicate_id")]
    assert read.book.quarantine["row_text"].to_pylist() == [",Beta", '1,"Acme, Ltd"']
    assert read.book.rows_read["accounts"] == 3


def test_a_formula_without_a_stored_value_is_blank(read_files: Read) -> None:
    read = read_files({"book/accounts.xlsx": workbook(a=[["Id", "Name"], ["1", "=1+1"]])})
    assert read.names == {"1": None}


def test_a_formula_gives_its_stored_value(read_files: Read) -> None:
    source = workbook(a=[["Id", "Name"], ["1", "=1+1"]])
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>"))
    assert read_files({"book/accounts.xlsx": target.getvalue()}).names == {"1": "2"}


def test_a_header_alone_gives_a_warning(read_files: Read) -> None:
    read = read_files({"book/accounts.xlsx": workbook(a=[["Id", "Name"]])})
    assert read.warnings == ["book/accounts.xlsx#a: the sheet has a header and no rows."]


@pytest.mark.parametrize(
    ("rows", "sources", "message"),
    [
        ([], "", r"^book/accounts.xlsx#Sheet: the sheet is empty\."),
        (
            [["Id"]],
            "accounts: {file: book/accounts.xlsx, sheet: Sheat}",
            r"^book/accounts.xlsx: the workbook has no sheet 'Sheat'\. Allowed: Sheet\. Did you mean 'Sheet'\?",
        ),
    ],
)
def test_sheets_that_cannot_be_read(read_files: Read, rows: list[list[object]], sources: str, message: str) -> None:
    with pytest.raises(BookError, match=message):
        read_files({"book/accounts.xlsx": workbook(Sheet=rows)}, sources)
