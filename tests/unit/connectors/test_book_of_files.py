from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rightful.connectors import check_sources, read_book
from rightful.crm import OBJECTS
from rightful.errors import BookError, PlanError
from rightful.plan import load_plan, plan_from

Read = Callable[..., Any]

ACCOUNTS = "account_id,name\n1,Acme\n"


def parquet(**columns: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_every_table_is_delivered_empty_ones_too(read_accounts: Read) -> None:
    book = read_accounts(ACCOUNTS).book
    assert set(book.tables) == {crm_object.table for crm_object in OBJECTS}
    for crm_object in OBJECTS:
        table = book.tables[crm_object.table]
        assert tuple(table.column_names) == crm_object.raw_columns
        assert table.schema.field("source_line").type == pa.int64()
        assert {field.type for field in table.schema if field.name != "source_line"} == {pa.string()}
    assert book.rows_read["leads"] == 0


def test_files_named_as_tables_are_taken_whatever_their_case(read_files: Read) -> None:
    files = {
        "book/Accounts.CSV": ACCOUNTS,
        "book/leads.parquet": parquet(lead_id=["L1"], company=["Acme"]),
        "book/~$contacts.xlsx": "lock file of Excel",
        "book/notes.docx": "not ours",
    }
    book = read_files(files).book
    assert book.rows_read["accounts"] == 1
    assert book.tables["leads"]["company_raw"].to_pylist() == ["Acme"]
    assert book.tables["leads"]["source_file"].to_pylist() == ["book/leads.parquet"]


def test_several_files_are_put_under_one_another(read_files: Read) -> None:
    files = {"x/2026-01.csv": ACCOUNTS, "x/2026-02.csv": "Id,Account Name\n2,Beta\n", "x/old.csv": "account_id\n9\n"}
    read = read_files(files, "accounts: {files: ['x/2026-*.csv', x/old.csv]}")
    assert read.names == {"1": "Acme", "2": "Beta", "9": None}
    assert read.book.tables["accounts"]["source_file"].to_pylist() == ["x/2026-01.csv", "x/2026-02.csv", "x/old.csv"]


def test_duplicates_across_files_name_the_first_line(read_files: Read) -> None:
    files = {"a.csv": ACCOUNTS, "b.csv": "account_id,name\n\n2,Beta\n 1 ,Acme Ltd\n2,Beta\n"}
    read = read_files(files, "accounts: {files: [a.csv, b.csv]}")
    assert read.names == {"1": "Acme", "2": "Beta"}
    assert read.aside == [(4, "duplicate_id"), (5, "duplicate_id")]
    details = read.book.quarantine["detail"].to_pylist()
    assert details[0] == "'1' is already in a.csv line 2, which is kept; this row has other values"
    assert details[1] == "'2' is already in b.csv line 3, which is kept; this row is identical"
    assert read.book.quarantine["record_id"].to_pylist() == ["1", "2"]
    assert read.book.quarantine["row_text"].to_pylist() == [" 1 ,Acme Ltd", "2,Beta"]


def test_blank_identifiers_are_set_aside(read_accounts: Read) -> None:
    read = read_accounts("account_id,name\n,Acme\n  ,Beta\n3,Gamma\n")
    assert read.names == {"3": "Gamma"}
    assert read.aside == [(2, "blank_id"), (3, "blank_id")]
    assert read.book.rows_read["accounts"] == 3


def test_keys_can_be_made_from_row_numbers(read_files: Read) -> None:
    files = {"a.csv": "name\nAcme\nBeta\n", "b.csv": "name\nGamma\n"}
    read = read_files(files, "accounts: {file: a.csv, key: row_number}")
    assert read.names == {"account-2": "Acme", "account-3": "Beta"}
    read = read_files(files, "accounts: {files: [a.csv, b.csv], key: row_number}")
    assert read.names == {"account-1-2": "Acme", "account-1-3": "Beta", "account-2-2": "Gamma"}


def test_keys_from_row_numbers_need_no_other_column(read_files: Read) -> None:
    book = read_files({"a.csv": "x\n1\n2\n"}, "buying_centers: {file: a.csv, key: row_number}").book
    assert book.tables["buying_centers"]["buying_center_id"].to_pylist() == ["buying_center-2", "buying_center-3"]


def test_constants_win_over_recognised_columns(read_accounts: Read) -> None:
    sources = "accounts: {file: book/accounts.csv, constants: {country: US, industry: Software}}"
    table = read_accounts("account_id,country\n1,DE\n2,\n", sources).book.tables["accounts"]
    assert table["country_raw"].to_pylist() == ["US", "US"]
    assert table["industry_raw"].to_pylist() == ["Software", "Software"]


def test_progress_is_told_by_source(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "book" / "leads.csv").write_text("lead_id\n1\n")
    told: list[tuple[str, int, int]] = []
    read_book(load_plan(tmp_path), lambda *step: told.append(step))
    assert told == [("book/leads.csv", 1, 2) if number else ("book/accounts.csv", 0, 2) for number in (0, 1)] + [
        ("", 2, 2)
    ]


def test_the_same_book_gives_the_same_tables(read_accounts: Read) -> None:
    text = "account_id,name\n2,Beta\n1,Acme\n1,Acme\n"
    first, second = read_accounts(text).book, read_accounts(text).book
    assert first.tables["accounts"].equals(second.tables["accounts"])
    assert first.quarantine.equals(second.quarantine)


@pytest.mark.parametrize(
    ("files", "sources", "message"),
    [
        ({}, "", r"^book: there is no such folder\. Allowed: files named as tables: accounts\.csv, .* Put the CRM's"),
        ({"book/x.csv": "a"}, "", r"^book: the folder of the book has no table\. Allowed:"),
        (
            {"exports/accounts.csv": ACCOUNTS},
            "accounts: {file: exports/acounts.csv}",
            r"^sources.yaml:1:\d+: no such file 'exports/acounts.csv'\..*Did you mean 'accounts.csv'\?",
        ),
        ({}, "accounts: {file: 'x/*.csv'}", r"^sources.yaml:1:\d+: no file matches 'x/\*\.csv'\."),
        ({"x/y.csv": "a"}, "accounts: {file: x}", r"^sources.yaml:1:\d+: 'x' is a folder\. Name a file, or a pattern"),
        ({"book/accounts/y.csv": "a"}, "", r"^book/accounts: this is a folder, not a file\. Name its files"),
        (
            {"book/accounts.json": "[]"},
            "",
            r"book/accounts.json: cannot read book/accounts.json: its name ends in '.json'\. Allowed: \.csv, \.tsv,",
        ),
        (
            {"book/accounts.csv": parquet(account_id=["1"])},
            "",
            r"^book/accounts.csv: book/accounts.csv holds a Parquet file\. Rename it to accounts.parquet\.",
        ),
        ({"book/accounts.csv": b"\x1f\x8b\x08"}, "", "holds a gzip archive: unpack it first"),
        ({"book/accounts.parquet": ACCOUNTS}, "", r"^book/accounts.parquet: not readable as Parquet: "),
        ({"book/accounts.xlsx": ACCOUNTS}, "", r"^book/accounts.xlsx: not readable as a workbook: "),
        ({"book/accounts.xlsx": b"PK\x03\x04junk"}, "", r"^book/accounts.xlsx: not readable as a workbook: "),
        (
            {"book/accounts.csv": ACCOUNTS, "book/accounts.tsv": ACCOUNTS},
            "",
            r"^book: accounts.tsv and accounts.csv are both there for the accounts\. Remove one",
        ),
    ],
)
def test_what_cannot_be_read_is_a_clear_error(
    read_files: Read, files: dict[str, bytes | str], sources: str, message: str
) -> None:
    with pytest.raises(BookError, match=message):
        read_files(files, sources)


def test_all_mistakes_come_at_once(read_files: Read) -> None:
    sources = "accounts: {file: a.csv}\nleads: {file: b.csv}\ncontacts: {file: c.csv}\n"
    with pytest.raises(BookError) as caught:
        read_files({"c.csv": "Name\nx\n"}, sources)
    assert [str(mistake.place) for mistake in caught.value.mistakes] == [
        "sources.yaml:1:18",
        "sources.yaml:2:15",
        "c.csv",
    ]


def test_check_sources_says_what_is_nearly_right(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "accounts.csv").write_text("Id,Account Name,Employes,Favourite Colour\n1,Acme,5,red\n")
    (tmp_path / "book" / "regions.csv").write_text("x")
    (tmp_path / "book" / "lead.csv").write_text("x")
    found = [str(mistake) for mistake in check_sources(load_plan(tmp_path))]
    assert found == [
        (
            "book/lead.csv: 'lead' is no table: the file is not read. Allowed: accounts, contacts, leads, buying_centers, opportunities,"
            " orders, tasks, activities, reps, absences. Did you mean 'leads'?"
        ),
        "book/accounts.csv: column 'Employes' is not used. Did you mean 'employees'? Then say so in `columns:`.",
    ]


def test_check_sources_is_quiet_when_all_is_well(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "accounts.csv").write_text(ACCOUNTS)
    assert check_sources(load_plan(tmp_path)) == []


def test_check_sources_gives_errors_and_does_not_raise(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("accounts: {file: missing.csv}\n")
    found = check_sources(load_plan(tmp_path))
    assert [mistake.severity for mistake in found] == ["error"]


def test_several_sources_of_one_table_keep_their_columns_and_keys_apart(tmp_path: Path) -> None:
    (tmp_path / "erp.csv").write_text("No,Firma\n1,Acme\n2,Globex\n")
    (tmp_path / "crm.csv").write_text("Id,Name\n1,Initech\n")
    sources = """
accounts:
  - {file: erp.csv, key: No, key_prefix: ERP-, columns: {name: Firma}}
  - {file: crm.csv}
"""
    book = read_book(plan_from({"sources.yaml": sources}, tmp_path))
    accounts = book.tables["accounts"].select(["account_id", "name_raw"]).to_pylist()
    assert accounts == [
        {"account_id": "ERP-1", "name_raw": "Acme"},
        {"account_id": "ERP-2", "name_raw": "Globex"},
        {"account_id": "1", "name_raw": "Initech"},
    ]


def test_a_unit_in_the_header_is_written_behind_each_value(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('Id,Name,Revenue (USD m)\n1,Acme,"1,100.5"\n2,Globex,\n')
    sources = "accounts: {file: a.csv, columns: {annual_revenue: Revenue (USD m)}, units: {annual_revenue: million}}"
    book = read_book(plan_from({"sources.yaml": sources}, tmp_path))
    assert book.tables["accounts"]["annual_revenue_raw"].to_pylist() == ["1,100.5 million", None]
    with pytest.raises(PlanError, match="'name' of accounts is no number, so it has no unit"):
        plan_from({"sources.yaml": "accounts: {file: a.csv, units: {name: million}}"})
