"""What goes into the ledger and comes out of it, as Arrow tables; and instants as whole microseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from rightful.errors import LedgerError, Mistake

__all__ = ["ASSIGN", "HISTORY", "INSTANT", "OWNERSHIP", "STEPS", "in_micros", "instant_of", "micros_of", "shaped"]

INSTANT = pa.timestamp("us", "UTC")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _texts(*names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, pa.string()) for name in names]


ASSIGN = pa.schema(
    [
        *_texts("object", "record_id", "role"), ("seat", pa.int64()), *_texts("territory_id", "rep_id"),
        ("share", pa.float64()), ("valid_from", INSTANT), ("valid_to", INSTANT), *_texts("method", "reason"),
    ]
)  # fmt: skip
"""What is to be recorded: from ``valid_from`` until ``valid_to`` (null: for ever) the seat belongs to ``rep_id`` (null: nobody)."""
OWNERSHIP = pa.schema(
    [
        *_texts("object", "record_id", "role"), ("seat", pa.int64()), *_texts("territory_id", "rep_id"),
        ("share", pa.float64()), ("valid_from", INSTANT), ("valid_to", INSTANT), ("recorded_at", INSTANT),
        *_texts("change_set_id", "plan_version", "method", "reason"),
    ]
)  # fmt: skip
"""One row per seat and period: who owns it, since when that is recorded, by which change set, plan version and method."""
HISTORY = OWNERSHIP.append(pa.field("recorded_to", INSTANT))
"""Beliefs of all times; ``recorded_to`` is null for what is believed now."""
STEPS = pa.schema(
    [
        ("number", pa.int64()), *_texts("group_id", "kind", "object", "record_id", "role"), ("seat", pa.int64()),
        *_texts("territory_id_before", "rep_id_before", "territory_id", "rep_id"), ("share", pa.float64()),
        ("valid_from", INSTANT), ("valid_to", INSTANT),
        *_texts("method", "reason", "detail", "state", "state_detail"), ("position", pa.int64()),
    ]
)  # fmt: skip
"""Steps of a change set, by ``number``; ``position`` is the entry that recorded the step, null before."""

_DEFAULTS: dict[str, object] = {"seat": 1, "share": 1.0, "state": "planned", "state_detail": ""}
_MAY_BE_NULL = frozenset(
    {"territory_id", "rep_id", "territory_id_before", "rep_id_before", "valid_to", "detail", "position"}
)


def micros_of(moment: datetime) -> int:
    """Give an instant as microseconds since 1970 UTC.

    Raises:
        LedgerError: The instant has no time zone.

    Example:
        >>> micros_of(datetime(1970, 1, 2, tzinfo=UTC))
        86400000000
    """
    if moment.tzinfo is None:
        raise LedgerError(Mistake(None, f"the instant {moment.isoformat()} has no time zone", "instants with one"))
    return (moment - _EPOCH) // timedelta(microseconds=1)


def instant_of(micros: int) -> datetime:
    """Give microseconds since 1970 UTC as an instant.

    Example:
        >>> instant_of(86400000000).isoformat()
        '1970-01-02T00:00:00+00:00'
    """
    return _EPOCH + timedelta(microseconds=micros)


def shaped(table: pa.Table, schema: pa.Schema, what: str) -> pa.Table:
    """Bring a table to a schema: columns in order, types cast, columns left out filled with their default or null.

    Args:
        table: What somebody gave.
        schema: What is wanted.
        what: What the table is, for the message.

    Raises:
        LedgerError: A column is unknown, missing or null where it must not be.
    """
    mistakes = [
        Mistake(None, f"{what} has the unknown column {name!r}", ", ".join(schema.names))
        for name in table.column_names
        if name not in schema.names
    ]
    columns = []
    for field in schema:
        column = _column(table, field)
        if column.null_count and field.name not in _MAY_BE_NULL:
            mistakes.append(Mistake(None, f"{what} has {column.null_count:,} rows without {field.name}"))
        columns.append(column)
    if mistakes:
        raise LedgerError(mistakes)
    return pa.table(columns, schema=schema)


def _column(table: pa.Table, field: pa.Field) -> pa.ChunkedArray:
    if field.name not in table.column_names:
        value = pa.scalar(_DEFAULTS.get(field.name), field.type)
        return pa.chunked_array([pa.repeat(value, table.num_rows)])
    return table[field.name].cast(field.type)


def in_micros(table: pa.Table) -> pa.Table:
    """Give a table with its instants as the integers that are stored."""
    fields = [
        pa.field(each.name, pa.int64() if pa.types.is_timestamp(each.type) else each.type) for each in table.schema
    ]
    return table.cast(pa.schema(fields))
