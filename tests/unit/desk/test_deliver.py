"""Messages: signed, tried again by the schedule, given up, and tried again when a person says so."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from desks import DESK_FILES, Clock, DeskScene, lead
from rightful.desk import Desk, Outcome, Requeue
from rightful.desk.deliver import SCHEDULE
from rightful.errors import NoSuchRecord

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105 - the example of the specification


class Receiver(HTTPServer):
    """A receiver of webhooks that keeps what it gets and answers as it is told."""

    status = 204

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        server: Any = self.server
        server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(
    desk_scene: DeskScene, receiver: Receiver, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    url = f"http://127.0.0.1:{receiver.server_port}/hook"
    hooks = (
        f"webhooks:\n  - {{url: '{url}', secret: HOOK_SECRET, events: [record.assigned], allows_private: true}}\n"
        f"  - {{url: '{url}?private', events: [record.closed]}}\n"
    )
    plan = desk_scene.changed(desk=DESK_FILES["desk.yaml"] + hooks)
    with desk_scene.desk(tmp_path / "ledger.sqlite", clock, plan) as opened:
        yield opened


def test_a_webhook_is_signed_and_sent_once(desk: Desk, receiver: Receiver) -> None:
    answer = desk.do(lead(1), key="k1", actor="ann")
    assert desk.figures().outbox_pending == 1
    assert (desk.deliver_due(), desk.deliver_due()) == (1, 0)
    [(headers, body)] = receiver.got
    assert json.loads(body)["data"]["decision_id"] == answer.decision_id
    assert b"ann@" not in body
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert Webhook(SECRET).sign(headers["webhook-id"], at, body.decode()) == headers["webhook-signature"]


def test_what_is_not_taken_is_tried_again_by_the_schedule_and_then_given_up(
    desk: Desk, receiver: Receiver, clock: Clock
) -> None:
    receiver.status = 500
    desk.do(lead(1), key="k1", actor="ann")
    for seconds in SCHEDULE:
        assert desk.deliver_due() == 0
        attempts = len(receiver.got)
        clock.go((seconds - 1) / 60)
        assert desk.deliver_due() == 0
        assert len(receiver.got) == attempts
        clock.go(1 / 60)
    assert desk.dead_letters() == ()
    desk.deliver_due()
    [dead] = desk.dead_letters()
    assert (dead.attempts, dead.detail, len(receiver.got)) == (len(SCHEDULE) + 1, "answered 500", len(SCHEDULE) + 1)
    receiver.status = 200
    desk.do(Requeue(dead.message_id), key="again", actor="ann")
    assert (desk.deliver_due(), desk.dead_letters()) == (1, ())
    with pytest.raises(NoSuchRecord):
        desk.do(Requeue(dead.message_id), key="once more", actor="ann")


def test_an_address_in_a_private_network_is_refused(desk: Desk, receiver: Receiver) -> None:
    desk.do(lead(1), key="k1", actor="ann")
    desk.deliver_due()
    desk.do(Outcome("lead", "N1", "closed"), key="k2", actor="ann")
    assert (desk.deliver_due(), len(receiver.got)) == (0, 1)
    [waiting] = desk._reading.messages("pending", 5)
    assert "private network" in waiting.detail
