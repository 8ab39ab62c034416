"""See what a run would merge, before anything is merged: the book is read and cleaned, nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from rightful.connectors import read_book, write_table
from rightful.crm import OBJECT_OF_TABLE
from rightful.engines import DuckDBEngine
from rightful.errors import Mistake, Place, RunError
from rightful.plan import Plan
from rightful.runs.pipeline import planned_as_of
from rightful.stages import quality
from rightful.stages.stage import Book

__all__ = ["DuplicatePair", "FieldValue", "Merge", "MergePreview", "preview_merges", "write_pairs"]

_OBJECTS = tuple(OBJECT_OF_TABLE[table].name for table in ("accounts", "contacts", "leads"))


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field on which the records of a merge differ.

    Attributes:
        field: The cleaned field.
        value: The value that survives; None when blank.
        taken_from: The record that it is of.
        rule: Why: a rule of survivorship, ``correction``, ``protected`` or ``together``.
        other_values: The other records' values.
    """

    field: str
    value: str | None
    taken_from: str
    rule: str
    other_values: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Records that would become one.

    Attributes:
        object: ``account``, ``contact`` or ``lead``.
        survivor_id: The record that stays.
        merged: The others, each with what makes it one with them.
        fields: Whose values survive, where they differ.
    """

    object: str
    survivor_id: str
    merged: tuple[tuple[str, str], ...]
    fields: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two records that may be one and would not be merged.

    Attributes:
        object: What the one is.
        record_id: Its key.
        other_object: What the other is.
        other_id: Its key.
        probability: That they are one.
        found_by: A key's fields, ``evidence`` or ``decision``.
        outcome: ``possible``, ``cut``, ``too_many``, ``kept_apart`` or ``known_contact``.
        evidence: What speaks for it.
    """

    object: str
    record_id: str
    other_object: str
    other_id: str
    probability: float
    found_by: str
    outcome: str
    evidence: str


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a run of the plan would merge.

    Attributes:
        merges: The merges, by object and survivor.
        pairs: The pairs that it would not merge.
    """

    merges: tuple[Merge, ...]
    pairs: tuple[DuplicatePair, ...]


def preview_merges(
    plan: Plan, on_progress: Callable[[str, int, int], None] = lambda _label, _done, _total: None
) -> MergePreview:
    """Read and clean the plan's book, and find what would be merged.

    Raises:
        BookError: The book cannot be read.
        EngineError: Disk or memory is exhausted.
    """
    as_of = planned_as_of(plan) or datetime.now(UTC).replace(microsecond=0)
    with TemporaryDirectory(prefix="rightful-", ignore_cleanup_errors=True) as folder:
        engine = DuckDBEngine(Path(folder), on_progress=on_progress)
        try:
            source = read_book(plan, on_progress)
            book = Book({name: engine.bring(table) for name, table in source.tables.items()}, as_of)
            found = quality.STAGE.run(book, plan, engine).tables
            merges, fields, links = (
                engine.collect(found[name]).to_pylist() for name in ("merges", "merge_fields", "duplicate_links")
            )
        finally:
            engine.close()
    pairs = [DuplicatePair(**row) for row in links if row["outcome"] != "merged"]
    ordered = sorted(pairs, key=lambda pair: (pair.object, -pair.probability, pair.record_id, pair.other_id))
    return MergePreview(tuple(_merges(merges, fields)), tuple(ordered))


def _merges(merges: list[dict[str, Any]], fields: list[dict[str, Any]]) -> Iterator[Merge]:
    members: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in merges:
        key = row["object"], row["survivor_id"]
        members.setdefault(key, []).append((row["record_id"], f"{row['reason']}; {row['detail']}"))
    values: dict[tuple[str, str], list[FieldValue]] = {}
    for row in fields:
        key = row.pop("object"), row.pop("survivor_id")
        values.setdefault(key, []).append(FieldValue(**row))
    for name, survivor in sorted(members, key=lambda key: (_OBJECTS.index(key[0]), key[1])):
        key = name, survivor
        yield Merge(*key, tuple(sorted(members[key])), tuple(values.get(key, ())))


def write_pairs(pairs: tuple[DuplicatePair, ...], path: Path) -> None:
    """Write pairs of one object as CSV, with a blank column ``is_same`` for the answers: a file for ``decisions`` of the plan.

    Raises:
        RunError: The file is there already: it may hold answers.
    """
    if path.exists():
        problem = "is there already, and may hold answers"
        raise RunError(Mistake(Place(str(path)), problem, remedy="name another file, or move this one away"))
    blank = [None] * len(pairs)
    columns = {
        "record_id": [pair.record_id for pair in pairs],
        "other_id": [pair.other_id for pair in pairs],
        "is_same": blank,
        "survivor_id": blank,
        "by": blank,
    }
    write_table(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}), path)
