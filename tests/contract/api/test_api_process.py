"""The server as a program: it ends gracefully, reloads its plan, speaks TLS, and is watched."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from command import call
from tiny import write_tiny

SERVING = Path(__file__).parents[2] / "serving.py"
pytestmark = [
    pytest.mark.xdist_group("api process"),
    pytest.mark.skipif(os.name != "posix", reason="ends programs by signals"),
]


@dataclass
class Program:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    url: str
    client: httpx.Client

    def end(self) -> tuple[int, str, str]:
        """Wait until it has ended; give its exit code and what it said."""
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@contextmanager
def program(folder: Path, drain: float = 0.0) -> Iterator[Program]:
    command = [sys.executable, str(SERVING), str(folder), str(drain)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        url, key, _ = process.stdout.readline().split()
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
            wait_until(lambda: is_ready(client))
            yield Program(process, url, client)
    finally:
        process.kill()
        process.communicate()


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, "it did not come about within a minute"
        time.sleep(0.02)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "tiny")


def test_what_was_taken_is_finished_after_the_signal_to_end(plan: Path) -> None:
    with program(plan, drain=0.5) as desk:
        answers: list[httpx.Response] = []
        threads = [
            threading.Thread(
                target=lambda n=number: answers.append(desk.client.post("/v1/leads", json={"lead_id": f"L{n}"}))
            )
            for number in range(4)
        ]
        for thread in threads:
            thread.start()
        wait_until(
            lambda: "in_flight 5.0" in desk.client.get("/metrics").text
        )  # the four, which take half a second, and this one
        desk.process.send_signal(signal.SIGTERM)
        wait_until(lambda: desk.client.get("/readyz").status_code == 503)
        assert desk.client.get("/readyz").json() == {"status": "draining"}
        assert desk.client.get("/healthz").status_code == 200
        for thread in threads:
            thread.join()
        assert [each.status_code for each in answers] == [200] * 4
        code, out, err = desk.end()
    assert (code, out) == (0, "closed True, done 4\n")
    assert json.loads(err.splitlines()[-1])["event"] == "ended"
    assert not (plan / ".serving.json").exists()


def test_a_changed_plan_is_in_force_without_a_restart_and_a_wrong_one_is_not(plan: Path) -> None:
    with program(plan) as desk:
        first = desk.client.get("/v1/plan").json()

        def in_force() -> dict[str, object]:
            return dict(desk.client.get("/v1/plan").json())

        (plan / "plan.yaml").write_text("name: Renamed\nas_of: 2026-06-30\n")
        wait_until(lambda: in_force()["name"] == "Renamed")
        second = in_force()
        assert (second["version"] != first["version"], second["refused"]) == (True, None)
        answer = desk.client.post("/v1/leads", json={"lead_id": "L1"}).json()
        assert answer["plan_version"] == second["version"]

        (plan / "plan.yaml").write_text("nam: Wrong\n")
        wait_until(lambda: in_force()["refused"] is not None)
        assert "plan.yaml:1:1: unknown key 'nam'" in str(in_force()["refused"])
        assert (in_force()["version"], in_force()["name"]) == (second["version"], "Renamed")
        refused = desk.client.post("/v1/plan:reload")
        assert (refused.status_code, refused.json()["place"]) == (422, "plan.yaml:1:1")

        (plan / "plan.yaml").write_text(FILES_PLAN)
        done = desk.client.post("/v1/plan:reload").json()
        assert (done["version"], done["refused"]) == (first["version"], None)
        desk.process.send_signal(signal.SIGHUP)
        assert desk.client.post("/v1/leads", json={"lead_id": "L2"}).status_code == 200
        desk.process.send_signal(signal.SIGINT)
        code, _, err = desk.end()
    events = [json.loads(line) for line in err.splitlines()]
    assert code == 0
    assert "plan.yaml:1:1" in {event.get("places") for event in events if event["event"] == "plan_refused"}
    assert any(event["event"] == "plan_loaded" and not event["is_changed"] for event in events), "SIGHUP loads at once"


FILES_PLAN = "name: Tiny\nas_of: 2026-06-30\n"


def test_the_desk_is_watched_with_the_note_that_only_its_user_can_read(plan: Path) -> None:
    with program(plan) as desk:
        desk.client.post("/v1/leads", json={"lead_id": "L1"})
        note = plan / ".serving.json"
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
        seen = call("watch", plan, "--once")
        assert seen.code == 0, seen.said
        assert "per minute 1 now" in seen.out
        elsewhere = call("watch", plan, "--once", "--url", desk.url, "--key", "wrong")
        assert (elsewhere.code, "the desk cannot be asked" in elsewhere.err) == (3, True)
    gone = call("watch", plan.parent, "--once")
    assert (gone.code, "no desk is served from this folder" in gone.err) == (3, True)
