"""What the desk answers, and what it shows of itself: frozen values that become JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from typing import Any, Literal

from rightful.stages.routing.hours import instant

__all__ = ["Answer", "DecisionView", "Figures", "MemberView", "MessageView", "PoolView", "Status", "TimerView", "at"]

Status = Literal["assigned", "accepted", "queued", "held", "exception", "closed", "kept"]


_PLAIN = (str, float, int, bool, type(None))
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def _written(value: Any) -> Any:
    if value.__class__ in _PLAIN:
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {name: _written(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [each.as_json() if isinstance(each, _Shown) else _written(each) for each in value]
    return value


class _Shown:
    """A frozen value that can be shown as plain data."""

    __slots__ = ()

    def as_json(self) -> dict[str, Any]:
        """Give it as plain data; instants in UTC as text."""
        return {name: _written(getattr(self, name)) for name in _names(type(self))}  # type: ignore[arg-type]


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


@dataclass(frozen=True, slots=True)
class Answer(_Shown):
    """How a record stands after a command: who acts on it, and why.

    Attributes:
        object: Kind of record; of records that were put into the book, their table.
        record_id: Its key; of several that were put in, how many.
        decision_id: The decision; empty where none was made.
        status: assigned, accepted, queued (waits for a rep), held (waits for fields), exception, closed, or kept: nothing changed.
        rep_id: Who has it; None where nobody has.
        territory_id: Territory of its account, else of its own fields.
        account_id: Account that it was matched to.
        probability: How likely that is right, 0 to 1.
        score: Interest, 0 to 100.
        grade: Fit, F to A+.
        rating: Grade and score in one.
        method: How it was decided.
        reason: Why, in words.
        pool_id: Pool that decided.
        cause: Code of the exception; None without one.
        sla_due_at: When the rep is to have responded.
        plan_version: Version of the plan that decided.
        book: Run whose book was used.
        decided_at: When it was decided.
        is_replayed: True where this is the stored answer to the same command.
    """

    object: str
    record_id: str
    decision_id: str = ""
    status: Status = "kept"
    rep_id: str | None = None
    territory_id: str | None = None
    account_id: str | None = None
    probability: float | None = None
    score: float | None = None
    grade: str | None = None
    rating: str | None = None
    method: str = ""
    reason: str = ""
    pool_id: str | None = None
    cause: str | None = None
    sla_due_at: datetime | None = None
    plan_version: str = ""
    book: str = ""
    decided_at: datetime | None = None
    is_replayed: bool = False

    def as_text(self) -> str:
        """Write it as it is stored."""
        return str(_encode(self.as_json()))

    @classmethod
    def from_text(cls, text: str, *, is_replayed: bool = False) -> Answer:
        """Read what ``as_text`` wrote."""
        values = json.loads(text)
        for name in ("sla_due_at", "decided_at"):
            if values[name] is not None:
                values[name] = datetime.fromisoformat(values[name])
        return replace(cls(**values), is_replayed=is_replayed)


@dataclass(frozen=True, slots=True)
class DecisionView(_Shown):
    """A decision with its whole explanation: what each stage made of the record, and the state of the pool.

    Attributes:
        decision_id: Its key.
        object: Kind of record.
        record_id: Its key.
        rep_id: Who got it.
        decided_at: When.
        plan_version: Version of the plan that decided.
        parts: What each stage says, in their order.
    """

    decision_id: str
    object: str
    record_id: str
    rep_id: str | None
    decided_at: datetime
    plan_version: str
    parts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MemberView(_Shown):
    """A member of a pool: whose turn it is, and how much there is to do."""

    rep_id: str
    position: float
    weight: float
    is_present: bool
    open_records: int
    capacity: float | None


@dataclass(frozen=True, slots=True)
class PoolView(_Shown):
    """A pool with its members, in its order; ``next_rep_id`` has the lowest position of those who are there."""

    pool_id: str
    next_rep_id: str | None
    members: tuple[MemberView, ...]


@dataclass(frozen=True, slots=True)
class TimerView(_Shown):
    """Something that is to happen to a record."""

    timer_id: str
    kind: str
    object: str
    record_id: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class MessageView(_Shown):
    """A message to others, and how far its delivery has come."""

    message_id: str
    event: str
    target: str
    state: str
    attempts: int
    detail: str
    created_at: datetime
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Figures(_Shown):
    """Counts of the moment.

    Attributes:
        exceptions: Records among the exceptions.
        queued: Records that wait for a rep.
        held: Records that wait for fields.
        outbox_pending: Messages to be delivered.
        outbox_oldest_seconds: How long the oldest of them has waited.
        dead_letters: Messages that were given up.
        timers_armed: Timers that are to fire.
        timer_late_seconds: How long the most overdue of them has been due.
    """

    exceptions: int
    queued: int
    held: int
    outbox_pending: int
    outbox_oldest_seconds: float
    dead_letters: int
    timers_armed: int
    timer_late_seconds: float


def at(moment: int | None) -> datetime | None:
    """Give a moment as an instant; None for none."""
    return None if moment is None else instant(moment)
