"""Drop what the plan keeps no longer: commands with their answers, explanations, delivered messages, timers that are done.

In small transactions, between which the desk goes on. What the desk decides by is not touched: how each record, pool and rep stands.
Commands go only up to a checkpoint, from which `again.tell_again` tells the later ones again; and an entry of the audit chain says
first up to where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rightful.desk.checkpoints import Checkpoint, checkpoints, drop_checkpoint, take_checkpoint
from rightful.ledger import Ledger
from rightful.ledger.desk_tables import desk_decisions, desk_outbox, desk_requests, desk_timers
from rightful.ledger.requests import DROPPED_TO
from rightful.ledger.shapes import instant_of
from rightful.plan import Plan

__all__ = ["Retained", "retain"]

_DAY = 86_400_000_000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Retained:
    """How much was dropped.

    Attributes:
        requests: Commands with their answers.
        decisions: Explanations.
        messages: Messages that were delivered.
        timers: Timers that fired or were cancelled.
    """

    requests: int = 0
    decisions: int = 0
    messages: int = 0
    timers: int = 0


def retain(ledger: Ledger, plan: Plan, now: int, *, actor: str = "desk") -> Retained:
    """Drop what is older than the plan's section ``keep`` says; doing it again at the same moment drops nothing.

    Args:
        ledger: The ledger.
        plan: The plan.
        now: The moment, in microseconds since 1970 UTC.
        actor: Who has it done.
    """
    keep = plan.desk.keep
    done = desk_timers.c.state.in_(("fired", "cancelled"))
    return Retained(
        requests=_drop_requests(ledger, now, keep.requests_days, actor),
        decisions=_drop(ledger, desk_decisions, desk_decisions.c.decided_at, now, keep.decisions_days),
        messages=_drop(
            ledger, desk_outbox, desk_outbox.c.next_at, now, keep.messages_days, desk_outbox.c.state == "sent"
        ),
        timers=_drop(ledger, desk_timers, desk_timers.c.due_at, now, keep.timers_days, done),
    )


def _drop(
    ledger: Ledger,
    table: sa.Table,
    moment: sa.Column[int],
    now: int,
    days: float | None,
    *conditions: sa.ColumnElement[bool],
) -> int:
    """Drop the rows of a table that are older than some days; give how many."""
    if days is None:
        return 0
    [key] = table.primary_key.columns
    query = sa.select(key).where(moment < now - round(days * _DAY), *conditions)
    with ledger.store.reading() as connection:
        keys: Sequence[str] = connection.execute(query).scalars().all()
    for first in range(0, len(keys), _AT_ONCE):
        with ledger.store.writing() as connection:
            chosen = ledger.store.is_one_of(key, keys[first : first + _AT_ONCE])
            connection.execute(sa.delete(table).where(chosen, *conditions))
    return len(keys)


def _drop_requests(ledger: Ledger, now: int, days: float | None, actor: str) -> int:
    """Drop commands up to the newest checkpoint that is old enough; take checkpoints, so that there are some."""
    if days is None:
        return 0
    with ledger.store.reading() as connection:
        known = checkpoints(connection)
    old = [each for each in known if each.moment <= now - round(days * _DAY)]
    dropped = _drop_up_to(ledger, old[-1], now, actor) if old else 0
    for each in old[:-1]:
        drop_checkpoint(ledger, each.position)
    if not known or known[-1].moment <= now - round(days * _DAY / 2):
        take_checkpoint(ledger, now)
    return dropped


def _drop_up_to(ledger: Ledger, checkpoint: Checkpoint, now: int, actor: str) -> int:
    requests = desk_requests.c
    is_old = requests.position <= checkpoint.position
    with ledger.store.reading() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(desk_requests).where(is_old)) or 0
    if not count:
        return 0
    with ledger.write("retain", at=instant_of(now), actor=actor) as entry:
        entry.note(**{DROPPED_TO: checkpoint.position, "requests_dropped": count})
    following = sa.select(requests.position).where(is_old).order_by(requests.position).offset(_AT_ONCE).limit(1)
    while True:  # whole entries at a time
        with ledger.store.writing() as connection:
            until = connection.scalar(following)
            connection.execute(sa.delete(desk_requests).where(is_old if until is None else requests.position < until))
        if until is None:
            return count
