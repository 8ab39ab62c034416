"""Working time as a running total: how much lies between two moments, and where so much of it has passed, by bisection.

Walking from stretch to stretch costs a step for every night and weekend; the total costs two looks into sorted lists.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable

__all__ = ["WorkingTime"]

_DAY = 86_400_000_000
_STEP = 50 * _DAY
_FAR = 2**62


class WorkingTime:
    """The open blocks of a timetable and the working time before each; grows by itself as later moments are asked about."""

    __slots__ = ("_before", "_blocks_in", "_ends", "_from", "_starts", "_to", "_totals")

    def __init__(self, blocks_in: Callable[[int, int], Iterable[tuple[int, int]]]) -> None:
        """Begin without any block.

        Args:
            blocks_in: Gives the blocks that start from one moment up to before another.
        """
        self._blocks_in = blocks_in
        self._begin(_FAR)

    def after(self, moment: int, working: int, limit: int) -> int:
        """Give the moment at which so much working time has passed, or the limit where that comes before."""
        place = self._place(moment, limit)
        if place is None:
            return limit
        total = self._before[place] + max(0, moment - self._starts[place]) + working
        while self._totals[-1] < total:
            if self._to >= limit:
                return limit
            self._grow()
        found = bisect_left(self._totals, total, place)
        return min(self._starts[found] + total - self._before[found], limit)

    def between(self, start: int, end: int) -> int:
        """Give the working time from one moment to a later one."""
        self._reach(start, end)
        return self._until(end) - self._until(start)

    def _until(self, moment: int) -> int:
        place = bisect_right(self._starts, moment) - 1
        return 0 if place < 0 else min(self._before[place] + moment - self._starts[place], self._totals[place])

    def _place(self, moment: int, limit: int) -> int | None:
        """Give the place of the block that is open at a moment, else of the next one; None where none begins before the limit."""
        self._reach(moment, moment)
        place = bisect_right(self._ends, moment)
        while place == len(self._ends):
            if self._to >= limit:
                return None
            self._grow()
        return place

    def _reach(self, start: int, end: int) -> None:
        if start < self._from:
            self._begin(start - _STEP)
        while self._to <= end:
            self._grow()

    def _begin(self, start: int) -> None:
        # A block that began two days before may still be open.
        self._from, self._to = start, start - 2 * _DAY
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        self._totals: list[int] = []

    def _grow(self) -> None:
        """Add the blocks of some more days; blocks that touch become one."""
        starts, ends = self._starts, self._ends
        for start, end in self._blocks_in(self._to, self._to + _STEP):
            if ends and start <= ends[-1]:
                if end > ends[-1]:
                    self._totals[-1] += end - ends[-1]
                    ends[-1] = end
                continue
            before = self._totals[-1] if ends else 0
            starts.append(start)
            ends.append(end)
            self._before.append(before)
            self._totals.append(before + end - start)
        self._to += _STEP
