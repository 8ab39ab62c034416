"""Write who owns what: turn what is wanted into rows that end, change and begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from rightful.errors import LedgerError, Mistake
from rightful.ledger.schema import BELIEF, SEAT, ownership, ownership_past
from rightful.ledger.shapes import ASSIGN, INSTANT, OWNERSHIP, in_micros, shaped
from rightful.ledger.store import Store
from rightful.ledger.timeline import Belief, assigned, changes_between

__all__ = ["Order", "Recording"]

Seat = tuple[str, str, str, int]
_OWNED = tuple(each.name for each in fields(Belief))
_values_of = attrgetter(*_OWNED)
_STORED = in_micros(OWNERSHIP.empty_table()).schema


@dataclass(frozen=True, slots=True)
class Order:
    """What an entry is about.

    Attributes:
        event: What is done, a code such as import or apply.
        recorded_at: When, in microseconds since 1970 UTC.
        actor: Who does it.
        change_set_id: By which change set.
        plan_version: By which version of the plan.
    """

    event: str
    recorded_at: int
    actor: str
    change_set_id: str | None = None
    plan_version: str | None = None


class Recording:
    """What one entry writes about ownership."""

    def __init__(self, store: Store, connection: sa.Connection, order: Order) -> None:
        self._store, self._connection, self._order = store, connection, order
        self._opened: list[pa.Table] = []
        self._is_opening = True  # so far nothing but first rows of seats, which need not be read back

    def assign(self, rows: pa.Table) -> None:
        """Record who owns seats in periods, see ``Entry.assign``."""
        wanted = shaped(rows, ASSIGN, "what is to be assigned")
        _refuse_impossible(wanted)
        stored = self._timelines_of(wanted["record_id"])
        is_known = pc.is_in(wanted["record_id"], pc.unique(stored["record_id"]))
        fresh = wanted.filter(pc.invert(is_known))
        if _is_plain(fresh):
            self._insert(stamped := self._stamped(fresh))
            self._opened.append(stamped)
            wanted = wanted.filter(is_known)
        if wanted.num_rows:
            self._reassign(wanted, stored)

    def _timelines_of(self, record_ids: pa.ChunkedArray) -> pa.Table:
        """Give what is stored of records."""
        query = sa.select(*(ownership.c[name] for name in OWNERSHIP.names))
        is_blank = self._connection.execute(sa.select(ownership.c.seat).limit(1)).first() is None
        if is_blank:
            return OWNERSHIP.empty_table()
        query = query.where(self._store.is_one_of(ownership.c.record_id, pc.unique(record_ids).to_pylist()))
        order = [(name, "ascending") for name in (*SEAT, "valid_from")]
        return self._store.select(self._connection, query, OWNERSHIP).sort_by(order)

    def _stamped(self, rows: pa.Table) -> pa.Table:
        stamps = {
            "recorded_at": pa.scalar(self._order.recorded_at, INSTANT),
            "change_set_id": pa.scalar(self._order.change_set_id, pa.string()),
            "plan_version": pa.scalar(self._order.plan_version, pa.string()),
        }
        for name, value in stamps.items():
            rows = rows.append_column(name, pa.repeat(value, rows.num_rows))
        return rows

    def _insert(self, rows: pa.Table) -> None:
        order = [(name, "ascending") for name in (*SEAT, "valid_from")]
        self._store.insert(self._connection, ownership, rows.select(list(BELIEF)).sort_by(order))

    def _reassign(self, wanted: pa.Table, stored: pa.Table) -> None:
        self._is_opening = False
        before: dict[Seat, tuple[Belief, ...]] = {}
        for seat, belief in _beliefs(stored):
            before[seat] = (*before.get(seat, ()), belief)
        after = dict(before)
        for seat, belief in _beliefs(self._stamped(wanted)):
            after[seat] = assigned(after.get(seat, ()), belief)
        changes = {seat: changes_between(before.get(seat, ()), timeline) for seat, timeline in after.items()}
        self._remove([(*seat, each.valid_from) for seat, change in changes.items() for each in change.removed])
        self._alter([(seat, each) for seat, change in changes.items() for each in change.altered])
        added = [(*seat, *_values_of(each)) for seat, change in changes.items() for each in change.added]
        if added:
            columns = dict(zip((*SEAT, *_OWNED), zip(*added, strict=True), strict=True))
            self._insert(pa.table({name: pa.array(columns[name], _STORED.field(name).type) for name in BELIEF}))

    def _remove(self, keys: Sequence[tuple[str | int, ...]]) -> None:
        statement = sa.delete(ownership).where(_is_bound(*SEAT, "valid_from"))
        _run_many(self._connection, statement, [_bound(key, (*SEAT, "valid_from")) for key in keys])

    def _alter(self, beliefs: Sequence[tuple[Seat, Belief]]) -> None:
        values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in _OWNED if name != "valid_from"}
        statement = sa.update(ownership).where(_is_bound(*SEAT, "valid_from")).values(values)
        rows = [
            _bound((*seat, each.valid_from), (*SEAT, "valid_from"))
            | {f"new_{name}": getattr(each, name) for name in _OWNED if name != "valid_from"}
            for seat, each in beliefs
        ]
        _run_many(self._connection, statement, rows)

    def written(self) -> tuple[pa.Table, pa.Table]:
        """Give the beliefs that this entry begins and those that it ends."""
        if self._is_opening:
            return pa.concat_tables(
                [OWNERSHIP.empty_table(), *(each.select(OWNERSHIP.names) for each in self._opened)]
            ), OWNERSHIP.empty_table()
        now = self._order.recorded_at
        begun = sa.select(*(ownership.c[name] for name in OWNERSHIP.names)).where(ownership.c.recorded_at == now)
        ended = sa.select(*(ownership_past.c[name] for name in OWNERSHIP.names)).where(
            ownership_past.c.recorded_to == now
        )
        return self._store.select(self._connection, begun, OWNERSHIP), self._store.select(
            self._connection, ended, OWNERSHIP
        )


def _is_plain(rows: pa.Table) -> bool:
    """Tell whether rows are of seats that occur once and have no end, so that each is a timeline."""
    if rows["valid_to"].null_count < rows.num_rows:
        return False
    return rows.num_rows == rows.group_by(list(SEAT)).aggregate([]).num_rows


def _refuse_impossible(rows: pa.Table) -> None:
    tests = {
        "has a period that ends before it begins": pc.less_equal(rows["valid_to"], rows["valid_from"]),
        "has a share that is not above 0 and at most 1": pc.invert(
            pc.and_(pc.greater(rows["share"], 0.0), pc.less_equal(rows["share"], 1.0))
        ),
        "has a seat below 1": pc.less(rows["seat"], 1),
        "names no record": pc.equal(rows["record_id"], ""),
        "names a rep without identifier": pc.equal(rows["rep_id"], ""),
    }
    mistakes = []
    for problem, is_wrong in tests.items():
        wrong = rows.filter(pc.fill_null(is_wrong, fill_value=False))
        if wrong.num_rows:
            first = f"{wrong['object'][0]} {wrong['record_id'][0]!s}"
            mistakes.append(Mistake(None, f"{first} {problem}, as have {wrong.num_rows - 1:,} other rows"))
    if mistakes:
        raise LedgerError(mistakes)


def _beliefs(rows: pa.Table) -> Iterator[tuple[Seat, Belief]]:
    plain = in_micros(rows)
    seats = zip(*(plain[name].to_pylist() for name in SEAT), strict=True)
    owned = zip(*(plain[name].to_pylist() for name in _OWNED), strict=True)
    for seat, values in zip(seats, owned, strict=True):
        yield seat, Belief(*values)


def _is_bound(*names: str) -> sa.ColumnElement[bool]:
    return sa.and_(*(ownership.c[name] == sa.bindparam(f"is_{name}") for name in names))


def _bound(values: Iterable[str | int], names: Sequence[str]) -> dict[str, str | int | float | None]:
    return {f"is_{name}": value for name, value in zip(names, values, strict=True)}


def _run_many(
    connection: sa.Connection, statement: sa.UpdateBase, rows: list[dict[str, str | int | float | None]]
) -> None:
    if rows:
        connection.execute(statement, rows)
