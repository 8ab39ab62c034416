"""The process that serves a desk: a socket, an HTTP server that ends gracefully, and the work in the background."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from rightful.api.app import make_app
from rightful.api.background import Background
from rightful.api.reload import Reloader
from rightful.api.service import Service

__all__ = ["Address", "bound", "serve", "warning_of"]

_FINISH_SECONDS = 30
_BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class Address:
    """Where a desk is served.

    Attributes:
        host: Name or number.
        port: 0 for any that is free.
        certificate: File of the TLS certificate; None for plain HTTP.
        private_key: File of its key.
        drain_seconds: How long requests are still taken after the process was told to end, with /readyz already red, so that a load
            balancer can turn away.
    """

    host: str = "127.0.0.1"
    port: int = 8090
    certificate: Path | None = None
    private_key: Path | None = None
    drain_seconds: float = 0.0

    @property
    def is_loopback(self) -> bool:
        """Whether only this computer reaches it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def url(self, port: int) -> str:
        """Give the URL by which this computer reaches it."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http{'s' if self.certificate else ''}://{f'[{host}]' if ':' in host else host}:{port}"


def warning_of(address: Address) -> str:
    """Say what is dangerous about an address; empty where nothing is.

    Example:
        >>> warning_of(Address()), warning_of(Address("0.0.0.0"))[:40]
        ('', 'Warning: 0.0.0.0 can be reached by other')
    """
    if address.is_loopback or address.certificate:
        return ""
    return (
        f"Warning: {address.host} can be reached by others, and without TLS they can read keys and records. "
        "Give --tls-certificate and --tls-key, or serve on 127.0.0.1 behind a proxy that speaks TLS."
    )


def bound(address: Address) -> socket.socket:
    """Take an address; nobody is listened to yet.

    Raises:
        OSError: It cannot be taken.
    """
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, where = found[0]
    made = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it would let two programs share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(where)
    except OSError:
        made.close()
        raise
    return made


def serve(service: Service, reloader: Reloader, address: Address, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT: then /readyz turns red, and what was taken is finished; the desk is still to be closed.

    SIGHUP loads the plan.
    """
    background = Background(service, reloader)
    config = uvicorn.Config(
        make_app(service, reloader),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,  # it would write addresses and queries; the front logs routes and ids
        server_header=False,
        backlog=_BACKLOG,
        proxy_headers=False,
        timeout_graceful_shutdown=_FINISH_SECONDS,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.private_key,
    )
    server = _Server(config, service, address.drain_seconds)
    with _on_hangup(background.ask_for_reload):
        background.start()
        try:
            server.run(sockets=[listener])
        finally:
            service.is_draining = True
            service.close()
            background.stop()
            service.log.tell("ended")


class _Server(uvicorn.Server):
    """Ends in steps: red for new work, then deaf for it, then done with the old."""

    def __init__(self, config: uvicorn.Config, service: Service, drain_seconds: float) -> None:
        super().__init__(config)
        self._service, self._drain_seconds = service, drain_seconds
        self._ends_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        del frame
        if self._ends_at is not None:  # told twice: somebody is in a hurry
            self.should_exit = True
            self.force_exit = sig == signal.SIGINT
            return
        self._service.is_draining = True
        self._ends_at = time.monotonic() + self._drain_seconds

    async def on_tick(self, counter: int) -> bool:
        if self._ends_at is not None and time.monotonic() >= self._ends_at:
            self.should_exit = True
        return await super().on_tick(counter)


@contextmanager
def _on_hangup(function: Callable[[], None]) -> Iterator[None]:
    if not hasattr(signal, "SIGHUP"):  # Windows
        yield
        return

    def hang_up(_signal: int, _frame: Any) -> None:
        function()

    before = signal.signal(signal.SIGHUP, hang_up)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)
