"""The tables of the desk, and keys of its interface."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "desk"
down_revision = "first"

_TEXT, _WHOLE, _SMALL, _FLOAT = sa.Text, sa.BigInteger, sa.Integer, sa.Float
_TABLES: dict[str, tuple[tuple[str, ...], dict[str, Any], tuple[str, ...]]] = {
    "desk_requests": (
        ("key",),
        {
            "kind": _TEXT, "actor": _TEXT, "digest": _TEXT, "body": _TEXT, "received_at": _WHOLE, "moment": _WHOLE, "position": _WHOLE,
            "number": _SMALL, "answer": _TEXT,
        },
        (),
    ),
    "desk_decisions": (
        ("decision_id",),
        {
            "object": _TEXT, "record_id": _TEXT, "decided_at": _WHOLE, "plan_version": _TEXT, "explanation": _TEXT,
            "position": _WHOLE,
        },
        (),
    ),
    "desk_records": (
        ("record_id", "object"),
        {
            "status": _TEXT, "cause": _TEXT, "rep_id": _TEXT, "detail": _TEXT, "body": _TEXT, "answer": _TEXT,
            "position": _WHOLE,
        },
        ("rep_id",),
    ),
    "desk_pools": (("pool_id",), {"detail": _TEXT, "position": _WHOLE}, ()),
    "desk_members": (("pool_id", "rep_id"), {"turn": _FLOAT, "tally": _TEXT, "position": _WHOLE}, ()),
    "desk_reps": (
        ("rep_id",),
        {"open_records": _WHOLE, "last_at": _WHOLE, "tally": _TEXT, "position": _WHOLE},
        ("last_at",),
    ),
    "desk_given": (("value",), {"rep_id": _TEXT, "given_at": _WHOLE, "position": _WHOLE}, ()),
    "desk_timers": (
        ("timer_id",),
        {
            "kind": _TEXT, "object": _TEXT, "record_id": _TEXT, "due_at": _WHOLE, "state": _TEXT, "position": _WHOLE,
        },
        (),
    ),
    "desk_outbox": (
        ("message_id",),
        {
            "event": _TEXT, "target": _TEXT, "body": _TEXT, "state": _TEXT, "attempts": _SMALL, "next_at": _WHOLE,
            "detail": _TEXT, "created_at": _WHOLE, "position": _WHOLE,
        },
        (),
    ),
    "desk_book": (("table_name", "record_id"), {"record": _TEXT, "position": _WHOLE}, ()),
    "desk_attempts": (("key",), {"attempts": _SMALL, "detail": _TEXT}, ()),
    "api_keys": (
        ("key_id",),
        {
            "digest": _TEXT, "salt": _TEXT, "name": _TEXT, "role": _TEXT, "scopes": _TEXT, "created_at": _WHOLE,
            "expires_at": _WHOLE, "revoked_at": _WHOLE,
        },
        ("expires_at", "revoked_at"),
    ),
}  # fmt: skip
"""Per table: its key, its other columns, and those of them that may be null."""
_INDEXES = {
    "desk_decisions_of_record": ("desk_decisions", ["record_id", "object"]),
    "desk_records_by_status": ("desk_records", ["status", "record_id"]),
    "desk_members_written": ("desk_members", ["position"]),
    "desk_reps_written": ("desk_reps", ["position"]),
    "desk_given_written": ("desk_given", ["position"]),
    "desk_timers_due": ("desk_timers", ["state", "due_at"]),
    "desk_timers_of_record": ("desk_timers", ["record_id", "object"]),
    "desk_outbox_due": ("desk_outbox", ["state", "next_at"]),
    "desk_book_written": ("desk_book", ["position"]),
}


def upgrade() -> None:
    """Make the tables and their indexes."""
    for table, (key, others, may_be_null) in _TABLES.items():
        op.create_table(
            table,
            *(sa.Column(name, sa.Text, primary_key=True) for name in key),
            *(sa.Column(name, kind, nullable=name in may_be_null) for name, kind in others.items()),
        )
    op.create_index("desk_requests_in_order", "desk_requests", ["position", "number"], unique=True)
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns)
