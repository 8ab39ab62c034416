"""The tables of the ledger, the same in every database.

Instants are whole microseconds since 1970 UTC: exact, quick, and the same on every database. ``ownership`` holds what is believed
now, ``ownership_past`` what was believed before; the database moves rows from one to the other and refuses everything else.

The constraints of ``ownership`` leave only timelines without gap and without overlap, per seat: a row ends for ever or where
another begins (the deferred foreign key), no two rows begin together (the primary key), no two rows end together (the two unique
indexes), and no row is empty (the check). So n rows have n different ends among n - 1 later beginnings and "for ever": each ends
where the next begins, and the last for ever.

Source: A. Kuznetsov, "Storing intervals of time with no overlaps" (2009), for the constraint that ties a row to its neighbour.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

__all__ = [
    "BELIEF",
    "METADATA",
    "SEAT",
    "approvals",
    "change_sets",
    "entries",
    "ownership",
    "ownership_past",
    "signatures",
    "steps",
    "writing",
]

METADATA = MetaData()
SEAT = ("record_id", "object", "role", "seat")
"""A place in the team of a record: who owns it is a timeline of its own."""
BELIEF = (
    *SEAT, "valid_from", "valid_to", "territory_id", "rep_id", "share", "recorded_at", "change_set_id", "plan_version",
    "method", "reason",
)  # fmt: skip
"""Columns of ``ownership``, in the order in which rows are written."""


def _belief() -> tuple[Column[Any], ...]:
    return (
        Column("record_id", Text, nullable=False),
        Column("object", Text, nullable=False),
        Column("role", Text, nullable=False),
        Column("seat", Integer, nullable=False),
        Column("valid_from", BigInteger, nullable=False),
        Column("valid_to", BigInteger),
        Column("territory_id", Text),
        Column("rep_id", Text),
        Column("share", Float, nullable=False),
        Column("recorded_at", BigInteger, nullable=False),
        Column("change_set_id", Text),
        Column("plan_version", Text),
        Column("method", Text, nullable=False),
        Column("reason", Text, nullable=False),
    )


_OPEN, _CLOSED = text("valid_to IS NULL"), text("valid_to IS NOT NULL")

ownership = Table(
    "ownership",
    METADATA,
    *_belief(),
    CheckConstraint("valid_from < valid_to", name="ownership_is_not_empty"),
    CheckConstraint("share > 0 AND share <= 1", name="ownership_share"),
    PrimaryKeyConstraint(*SEAT, "valid_from", name="ownership_begins_once"),
    ForeignKeyConstraint(
        (*SEAT, "valid_to"),
        tuple(f"ownership.{name}" for name in (*SEAT, "valid_from")),
        name="ownership_has_no_gap",
        deferrable=True,
        initially="DEFERRED",
    ),
    Index("ownership_ends_once", *SEAT, "valid_to", unique=True, sqlite_where=_CLOSED, postgresql_where=_CLOSED),
    Index("ownership_is_open_once", *SEAT, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ownership_recorded", "recorded_at"),
    sqlite_with_rowid=False,
)
ownership_past = Table(
    "ownership_past",
    METADATA,
    *_belief(),
    Column("recorded_to", BigInteger, nullable=False),
    CheckConstraint("recorded_at < recorded_to", name="ownership_past_was_believed"),
    PrimaryKeyConstraint(*SEAT, "valid_from", "recorded_at", name="ownership_past_once"),
    Index("ownership_past_recorded", "recorded_at"),
    Index("ownership_past_superseded", "recorded_to"),
    sqlite_with_rowid=False,
)
writing = Table("writing", METADATA, Column("recorded_at", BigInteger, nullable=False))
"""The instant of the entry being written; a row of it is never committed."""
entries = Table(
    "entries",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("recorded_at", BigInteger, nullable=False, unique=True),
    Column("event", Text, nullable=False),
    Column("change_set_id", Text),
    Column("content", Text, nullable=False),
    Column("previous", Text, nullable=False, unique=True),
    Column("hash", Text, nullable=False, unique=True),
)
"""The audit chain: one row per committed write, see ``chain``."""
signatures = Table(
    "signatures",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("actor", Text, nullable=False),
    Column("salt", Text, nullable=False),
)
"""Who wrote an entry. The chain holds a salted digest of it, so that a name can be forgotten without breaking the chain."""
change_sets = Table(
    "change_sets",
    METADATA,
    Column("change_set_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("plan_name", Text, nullable=False),
    Column("plan_version", Text, nullable=False),
    Column("base_position", BigInteger, nullable=False),
    Column("book_digest", Text, nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("summary", Text, nullable=False),
)
steps = Table(
    "steps",
    METADATA,
    Column("change_set_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("group_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("territory_id_before", Text),
    Column("rep_id_before", Text),
    Column("territory_id", Text),
    Column("rep_id", Text),
    Column("share", Float, nullable=False),
    Column("valid_from", BigInteger, nullable=False),
    Column("valid_to", BigInteger),
    Column("method", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text),
    Column("state", Text, nullable=False),
    Column("state_detail", Text, nullable=False),
    Column("position", BigInteger),
)
approvals = Table(
    "approvals",
    METADATA,
    Column("change_set_id", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("approved_by", Text, nullable=False),
    Column("approved_at", BigInteger, nullable=False),
)
