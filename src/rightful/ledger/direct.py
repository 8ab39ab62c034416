"""Write the ledger row by row, over a connection that stays open: for the desk, where a write is a few rows and each microsecond counts.

An entry written here is the same as one that ``Ledger.write`` makes, to the last byte of its chain and its digests.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from rightful.ledger.chain import Content, Fact, checked_facts, hash_of, signature
from rightful.ledger.digest import joined_digest
from rightful.ledger.ledger import Ledger
from rightful.ledger.recording import Order
from rightful.ledger.schema import BELIEF, SEAT, entries, ownership, signatures, writing
from rightful.ledger.timeline import Belief, Changes, assigned, changes_between

__all__ = ["DirectEntry", "DirectWriter", "Row", "Seat", "upsert"]

Row = Mapping[str, Any]
Seat = tuple[str, str, str, int]
"""record_id, object, role, seat."""

_OWNED = BELIEF[len(SEAT) :]
_values_of = attrgetter(*_OWNED)
_HEAD = sa.select(entries.c.position, entries.c.hash, entries.c.recorded_at).where(
    entries.c.position == sa.select(sa.func.max(entries.c.position)).scalar_subquery()
)
_STORED = sa.select(*(ownership.c[name] for name in BELIEF)).where(ownership.c.record_id == sa.bindparam("of"))
_PLACE = sa.and_(*(ownership.c[name] == sa.bindparam(f"is_{name}") for name in (*SEAT, "valid_from")))
_ALTER = sa.update(ownership).where(_PLACE).values({name: sa.bindparam(name) for name in _OWNED})
_REMOVE = sa.delete(ownership).where(_PLACE)


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement in the database's words, with parameters by name, and the values that it brings itself."""

    statement: Any
    text: str
    own: Row


@lru_cache(maxsize=256)
def upsert(table: sa.Table) -> sa.Insert:
    """Give the statement that writes a row of a table, in the place of the one with the same key."""
    names = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in names]
    statement = sqlite.insert(table).values({column.name: sa.bindparam(column.name) for column in table.columns})
    return statement.on_conflict_do_update(
        index_elements=names, set_={name: statement.excluded[name] for name in others}
    )


