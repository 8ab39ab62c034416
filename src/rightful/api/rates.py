"""How much a key may ask for: a bucket of tokens per key, filled at a steady rate."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

__all__ = ["Rates"]

_MOST_NAMES = 10_000


class Rates:
    """Buckets by name. Not for several threads at once.

    Args:
        per_second: Tokens that come back each second.
        burst: Most tokens that a bucket holds.
        clock: Gives seconds that only go forward.

    Example:
        >>> rates = Rates(per_second=1, burst=2, clock=lambda: 0.0)
        >>> rates.take("k1"), rates.take("k1"), rates.take("k1")
        (0.0, 0.0, 1.0)
    """

    def __init__(self, per_second: float, burst: float, clock: Callable[[], float]) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, count: float = 1) -> float:
        """Take tokens; give 0, or, where there are too few, the seconds until there are enough, and take none."""
        now = self._clock()
        left, since = self._buckets.pop(name, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_second)
        wanted = min(count, self._burst)
        waits = 0.0 if wanted <= left else (wanted - left) / self._per_second
        self._buckets[name] = (left if waits else left - wanted, now)
        if len(self._buckets) > _MOST_NAMES:  # the one that asked longest ago is full again
            self._buckets.popitem(last=False)
        return waits
