"""Notifications: people are told through Apprise, failures are tried again and given up like webhooks, secrets stay where they are."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from aiosmtpd.controller import Controller

from command import call
from desks import DESK_FILES, Clock, DeskScene, lead
from rightful.desk import Desk
from rightful.desk.deliver import SCHEDULE

# Apprise looks for a module of the standard library that is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

PASSWORD = "correct-horse"  # noqa: S105 - of a server that lives for a test
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#sales"
TEAMS = "workflows://example.logic.azure.com/9a1b2c3d4e5f/3f1a2b3c4d5e6f708192a3b4c5d6e7f8"


class Endpoint(HTTPServer):
    """What Slack, Teams and others look like from here: it keeps what is posted, and answers as it is told."""

    status = 200

    def __init__(self) -> None:
        self.got: list[tuple[str, Any]] = []
        super().__init__(("127.0.0.1", 0), Posts)


class Posts(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        server: Any = self.server
        server.got.append((self.path, json.loads(body)))
        self.send_response(server.status)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        return


class Mailbox:
    """An SMTP server's box; refuses while it is told to."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.is_full = False

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: ARG002, N802 - their names
        if self.is_full:
            return "452 no room"
        self.mails.append(message_from_bytes(envelope.content))
        return "250 taken"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def clock() -> Clock:
    return Clock()


Opened = Callable[[str], Desk]


@pytest.fixture
def opened(desk_scene: DeskScene, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Give a function that opens a desk which tells the people behind an address of assignments."""
    made: list[Desk] = []
    told = "notifications: [{url: SALES_URL, events: [record.assigned]}]\n"

    def desk(url: str) -> Desk:
        monkeypatch.setenv("SALES_URL", url)
        plan = desk_scene.changed(desk=DESK_FILES["desk.yaml"] + told)
        made.append(desk_scene.desk(tmp_path / "ledger.sqlite", clock, plan))
        return made[-1]

    yield desk
    for each in made:
        each.close()


def test_people_are_told_in_words(opened: Opened, endpoint: Endpoint) -> None:
    desk = opened(f"json://127.0.0.1:{endpoint.server_port}/team")
    answer = desk.do(lead(1), key="k1", actor="ann")
    assert (desk.deliver_due(), desk.deliver_due()) == (1, 0)
    [(path, posted)] = endpoint.got
    assert path.startswith("/team")
    assert posted["message"].startswith(f"record.assigned: lead N1 for {answer.rep_id}, due 2026-07-01T13:00")
    assert answer.reason in posted["message"]
    assert "ann@" not in posted["message"]


@pytest.mark.parametrize(("url", "host"), [(SLACK, "hooks.slack.com"), (TEAMS, "example.logic.azure.com")])
def test_slack_and_teams_are_posted_to(
    url: str, host: str, opened: Opened, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = requests.Session.request, []

    def here(session: requests.Session, **more: Any) -> requests.Response:
        asked.append(more["url"])
        return real(session, **(more | {"url": f"http://127.0.0.1:{endpoint.server_port}/here"}))

    monkeypatch.setattr(requests.Session, "request", here)
    desk = opened(url)
    answer = desk.do(lead(1), key="k1", actor="ann")
    assert desk.deliver_due() == 1
    assert all(address.startswith(f"https://{host}") for address in asked)
    [(_, posted)] = endpoint.got
    assert f"lead N1 for {answer.rep_id}" in json.dumps(posted)


def test_mail_is_sent(opened: Opened) -> None:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        desk = opened(f"mailto://127.0.0.1:{port}/?from=desk@example.com&to=sales@example.com&mode=insecure")
        answer = desk.do(lead(1), key="k1", actor="ann")
        assert desk.deliver_due() == 1
        [mail] = box.mails
        assert (mail["subject"], "sales@example.com" in mail["to"]) == ("Rightful", True)
        [text] = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
        written = text.get_payload(decode=True)
        assert isinstance(written, bytes)
        assert f"lead N1 for {answer.rep_id}" in written.decode()
        box.is_full = True
        desk.do(lead(2), key="k2", actor="ann")
        assert desk.deliver_due() == 0
        [waiting] = desk._reading.messages("pending", 5)
        assert (waiting.attempts, waiting.detail) == (1, "nobody took it")
    finally:
        server.stop()


def test_who_cannot_be_told_is_tried_again_and_given_up_and_no_secret_is_said(
    opened: Opened,
    desk_scene: DeskScene,
    endpoint: Endpoint,
    clock: Clock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint.status = 500
    desk = opened(f"json://robot:{PASSWORD}@127.0.0.1:{endpoint.server_port}/team?+X-Token={PASSWORD}")
    desk.do(lead(1), key="k1", actor="ann")
    for seconds in (*SCHEDULE, 0):
        assert desk.deliver_due() == 0
        clock.go(seconds / 60)
    assert len(endpoint.got) == len(SCHEDULE) + 1
    [dead] = desk.dead_letters()
    assert (dead.target, dead.attempts, dead.detail) == ("notification:SALES_URL", len(SCHEDULE) + 1, "nobody took it")
    endpoint.status = 200
    where = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    listed = call("desk", "messages", desk_scene.folder, "--ledger", where)
    again = call("desk", "deliver", desk_scene.folder, "--ledger", where, "--again", dead.message_id)
    assert dead.message_id in listed.out
    assert (again.out, desk.dead_letters()) == ("1 messages were taken\n", ())
    said = "".join(capfd.readouterr()) + caplog.text + listed.said + again.said
    assert PASSWORD not in said + str(dead.as_json())


@pytest.mark.parametrize(
    ("url", "detail"),
    [("", "the environment has no SALES_URL"), ("nonsense://x", "SALES_URL is no address that Apprise knows")],
)
def test_what_is_wrong_with_an_address_is_said(url: str, detail: str, opened: Opened) -> None:
    desk = opened(url)
    desk.do(lead(1), key="k1", actor="ann")
    assert desk.deliver_due() == 0
    assert [each.detail for each in desk._reading.messages("pending", 5)] == [detail]
