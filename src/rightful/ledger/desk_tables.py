"""The tables of the desk, beside the ledger's own and in the same transactions.

What routing remembers (``desk_pools`` to ``desk_given``), what it is asked and answers (``desk_requests`` to ``desk_records``), what is
to happen (``desk_timers``, ``desk_outbox``), and the records that came in since the book was prepared (``desk_book``). ``position`` is
the entry of the audit chain that wrote a row: who knows the state as of a position reads the rows written since, and has it. Instants
are whole microseconds since 1970 UTC; structured values are JSON.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, Table, Text

from rightful.ledger.schema import METADATA

__all__ = [
    "api_keys",
    "desk_attempts",
    "desk_book",
    "desk_checkpoint_parts",
    "desk_checkpoints",
    "desk_decisions",
    "desk_given",
    "desk_members",
    "desk_outbox",
    "desk_pools",
    "desk_records",
    "desk_reps",
    "desk_requests",
    "desk_timers",
]


def _key(name: str) -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _text(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, BigInteger, nullable=nullable)


desk_requests = Table(
    "desk_requests",
    METADATA,
    _key("key"),
    _text("kind"),
    _text("actor"),
    _text("digest"),
    _text("body"),
    _whole("received_at"),
    _whole("moment"),
    _whole("position"),
    Column("number", Integer, nullable=False),
    _text("answer"),
    Index("desk_requests_in_order", "position", "number", unique=True),
)
"""One row per command that was carried out: its key, who gave it, digest and body, and its answer; by ``position`` and ``number`` in their order."""
desk_decisions = Table(
    "desk_decisions",
    METADATA,
    _key("decision_id"),
    _text("object"),
    _text("record_id"),
    _whole("decided_at"),
    _text("plan_version"),
    _text("explanation"),
    _whole("position"),
    Index("desk_decisions_of_record", "record_id", "object"),
)
"""One row per decision about a record, with its whole explanation."""
desk_records = Table(
    "desk_records",
    METADATA,
    _key("record_id"),
    _key("object"),
    _text("status"),
    _text("cause"),
    _text("rep_id", nullable=True),
    _text("detail"),
    _text("body"),
    _text("answer"),
    _whole("position"),
    Index("desk_records_by_status", "status", "record_id"),
)
"""One row per record that the desk decided: how it stands now, as it came in, and the newest answer."""
desk_pools = Table("desk_pools", METADATA, _key("pool_id"), _text("detail"), _whole("position"))
desk_members = Table(
    "desk_members",
    METADATA,
    _key("pool_id"),
    _key("rep_id"),
    Column("turn", Float, nullable=False),
    _text("tally"),
    _whole("position"),
    Index("desk_members_written", "position"),
)
"""Where the turns of pools stand: ``turn`` is the position of a member; the lowest is next."""
desk_reps = Table(
    "desk_reps",
    METADATA,
    _key("rep_id"),
    _whole("open_records"),
    _whole("last_at", nullable=True),
    _text("tally"),
    _whole("position"),
    Index("desk_reps_written", "position"),
)
desk_given = Table(
    "desk_given",
    METADATA,
    _key("value"),
    _text("rep_id"),
    _whole("given_at"),
    _whole("position"),
    Index("desk_given_written", "position"),
)
"""Who got the last record with a sticky value, such as ``domain=acme.com``."""
desk_timers = Table(
    "desk_timers",
    METADATA,
    _key("timer_id"),
    _text("kind"),
    _text("object"),
    _text("record_id"),
    _whole("due_at"),
    _text("state"),
    _whole("position"),
    Index("desk_timers_due", "state", "due_at"),
    Index("desk_timers_of_record", "record_id", "object"),
)
"""What is to happen to a record at a moment: armed, then fired or cancelled, once."""
desk_outbox = Table(
    "desk_outbox",
    METADATA,
    _key("message_id"),
    _text("event"),
    _text("target"),
    _text("body"),
    _text("state"),
    Column("attempts", Integer, nullable=False),
    _whole("next_at"),
    _text("detail"),
    _whole("created_at"),
    _whole("position"),
    Index("desk_outbox_due", "state", "next_at"),
)
"""Messages to others: pending, then sent or dead; written with the decision, delivered at least once."""
desk_book = Table(
    "desk_book",
    METADATA,
    _key("table_name"),
    _key("record_id"),
    _text("record"),
    _whole("position"),
    Index("desk_book_written", "position"),
)
"""Accounts, reps, absences and contacts that were put in since the book was prepared, as they came."""
desk_attempts = Table(
    "desk_attempts", METADATA, _key("key"), Column("attempts", Integer, nullable=False), _text("detail")
)
"""How often a command failed for reasons of our own: after some it becomes an exception instead of failing again."""
desk_checkpoints = Table(
    "desk_checkpoints",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    _whole("moment"),
)
"""Positions as of which the desk's state is kept, so that requests up to there can be dropped and the others told again."""
desk_checkpoint_parts = Table(
    "desk_checkpoint_parts",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
"""Rows of the desk's tables as of a position: JSON, compressed."""
api_keys = Table(
    "api_keys",
    METADATA,
    _key("key_id"),
    _text("digest"),
    _text("salt"),
    _text("name"),
    _text("role"),
    _text("scopes"),
    _whole("created_at"),
    _whole("expires_at", nullable=True),
    _whole("revoked_at", nullable=True),
)
"""Who may call the desk: keys as salted digests, each with a role and scopes."""
