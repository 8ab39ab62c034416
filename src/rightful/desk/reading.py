"""What the desk shows: decisions, records, timers and messages, read from the database without waiting for anybody's turn."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from rightful.desk.answers import Answer, DecisionView, Figures, MessageView, TimerView
from rightful.desk.commands import Command, Fire
from rightful.desk.standing import OF_RECORD, Standing, standing_from
from rightful.desk.timers import DUE, NEXT, TIMER
from rightful.ledger import Ledger
from rightful.ledger.desk_tables import desk_decisions, desk_outbox, desk_records, desk_timers
from rightful.stages.routing.hours import instant

__all__ = ["Reading"]

_SECOND = 1_000_000


class Reading:
    """Reads the desk's tables; each answer sees whole entries."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def standing(self, command: Command) -> Standing | None:
        """Give how the record of a command stands; None where the desk has not seen it."""
        if isinstance(command, Fire):
            found = self._rows(TIMER, of=command.timer_id)
            if not found:
                return None
            _, _, object_name, record_id, _ = found[0]
        else:
            object_name, record_id = getattr(command, "object", ""), getattr(command, "record_id", "")
        rows = self._rows(OF_RECORD, object=object_name, record_id=record_id)
        return standing_from(rows[0]) if rows else None

    def answer(self, object_name: str, record_id: str) -> Answer | None:
        """Give the newest answer about a record."""
        rows = self._rows(OF_RECORD, object=object_name, record_id=record_id)
        return Answer.from_text(rows[0][0]) if rows else None

    def decision(self, decision_id: str) -> DecisionView | None:
        """Give a decision with its explanation."""
        rows = self._rows(sa.select(desk_decisions).where(desk_decisions.c.decision_id == decision_id))
        if not rows:
            return None
        row = rows[0]
        parts = json.loads(row.explanation)
        rep_id = parts.get("routing", {}).get("rep_id")
        decided_at = instant(row.decided_at)
        return DecisionView(row.decision_id, row.object, row.record_id, rep_id, decided_at, row.plan_version, parts)

    def exceptions(self, cause: str, limit: int, after: str) -> tuple[Answer, ...]:
        """Give records among the exceptions by their key."""
        query = sa.select(desk_records.c.answer).where(
            desk_records.c.status == "exception", desk_records.c.record_id > after
        )
        if cause:
            query = query.where(desk_records.c.cause == cause)
        rows = self._rows(query.order_by(desk_records.c.record_id, desk_records.c.object).limit(limit))
        return tuple(Answer.from_text(row[0]) for row in rows)

    def due_timers(self, now: int) -> tuple[str, ...]:
        """Give the timers that are due, the first ones first."""
        return tuple(row[0] for row in self._rows(DUE, now=now))

    def next_due(self) -> int | None:
        """Give the moment of the next timer."""
        [(due,)] = self._rows(NEXT)
        return None if due is None else int(due)

    def timers(self, limit: int) -> tuple[TimerView, ...]:
        """Give the timers that are armed, the next first."""
        query = sa.select(desk_timers).where(desk_timers.c.state == "armed")
        rows = self._rows(query.order_by(desk_timers.c.due_at, desk_timers.c.timer_id).limit(limit))
        return tuple(TimerView(row.timer_id, row.kind, row.object, row.record_id, instant(row.due_at)) for row in rows)

    def messages(self, state: str, limit: int) -> tuple[MessageView, ...]:
        """Give messages in a state, the newest first."""
        query = sa.select(desk_outbox).where(desk_outbox.c.state == state)
        rows = self._rows(query.order_by(desk_outbox.c.created_at.desc(), desk_outbox.c.message_id).limit(limit))
        return tuple(
            MessageView(
                row.message_id,
                row.event,
                row.target,
                row.state,
                row.attempts,
                row.detail,
                instant(row.created_at),
                instant(row.next_at),
            )
            for row in rows
        )

    def figures(self, now: int) -> Figures:
        """Give the counts of the moment."""
        count = sa.func.count()
        by_status = dict(
            tuple(row) for row in self._rows(sa.select(desk_records.c.status, count).group_by(desk_records.c.status))
        )
        messages = {
            row[0]: (row[1], row[2])
            for row in self._rows(
                sa.select(desk_outbox.c.state, count, sa.func.min(desk_outbox.c.created_at)).group_by(
                    desk_outbox.c.state
                )
            )
        }
        [(armed, first)] = self._rows(
            sa.select(count, sa.func.min(desk_timers.c.due_at)).where(desk_timers.c.state == "armed")
        )
        pending, oldest = messages.get("pending", (0, now))
        return Figures(
            exceptions=by_status.get("exception", 0),
            queued=by_status.get("queued", 0),
            held=by_status.get("held", 0),
            outbox_pending=pending,
            outbox_oldest_seconds=max(0, now - oldest) / _SECOND,
            dead_letters=messages.get("dead", (0, now))[0],
            timers_armed=armed,
            timer_late_seconds=max(0, now - first) / _SECOND if first is not None else 0.0,
        )

    def _rows(self, query: Any, **values: Any) -> list[Any]:
        with self._ledger.store.reading() as connection:
            return list(connection.execute(query, values))
