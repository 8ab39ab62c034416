"""One write of the ledger: a transaction, an entry of the audit chain, and the next position."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from rightful.ledger.chain import Content, Fact, checked_facts, hash_of, signature
from rightful.ledger.change_sets import NEXT_STATES, ChangeSet, ChangeSetState, StepState
from rightful.ledger.digest import digest_of_beliefs, digest_of_rows
from rightful.ledger.recording import Order, Recording
from rightful.ledger.schema import approvals, change_sets, entries, signatures, steps, writing
from rightful.ledger.shapes import STEPS, instant_of, micros_of, shaped
from rightful.ledger.store import Store

__all__ = ["STEP_CONTENT", "Entry", "Position", "digest_of_change_set"]

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
        self._recording = Recording(store, connection, order)
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
        self._recording.assign(rows)

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
        mine = pa.repeat(pa.scalar(change_set.change_set_id), shaped_rows.num_rows)
        self._store.insert(self._connection, steps, shaped_rows.add_column(0, "change_set_id", mine))
        identifier = change_set.change_set_id
        self.note(
            **{
                f"state:{identifier}": str(change_set.state),
                f"change_set_digest:{identifier}": digest_of_change_set(change_set),
                f"steps:{identifier}": shaped_rows.num_rows,
                f"steps_digest:{identifier}": digest_of_rows(shaped_rows, STEP_CONTENT),
            }
        )

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
        self.note(**{f"state:{change_set_id}": str(state)})

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
        self.note(**{f"approved:{change_set_id}": True})

    def execute(self, statement: sa.Insert | sa.Update) -> None:
        """Write rows of a table beside the ledger's own, in the transaction of this entry."""
        self._connection.execute(statement)

    def note(self, **facts: Fact) -> None:
        """Put ids, codes, counts and digests into the audit chain.

        Raises:
            LedgerError: A value is text that may be personal.
        """
        self._facts |= checked_facts(facts)

    def seal(self) -> None:
        """End the entry: hash what was written onto the chain. Called by ``Ledger.write`` right before the commit."""
        recorded, superseded = self._recording.written()
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


def digest_of_change_set(change_set: ChangeSet) -> str:
    """Give the digest of what never changes of a change set; who proposed it is in the signature of its entry."""
    changing = ("state", "proposed_by")
    return hash_of(
        json.dumps([str(getattr(change_set, each.name)) for each in fields(change_set) if each.name not in changing])
    )
