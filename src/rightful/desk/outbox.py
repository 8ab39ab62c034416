"""Messages to others, written in the transaction of what they tell of; ``deliver`` sends them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import sqlalchemy as sa

from rightful.desk.answers import Answer
from rightful.ledger.desk_tables import desk_outbox
from rightful.ledger.direct import DirectEntry, upsert
from rightful.plan import Plan
from rightful.stages.routing.hours import instant

__all__ = ["NOTIFICATION", "REQUEUE", "WEBHOOK", "put_message", "targets_of"]

WEBHOOK, NOTIFICATION = "webhook:", "notification:"
"""Before the address of a webhook, and the name of the variable that holds the address of people."""

_PUT = upsert(desk_outbox)
_IS = desk_outbox.c.message_id == sa.bindparam("of")
REQUEUE = (
    sa.update(desk_outbox)
    .where(_IS, desk_outbox.c.state == "dead")
    .values(state="pending", attempts=0, next_at=sa.bindparam("now"), position=sa.bindparam("at"))
)
"""Has a message that was given up tried again."""


def targets_of(plan: Plan, event: str) -> Iterator[str]:
    """Give who is told of an event."""
    for webhook in plan.desk.webhooks:
        if not webhook.events or event in webhook.events:
            yield WEBHOOK + webhook.url
    for notification in plan.desk.notifications:
        if not notification.events or event in notification.events:
            yield NOTIFICATION + notification.url


def put_message(entry: DirectEntry, plan: Plan, event: str, answer: Answer, about: tuple[str, int]) -> None:
    """Write a message about a record to everyone who is told of the event.

    Args:
        entry: The write under way.
        plan: Its section says who is told.
        event: What happened.
        answer: How the record stands; the message holds it, and no personal data beside.
        about: Identifier that no other event has, and the moment.
    """
    identifier, moment = about
    rows = []
    for number, target in enumerate(targets_of(plan, event)):
        content = {"type": event, "timestamp": instant(moment).isoformat(), "data": answer.as_json()}
        rows.append(
            {
                "message_id": f"msg_{identifier}.{event}.{number}",
                "event": event,
                "target": target,
                "body": json.dumps(content, separators=(",", ":"), ensure_ascii=False),
                "state": "pending",
                "attempts": 0,
                "next_at": moment,
                "detail": "",
                "created_at": moment,
                "position": entry.position,
            }
        )
    entry.put(_PUT, rows)