class DirectWriter:
    """One writer's own connection to a ledger. Use it from one thread at a time; others may read and write elsewhere."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._is_sqlite = ledger.store.is_sqlite
        self._dialect: Any = sqlite.dialect(paramstyle="named") if self._is_sqlite else ledger.store.engine.dialect
        self._error: Any = ledger.store.engine.dialect.loaded_dbapi.Error
        self._written: dict[int, _Written] = {}
        self._pooled: Any = None

    def close(self) -> None:
        """Give the connection back; the next use opens another."""
        if self._pooled is not None:
            self._pooled.invalidate()
            self._pooled = None

    @contextmanager
    def write(self, event: str, *, at: int, actor: str, plan_version: str | None) -> Iterator[DirectEntry]:
        """Write one entry, as ``Ledger.write`` does: durable when the block ends, nothing at all when it raises.

        Args:
            event: What is done, a code.
            at: When, in microseconds since 1970 UTC; at least a microsecond after the last entry.
            actor: Who does it.
            plan_version: By which version of the plan.

        Raises:
            LedgerError: The database cannot be written.
        """
        try:
            cursor = self._begun()
            self.run(cursor, _HEAD, {})
            position, previous, last = cursor.fetchone() or (0, "", at - 1)
            order = Order(event, max(at, last + 1), actor, None, plan_version)
            entry = DirectEntry(self, cursor, position + 1, previous, order)
            yield entry
            entry.seal()
            if not entry.is_void:
                self._pooled.driver_connection.commit()
            else:
                self._pooled.driver_connection.rollback()
        except self._error as error:
            self._give_up()
            said = str(error).strip().partition("\n")[0]
            raise self._ledger.store.error(f"the database refused: {said}") from error
        except BaseException:
            self._give_up()
            raise

    def written(self, statement: Any) -> _Written:
        """Give a statement as the database takes it; one that is kept by a module, for it is written once."""
        known = self._written.get(id(statement))
        if known is None:
            given = statement
            if not self._is_sqlite and isinstance(statement, sqlite.Insert):
                given = _for_postgresql(statement)
            compiled = given.compile(dialect=self._dialect)
            own = {name: value for name, value in compiled.params.items() if value is not None}
            known = self._written[id(statement)] = _Written(statement, str(compiled), own)
        return known

    def run(self, cursor: Any, statement: Any, values: Row) -> None:
        """Run a statement with values by name."""
        written = self.written(statement)
        cursor.execute(written.text, {**written.own, **values} if written.own else values)

    def _begun(self) -> Any:
        if self._pooled is None:
            self._pooled = self._ledger.store.engine.raw_connection()
        driver = self._pooled.driver_connection
        cursor = driver.cursor()
        if self._is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        else:
            cursor.execute("LOCK TABLE entries IN SHARE ROW EXCLUSIVE MODE")
        return cursor

    def _give_up(self) -> None:
        if self._pooled is None:
            return
        try:
            self._pooled.driver_connection.rollback()
        except self._error:
            self.close()


class DirectEntry:
    """A write that is under way; made by ``DirectWriter.write``.

    Attributes:
        position: Its number in the audit chain.
        recorded_at: When it is recorded, in microseconds since 1970 UTC.
        is_void: Set to True where it turns out that there is nothing to write.
    """

    def __init__(self, writer: DirectWriter, cursor: Any, position: int, previous: str, order: Order) -> None:
        self.position, self.recorded_at, self.is_void = position, order.recorded_at, False
        self._writer, self._cursor, self._previous, self._order = writer, cursor, previous, order
        self._facts: dict[str, Fact] = {}
        self._before: dict[Seat, tuple[Belief, ...]] = {}
        self._after: dict[Seat, tuple[Belief, ...]] = {}

    def rows(self, statement: Any, **values: Any) -> list[Any]:
        """Give the rows of a query; parameters by name."""
        self._writer.run(self._cursor, statement, values)
        return list(self._cursor.fetchall())

    def put(self, statement: Any, rows: Sequence[Row]) -> int:
        """Run a statement once per row; give how many rows of the database it touched."""
        if not rows:
            return 0
        if len(rows) == 1:  # statements with values of their own are run for one row at a time
            self._writer.run(self._cursor, statement, rows[0])
        else:
            self._cursor.executemany(self._writer.written(statement).text, rows)
        return int(self._cursor.rowcount)

    def own(self, seat: Seat, rep_id: str | None, territory_id: str | None, method: str, reason: str) -> None:
        """Record that a seat belongs to a rep (None: to nobody) from now on, as ``Entry.assign`` does for many."""
        now = self.recorded_at
        new = Belief(now, None, territory_id, rep_id, 1.0, now, None, self._order.plan_version, method, reason)
        if seat not in self._before:
            stored = self.rows(_STORED, of=seat[0])
            mine = (Belief(*row[len(SEAT) :]) for row in stored if tuple(row[: len(SEAT)]) == seat)
            self._before[seat] = self._after[seat] = tuple(sorted(mine, key=attrgetter("valid_from")))
        self._after[seat] = assigned(self._after[seat], new)

    def _write_ownership(self) -> tuple[list[bytes], list[bytes]]:
        """Write who owns what; give the beliefs that begin and those that end, as bytes."""
        begun: list[bytes] = []
        ended: list[bytes] = []
        self.put(_BEGIN, [{"recorded_at": self.recorded_at}])
        for seat, before in self._before.items():
            changes = changes_between(before, self._after[seat])
            self._rewrite(seat, changes)
            old = {each.valid_from: each for each in before}
            gone = (*changes.removed, *(old[each.valid_from] for each in changes.altered))
            begun += [_line((*seat, *_values_of(each))) for each in (*changes.added, *changes.altered)]
            ended += [_line((*seat, *_values_of(each))) for each in gone]
        self.put(_END, [{}])
        return begun, ended

    def _rewrite(self, seat: Seat, changes: Changes) -> None:
        place = dict(zip((f"is_{name}" for name in SEAT), seat, strict=True))
        self.put(_REMOVE, [place | {"is_valid_from": each.valid_from} for each in changes.removed])
        altered = [
            place | {"is_valid_from": each.valid_from} | dict(zip(_OWNED, _values_of(each), strict=True))
            for each in changes.altered
        ]
        self.put(_ALTER, altered)
        self.put(_INSERT, [dict(zip(BELIEF, (*seat, *_values_of(each)), strict=True)) for each in changes.added])

    def note(self, **facts: Fact) -> None:
        """Put ids, codes, counts and digests into the audit chain.

        Raises:
            LedgerError: A value is text that may be personal.
        """
        self._facts |= checked_facts(facts)

    def seal(self) -> None:
        """End the entry: hash what was written onto the chain."""
        if self.is_void:
            return
        order, salt = self._order, secrets.token_hex(16)
        begun, ended = self._write_ownership() if self._before else ([], [])
        content = Content(
            position=self.position,
            recorded_at=self.recorded_at,
            event=order.event,
            change_set_id=None,
            plan_version=order.plan_version,
            actor=signature(order.actor, salt),
            rows_recorded=len(begun),
            rows_superseded=len(ended),
            rows_digest=joined_digest(_digest(begun), _digest(ended)),
            previous=self._previous,
            facts=self._facts,
        ).as_text()
        row = {
            "position": self.position, "recorded_at": self.recorded_at, "event": order.event, "change_set_id": None,
            "content": content, "previous": self._previous, "hash": hash_of(content),
        }  # fmt: skip
        self.put(_ENTRY, [row])
        self.put(_SIGNED, [{"position": self.position, "actor": order.actor, "salt": salt}])


_BEGIN, _END = sa.insert(writing), sa.delete(writing)
_INSERT, _ENTRY, _SIGNED = sa.insert(ownership), sa.insert(entries), sa.insert(signatures)


def _for_postgresql(statement: sqlite.Insert) -> sa.Insert:
    """Write an upsert for PostgreSQL."""
    table = statement.table
    names = [column.name for column in table.primary_key]
    same = postgresql.insert(table).values({column.name: sa.bindparam(column.name) for column in table.columns})
    others = {column.name: same.excluded[column.name] for column in table.columns if column.name not in names}
    return same.on_conflict_do_update(index_elements=names, set_=others)


def _line(values: Sequence[Any]) -> bytes:
    """Write a belief as ``digest.rows_as_bytes`` does."""
    return b"".join(b"-," if value is None else _netstring(value) for value in values)


def _netstring(value: Any) -> bytes:
    text = (_number(value) if isinstance(value, float) else str(value)).encode()
    return b"%d:%s," % (len(text), text)


@lru_cache(maxsize=1024)
def _number(value: float) -> str:
    """Write a float as Arrow does."""
    return str(pa.scalar(value).cast(pa.string()).as_py())


def _digest(lines: list[bytes]) -> str:
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()
