from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rightful.connectors.csv_careful import records
from rightful.connectors.csv_file import open_csv
from rightful.errors import BookError

Read = Callable[..., Any]

HEADER = "account_id,name,city\n"


def test_a_clean_file_is_delivered_whole(read_accounts: Read) -> None:
    read = read_accounts(HEADER + "1,Acme,Berlin\n2,Beta,\n")
    assert read.names == {"1": "Acme", "2": "Beta"}
    assert read.lines == [2, 3]
    assert read.aside == []
    assert read.book.tables["accounts"]["city_raw"].to_pylist() == ["Berlin", None]
    assert read.book.tables["accounts"]["source_file"].to_pylist() == ["book/accounts.csv"] * 2
    assert read.book.rows_read["accounts"] == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
def test_line_ends_of_every_system(read_accounts: Read, end: str, last: str) -> None:
    text = end.join(["account_id,name", "1,Acme", "2,Beta"]) + (end if last else "")
    read = read_accounts(text)
    assert read.names == {"1": "Acme", "2": "Beta"}
    assert read.lines == [2, 3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_out(read_accounts: Read, delimiter: str) -> None:
    rows = [["account_id", "name", "annual_revenue"], ["1", "Acme", "1,5"], ["2", "Beta; Sons", "2|5"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    assert read_accounts(text.getvalue()).names == {"1": "Acme", "2": "Beta; Sons"}


def test_a_delimiter_can_be_stated(read_files: Read) -> None:
    sources = "accounts: {file: book/accounts.txt, delimiter: '^'}"
    read = read_files({"book/accounts.txt": "account_id^name\n1^Acme, Inc; London\n"}, sources)
    assert read.names == {"1": "Acme, Inc; London"}


def test_tab_can_be_written_as_a_word(read_files: Read) -> None:
    sources = "accounts: {file: book/accounts.tsv, delimiter: tab}"
    assert read_files({"book/accounts.tsv": "account_id\tname\n1\tAcme\n"}, sources).names == {"1": "Acme"}


def test_a_delimiter_of_two_characters_is_refused(read_accounts: Read) -> None:
    with pytest.raises(BookError, match=r"delimiter '::' cannot be used\. Allowed: one ASCII character, or tab\."):
        read_accounts(HEADER, "accounts: {file: book/accounts.csv, delimiter: '::'}")


def test_excels_separator_line_counts_as_a_line(read_accounts: Read) -> None:
    read = read_accounts("sep=;\naccount_id;name\n1;Acme\n2;x;y\n")
    assert read.names == {"1": "Acme"}
    assert read.lines == [3]
    assert read.aside == [(4, "ragged_row")]


def test_lines_are_physical_lines_with_breaks_inside_cells(read_accounts: Read) -> None:
    read = read_accounts(HEADER + '1,"Acme\nHolding\n\nLtd",Berlin\n2,Beta,"Bonn"\n\n\n3,"Ga""mma",x\n')
    assert read.names == {"1": "Acme\nHolding\n\nLtd", "2": "Beta", "3": 'Ga"mma'}
    assert read.lines == [2, 6, 9]


def test_ragged_rows_are_set_aside(read_accounts: Read) -> None:
    read = read_accounts(HEADER + "1,Acme\n2,Beta,Bonn\n3,Gamma,Ulm,x\n4,Delta,Kiel,,\n")
    assert read.names == {"2": "Beta", "4": "Delta"}
    assert read.aside == [(2, "ragged_row"), (4, "ragged_row")]
    row = read.book.quarantine.to_pylist()[1]
    assert row["detail"] == "4 cells where the header has 3"
    assert row["row_text"] == "3,Gamma,Ulm,x"
    assert row["source_file"] == "book/accounts.csv"
    assert row["object"] == "account"
    assert row["record_id"] is None


def test_ragged_rows_between_many_good_ones_keep_their_lines(read_accounts: Read) -> None:
    rows = [f"{number},Name {number},x" if number % 100 else f"{number},short" for number in range(1, 5001)]
    read = read_accounts(HEADER + "\n".join(rows) + "\n")
    assert read.aside == [(number + 1, "ragged_row") for number in range(100, 5001, 100)]
    assert read.lines == [number + 1 for number in range(1, 5001) if number % 100]
    assert read.book.quarantine["row_text"][0].as_py() == "100,short"


def test_the_footer_of_a_salesforce_report_is_set_aside(read_accounts: Read) -> None:
    footer = '\n\n"Accounts by Region"\n"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
    read = read_accounts('"Account ID","Account Name"\n"1","Acme"\n' + footer)
    assert read.names == {"1": "Acme"}
    assert read.aside == [(5, "ragged_row"), (6, "ragged_row")]


def test_an_unclosed_quote_costs_one_row(read_accounts: Read) -> None:
    rows = ['1,"Acme,Berlin', "2,Beta,Bonn", '3,"Gamma",Ulm', "4,Delta,Kiel"]
    read = read_accounts(HEADER + "\n".join(rows) + "\n")
    assert read.names == {"2": "Beta", "3": "Gamma", "4": "Delta"}
    assert read.aside == [(2, "unclosed_quote")]
    assert read.book.quarantine["row_text"].to_pylist() == ['1,"Acme,Berlin']


def test_an_unclosed_quote_at_the_end_of_the_file(read_accounts: Read) -> None:
    read = read_accounts(HEADER + '1,Acme,Berlin\n2,"Beta,Bonn\n3,Gamma,Ulm\n')
    assert read.names == {"1": "Acme", "3": "Gamma"}
    assert read.aside == [(3, "unclosed_quote")]


def test_stray_quotes(read_accounts: Read) -> None:
    read = read_accounts(HEADER + '1,"Joe "The Man" Ltd",Berlin\n2,5" Pipes,Bonn\n')
    assert read.names == {"2": '5" Pipes'}
    assert read.aside == [(2, "stray_quote")]


@pytest.mark.parametrize(
    ("rows", "kept", "aside"),
    [
        ('1,"Joe "The Man" Ltd",Berlin\n2,Beta,Bonn\n', ["2"], [(2, "stray_quote")]),
        ('1,5" Pipes and 6" Pipes,Berlin\n2,Beta,Bonn\n', ["1", "2"], []),
        ('1,"Acme,Berlin\n2,Be"ta,Bonn\n3,Gamma,Ulm\n', ["2", "3"], [(2, "unclosed_quote")]),
        ('1,"Acme" ,Berlin\n2, "Beta",Bonn\n', ["2"], [(2, "stray_quote")]),
    ],
)
def test_an_even_number_of_quotes_does_not_make_a_file_regular(
    read_accounts: Read, rows: str, kept: list[str], aside: list[tuple[int, str]]
) -> None:
    read = read_accounts(HEADER + rows)
    assert list(read.names) == kept
    assert read.aside == aside


def test_many_unclosed_quotes_take_linear_time() -> None:
    lines = ['x,"a\n', 'y,"",z\n'] * 5_000
    found = list(records(lines, ",", 3))
    assert sum(record.end - record.start for record in found) == len(lines)


def test_nul_characters(read_accounts: Read) -> None:
    read = read_accounts(HEADER + "1,Ac\0me,Berlin\n2,Beta,Bonn\n")
    assert read.names == {"2": "Beta"}
    assert read.aside == [(2, "nul_character")]
    assert read.book.quarantine["row_text"][0].as_py() == "1,Ac\ufffdme,Berlin"


def test_cells_beyond_the_limit(read_accounts: Read) -> None:
    read = read_accounts(HEADER + f"1,{'x' * 131_073},Berlin\n2,{'y' * 131_072},Bonn\n")
    assert list(read.names) == ["2"]
    assert read.aside == [(2, "huge_field")]
    assert len(read.book.quarantine["row_text"][0].as_py()) == 500


def test_ten_thousand_columns(read_accounts: Read) -> None:
    header = ",".join(["account_id", "name", *(f"extra {number}" for number in range(10_000))])
    read = read_accounts(header + "\n1,Acme" + ",x" * 10_000 + "\n2,Beta\n")
    assert read.names == {"1": "Acme"}
    assert read.aside == [(3, "ragged_row")]


def test_a_formula_in_csv_stays_text(read_accounts: Read) -> None:
    assert read_accounts('account_id,name\n1,"=HYPERLINK(""http://x"")"\n').names == {"1": '=HYPERLINK("http://x")'}


def test_an_empty_file_is_an_error(read_accounts: Read) -> None:
    with pytest.raises(BookError, match=r"^book/accounts.csv: the file is empty\. Allowed: a header"):
        read_accounts("")


def test_a_file_of_blank_lines_is_an_error(read_accounts: Read) -> None:
    with pytest.raises(BookError, match="the file is empty"):
        read_accounts("\n \r\n\n")


def test_a_header_alone_gives_an_empty_table_and_a_warning(read_accounts: Read) -> None:
    read = read_accounts(HEADER)
    assert read.book.tables["accounts"].num_rows == 0
    assert read.warnings == ["book/accounts.csv: the file has a header and no rows."]


def test_a_header_with_an_unclosed_quote_is_an_error(read_accounts: Read) -> None:
    with pytest.raises(BookError, match=r"book/accounts.csv:1: the header cannot be read"):
        read_accounts('account_id,"name\n1,Acme\n')


def test_a_single_column(read_accounts: Read) -> None:
    read = read_accounts("account_id\n1\n\n2\n")
    assert read.names == {"1": None, "2": None}
    assert read.lines == [2, 4]


@pytest.mark.parametrize(
    "text",
    [
        "account_id,name\n1,Acme\n2,Beta\n",
        'account_id,name\n"1","Ac""me"\r\n2,"Be\nta"\n\n3,""\n',
        'account_id,name\n1,Acme\n2,Beta,x\n3,"a,b"\n',
        "account_id,name\n1,Ünicode\n,\n",
    ],
)
def test_the_fast_and_the_careful_reader_agree(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text(text, newline="")
    file = open_csv(path, "accounts.csv", None, None)
    assert file._layout is not None, "this text is meant to be regular"
    fast = file.read((0, 1))
    careful = file._careful(list(io.StringIO(text, newline="")), (0, 1))
    assert fast.lines.tolist() == careful.lines.tolist()
    assert {at: column.to_pylist() for at, column in fast.columns.items()} == {
        at: column.to_pylist() for at, column in careful.columns.items()
    }
    assert fast.unreadable == tuple(
        type(row)(row.source_file, row.source_line, row.reason, row.detail, row.row_text.rstrip("\r\n"))
        for row in careful.unreadable
    )
