"""Records that are put into the book: completed from what the book has, cleaned, and seen by the next decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from rightful.crm import OBJECT_OF_TABLE, raw
from rightful.desk.in_force import InForce
from rightful.desk.pipeline import as_source, cleaned, followed, segment, team_of
from rightful.errors import BadRecord, Mistake, NoSuchRecord
from rightful.runs.run import Run

__all__ = ["BOOK_TABLES", "completed", "put"]

BOOK_TABLES = ("accounts", "reps", "absences")
"""Tables whose records can be put into the book."""


def completed(
    table: str,
    record: Mapping[str, str | None],
    now: InForce,
    fresh: Mapping[tuple[str, str], Mapping[str, str | None]],
) -> dict[str, str | None]:
    """Give a record with the fields that it does not name as they were.

    Args:
        table: Its table.
        record: Values as texts, those that change and the key.
        now: The plan in force.
        fresh: Records that were put in before, by table and key.

    Raises:
        NoSuchRecord: A rep without a name is not known: part of a record changes one that is there.
        BadRecord: It has no key, a field that nobody knows, or its table takes no records.
    """
    if table not in BOOK_TABLES:
        raise BadRecord(Mistake(None, f"records of {table!r} are not put into the book", ", ".join(BOOK_TABLES)))
    names = now.plan.desk.fields.get(table, {})
    source = as_source(table, record, names)
    key = OBJECT_OF_TABLE[table].key
    record_id = source[key] or ""
    before = fresh.get((table, record_id)) or _in_run(now.view.run, table, record_id)
    if before is None:
        if table == "reps" and not source[raw("name")]:
            remedy = "put the rep in with a name first"
            raise NoSuchRecord(Mistake(None, f"the book has no rep {record_id!r}", remedy=remedy))
        return source
    given = {key, *(raw(names.get(name, name)) for name in record)}
    return {name: source[name] if name in given else before.get(name) for name in source}


def _in_run(run: Run, table: str, record_id: str) -> dict[str, str | None] | None:
    """Give a record as the run's source delivered it; None where it has none of the key."""
    crm_object = OBJECT_OF_TABLE[table]
    names = [name for name in crm_object.raw_columns if not name.startswith("source_")]
    rows = pl.scan_parquet(run.paths(table)[0]).filter(pl.col(crm_object.key) == record_id).select(names).collect()
    return None if rows.is_empty() else dict(rows.row(0, named=True))


def put(table: str, source: Mapping[str, str | None], now: InForce, moment: int) -> None:
    """Let decisions see a record.

    Args:
        table: Its table.
        source: The whole record, see ``completed``.
        now: The plan in force.
        moment: The moment as of which coverage is read.
    """
    values: dict[str, Any] = cleaned(table, source, now)
    if table == "accounts":
        segment("accounts", values, now)
        follows = followed("account", values, now, moment)
        account = {**values, "territory_id": follows.territory_id, "assigned_rep_id": follows.rep_id}
        now.view.put_account(account, team_of(values, follows, now, moment))
        now.matching.put(account)
    elif table == "reps":
        now.view.reps[values["rep_id"]] = values
        now.staff.put(values)
    else:
        before = now.view.absences.get(values["absence_id"])
        now.view.absences[values["absence_id"]] = values
        for rep_id in {values["rep_id"], before["rep_id"] if before else None} - {None}:
            of_rep = [each for each in now.view.absences.values() if each["rep_id"] == rep_id]
            now.staff.put_absences(rep_id, of_rep)
