"""What was decided about a record, and the tables that hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from rightful.stages.assignment.exceptions import ASSIGNMENTS, REPAIRS
from rightful.stages.exceptions import EXCEPTIONS

__all__ = ["Decided", "added_columns", "assignment_rows", "exception_rows"]


@dataclass(frozen=True, slots=True)
class Decided:
    """Territory and rep of a record, and why.

    Attributes:
        record_id: Key of the record.
        territory_id: Its territory; None for none.
        rep_id: Who owns it; None where nobody does, or where routing decides.
        method: How it was decided.
        reason: Why this rep.
        cause: Code of the exception; empty for none.
        territory_reason: Why this territory; by default that of the record it follows.
        ends_on: Last day on which this rep has it; None for open.
        next_rep_id: Who gets it after that day; None where a later run decides.
    """

    record_id: str
    territory_id: str | None
    rep_id: str | None
    method: str
    reason: str
    cause: str = ""
    territory_reason: str = ""
    ends_on: date | None = None
    next_rep_id: str | None = None


def added_columns(key: str, decided: Sequence[Decided]) -> pa.Table:
    """Give the columns that assignment adds to a table."""
    columns = {
        key: [each.record_id for each in decided],
        "territory_id": [each.territory_id for each in decided],
        "territory_reason": [each.territory_reason or (each.reason if each.territory_id else None) for each in decided],
        "assigned_rep_id": [each.rep_id for each in decided],
        "assignment_reason": [each.reason for each in decided],
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def assignment_rows(name: str, role: str, decided: Iterable[Decided]) -> pa.Table:
    """Give the assignments of a kind of record, one per record that has a rep."""
    owned = [each for each in decided if each.rep_id]
    columns = {
        "object": [name] * len(owned),
        "record_id": [each.record_id for each in owned],
        "role": [role] * len(owned),
        "territory_id": [each.territory_id for each in owned],
        "rep_id": [each.rep_id for each in owned],
        "method": [each.method for each in owned],
        "reason": [each.reason for each in owned],
        "is_primary": [True] * len(owned),
        "ends_on": [each.ends_on for each in owned],
        "next_rep_id": [each.next_rep_id for each in owned],
    }
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in ASSIGNMENTS})


def exception_rows(
    name: str, decided: Sequence[Decided], ages: Mapping[str, float | None], values: Mapping[str, float]
) -> pa.Table:
    """Give the exceptions of a kind of record.

    Args:
        name: Kind of record.
        decided: What was decided.
        ages: Days since creation, by key.
        values: Value in US dollars, by key; left out where unknown.
    """
    open_cases = [each for each in decided if each.cause]
    columns = {
        "object": [name] * len(open_cases),
        "record_id": [each.record_id for each in open_cases],
        "stage": ["assignment"] * len(open_cases),
        "cause": [each.cause for each in open_cases],
        "detail": [each.territory_reason if each.cause.startswith("territory") else each.reason for each in open_cases],
        "age_days": [ages.get(each.record_id) for each in open_cases],
        "value_usd": [values.get(each.record_id) for each in open_cases],
        "repair": [REPAIRS[each.cause] for each in open_cases],
    }
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in EXCEPTIONS})
