"""Timers: what is to happen to a record at a moment. Each is armed once and then fires or is cancelled, once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from rightful.ledger.desk_tables import desk_timers
from rightful.ledger.direct import DirectEntry, upsert
from rightful.plan.desk import SlaPolicy

__all__ = ["CANCEL", "DUE", "FIRE", "NEXT", "TIMER", "Timer", "arm", "cancel", "follow_up_timers", "sla_timers"]

_MINUTE = 60_000_000
_IS = desk_timers.c.timer_id == sa.bindparam("of")

TIMER = sa.select(
    desk_timers.c.timer_id, desk_timers.c.kind, desk_timers.c.object, desk_timers.c.record_id, desk_timers.c.due_at
).where(_IS)
DUE = (
    sa.select(desk_timers.c.timer_id)
    .where(desk_timers.c.state == "armed", desk_timers.c.due_at <= sa.bindparam("now"))
    .order_by(desk_timers.c.due_at, desk_timers.c.timer_id)
    .limit(256)
)
NEXT = sa.select(sa.func.min(desk_timers.c.due_at)).where(desk_timers.c.state == "armed")
FIRE = (
    sa.update(desk_timers)
    .where(_IS, desk_timers.c.state == "armed", desk_timers.c.due_at <= sa.bindparam("now"))
    .values(state="fired", position=sa.bindparam("at"))
)
"""Fires a timer on the condition that it is armed and due: of all who try, one touches the row."""
CANCEL = (
    sa.update(desk_timers)
    .where(
        desk_timers.c.record_id == sa.bindparam("of_record"),
        desk_timers.c.object == sa.bindparam("of_object"),
        desk_timers.c.state == "armed",
    )
    .values(state="cancelled", position=sa.bindparam("at"))
)
_PUT = upsert(desk_timers)


@dataclass(frozen=True, slots=True)
class Timer:
    """What is to happen at a moment.

    Attributes:
        kind: ``reminder``, ``expiry`` or ``follow_up`` of a deadline; ``retry`` of a record that waits; end of a ``hold``.
        due: The moment.
    """

    kind: str
    due: int


def sla_timers(policy: SlaPolicy, due: int, moment: int) -> tuple[Timer, ...]:
    """Give the timers around a deadline; reminders whose moment has passed are left out.

    Example:
        >>> [timer.kind for timer in sla_timers(SlaPolicy(reminders=(1,)), due=120_000_000, moment=0)]
        ['reminder', 'expiry']
    """
    before = sorted(due - round(minutes * _MINUTE) for minutes in policy.reminders)
    return (*(Timer("reminder", at) for at in before if at > moment), Timer("expiry", due))


def follow_up_timers(policy: SlaPolicy, due: int) -> tuple[Timer, ...]:
    """Give the timers after a deadline that was missed."""
    return tuple(Timer("follow_up", due + round(minutes * _MINUTE)) for minutes in sorted(policy.follow_ups))


def arm(entry: DirectEntry, record: tuple[str, str], identifier: str, timers: Iterable[Timer]) -> None:
    """Arm timers of a record.

    Args:
        entry: The write under way.
        record: Kind and key of the record.
        identifier: What no other command has, after what the record is to be sorted by: the timers are named after it, and those of
            one moment fire in the order of their names.
        timers: The timers.
    """
    object_name, record_id = record
    rows = [
        {
            "timer_id": f"{identifier}.{number}.{each.kind}",
            "kind": each.kind,
            "object": object_name,
            "record_id": record_id,
            "due_at": each.due,
            "state": "armed",
            "position": entry.position,
        }
        for number, each in enumerate(timers)
    ]
    entry.put(_PUT, rows)


def cancel(entry: DirectEntry, object_name: str, record_id: str) -> None:
    """Cancel all timers of a record that are armed."""
    entry.put(CANCEL, [{"of_record": record_id, "of_object": object_name, "at": entry.position}])
