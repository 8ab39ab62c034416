"""Serve a fake desk: in this process for tests that ask it, or as a program of its own for tests that end it."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from fake_desk import FakeDesk
from rightful.api.app import make_app
from rightful.api.front import Front
from rightful.api.keys import Keyring, Wanted, create_key
from rightful.api.logs import Log
from rightful.api.note import Note, announced
from rightful.api.reload import Reloader
from rightful.api.roles import Role, Scope
from rightful.api.server import Address, bound, serve
from rightful.api.service import Limits, Service
from rightful.desk.commands import Command
from rightful.desk.desk import now_micros
from rightful.ledger import Ledger, open_ledger
from rightful.plan import load_plan

__all__ = ["NOON", "Served", "served", "serving_of"]

NOON = 1_782_820_800_000_000
"""2026-06-30 12:00 UTC in microseconds."""


@dataclass
class Served:
    """An application over a fake desk, its keys, clock and log; time stands still unless a test moves it."""

    desk: Any
    ledger: Ledger
    folder: Path
    limits: Limits
    now: int = NOON
    passed: float = 0.0

    def __post_init__(self) -> None:
        self.written = io.StringIO()
        self.keyring = Keyring(self.ledger, lambda: self.now)
        log = Log(lambda: self.now, self.written)
        self.service = Service(
            self.desk, self.keyring, log, clock=lambda: self.now, limits=self.limits, seconds=lambda: self.passed
        )
        self.reloader = Reloader(self.desk, self.folder, load_plan, self.service.instant)
        self.app: Front = make_app(self.service, self.reloader)
        self.admin = self.key(Role.ADMIN)

    def key(self, role: Role, *scopes: Scope, reps: tuple[str, ...] = (), expires_at: int | None = None) -> str:
        """Make a key; one of role rep speaks for R1 unless told otherwise."""
        named = reps or (("R1",) if role is Role.REP else ())
        wanted = Wanted(role.value, role, scopes, named, expires_at)
        text = create_key(self.ledger, wanted, at=self.now, actor="ann")
        self.now += 1_000_001  # so that the keyring looks again
        return text

    def ask(self, method: str, path: str, *, key: str | None = None, **options: Any) -> httpx.Response:
        """Send a request; with the admin's key unless another, or "" for none, is given."""
        return asyncio.run(self.ask_later(method, path, key=key, **options))

    async def ask_later(self, method: str, path: str, *, key: str | None = None, **options: Any) -> httpx.Response:
        """Send a request from within a loop."""
        text = self.admin if key is None else key
        headers = {**({"Authorization": f"Bearer {text}"} if text else {}), **options.pop("headers", {})}
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            return await client.request(method, path, headers=headers, **options)


@cache
def _empty_ledger() -> bytes:
    """Give the file of a ledger that knows nothing: making its tables takes long."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite"
        with open_ledger(path):
            pass
        return path.read_bytes()


@contextmanager
def served(folder: Path, limits: Limits | None = None) -> Iterator[Served]:
    """Give an application over a fake desk, with a ledger for its keys in a folder."""
    (folder / "ledger.sqlite").write_bytes(_empty_ledger())
    with open_ledger(folder / "ledger.sqlite") as ledger, serving_of(FakeDesk(), ledger, folder, limits) as made:
        yield made


@contextmanager
def serving_of(desk: Any, ledger: Ledger, folder: Path, limits: Limits | None = None) -> Iterator[Served]:
    """Give an application over any desk."""
    made = Served(desk, ledger, folder, limits or Limits())
    yield made
    made.service.close()


def main() -> None:
    """Serve a fake desk that takes a while for each command; print the URL and a key."""
    folder, drain = Path(sys.argv[1]), float(sys.argv[2])
    certificate, private_key = (Path(each) for each in sys.argv[3:5]) if len(sys.argv) > 3 else (None, None)
    desk = FakeDesk(before=_slow, plan=load_plan(folder))
    with open_ledger(folder / "ledger.sqlite") as ledger:
        keyring = Keyring(ledger, now_micros)
        service = Service(desk, keyring, Log(now_micros), clock=now_micros)
        reloader = Reloader(desk, folder, load_plan, service.instant)
        address = Address(port=0, drain_seconds=drain, certificate=certificate, private_key=private_key)
        key = keyring.issue(Wanted("test", Role.ADMIN))
        with bound(address) as listener:
            port = listener.getsockname()[1]
            print(address.url(port), key, os.getpid(), flush=True)  # noqa: T201 - what the test that starts it reads
            note = Note(
                address.url(port), keyring.issue(Wanted("watch", Role.VIEWER)), str(certificate or ""), os.getpid()
            )
            with announced(folder, note):
                serve(service, reloader, address, listener)
            desk.close()
    print(f"closed {desk.is_closed}, done {len(desk.done)}", flush=True)  # noqa: T201 - as above


def _slow(_command: Command) -> None:
    time.sleep(0.5)


if __name__ == "__main__":
    main()
