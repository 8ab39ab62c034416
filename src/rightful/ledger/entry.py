"""One write of the ledger: a transaction, an entry of the audit chain, and the next position."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from rightful.errors import LedgerError, Mistake
from rightful.ledger.chain import Content, Fact, checked_facts, hash_of, signature
from rightful.ledger.change_sets import NEXT_STATES, ChangeSet, ChangeSetState, StepState
from rightful.ledger.digest import digest_of_rows
from rightful.ledger.schema import (
    BELIEF,
    SEAT,
    approvals,
    change_sets,
    entries,
    ownership,
    ownership_past,
    signatures,
    steps,
    writing,
)
from rightful.ledger.shapes import ASSIGN, INSTANT, OWNERSHIP, STEPS, in_micros, instant_of, micros_of, shaped
from rightful.ledger.store import Store
from rightful.ledger.timeline import Belief, assigned, changes_between

__all__ = ["STEP_CONTENT", "Entry", "Order", "Position", "digest_of_beliefs"]

Seat = tuple[str, str, str, int]
_OWNED = tuple(each.name for each in fields(Belief))
_values_of = attrgetter(*_OWNED)
_STORED = in_micros(OWNERSHIP.empty_table()).schema
STEP_CONTENT = tuple(name for name in STEPS.names if name not in {"state", "state_detail", "position"})
"""What of a step never changes once it is proposed."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far the ledger has come.

    Attributes:
        number: Entries of its audit chain; 0 for a new ledger.
        hash: Hash of the last entry; empty for a new ledger.
        recorded_at: When the last entry was written; None for a new ledger.
    """

    number: int
    hash: str
    recorded_at: datetime | None


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


class Entry:
    """A write that is under way; made by ``Ledger.write``.

    Attributes:
        position: Its number in the audit chain.
    """

    def __init__(self, store: Store, connection: sa.Connection, head: Position, order: Order) -> None:
        self.position = head.number + 1
        self._store, self._connection, self._head, self._order = store, connection, head, order
        codes = {"event": order.event, "change_set_id": order.change_set_id, "plan_version": order.plan_version}
        checked_facts(codes)
        self._facts: dict[str, Fact] = {}
        self._opened: list[pa.Table] = []
        self._is_opening = True  # so far nothing but first rows of seats, which need not be read back
        connection.execute(sa.insert(writing).values(recorded_at=order.recorded_at))

    @property
    def recorded_at(self) -> datetime:
        """When what it writes is recorded."""
        return instant_of(self._order.recorded_at)

    def assign(self, rows: pa.Table) -> None:
        """Record who owns seats in periods: what holds there ends where the period begins, and goes on where it ends.

        A period without end takes the place of everything later too, what was scheduled included; one in the past corrects it;
        one in the future becomes current by itself. Nobody as rep ends an ownership. A row that changes neither territory, rep
        nor share in its period is left out. Rows of a seat are taken in the order of the table.

        Args:
            rows: Columns of ``ASSIGN``; without seat 1, without share 1.0, without ``valid_to`` for ever.

        Raises:
            LedgerError: A column is missing or unknown, a period is empty, or a share is not within 0 and 1.
        """
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

    def add_change_set(self, change_set: ChangeSet, rows: pa.Table) -> None:
        """Keep a change set with its steps.

        Args:
            change_set: What is proposed.
            rows: Its steps, columns of ``STEPS``; without seat 1, without share 1.0, without state planned.

        Raises:
            LedgerError: A column is missing or unknown, or the identifier is taken or no code.
        """
        checked_facts({"change_set_id": change_set.change_set_id})
        key = change_sets.c.change_set_id == change_set.change_set_id
        if self._connection.execute(sa.select(change_sets.c.state).where(key)).first():
            raise self._store.error(f"there is a change set {change_set.change_set_id!r} already")
        shaped_rows = shaped(rows, STEPS, "the steps")
        values: dict[str, Any] = {each.name: getattr(change_set, each.name) for each in fields(change_set)}
        values |= {name: micros_of(values[name]) for name in ("proposed_at", "effective_at")}
        self._connection.execute(sa.insert(change_sets).values(values))
        identifier = pa.repeat(pa.scalar(change_set.change_set_id), shaped_rows.num_rows)
        self._store.insert(self._connection, steps, shaped_rows.add_column(0, "change_set_id", identifier))
        digest = digest_of_rows(shaped_rows, STEP_CONTENT)
        self.note(added_change_set=change_set.change_set_id, steps=shaped_rows.num_rows, steps_digest=digest)

    def set_state(self, change_set_id: str, state: ChangeSetState) -> None:
        """Put a change set into its next state.

        Raises:
            LedgerError: There is no such change set, or the state does not follow on the one it has.
        """
        key = change_sets.c.change_set_id == change_set_id
        found = self._connection.execute(sa.select(change_sets.c.state).where(key)).scalar()
        if found is None:
            raise self._store.error(f"there is no change set {change_set_id!r}")
        following = NEXT_STATES[ChangeSetState(found)]
        if state not in following:
            allowed = ", ".join(sorted(following)) or "nothing, it is done with"
            raise self._store.error(f"the change set {change_set_id} is {found} and cannot become {state}", allowed)
        self._connection.execute(sa.update(change_sets).where(key).values(state=str(state)))
        self.note(state=str(state))

    def mark_steps(
        self,
        change_set_id: str,
        numbers: Sequence[int],
        state: StepState,
        detail: str = "",
        *,
        is_recorded: bool = False,
    ) -> None:
        """Note how far steps have come.

        Args:
            change_set_id: The change set.
            numbers: Numbers of the steps.
            state: How far they have come with the CRM.
            detail: What is to be said of it, such as the CRM's answer.
            is_recorded: The steps' ownership is recorded by this entry.

        Raises:
            LedgerError: The change set has no such step.
        """
        values: dict[str, str | int] = {"state": str(state), "state_detail": detail}
        if is_recorded:
            values["position"] = self.position
        mine = sa.and_(steps.c.change_set_id == change_set_id, self._store.is_one_of(steps.c.number, numbers))
        marked = self._connection.execute(sa.update(steps).where(mine).values(values)).rowcount
        if marked != len(set(numbers)):
            raise self._store.error(f"the change set {change_set_id!r} has {marked:,} of these {len(numbers):,} steps")
        count = self._facts.get(f"steps_{state}", 0)
        self.note(**{f"steps_{state}": int(count or 0) + marked})

    def approve(self, change_set_id: str, actor: str) -> None:
        """Keep that somebody approves a change set; its state is another matter."""
        row = {"change_set_id": change_set_id, "position": self.position, "approved_by": actor}
        self._connection.execute(sa.insert(approvals).values(row | {"approved_at": self._order.recorded_at}))
        self.note(approved=change_set_id)

    def note(self, **facts: Fact) -> None:
        """Put ids, codes, counts and digests into the audit chain.

        Raises:
            LedgerError: A value is text that may be personal.
        """
        self._facts |= checked_facts(facts)

    def seal(self) -> None:
        """End the entry: hash what was written onto the chain. Called by ``Ledger.write`` right before the commit."""
        recorded, superseded = self._written()
        salt = secrets.token_hex(16)
        order = self._order
        content = Content(
            position=self.position,
            recorded_at=order.recorded_at,
            event=order.event,
            change_set_id=order.change_set_id,
            plan_version=order.plan_version,
            actor=signature(order.actor, salt),
            rows_recorded=recorded.num_rows,
            rows_superseded=superseded.num_rows,
            rows_digest=digest_of_beliefs(recorded, superseded),
            previous=self._head.hash,
            facts=self._facts,
        ).as_text()
        self._connection.execute(
            sa.insert(entries).values(
                position=self.position,
                recorded_at=order.recorded_at,
                event=order.event,
                change_set_id=order.change_set_id,
                content=content,
                previous=self._head.hash,
                hash=hash_of(content),
            )
        )
        signed = {"position": self.position, "actor": order.actor, "salt": salt}
        self._connection.execute(sa.insert(signatures).values(signed))
        self._connection.execute(sa.delete(writing))

    def _written(self) -> tuple[pa.Table, pa.Table]:
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


def digest_of_beliefs(recorded: pa.Table, superseded: pa.Table) -> str:
    """Give the digest of the beliefs that an entry began and ended."""
    return hash_of(f"{digest_of_rows(recorded)} {digest_of_rows(superseded)}")


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
