"""How a record stands: its newest answer, as it came in, and what later commands have to know of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from rightful.desk.answers import Answer
from rightful.ledger.desk_tables import desk_records
from rightful.ledger.direct import DirectEntry, upsert

__all__ = ["OF_RECORD", "Facts", "Standing", "read_standing", "standing_from", "write_standing"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What later commands have to know.

    Attributes:
        arrived: Moment from which the deadline counts.
        taken_at: Moment at which the rep got it; None where nobody has it.
        is_counted: Whether it counts as an open record of its rep.
        turn_in: Pool in which it counted as a turn; None for none.
        refused: Reps who do not get it any more.
        reroutes: How often a missed deadline sent it on.
        tries: How often it was tried while it waited.
        sla_due: Moment of the deadline.
        responded_at: Moment of the first response; None so far.
        is_late: Whether a deadline was missed.
    """

    arrived: int
    taken_at: int | None = None
    is_counted: bool = False
    turn_in: str | None = None
    refused: tuple[str, ...] = ()
    reroutes: int = 0
    tries: int = 0
    sla_due: int | None = None
    responded_at: int | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a record stands.

    Attributes:
        answer: The newest answer about it.
        facts: What later commands have to know.
        source: The record as it came in, see ``pipeline.as_source``.
    """

    answer: Answer
    facts: Facts
    source: Mapping[str, str | None]

    @property
    def object(self) -> str:
        """Kind of record."""
        return self.answer.object

    @property
    def record_id(self) -> str:
        """Its key."""
        return self.answer.record_id


OF_RECORD = sa.select(desk_records.c.answer, desk_records.c.detail, desk_records.c.body).where(
    desk_records.c.record_id == sa.bindparam("record_id"), desk_records.c.object == sa.bindparam("object")
)
_PUT = upsert(desk_records)
_FACTS = tuple(each.name for each in fields(Facts))
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def read_standing(entry: DirectEntry, object_name: str, record_id: str) -> Standing | None:
    """Read how a record stands; None where the desk has not seen it."""
    found = entry.rows(OF_RECORD, object=object_name, record_id=record_id)
    return standing_from(found[0]) if found else None


def standing_from(row: Any) -> Standing:
    """Read a row of ``OF_RECORD``."""
    answer, detail, body = row
    values = json.loads(detail)
    values["refused"] = tuple(values["refused"])
    return Standing(Answer.from_text(answer), Facts(**values), json.loads(body))


def write_standing(entry: DirectEntry, standing: Standing) -> None:
    """Write how a record stands now."""
    answer = standing.answer
    row = {
        "record_id": answer.record_id,
        "object": answer.object,
        "status": answer.status,
        "cause": answer.cause or "",
        "rep_id": answer.rep_id,
        "detail": _encode({name: getattr(standing.facts, name) for name in _FACTS}),
        "body": _encode(standing.source),
        "answer": answer.as_text(),
        "position": entry.position,
    }
    entry.put(_PUT, [row])
