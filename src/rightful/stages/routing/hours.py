"""When somebody works: blocks of the week in a time zone, holidays and absences, as stretches of time in UTC.

Moments are whole microseconds since 1970 in UTC, so that they compare and add fast. Local times that a change of the clocks
skips are read by the offset before the change; of those that come twice, a block starts at the first and ends at the last.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from rightful.plan.working_hours import WorkingHours
from rightful.stages.routing.working_time import WorkingTime

__all__ = ["FAR", "Absence", "Calendar", "Stretch", "Timetable", "instant", "moment_of"]

FAR = 2**62
"""A moment after all others."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000
_LOOK_AHEAD = 400 * _DAY


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


class Timetable:
    """Working hours in a time zone, with holidays: the same for all who share them, so that each day is worked out once.

    Attributes:
        working: Its working time, added up.
    """

    __slots__ = ("_days", "_days_off", "_hours", "_zone", "working")

    def __init__(self, hours: WorkingHours, zone: ZoneInfo, days_off: frozenset[date] = frozenset()) -> None:
        self._hours, self._zone, self._days_off = hours, zone, days_off
        self._days: dict[int, tuple[Stretch, ...]] = {}
        self.working = WorkingTime(self._blocks_between)

    def at(self, moment: int) -> Stretch:
        """Give the stretch that a moment lies in."""
        day = moment // _DAY
        stretches = self._days.get(day)
        if stretches is None:
            stretches = self._days[day] = tuple(self._stretches(day * _DAY))
        place = 0
        while stretches[place].end <= moment:
            place += 1
        return stretches[place]

    def _stretches(self, start: int) -> Iterator[Stretch]:
        """Work out the stretches that overlap a day of UTC."""
        moment = start
        while moment < start + _DAY:
            stretch = self._stretch(moment)
            yield stretch
            moment = stretch.end

    def _stretch(self, moment: int) -> Stretch:
        day = instant(moment).astimezone(self._zone).date()
        day_start, day_end = (_local(each, 0, self._zone, 0) for each in (day, day + timedelta(days=1)))
        blocks = [*self._blocks(day - timedelta(days=1)), *self._blocks(day)]
        for start, end in blocks:
            if start <= moment < end:
                return Stretch(start, end, is_open=True, is_present=True)
        start = max([day_start, *(end for _, end in blocks if end <= moment)])
        end = min([day_end, *(start for start, _ in blocks if start > moment)])
        return Stretch(start, end, is_open=False, is_present=day not in self._days_off)

    def _blocks_between(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Give the blocks that start from a moment up to before another, in order."""
        day, last = (instant(moment).astimezone(self._zone).date() for moment in (start, end))
        while day <= last:
            yield from (block for block in self._blocks(day) if start <= block[0] < end)
            day += timedelta(days=1)

    def _blocks(self, day: date) -> Iterator[tuple[int, int]]:
        """Give the blocks that start on a local day, as moments; a block that a change of the clocks swallows is left out."""
        if day in self._days_off:
            return
        for block in self._hours.blocks:
            if block.weekday == day.weekday():
                start, end = (
                    _local(day, block.start_minute, self._zone, 0),
                    _local(day, block.end_minute, self._zone, 1),
                )
                if start < end:
                    yield start, end


class Calendar:
    """The working time of one person: a timetable and absences. Remembers the last stretch, for moments mostly come in order."""

    __slots__ = ("_absences", "_away", "_back", "_last", "_starts", "_timetable")

    def __init__(self, timetable: Timetable, absences: Iterable[Absence] = ()) -> None:
        self._timetable = timetable
        self._absences = tuple(sorted(absences, key=lambda absence: (absence.start, -absence.end)))
        self._starts = [absence.start for absence in self._absences]
        self._back = list(accumulate((absence.end for absence in self._absences), max))  # latest return of any so far
        self._away = tuple(zip(self._starts, self._back, strict=True))
        self._last = Stretch(0, 0, is_open=False, is_present=False)

    def at(self, moment: int) -> Stretch:
        """Give the stretch that a moment lies in."""
        last = self._last
        if not last.start <= moment < last.end:
            last = self._last = self._stretch(moment)
        return last

    def opens(self, moment: int) -> int:
        """Give the first moment from this one at which the person works; ``FAR`` where none comes within 400 days."""
        return self.after(moment, 0)

    def after(self, moment: int, working: int) -> int:
        """Give the moment at which so many microseconds of working time have passed; ``FAR`` beyond 400 days.

        Where none has to pass, it is the first moment at which the person works.
        """
        limit, time = moment + _LOOK_AHEAD, self._timetable.working
        for leaves, returns in self._times_away(moment):
            if moment < leaves:
                found = time.after(moment, working, limit)
                if found < leaves or (found == leaves and working):
                    break
                working -= time.between(moment, leaves)
            moment = max(moment, returns)
            if moment >= limit:
                return FAR
        else:
            found = time.after(moment, working, limit)
        return found if found < limit else FAR

    def worked(self, start: int, end: int) -> int:
        """Give the working time between two moments, in microseconds."""
        if start >= end:
            return 0
        total, time = 0, self._timetable.working
        for leaves, returns in self._times_away(start):
            if leaves >= end:
                break
            if start < leaves:
                total += time.between(start, leaves)
            start = max(start, returns)
        return total + time.between(start, end) if start < end else total

    def _times_away(self, moment: int) -> tuple[tuple[int, int], ...]:
        """Give the times of absence that are not over at a moment, in order; one may begin within another."""
        return self._away[bisect_right(self._back, moment) :]

    def _stretch(self, moment: int) -> Stretch:
        stretch = self._timetable.at(moment)
        if not self._absences:
            return stretch
        begun = bisect_right(self._starts, moment)
        first = bisect_right(self._back, moment)
        if first < begun:  # of those that have begun, the first from which the person is not back
            each = self._absences[first]
            # An earlier one that has just ended may have held until now: a stretch begins where this one takes over.
            start = max(each.start, self._back[first - 1]) if first else each.start
            return Stretch(start, each.end, is_open=False, is_present=False, cover_id=each.cover_id, is_absent=True)
        start = max(stretch.start, self._back[begun - 1]) if begun else stretch.start
        end = min(stretch.end, self._starts[begun]) if begun < len(self._starts) else stretch.end
        return Stretch(start, end, is_open=stretch.is_open, is_present=stretch.is_present)


def _local(day: date, minute: int, zone: ZoneInfo, fold: int) -> int:
    """Give the moment of a local time: of one that comes twice the first (fold 0) or the last (fold 1)."""
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    earlier = moment_of(local.replace(tzinfo=zone, fold=0).astimezone(UTC))
    if fold == 0:
        return earlier
    return max(earlier, moment_of(local.replace(tzinfo=zone, fold=1).astimezone(UTC)))
