"""Whether the book moved: the rows of the records that a change set touches, as they were and as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rightful.connectors import read_book, write_table
from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.runs.run import Run
from rightful.runs.summary.columns import TABLE_OF_OBJECT

__all__ = ["Moved", "book_now", "book_of_run", "digest_of", "is_of_book", "keep_book", "kept_book", "moved_between"]

Rows = Mapping[str, pl.DataFrame]
_PLACES = ("source_file", "source_line")


@dataclass(frozen=True, slots=True)
class Moved:
    """A value of a record that is not what it was at the proposal.

    Attributes:
        object: Kind of record.
        record_id: Its key.
        what: What moved: a field of the book, or a role in the ledger.
        before: What it was, in words.
        now: What it is, in words.
    """

    object: str
    record_id: str
    what: str
    before: str
    now: str

    def __str__(self) -> str:
        """Say what moved in a line."""
        return f"{self.object} {self.record_id}, {self.what}: {self.before} at the proposal, {self.now} now"


def book_of_run(run: Run, touched: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Give the rows of touched records as the run read them.

    Args:
        run: The run.
        touched: object and record_id.
    """
    return _rows(
        {table: pl.scan_parquet(run.folder / "sources" / f"{table}.parquet") for table in _tables(touched)}, touched
    )


def book_now(plan: Plan, touched: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Read the book, and give the rows of touched records as they are now."""
    tables = read_book(plan).tables
    return _rows({table: pl.from_arrow(tables[table]).lazy() for table in _tables(touched)}, touched)  # type: ignore[union-attr] # a table gives a frame


def is_of_book(plan: Plan, run: Run) -> bool:
    """Tell whether a run has read what the book holds now, row by row."""
    for table, now in read_book(plan).tables.items():
        key = OBJECT_OF_TABLE[table].key
        then = pl.read_parquet(run.folder / "sources" / f"{table}.parquet").drop(_PLACES)
        frame = pl.DataFrame(pl.from_arrow(now)).drop(_PLACES)
        if set(then.columns) != set(frame.columns) or not then.sort(key).equals(frame.select(then.columns).sort(key)):
            return False
    return True


def _tables(touched: pl.DataFrame) -> list[str]:
    kinds = set(touched["object"].to_list())
    return [table for name, table in TABLE_OF_OBJECT.items() if name in kinds]


def _rows(scans: Mapping[str, pl.LazyFrame], touched: pl.DataFrame) -> dict[str, pl.DataFrame]:
    rows = {}
    for table, scan in scans.items():
        crm_object = OBJECT_OF_TABLE[table]
        wanted = (
            touched.lazy().filter(pl.col("object") == crm_object.name).select(pl.col("record_id").alias(crm_object.key))
        )
        rows[table] = (
            scan.join(wanted.unique(), on=crm_object.key, how="semi").drop(_PLACES).sort(crm_object.key).collect()
        )
    return rows


def keep_book(rows: Rows, folder: Path) -> None:
    """Keep rows beside a change set."""
    for table, frame in rows.items():
        write_table(frame.to_arrow(), folder / f"{table}.parquet")


def kept_book(folder: Path) -> dict[str, pl.DataFrame]:
    """Give the rows that were kept beside a change set."""
    return {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}


def digest_of(rows: Rows) -> str:
    """Give a digest of rows: the same values give the same."""
    digest = hashlib.sha256()
    for table in sorted(rows):
        frame = rows[table]
        names = sorted(frame.columns)
        digest.update(f"{table}\0{chr(0).join(names)}\0".encode())
        for row in frame.select(names).iter_rows():
            digest.update(repr(row).encode())
    return digest.hexdigest()


def moved_between(before: Rows, now: Rows, ours: Mapping[tuple[str, str], Iterable[str | None]]) -> list[Moved]:
    """Compare rows, field by field.

    Args:
        before: Rows at the proposal.
        now: Rows of the same records now; records that are gone are missing.
        ours: Reps to whom the change set gives a record, by (object, record_id): the CRM may have been told already.
    """
    moved = []
    for table, then in before.items():
        crm_object = OBJECT_OF_TABLE[table]
        current = {row[crm_object.key]: row for row in now[table].iter_rows(named=True)} if table in now else {}
        for row in then.iter_rows(named=True):
            record_id = row[crm_object.key]
            found = current.get(record_id)
            if found is None:
                moved.append(Moved(crm_object.name, record_id, "the record", "in the book", "gone"))
            elif found != row:
                reps = set(ours.get((crm_object.name, record_id), ()))
                moved += _fields(crm_object.name, record_id, row, found, reps)
    return moved


def _fields(
    name: str, record_id: str, before: Mapping[str, object], now: Mapping[str, object], reps: set[str | None]
) -> Iterable[Moved]:
    for field in [each for each in before if each in now]:
        was, value = before[field], now[field]
        if value != was and not (field == "owner_id_raw" and value in reps):
            yield Moved(name, record_id, field.removesuffix("_raw"), _shown(was), _shown(value))


def _shown(value: object) -> str:
    return "blank" if value is None else repr(value)
