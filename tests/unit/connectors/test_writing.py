from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pyarrow as pa
import pytest

from rightful.connectors import write_excel, write_table
from rightful.connectors.write_cells import escaped, is_risky
from rightful.errors import EngineError

RISKY = [
    "=1+1", '=HYPERLINK("http://x")', "@SUM(A1)", "-2+3", "+49-89-123456", "+1+1", "-", "+", "\tx", "\rx", "\nx", "  =1", "＝1", "＠x",
    "-5 apples", "+49 (89) 123", "-cmd|' /C calc'!A0",
]  # fmt: skip
HARMLESS = [
    "-5", "+5", "-1,234.50", "-1.234,50", "+3.2%", "-1e-5", "+49 89 123456", "+498912345", "Smith - Sons", "a=b", "", "x@y.com", "'=1",
]  # fmt: skip


def sample() -> pa.Table:
    return pa.table(
        {
            "zip": ["00001", "=1+1", None],
            "revenue": [250_000_000.0, float("nan"), None],
            "at": pa.array([dt.datetime(2024, 1, 31, 5, tzinfo=dt.UTC), None, None], pa.timestamp("us", "UTC")),
            "on": pa.array([dt.date(2024, 1, 31), None, None]),
            "is_active": [True, False, None],
        }
    )


@pytest.mark.parametrize("text", RISKY)
def test_what_a_spreadsheet_would_run_is_escaped(text: str) -> None:
    assert is_risky(text)
    assert escaped(pa.chunked_array([[text]])).to_pylist() == [f"'{text}"]


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_phones_and_other_texts_stay(text: str) -> None:
    assert not is_risky(text)
    assert escaped(pa.chunked_array([[text, None]])).to_pylist() == [text, None]


def test_csv(tmp_path: Path) -> None:
    path = write_table(sample(), tmp_path / "new" / "accounts.csv")
    assert path.read_text() == (
        '"zip","revenue","at","on","is_active"\n'
        '"00001",250000000,"2024-01-31T05:00:00Z",2024-01-31,true\n'
        '"\'=1+1",,,,false\n'
        ",,,,\n"
    )


def test_csv_headers_are_escaped_and_nul_is_left_out(tmp_path: Path) -> None:
    write_table(pa.table({"=x": ["a\0b"]}), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == '"\'=x"\n"ab"\n'


def test_parquet_is_the_table_itself(tmp_path: Path) -> None:
    table = sample().drop_columns("revenue")
    assert pl.read_parquet(write_table(table, tmp_path / "a.parquet")).to_arrow().to_pylist() == table.to_pylist()


def test_a_workbook_is_ready_to_work_with(tmp_path: Path) -> None:
    path = write_table(sample(), tmp_path / "accounts.xlsx")
    sheet = openpyxl.load_workbook(path)["accounts"]
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == ["zip", "revenue", "at", "on", "is_active"]
    assert [cell.value for cell in rows[1]][:2] == ["00001", 250_000_000]
    assert rows[1][0].data_type == "s"
    assert rows[1][2].value.isoformat() == "2024-01-31T05:00:00"
    assert rows[1][4].value is True
    assert (rows[2][0].value, rows[2][0].data_type, rows[2][0].quotePrefix) == ("=1+1", "s", True)
    assert rows[2][1].value is None
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E4"
    assert 8 <= sheet.column_dimensions["A"].width <= 60


def test_a_workbook_holds_what_excel_cannot(tmp_path: Path) -> None:
    path = write_table(pa.table({"note": ["a\x01b", "x" * 40_000, "#N/A"]}), tmp_path / "a[b]:c.xlsx")
    sheet = openpyxl.load_workbook(path).active
    values = [cell.value for cell in sheet["A"]]
    assert values[1] == "ab"
    assert len(values[2]) == 32_767
    assert values[3] == "#N/A"
    assert sheet["A4"].data_type == "s"
    assert sheet.title == "a b  c"


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_excel, "_SHEET_ROWS", 4)
    path = write_table(pa.table({"id": [str(number) for number in range(7)]}), tmp_path / "accounts.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["accounts", "accounts 2", "accounts 3"]
    assert [[cell.value for cell in sheet["A"]] for sheet in book] == [
        ["id", "0", "1", "2"],
        ["id", "3", "4", "5"],
        ["id", "6"],
    ]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_the_same_table_gives_the_same_bytes_at_any_time(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write_table(sample().drop_columns("on"), tmp_path / "one" / f"a.{ending}").read_bytes()
    monkeypatch.setattr(zipfile.time, "time", lambda: 2_000_000_000.0)
    monkeypatch.setattr(zipfile.time, "localtime", lambda *_: dt.datetime(2033, 5, 18).timetuple())  # noqa: DTZ001
    assert write_table(sample().drop_columns("on"), tmp_path / "two" / f"a.{ending}").read_bytes() == first


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_table_without_rows(tmp_path: Path, ending: str) -> None:
    assert write_table(sample().slice(0, 0), tmp_path / f"a.{ending}").exists()


def test_an_older_file_stays_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(pa.ArrowException):
        write_table(pa.table({"x": [{"a": 1}]}), path)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    reader = path.open()
    write_table(pa.table({"x": ["1"]}), path)
    assert path.read_text() == '"x"\n"1"\n'
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]
    with reader:
        assert reader.read() == "old", "who has it open is not disturbed: the file is another one"


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        EngineError, match=r"cannot write files that end in '\.xls'\. Allowed: \.parquet, \.csv, \.xlsx\. Did"
    ):
        write_table(sample(), tmp_path / "a.xls")


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(EngineError, match="the file cannot be written: "):
        write_table(sample(), tmp_path / "x" / "a.csv")
