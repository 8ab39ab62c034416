"""Deliver messages: webhooks by the Standard Webhooks specification, people through Apprise; at least once, with its schedule.

A message that is not taken is tried again after the waits of ``SCHEDULE``; after the last it is dead: visible, and tried again when
a person says so.

Source: Standard Webhooks, "Deliverability and reliability", 2023.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from urllib.parse import urlsplit

import httpx
import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook as Signer

from rightful.desk.outbox import NOTIFICATION, WEBHOOK
from rightful.ledger import Ledger
from rightful.ledger.desk_tables import desk_outbox
from rightful.plan import Plan
from rightful.plan.desk import Webhook

__all__ = ["SCHEDULE", "deliver_due"]

SCHEDULE = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds to wait after each attempt that failed."""
_TALKATIVE = ("apprise", "httpcore", "httpx", "urllib3")
"""Loggers that write addresses, with the secrets in them, as soon as somebody asks for more to be logged."""
_SECOND = 1_000_000
_LEASE = 60 * _SECOND
_TIMEOUT_SECONDS = 15.0
_AT_ONCE = 100

_IS = desk_outbox.c.message_id == sa.bindparam("of")
_DUE = (
    sa.select(desk_outbox.c.message_id, desk_outbox.c.target, desk_outbox.c.body, desk_outbox.c.attempts)
    .where(desk_outbox.c.state == "pending", desk_outbox.c.next_at <= sa.bindparam("now"))
    .order_by(desk_outbox.c.next_at, desk_outbox.c.message_id)
    .limit(_AT_ONCE)
)
_CLAIM = (
    sa.update(desk_outbox)
    .where(_IS, desk_outbox.c.state == "pending", desk_outbox.c.next_at <= sa.bindparam("now"))
    .values(next_at=sa.bindparam("until"))
)
_DONE = (
    sa.update(desk_outbox)
    .where(_IS)
    .values(
        state=sa.bindparam("to"),
        attempts=sa.bindparam("tried"),
        next_at=sa.bindparam("next"),
        detail=sa.bindparam("said"),
    )
)


@dataclass(frozen=True, slots=True)
class _Message:
    message_id: str
    target: str
    body: str
    attempts: int


class _NotDeliveredError(Exception):
    """A message was not taken; says why in words without personal data."""


def deliver_due(ledger: Ledger, plan: Plan, clock: Callable[[], int]) -> int:
    """Send the messages that are due.

    Args:
        ledger: Holds them.
        plan: Says how each address is to be spoken to.
        clock: Gives the time in microseconds since 1970 UTC.

    Returns:
        How many were taken.
    """
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with ledger.store.reading() as connection:
        due = [_Message(*row) for row in connection.execute(_DUE, {"now": clock()})]
    return sum(_delivered(each, ledger, plan, clock) for each in due)


def _delivered(message: _Message, ledger: Ledger, plan: Plan, clock: Callable[[], int]) -> bool:
    now = clock()
    with ledger.store.writing() as connection:
        claim = {"of": message.message_id, "now": now, "until": now + _LEASE}
        if connection.execute(_CLAIM, claim).rowcount != 1:
            return False  # another process has it
    try:
        said, state, following = _sent(message, plan, now), "sent", now
    except Exception as error:  # noqa: BLE001 - whatever a message or who takes it does to us, the others are delivered
        said = str(error) if isinstance(error, _NotDeliveredError) else type(error).__name__
        is_last = message.attempts >= len(SCHEDULE)
        state = "dead" if is_last else "pending"
        following = now if is_last else now + SCHEDULE[message.attempts] * _SECOND
    with ledger.store.writing() as connection:
        done = {"of": message.message_id, "to": state, "tried": message.attempts + 1, "next": following, "said": said}
        connection.execute(_DONE, done)
    return state == "sent"


def _sent(message: _Message, plan: Plan, now: int) -> str:
    if message.target.startswith(NOTIFICATION):
        return _notify(message.target.removeprefix(NOTIFICATION), message.body)
    url = message.target.removeprefix(WEBHOOK)
    webhook = next((each for each in plan.desk.webhooks if each.url == url), None)
    if webhook is None:
        raise _NotDeliveredError("the plan does not name this address any more")
    return _post(webhook, message, now)


def _post(webhook: Webhook, message: _Message, now: int) -> str:
    if not webhook.allows_private:
        _refuse_private(webhook.url)
    try:
        answer = httpx.post(
            webhook.url,
            content=message.body.encode(),
            headers=_headers(webhook, message, now),
            timeout=_TIMEOUT_SECONDS,
            follow_redirects=False,
        )
    except httpx.HTTPError as error:
        raise _NotDeliveredError(type(error).__name__) from error
    if not answer.is_success:
        raise _NotDeliveredError(f"answered {answer.status_code}")
    return f"answered {answer.status_code}"


def _headers(webhook: Webhook, message: _Message, now: int) -> dict[str, str]:
    at = datetime.fromtimestamp(now // _SECOND, UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(now // _SECOND),
    }
    if webhook.secret:
        secret = os.environ.get(webhook.secret, "")
        if not secret:
            raise _NotDeliveredError(f"the environment has no {webhook.secret}")
        try:
            headers["webhook-signature"] = Signer(secret).sign(message.message_id, at, message.body)
        except ValueError as error:
            raise _NotDeliveredError(f"{webhook.secret} is no signing secret") from error
    return headers


def _refuse_private(url: str) -> None:
    """Refuse addresses within private networks: a webhook is not to reach what its author could not."""
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    except OSError as error:
        raise _NotDeliveredError("the host is not known") from error
    if not all(ipaddress.ip_address(str(each[4][0]).partition("%")[0]).is_global for each in found):
        raise _NotDeliveredError("the address is in a private network, which `allows_private` does not allow")


def _notify(variable: str, body: str) -> str:
    url = os.environ.get(variable, "")
    if not url:
        raise _NotDeliveredError(f"the environment has no {variable}")
    try:
        apprise = import_module("apprise")
    except ModuleNotFoundError as error:
        raise _NotDeliveredError("install it: `pip install 'rightful[notify]'`") from error
    people = apprise.Apprise()
    if not people.add(url):
        raise _NotDeliveredError(f"{variable} is no address that Apprise knows")
    if not people.notify(title="Rightful", body=_words(body)):
        raise _NotDeliveredError("nobody took it")
    return "taken"


def _words(body: str) -> str:
    """Write an event as people read it."""
    event = json.loads(body)
    answer = event["data"]
    whose = f" for {answer['rep_id']}" if answer["rep_id"] else ""
    due = f", due {answer['sla_due_at']}" if answer["sla_due_at"] else ""
    return f"{event['type']}: {answer['object']} {answer['record_id']}{whose}{due}. {answer['reason']}"
