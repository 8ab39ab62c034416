"""How the desk is doing lately: decisions per minute and their latency, for people who watch."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Latency", "Pulse", "latency_of"]

_MINUTES = 15
_MOST_LATENCIES = 2_000


@dataclass(frozen=True, slots=True)
class Latency:
    """Latency of the latest decisions in milliseconds; None where there was none."""

    count: int
    p50_ms: float | None
    p99_ms: float | None


class Pulse:
    """Counts decisions by minute, and keeps the latency of the latest.

    Args:
        clock: Gives seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._counts: dict[int, int] = {}
        self._seconds: deque[float] = deque(maxlen=_MOST_LATENCIES)

    def beat(self, seconds: float, count: int = 1) -> None:
        """Note decisions that were made together."""
        minute = int(self._clock() // 60)
        with self._lock:
            self._seconds.append(seconds)
            self._counts[minute] = self._counts.get(minute, 0) + count
            while len(self._counts) > _MINUTES + 1:
                del self._counts[min(self._counts)]

    def per_minute(self) -> tuple[int, ...]:
        """Give decisions of the last minutes, the running one last."""
        now = int(self._clock() // 60)
        with self._lock:
            return tuple(self._counts.get(minute, 0) for minute in range(now - _MINUTES + 1, now + 1))

    def latency(self) -> Latency:
        """Give the latency of the latest decisions."""
        with self._lock:
            return latency_of(list(self._seconds))


def latency_of(seconds: Sequence[float]) -> Latency:
    """Give count, median and 99th percentile: the smallest value that so many do not exceed.

    Example:
        >>> latency_of([0.001, 0.002, 0.003])
        Latency(count=3, p50_ms=2.0, p99_ms=3.0)
    """
    if not seconds:
        return Latency(0, None, None)
    ordered = sorted(seconds)
    of = [ordered[-(-len(ordered) * share // 100) - 1] * 1000 for share in (50, 99)]
    return Latency(len(ordered), round(of[0], 3), round(of[1], 3))
