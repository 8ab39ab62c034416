"""Stop PostgreSQL under a desk that is asked all the while, start it again, and compare what was acknowledged with the ledger.

    python tests/stopping.py --times 3          # nothing may be lost, decided twice, or refused without a hint when to come back

Clients send leads over HTTP, each with a key, until each has an answer. While the server is away they get 503 with `Retry-After`, and
send the same again; when it is back, the desk goes on by itself.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from chaotic import Journal, problems_of
from desks import DeskScene, lead, make_scene, scene_in

__all__ = ["Stopped", "main", "stopped_under_load"]

_POSTGRESQL = Path(__file__).parent.parent / ".ci" / "postgresql"
_PROGRAM = "from rightful.cli import main; main()"
_CLIENTS = 4
_PATIENCE_SECONDS = 120
_BREAK_SECONDS = 0.05
_MORE = 20
"""Answers that are waited for before the server is stopped, and after it is back."""


@dataclass
class Stopped:
    """What clients saw.

    Attributes:
        journal: What they sent, and what was acknowledged.
        refused: How often they got 503.
        faults: What they should not have seen: other statuses, no `Retry-After`, a desk that does not go on.
        problems: What the ledger does not hold as it was acknowledged.
    """

    journal: Journal = field(default_factory=Journal)
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class _Clients:
    """Threads that send leads, each until it is answered."""

    def __init__(self, url: str, key: str, seen: Stopped) -> None:
        self._url, self._key, self._seen = url, key, seen
        self._lock, self._done = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(_CLIENTS)]
        for each in self._threads:
            each.start()

    def end(self) -> None:
        self._done.set()
        for each in self._threads:
            each.join()

    def _send(self) -> None:
        head = {"Authorization": f"Bearer {self._key}"}
        with httpx.Client(base_url=self._url, headers=head, timeout=60) as client:
            while not self._done.is_set():
                with self._lock:
                    number = len(self._seen.journal.sent)
                    key, command = f"key-{number}", lead(number)
                    self._seen.journal.sent[key] = command
                while not self._is_answered(client, key, dict(command.record)) and not self._done.is_set():
                    time.sleep(_BREAK_SECONDS)

    def _is_answered(self, client: httpx.Client, key: str, record: dict[str, str | None]) -> bool:
        try:
            given = client.post("/v1/leads", json=record, headers={"Idempotency-Key": key})
        except httpx.TransportError as error:
            self._seen.faults.append(f"no answer: {error}")
            return False
        with self._lock:
            if given.status_code == 200:
                self._seen.journal.acknowledge(key, given.json())
                return True
            self._seen.refused += 1
            if given.status_code != 503 or float(given.headers.get("Retry-After", 0)) <= 0:
                self._seen.faults.append(f"{given.status_code} {dict(given.headers)} {given.text}")
        return False


def stopped_under_load(scene: DeskScene, cluster: Path, times: int = 1) -> Stopped:
    """Serve a plan on a PostgreSQL cluster of its own, and stop that under load.

    Args:
        scene: The plan and the run.
        cluster: Folder of the cluster; made here.
        times: How often it is stopped.
    """
    seen, url = Stopped(), _postgresql("start", cluster)
    try:
        with _serving(scene, url) as (address, key):
            clients = _Clients(address, key, seen)
            try:
                for _ in range(times):
                    _more(seen, lambda: len(seen.journal.acknowledged), "the desk answers")
                    _postgresql("stop", cluster)
                    _more(seen, lambda: seen.refused, "clients are refused while the database is away")
                    _postgresql("again", cluster)
                _more(seen, lambda: len(seen.journal.acknowledged), "the desk goes on when the database is back")
            finally:
                clients.end()
        seen.problems = problems_of(scene, url, seen.journal)
    finally:
        _postgresql("stop", cluster)
    return seen


def _more(seen: Stopped, count: Callable[[], int], what: str) -> None:
    """Wait until a count has grown."""
    wanted, end = count() + _MORE, time.monotonic() + _PATIENCE_SECONDS
    while count() < wanted:
        if time.monotonic() > end:
            seen.faults.append(f"not within {_PATIENCE_SECONDS} seconds: {what}")
            return
        time.sleep(_BREAK_SECONDS)


@contextmanager
def _serving(scene: DeskScene, ledger: str) -> Iterator[tuple[str, str]]:
    """Serve a plan; give its address and the first key."""
    command = [sys.executable, "-c", _PROGRAM, "serve", str(scene.folder), "--port", "0", "--ledger", ledger]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout
            key = process.stdout.readline().split()[-1]
            address = process.stdout.readline().split(": ")[1].split()[0]
            end = time.monotonic() + _PATIENCE_SECONDS
            while not _is_ready(address):
                assert time.monotonic() < end, "the desk is not ready"
                time.sleep(_BREAK_SECONDS)
            yield address, key
        finally:
            process.terminate()


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def _postgresql(action: str, folder: Path) -> str:
    done = subprocess.run([str(_POSTGRESQL), action, str(folder)], check=True, text=True, stdout=subprocess.PIPE)
    return done.stdout.strip()


def main() -> int:
    """Run from the command line; 1 where anything was not as promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--plan", type=Path, help="a plan of these tests that was run, so that it is not run again")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="stopping-"))
    folder.chmod(0o755)  # PostgreSQL's own account looks into it
    try:
        scene = scene_in(given.plan) if given.plan else make_scene(folder / "plan")
        seen = stopped_under_load(scene, folder / "cluster", given.times)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    wrong = seen.faults + seen.problems
    print(f"PostgreSQL stopped {given.times} times: {len(seen.journal.acknowledged)} leads acknowledged,")  # noqa: T201
    print(f"{seen.refused} requests refused with 503 and Retry-After, {len(wrong)} problems")  # noqa: T201
    for each in wrong[:20]:
        print(f"  {each}")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
