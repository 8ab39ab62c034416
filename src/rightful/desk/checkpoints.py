"""Checkpoints: how the desk stood as of an entry of the ledger, so that what it was asked before can go and the rest be told again."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rightful.ledger import Ledger
from rightful.ledger.desk_tables import (
    desk_book,
    desk_checkpoint_parts,
    desk_checkpoints,
    desk_given,
    desk_members,
    desk_pools,
    desk_records,
    desk_reps,
    desk_requests,
    desk_timers,
)
from rightful.ledger.schema import entries

__all__ = ["Checkpoint", "checkpoints", "drop_checkpoint", "restore", "take_checkpoint"]

_ROWS = 1_000
_NEWEST = sa.select(desk_requests).order_by(desk_requests.c.position.desc(), desk_requests.c.number.desc()).limit(1)
_KEPT: tuple[tuple[sa.Table, sa.Select[Any]], ...] = (
    *(
        (table, sa.select(table))
        for table in (desk_pools, desk_members, desk_reps, desk_given, desk_book, desk_records)
    ),
    (desk_timers, sa.select(desk_timers).where(desk_timers.c.state == "armed")),
    (desk_requests, _NEWEST),  # the moment of the last command is part of how the desk stands
)
_TABLES = {table.name: table for table, _ in _KEPT}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A position as of which the desk's state is kept, and the moment at which that was done."""

    position: int
    moment: int


def checkpoints(connection: sa.Connection) -> tuple[Checkpoint, ...]:
    """Give the checkpoints, the oldest first."""
    query = sa.select(desk_checkpoints.c.position, desk_checkpoints.c.moment).order_by(desk_checkpoints.c.position)
    return tuple(Checkpoint(*row) for row in connection.execute(query))


def take_checkpoint(ledger: Ledger, moment: int) -> Checkpoint:
    """Keep how the desk stands; a checkpoint counts from when it is whole.

    Nobody waits while the state is read, but for the memory that it takes compressed: about 200 bytes a record.
    """
    with ledger.store.reading() as connection:
        position = connection.scalar(sa.select(sa.func.max(entries.c.position))) or 0
        parts = list(_parts(connection))
    for number, content in enumerate(parts):
        row = {"position": position, "number": number, "content": content}
        with ledger.store.writing() as connection:
            connection.execute(sa.delete(desk_checkpoint_parts).where(_is(desk_checkpoint_parts, position, number)))
            connection.execute(sa.insert(desk_checkpoint_parts), row)
    with ledger.store.writing() as connection:
        connection.execute(sa.delete(desk_checkpoints).where(desk_checkpoints.c.position == position))
        connection.execute(sa.insert(desk_checkpoints), {"position": position, "moment": moment})
    return Checkpoint(position, moment)


def drop_checkpoint(ledger: Ledger, position: int) -> None:
    """Drop a checkpoint."""
    with ledger.store.writing() as connection:
        connection.execute(sa.delete(desk_checkpoints).where(desk_checkpoints.c.position == position))
        connection.execute(sa.delete(desk_checkpoint_parts).where(desk_checkpoint_parts.c.position == position))


def restore(connection: sa.Connection, position: int, into: Ledger) -> None:
    """Put the state of a checkpoint into an empty ledger, as if it had always been there."""
    parts = desk_checkpoint_parts
    query = sa.select(parts.c.content).where(parts.c.position == position).order_by(parts.c.number)
    for (content,) in connection.execute(query):
        name, rows = json.loads(zlib.decompress(content))
        with into.store.writing() as writing:
            writing.execute(sa.insert(_TABLES[name]), [{**row, "position": 0} for row in rows])


def _parts(connection: sa.Connection) -> Iterator[bytes]:
    for table, query in _KEPT:
        found = connection.execute(query, execution_options={"yield_per": _ROWS})
        for rows in found.mappings().partitions(_ROWS):
            text = json.dumps([table.name, [dict(row) for row in rows]], separators=(",", ":"), ensure_ascii=False)
            yield zlib.compress(text.encode("utf-8", "surrogatepass"))


def _is(table: sa.Table, position: int, number: int) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.position == position, table.c.number == number)
