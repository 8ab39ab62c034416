"""Whatever happens to a CSV file: rows read = rows delivered + rows quarantined, and only errors that are ours."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from rightful.connectors import SourceBook, read_book
from rightful.connectors.csv_careful import records
from rightful.connectors.csv_file import open_csv
from rightful.errors import BookError
from rightful.plan import load_plan

CELLS = st.text(st.sampled_from('abé",;\n\r\t =0Ł'), max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8)
EDITS = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from([b'"', b"\n", b",", b"\0", b"\xff", b"\r", b"x", b""])), max_size=6
)


def written(rows: list[list[str]], quoting: int) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator="\n").writerows([["account_id", "name"], *rows])  # type: ignore[arg-type]
    return text.getvalue().encode()


def mutated(content: bytes, edits: list[tuple[int, bytes]]) -> bytes:
    """Replace single bytes after the header."""
    data = bytearray(content)
    header = content.index(b"\n")
    for at, byte in edits:
        if header < at < len(data):
            data[at : at + 1] = byte
    return bytes(data)


def read(content: bytes) -> SourceBook | None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "book").mkdir()
        (Path(folder) / "book" / "accounts.csv").write_bytes(content)
        (Path(folder) / "sources.yaml").write_text(
            "accounts: {file: book/accounts.csv, encoding: utf-8, delimiter: ','}\n"
        )
        try:
            return read_book(load_plan(folder))
        except BookError:
            return None


@settings(deadline=None, max_examples=60)
@given(TABLES, st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), EDITS)
@example([["1", "a"]], csv.QUOTE_MINIMAL, [(18, b'"')])
def test_rows_in_are_rows_out_and_quarantine(
    rows: list[list[str]], quoting: int, edits: list[tuple[int, bytes]]
) -> None:
    content = mutated(written(rows, quoting), edits)
    book = read(content)
    assert book is not None
    table = book.tables["accounts"]
    assert book.rows_read["accounts"] == table.num_rows + book.quarantine.num_rows
    keys = table["account_id"].to_pylist()
    assert len(set(keys)) == len(keys)
    assert None not in keys
    physical = content.count(b"\n") + content.count(b"\r") + 1
    lines = table["source_line"].to_pylist() + book.quarantine["source_line"].to_pylist()
    assert len(set(lines)) == len(lines), "one row, one line"
    assert all(2 <= line <= physical for line in lines)


@settings(deadline=None, max_examples=60)
@given(TABLES, st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_a_well_formed_file_is_read_whole(rows: list[list[str]], quoting: int) -> None:
    """Every row is delivered with its values, or set aside for its key alone."""
    if quoting == csv.QUOTE_MINIMAL:  # Python's writer leaves a carriage return unquoted, which ends a line
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    book = read(written(rows, quoting))
    assert book is not None
    first: dict[str, str | None] = {}
    for key, name in rows:
        if key.strip():
            first.setdefault(key.strip(), name or None)
    table = book.tables["accounts"]
    got = dict(zip(table["account_id"].to_pylist(), table["name_raw"].to_pylist(), strict=True))
    assert got == first
    assert set(book.quarantine["reason"].to_pylist()) <= {"blank_id", "duplicate_id"}


@settings(deadline=None, max_examples=60)
@given(TABLES, EDITS)
def test_the_fast_reader_agrees_with_the_careful_one(rows: list[list[str]], edits: list[tuple[int, bytes]]) -> None:
    content = mutated(written(rows, csv.QUOTE_MINIMAL), edits)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        file = open_csv(path, "a.csv", "utf-8", ",")
        fast = file.read((0, 1))
        assume(file._decoded.text is None)  # with bad bytes there is no fast reader
        careful = file._careful(list(io.StringIO(content.decode(), newline="")), (0, 1))
    assert fast.lines.tolist() == careful.lines.tolist()
    assert [column.to_pylist() for column in fast.columns.values()] == [
        column.to_pylist() for column in careful.columns.values()
    ]
    assert [(row.source_line, row.reason) for row in fast.unreadable] == [
        (row.source_line, row.reason) for row in careful.unreadable
    ]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.sampled_from('a",\n'), max_size=12)))
def test_records_cover_every_line_once(texts: list[str]) -> None:
    lines = list(io.StringIO("\n".join(texts), newline=""))
    end = 0
    for record in records(lines, ",", 2):
        assert record.start >= end
        assert all(not lines[index].strip("\r\n") for index in range(end, record.start)), (
            "only empty lines are passed over"
        )
        end = record.end
    assert all(not line.strip("\r\n") for line in lines[end:])
