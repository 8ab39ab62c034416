"""Ownership over two times, the audit chain, change sets; and the triggers that refuse to rewrite any of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None

_SEAT = ("record_id", "object", "role", "seat")
_BELIEF = (
    *_SEAT, "valid_from", "valid_to", "territory_id", "rep_id", "share", "recorded_at", "change_set_id", "plan_version",
    "method", "reason",
)  # fmt: skip
_ENDLESS, _ENDING = sa.text("valid_to IS NULL"), sa.text("valid_to IS NOT NULL")


def upgrade() -> None:
    """Make all tables and triggers."""
    _make_ownership()
    _make_chain()
    _make_change_sets()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite_triggers() if is_sqlite else _postgresql_triggers():
        op.execute(sa.text(statement))


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _belief() -> tuple[sa.Column[Any], ...]:
    return (
        _text("record_id"),
        _text("object"),
        _text("role"),
        sa.Column("seat", sa.Integer, nullable=False),
        _instant("valid_from"),
        _instant("valid_to", nullable=True),
        _text("territory_id", nullable=True),
        _text("rep_id", nullable=True),
        sa.Column("share", sa.Float, nullable=False),
        _instant("recorded_at"),
        _text("change_set_id", nullable=True),
        _text("plan_version", nullable=True),
        _text("method"),
        _text("reason"),
    )


def _make_ownership() -> None:
    op.create_table(
        "ownership",
        *_belief(),
        sa.CheckConstraint("valid_from < valid_to", name="ownership_is_not_empty"),
        sa.CheckConstraint("share > 0 AND share <= 1", name="ownership_share"),
        sa.PrimaryKeyConstraint(*_SEAT, "valid_from", name="ownership_begins_once"),
        sa.ForeignKeyConstraint(
            (*_SEAT, "valid_to"),
            tuple(f"ownership.{name}" for name in (*_SEAT, "valid_from")),
            name="ownership_has_no_gap",
            deferrable=True,
            initially="DEFERRED",
        ),
        sqlite_with_rowid=False,
    )
    ends: dict[str, Any] = {"unique": True, "sqlite_where": _ENDING, "postgresql_where": _ENDING}
    op.create_index("ownership_ends_once", "ownership", [*_SEAT, "valid_to"], **ends)
    stays: dict[str, Any] = {"unique": True, "sqlite_where": _ENDLESS, "postgresql_where": _ENDLESS}
    op.create_index("ownership_is_open_once", "ownership", [*_SEAT], **stays)
    op.create_index("ownership_recorded", "ownership", ["recorded_at"])
    op.create_table(
        "ownership_past",
        *_belief(),
        _instant("recorded_to"),
        sa.CheckConstraint("recorded_at < recorded_to", name="ownership_past_was_believed"),
        sa.PrimaryKeyConstraint(*_SEAT, "valid_from", "recorded_at", name="ownership_past_once"),
        sqlite_with_rowid=False,
    )
    op.create_index("ownership_past_recorded", "ownership_past", ["recorded_at"])
    op.create_index("ownership_past_superseded", "ownership_past", ["recorded_to"])
    op.create_table("writing", _instant("recorded_at"))


def _make_chain() -> None:
    op.create_table(
        "entries",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False, unique=True),
        _text("event"),
        _text("change_set_id", nullable=True),
        _text("content"),
        sa.Column("previous", sa.Text, nullable=False, unique=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "signatures",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        _text("actor"),
        _text("salt"),
    )


def _make_change_sets() -> None:
    op.create_table(
        "change_sets",
        sa.Column("change_set_id", sa.Text, primary_key=True),
        *(_text(name) for name in ("state", "plan_name", "plan_version")),
        sa.Column("base_position", sa.BigInteger, nullable=False),
        _text("book_digest"),
        _instant("proposed_at"),
        _text("proposed_by"),
        _instant("effective_at"),
        _text("summary"),
    )
    op.create_table(
        "steps",
        sa.Column("change_set_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(_text(name) for name in ("group_id", "kind", "object", "record_id", "role")),
        sa.Column("seat", sa.Integer, nullable=False),
        *(_text(name, nullable=True) for name in ("territory_id_before", "rep_id_before", "territory_id", "rep_id")),
        sa.Column("share", sa.Float, nullable=False),
        _instant("valid_from"),
        _instant("valid_to", nullable=True),
        _text("method"),
        _text("reason"),
        _text("detail", nullable=True),
        _text("state"),
        _text("state_detail"),
        sa.Column("position", sa.BigInteger),
    )
    op.create_table(
        "approvals",
        sa.Column("change_set_id", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        _text("approved_by"),
        _instant("approved_at"),
    )


_REFUSALS = {
    "no_entry": "ownership is written within an entry of the audit chain",
    "past": "what was believed is never changed",
    "chain": "the audit chain is never changed",
    "order": "an entry follows the last one, later, and holds its hash",
    "seat": "a belief keeps its seat and its beginning",
}
_PAST_COLUMNS = ", ".join((*_BELIEF, "recorded_to"))
_OLD_VALUES = ", ".join(f"OLD.{name}" for name in _BELIEF)
_MOVED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in (*_SEAT, "valid_from"))
_OUT_OF_ORDER = (
    "NEW.position <> coalesce((SELECT max(position) FROM entries), 0) + 1"
    " OR NEW.recorded_at <= coalesce((SELECT max(recorded_at) FROM entries), -9223372036854775807)"
    " OR NEW.previous <> coalesce((SELECT hash FROM entries ORDER BY position DESC LIMIT 1), '')"
)


def _sqlite_triggers() -> list[str]:
    now = "(SELECT recorded_at FROM writing)"

    def refuse(what: str) -> str:
        return f"SELECT RAISE(ABORT, '{_REFUSALS[what]}')"

    def trigger(name: str, event: str, when: str, then: str) -> str:
        return f"CREATE TRIGGER {name} {event} WHEN {when} BEGIN {then}; END"

    keep = f"INSERT INTO ownership_past ({_PAST_COLUMNS}) VALUES ({_OLD_VALUES}, {now})"  # noqa: S608 - constants above
    return [
        trigger("ownership_insert", "BEFORE INSERT ON ownership", f"NEW.recorded_at IS NOT {now}", refuse("no_entry")),
        trigger("ownership_update", "BEFORE UPDATE ON ownership", f"NEW.recorded_at IS NOT {now}", refuse("no_entry")),
        trigger("ownership_moves", "BEFORE UPDATE ON ownership", _MOVED, refuse("seat")),
        trigger("ownership_delete", "BEFORE DELETE ON ownership", f"{now} IS NULL", refuse("no_entry")),
        trigger("ownership_altered", "AFTER UPDATE ON ownership", f"OLD.recorded_at < {now}", keep),
        trigger("ownership_removed", "AFTER DELETE ON ownership", f"OLD.recorded_at < {now}", keep),
        trigger("past_insert", "BEFORE INSERT ON ownership_past", f"NEW.recorded_to IS NOT {now}", refuse("no_entry")),
        trigger("past_update", "BEFORE UPDATE ON ownership_past", "1", refuse("past")),
        trigger("past_delete", "BEFORE DELETE ON ownership_past", "1", refuse("past")),
        trigger("entries_insert", "BEFORE INSERT ON entries", _OUT_OF_ORDER, refuse("order")),
        trigger("entries_update", "BEFORE UPDATE ON entries", "1", refuse("chain")),
        trigger("entries_delete", "BEFORE DELETE ON entries", "1", refuse("chain")),
    ]


def _postgresql_triggers() -> list[str]:
    now = "(SELECT recorded_at FROM writing)"

    def refuse(what: str) -> str:
        return f"RAISE EXCEPTION '{_REFUSALS[what]}'"

    def function(name: str, body: str) -> str:
        return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"

    def trigger(name: str, event: str, table: str, call: str, level: str = "ROW") -> str:
        return f"CREATE TRIGGER {name} {event} ON {table} FOR EACH {level} EXECUTE FUNCTION {call}()"

    keep = (
        f"IF OLD.recorded_at < {now} THEN INSERT INTO ownership_past ({_PAST_COLUMNS}) VALUES ({_OLD_VALUES}, {now});"  # noqa: S608
        " END IF; RETURN NULL;"
    )
    within = f"IF NEW.recorded_at IS DISTINCT FROM {now} THEN {refuse('no_entry')}; END IF;"
    return [
        function("ownership_is_within_entry", f"{within} RETURN NEW;"),
        function("ownership_keeps_place", f"{within} IF {_MOVED} THEN {refuse('seat')}; END IF; RETURN NEW;"),
        function("ownership_is_removed", f"IF {now} IS NULL THEN {refuse('no_entry')}; END IF; RETURN OLD;"),
        function("ownership_is_kept", keep),
        function(
            "past_is_within_entry",
            f"IF NEW.recorded_to IS DISTINCT FROM {now} THEN {refuse('no_entry')}; END IF; RETURN NEW;",
        ),
        function("past_stays", f"{refuse('past')};"),
        function("entries_follow", f"IF {_OUT_OF_ORDER} THEN {refuse('order')}; END IF; RETURN NEW;"),
        function("entries_stay", f"{refuse('chain')};"),
        trigger("ownership_insert", "BEFORE INSERT", "ownership", "ownership_is_within_entry"),
        trigger("ownership_update", "BEFORE UPDATE", "ownership", "ownership_keeps_place"),
        trigger("ownership_delete", "BEFORE DELETE", "ownership", "ownership_is_removed"),
        trigger("ownership_kept", "AFTER UPDATE OR DELETE", "ownership", "ownership_is_kept"),
        trigger("ownership_truncate", "BEFORE TRUNCATE", "ownership", "past_stays", "STATEMENT"),
        trigger("past_insert", "BEFORE INSERT", "ownership_past", "past_is_within_entry"),
        trigger("past_change", "BEFORE UPDATE OR DELETE", "ownership_past", "past_stays"),
        trigger("past_truncate", "BEFORE TRUNCATE", "ownership_past", "past_stays", "STATEMENT"),
        trigger("entries_insert", "BEFORE INSERT", "entries", "entries_follow"),
        trigger("entries_change", "BEFORE UPDATE OR DELETE", "entries", "entries_stay"),
        trigger("entries_truncate", "BEFORE TRUNCATE", "entries", "entries_stay", "STATEMENT"),
    ]
