"""The ledger: who owns what, from when to when, as known when, decided by which plan and change set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import sqlalchemy as sa

from rightful.errors import LedgerError, Mistake, Place, near_miss
from rightful.ledger.change_sets import Approval, ChangeSet, ChangeSetState, Event
from rightful.ledger.entry import Entry, Position
from rightful.ledger.recording import Order
from rightful.ledger.schema import SEAT, approvals, change_sets, entries, ownership, ownership_past, signatures, steps
from rightful.ledger.shapes import HISTORY, OWNERSHIP, STEPS, instant_of, micros_of
from rightful.ledger.store import Store

__all__ = ["Ledger", "open_ledger"]

_MOVED = pa.schema(
    [*((name, pa.string()) for name in ("object", "record_id", "role")), ("seat", pa.int64()), ("position", pa.int64())]
)


def open_ledger(url: str | Path) -> Ledger:
    """Open the ledger in a database; its tables are made where there are none.

    Args:
        url: Path of an SQLite file, or the URL of an SQLite or PostgreSQL database.

    Raises:
        LedgerError: The database cannot be opened, or its tables are of a newer version.

    Example:
        >>> with open_ledger("sqlite://") as ledger:
        ...     ledger.position.number
        0
    """
    store = Store(url)
    try:
        store.migrate()
    except BaseException:
        store.close()
        raise
    return Ledger(store)


class Ledger:
    """A ledger in its database; see ``open_ledger``.

    All reading sees whole entries, never half of one. ``close`` it, or use it in a ``with`` block.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the database."""
        self.store.close()

    @property
    def position(self) -> Position:
        """How far the ledger has come; every write moves it by one."""
        with self.store.reading() as connection:
            return _head(connection)

    @property
    def is_empty(self) -> bool:
        """Whether it knows no owner yet, so that the book's are to be imported."""
        with self.store.reading() as connection:
            return connection.execute(sa.select(ownership.c.seat).limit(1)).first() is None

    def ownership(
        self,
        on: datetime | None = None,
        known_at: datetime | None = None,
        *,
        record_ids: Sequence[str] | None = None,
        objects: Sequence[str] | None = None,
    ) -> pa.Table:
        """Give who owns what.

        Args:
            on: Only what is valid at this instant; None for whole timelines, what is scheduled included.
            known_at: As it was known at this instant; None for what is known now.
            record_ids: Only these records.
            objects: Only these kinds of records, such as account.

        Returns:
            Columns of ``OWNERSHIP``, ordered by record, kind, role, seat and ``valid_from``.
        """
        queries = [self._beliefs(ownership, OWNERSHIP, record_ids, objects)]
        if known_at is not None:
            known = micros_of(known_at)
            past = self._beliefs(ownership_past, OWNERSHIP, record_ids, objects)
            queries = [
                each.where(table.c.recorded_at <= known)
                for each, table in ((queries[0], ownership), (past, ownership_past))
            ]
            queries[1] = queries[1].where(ownership_past.c.recorded_to > known)
        if on is not None:
            moment = micros_of(on)
            queries = [
                each.where(_is_valid(table, moment))
                for each, table in zip(queries, (ownership, ownership_past), strict=False)
            ]
        with self.store.reading() as connection:
            found = [self.store.select(connection, each, OWNERSHIP) for each in queries]
        return pa.concat_tables(found).sort_by([(name, "ascending") for name in (*SEAT, "valid_from")])

    def history(self, record_id: str) -> pa.Table:
        """Give everything that was ever believed of a record.

        Returns:
            Columns of ``HISTORY``, ordered by kind, role, seat, when it was recorded, and ``valid_from``.
        """
        now = self._beliefs(ownership, OWNERSHIP, [record_id]).add_columns(sa.null().label("recorded_to"))
        past = self._beliefs(ownership_past, HISTORY, [record_id])
        with self.store.reading() as connection:
            found = [self.store.select(connection, each, HISTORY) for each in (now, past)]
        order = [(name, "ascending") for name in ("object", "role", "seat", "recorded_at", "valid_from")]
        return pa.concat_tables(found).sort_by(order)

    def _beliefs(
        self,
        table: sa.Table,
        schema: pa.Schema,
        record_ids: Sequence[str] | None = None,
        objects: Sequence[str] | None = None,
    ) -> sa.Select[Any]:
        query = sa.select(*(table.c[name] for name in schema.names))
        if record_ids is not None:
            query = query.where(self.store.is_one_of(table.c.record_id, record_ids))
        if objects is not None:
            query = query.where(table.c.object.in_(objects))
        return query

    def moved_since(self, position: int) -> pa.Table:
        """Give the seats of which something was recorded after a position.

        Args:
            position: Number of the entry.

        Returns:
            object, record_id, role, seat and the last position that touched it, ordered by record, kind, role and seat.
        """
        with self.store.reading() as connection:
            since = connection.execute(sa.select(entries.c.recorded_at).where(entries.c.position == position)).scalar()
            floor = -(2**62) if since is None else since
            touched = sa.union_all(
                *(
                    sa.select(*(table.c[name] for name in SEAT), column.label("at")).where(column > floor)
                    for table, column in (
                        (ownership, ownership.c.recorded_at),
                        (ownership_past, ownership_past.c.recorded_to),
                    )
                )
            ).subquery()
            seat = [touched.c[name] for name in _MOVED.names[:4]]
            joined = touched.join(entries, entries.c.recorded_at == touched.c["at"])
            query = sa.select(*seat, sa.func.max(entries.c.position)).select_from(joined).group_by(*seat)
            return self.store.select(connection, query, _MOVED).sort_by([(name, "ascending") for name in SEAT])

    def change_sets(self) -> tuple[ChangeSet, ...]:
        """Give all change sets, the oldest first."""
        order = (change_sets.c.proposed_at, change_sets.c.change_set_id)
        with self.store.reading() as connection:
            return tuple(_change_set(row) for row in connection.execute(sa.select(change_sets).order_by(*order)))

    def change_set(self, change_set_id: str) -> ChangeSet:
        """Give a change set.

        Raises:
            LedgerError: There is none of this identifier.
        """
        found = {each.change_set_id: each for each in self.change_sets()}
        if change_set_id not in found:
            problem = f"there is no change set {change_set_id!r}"
            listed = ", ".join(list(found)[-5:]) or "none was proposed yet"
            raise LedgerError(Mistake(Place(self.store.name), problem, listed, near_miss(change_set_id, list(found))))
        return found[change_set_id]

    def steps(self, change_set_id: str) -> pa.Table:
        """Give the steps of a change set by their number, columns of ``STEPS``."""
        query = sa.select(*(steps.c[name] for name in STEPS.names)).where(steps.c.change_set_id == change_set_id)
        with self.store.reading() as connection:
            return self.store.select(connection, query, STEPS).sort_by("number")

    def approvals(self, change_set_id: str) -> tuple[Approval, ...]:
        """Give who approved a change set, in order."""
        query = sa.select(approvals).where(approvals.c.change_set_id == change_set_id).order_by(approvals.c.position)
        with self.store.reading() as connection:
            return tuple(
                Approval(row.change_set_id, row.position, row.approved_by, instant_of(row.approved_at))
                for row in connection.execute(query)
            )

    def events(self, change_set_id: str) -> tuple[Event, ...]:
        """Give the entries that are about a change set, in order."""
        joined = entries.outerjoin(signatures, signatures.c.position == entries.c.position)
        columns = (entries.c.position, entries.c.recorded_at, entries.c.event, signatures.c.actor)
        query = sa.select(*columns).select_from(joined).where(entries.c.change_set_id == change_set_id)
        with self.store.reading() as connection:
            return tuple(
                Event(row.position, instant_of(row.recorded_at), row.event, row.actor)
                for row in connection.execute(query.order_by(entries.c.position))
            )

    @contextmanager
    def write(
        self,
        event: str,
        *,
        at: datetime,
        actor: str,
        change_set_id: str | None = None,
        plan_version: str | None = None,
        expect: int | None = None,
    ) -> Iterator[Entry]:
        """Write one entry: a transaction, the next position and a link of the audit chain.

        When the block ends everything is stored durably; when it raises, nothing was written.

        Args:
            event: What is done, a code such as import or apply.
            at: When it is recorded; where the clock went back, a microsecond after the last entry.
            actor: Who does it.
            change_set_id: By which change set.
            plan_version: By which version of the plan.
            expect: Position at which the ledger has to stand.

        Raises:
            LedgerError: The ledger stands elsewhere, or somebody else keeps it busy.
        """
        with self.store.writing() as connection:
            head = _head(connection)
            if expect is not None and expect != head.number:
                problem = f"the ledger stands at position {head.number}, and not at {expect} any more"
                raise self.store.error(problem, remedy="look at what moved, and propose again")
            recorded_at = micros_of(at)
            if head.recorded_at is not None:
                recorded_at = max(recorded_at, micros_of(head.recorded_at) + 1)
            order = Order(event, recorded_at, actor, change_set_id, plan_version)
            entry = Entry(self.store, connection, head, order)
            yield entry
            entry.seal()


def _head(connection: sa.Connection) -> Position:
    query = sa.select(entries.c.position, entries.c.hash, entries.c.recorded_at).order_by(entries.c.position.desc())
    row = connection.execute(query.limit(1)).first()
    return Position(row[0], row[1], instant_of(row[2])) if row else Position(0, "", None)


def _is_valid(table: sa.Table, moment: int) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.valid_from <= moment, sa.or_(table.c.valid_to.is_(None), table.c.valid_to > moment))


def _change_set(row: sa.Row[Any]) -> ChangeSet:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row by column
    values["state"] = ChangeSetState(values["state"])
    for name in ("proposed_at", "effective_at"):
        values[name] = instant_of(values[name])
    return ChangeSet(**values)
