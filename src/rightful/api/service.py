"""What all routes share: the desk and how it is called, keys, limits, figures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from rightful.api.keys import Keyring
from rightful.api.logs import Log
from rightful.api.metrics import Gauge, Metrics
from rightful.api.port import Desk
from rightful.api.pulse import Pulse
from rightful.api.rates import Rates
from rightful.desk.answers import Answer
from rightful.desk.commands import Command
from rightful.errors import DeskError

__all__ = ["Limits", "Service"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what callers may ask for.

    Attributes:
        most_bytes: Of a body.
        most_depth: Of arrays and objects in each other.
        most_in_flight: Requests at a time; further ones are asked to come back.
        threads: Calls of the desk at a time.
        per_second: Records that a key may send, and other requests, each second.
        burst: And at once.
        wrong_keys_per_second: Wrong keys that an address may try.
    """

    most_bytes: int = 2_000_000
    most_depth: int = 8
    most_in_flight: int = 256
    threads: int = 32
    per_second: float = 2_000
    burst: float = 4_000
    wrong_keys_per_second: float = 5


class Service:
    """The desk as it is served.

    Args:
        desk: The desk.
        keyring: Who may call.
        log: Where events go.
        clock: Gives the moment, in microseconds since 1970 UTC.
        limits: Bounds on what callers may ask for.
        seconds: Gives seconds that only go forward.
    """

    def __init__(
        self,
        desk: Desk,
        keyring: Keyring,
        log: Log,
        *,
        clock: Callable[[], int],
        limits: Limits | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.desk, self.keyring, self.log, self.limits = desk, keyring, log, limits or Limits()
        self.clock, self.seconds = clock, seconds
        self.metrics, self.pulse = Metrics(self._gauges), Pulse(seconds)
        self.rates = Rates(self.limits.per_second, self.limits.burst, seconds)
        wrong = self.limits.wrong_keys_per_second
        self.wrong_keys = Rates(wrong, 4 * wrong, seconds)
        self.in_flight = 0
        self.is_draining = False
        self._threads = ThreadPoolExecutor(self.limits.threads, thread_name_prefix="desk")

    @property
    def is_ready(self) -> bool:
        """Whether new work should come here."""
        return self.desk.is_ready and not self.is_draining

    async def call(self, function: Callable[..., T], *arguments: object, **named: object) -> T:
        """Call what may wait for the database, in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *arguments, **named))

    async def do(self, command: Command, key: str, actor: str) -> Answer:
        """Carry out a command, and measure it.

        Raises:
            DeskError: The desk does not do it.
        """
        kind, started = type(command).__name__.lower(), self.seconds()
        try:
            answer = await self.call(self.desk.do, command, key=key, actor=actor)
        except DeskError as error:
            self.metrics.decided(kind, type(error).__name__, self.seconds() - started)
            raise
        self.metrics.decided(kind, answer.status, self.seconds() - started)
        self.pulse.beat(self.seconds() - started)
        return answer

    async def do_many(self, commands: Sequence[tuple[Command, str]], actor: str) -> tuple[Answer | DeskError, ...]:
        """Carry out commands together, and measure them."""
        kind, started = type(commands[0][0]).__name__.lower(), self.seconds()
        replies = await self.call(self.desk.do_many, commands, actor=actor)
        passed = self.seconds() - started
        for reply in replies:
            self.metrics.decided(kind, reply.status if isinstance(reply, Answer) else type(reply).__name__, passed)
        self.pulse.beat(passed, len(replies))
        return replies

    def instant(self) -> str:
        """Give the moment as text."""
        return (
            datetime.fromtimestamp(self.clock() / 1_000_000, UTC)
            .isoformat(timespec="microseconds")
            .replace("+00:00", "Z")
        )

    def close(self) -> None:
        """Finish the calls that are under way."""
        self._threads.shutdown()

    def _gauges(self) -> tuple[Gauge, ...]:
        figures = self.desk.figures()
        return (
            Gauge("rightful_ready", "1 where the desk takes commands.", float(self.is_ready)),
            Gauge("rightful_plan_info", "The plan in force.", 1, (("version", self.desk.plan.version), ("book", self.desk.book))),
            Gauge("rightful_commands_waiting", "Commands that wait for their turn.", self.desk.waiting),
            Gauge("rightful_http_requests_in_flight", "Requests that are being answered.", self.in_flight),
            Gauge("rightful_records", "Records that are not with a rep.", figures.exceptions, (("status", "exception"),)),
            Gauge("rightful_records", "Records that are not with a rep.", figures.queued, (("status", "queued"),)),
            Gauge("rightful_records", "Records that are not with a rep.", figures.held, (("status", "held"),)),
            Gauge("rightful_outbox_pending", "Messages to be delivered.", figures.outbox_pending),
            Gauge("rightful_outbox_lag_seconds", "How long the oldest of them has waited.", figures.outbox_oldest_seconds),
            Gauge("rightful_dead_letters", "Messages that were given up.", figures.dead_letters),
            Gauge("rightful_timers_armed", "Timers that are to fire.", figures.timers_armed),
            Gauge("rightful_timer_lag_seconds", "How long the most overdue of them has been due.", figures.timer_late_seconds),
        )  # fmt: skip
