"""When somebody works: blocks of the week in a time zone, holidays and absences, as stretches of time in UTC.

Moments are whole microseconds since 1970 in UTC, so that they compare and add fast. Local times that a change of the clocks
skips are read by the offset before the change; of those that come twice, a block starts at the first and ends at the last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from rightful.plan.working_hours import WorkingHours

__all__ = ["FAR", "Absence", "Calendar", "Stretch", "instant", "moment_of"]

FAR = 2**62
"""A moment after all others."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONGEST_LOOK_AHEAD_DAYS = 400


def moment_of(when: datetime) -> int:
    """Give an instant as microseconds since 1970.

    Example:
        >>> moment_of(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
        1000000
    """
    return (when - _EPOCH) // _MICROSECOND


def instant(moment: int) -> datetime:
    """Give a moment as an instant in UTC."""
    return _EPOCH + moment * _MICROSECOND


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time in which nothing changes.

    Attributes:
        start: First moment.
        end: First moment after it.
        is_open: Whether the person works.
        is_present: Whether the person could be asked: neither absent nor on holiday, though perhaps after hours.
        cover_id: Who covers an absence; None where nobody does.
        is_absent: Whether an absence is the reason.
    """

    start: int
    end: int
    is_open: bool
    is_present: bool
    cover_id: str | None = None
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """An absence: from a moment to the moment of return, and who covers."""

    start: int
    end: int
    cover_id: str | None


class Calendar:
    """The working time of one person. Remembers the last stretch asked for, for moments mostly come in order."""

    __slots__ = ("_absences", "_days_off", "_hours", "_last", "_zone")

    def __init__(
        self,
        hours: WorkingHours,
        zone: ZoneInfo,
        days_off: frozenset[date] = frozenset(),
        absences: Iterable[Absence] = (),
    ) -> None:
        self._hours, self._zone, self._days_off = hours, zone, days_off
        self._absences = tuple(sorted(absences, key=lambda absence: (absence.start, -absence.end)))
        self._last = Stretch(0, 0, is_open=False, is_present=False)

    def at(self, moment: int) -> Stretch:
        """Give the stretch that a moment lies in."""
        if not self._last.start <= moment < self._last.end:
            self._last = self._stretch(moment)
        return self._last

    def opens(self, moment: int) -> int:
        """Give the first moment from this one at which the person works; ``FAR`` where none comes within 400 days."""
        limit = moment + _LONGEST_LOOK_AHEAD_DAYS * 86_400_000_000
        while moment < limit:
            stretch = self._stretch(moment)
            if stretch.is_open:
                return max(moment, stretch.start)
            moment = stretch.end
        return FAR

    def after(self, moment: int, working: int) -> int:
        """Give the moment at which so many microseconds of working time have passed; ``FAR`` beyond 400 days."""
        limit = moment + _LONGEST_LOOK_AHEAD_DAYS * 86_400_000_000
        while moment < limit:
            stretch = self._stretch(moment)
            if stretch.is_open:
                if stretch.end - moment >= working:
                    return moment + working
                working -= stretch.end - moment
            moment = stretch.end
        return FAR

    def _stretch(self, moment: int) -> Stretch:
        absence = next((each for each in self._absences if each.start <= moment < each.end), None)
        if absence is not None:
            return Stretch(
                absence.start, absence.end, is_open=False, is_present=False, cover_id=absence.cover_id, is_absent=True
            )
        start, end, is_open, is_present = self._by_hours(moment)
        for each in self._absences:
            if moment < each.start < end:
                end = each.start
            if start < each.end <= moment:
                start = each.end
        return Stretch(start, end, is_open=is_open, is_present=is_present)

    def _by_hours(self, moment: int) -> tuple[int, int, bool, bool]:
        """Tell whether hours and holidays let the person work at a moment, and from when to when."""
        day = instant(moment).astimezone(self._zone).date()
        day_start, day_end = _midnight(day, self._zone), _midnight(day + timedelta(days=1), self._zone)
        blocks = [
            block
            for each in (day - timedelta(days=1), day)
            if each not in self._days_off
            for block in _blocks(self._hours, self._zone, each)
        ]
        for start, end in blocks:
            if start <= moment < end:
                return start, end, True, True
        start = max([day_start, *(end for _, end in blocks if end <= moment)])
        end = min([day_end, *(start for start, _ in blocks if start > moment)])
        return start, end, False, day not in self._days_off


@lru_cache(maxsize=65_536)
def _blocks(hours: WorkingHours, zone: ZoneInfo, day: date) -> tuple[tuple[int, int], ...]:
    """Give the blocks that start on a local day, as moments; those that touch are one."""
    found: list[tuple[int, int]] = []
    for block in hours.blocks:
        if block.weekday != day.weekday():
            continue
        start, end = _local(day, block.start_minute, zone, 0), _local(day, block.end_minute, zone, 1)
        if found and found[-1][1] >= start:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif end > start:
            found.append((start, end))
    return tuple(found)


@lru_cache(maxsize=65_536)
def _midnight(day: date, zone: ZoneInfo) -> int:
    return _local(day, 0, zone, 0)


def _local(day: date, minute: int, zone: ZoneInfo, fold: int) -> int:
    """Give the moment of a local time; a local time that the clocks skip is read by the offset before the change."""
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    earlier = moment_of(local.replace(tzinfo=zone, fold=0).astimezone(UTC))
    if fold == 0:
        return earlier
    return max(earlier, moment_of(local.replace(tzinfo=zone, fold=1).astimezone(UTC)))
