"""What routing remembers from one decision to the next, as values: a decision reads it and gives what changed.

A store (a dictionary in a run, rows of a database at the desk) holds one ``PoolState`` per pool, one ``RepState`` per rep and
one ``Given`` per sticky value. ``Changes`` names the rows that a decision rewrites, and no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from rightful.plan.pools import Caps
from rightful.stages.routing.hours import instant, moment_of

__all__ = ["Changes", "Given", "PoolState", "RepState", "State", "Tally", "Windows", "windows"]


@dataclass(frozen=True, slots=True)
class Windows:
    """The hour, day and week that a moment lies in: the moments at which they begin, and those at which the next ones do."""

    hour: int
    day: int
    week: int
    next_hour: int
    next_day: int
    next_week: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records were counted in the last hour, day and week in which any was; each beside its beginning."""

    hour: int = 0
    in_hour: int = 0
    day: int = 0
    in_day: int = 0
    week: int = 0
    in_week: int = 0

    def plus(self, now: Windows) -> Tally:
        """Count a record."""
        return Tally(
            now.hour,
            (self.in_hour if self.hour == now.hour else 0) + 1,
            now.day,
            (self.in_day if self.day == now.day else 0) + 1,
            now.week,
            (self.in_week if self.week == now.week else 0) + 1,
        )

    def minus(self, then: Windows) -> Tally:
        """Take a record back that was counted at a moment: from the hour, day and week that are still those of the moment."""
        return replace(
            self,
            in_hour=max(0, self.in_hour - (self.hour == then.hour)),
            in_day=max(0, self.in_day - (self.day == then.day)),
            in_week=max(0, self.in_week - (self.week == then.week)),
        )

    def has_room(self, now: Windows, caps: Caps) -> bool:
        """Tell whether the caps leave room."""
        return (
            (caps.hour is None or (self.in_hour if self.hour == now.hour else 0) < caps.hour)
            and (caps.day is None or (self.in_day if self.day == now.day else 0) < caps.day)
            and (caps.week is None or (self.in_week if self.week == now.week else 0) < caps.week)
        )

    def blocked_until(self, now: Windows, caps: Caps) -> int | None:
        """Give the moment from which the caps leave room again; None where they do now."""
        ends = [
            end
            for cap, count, start, current, end in (
                (caps.hour, self.in_hour, self.hour, now.hour, now.next_hour),
                (caps.day, self.in_day, self.day, now.day, now.next_day),
                (caps.week, self.in_week, self.week, now.week, now.next_week),
            )
            if cap is not None and (count if start == current else 0) >= cap
        ]
        return max(ends) if ends else None


@dataclass(frozen=True, slots=True)
class PoolState:
    """Where the turns of a pool stand.

    Attributes:
        positions: Position of each rep who ever was there; the lowest is next.
        present: Members who were there at the last decision: who was not and now is has come back.
        returned: Members who have come back since their last turn.
        tally: Records that the pool took.
        tallies: Records that each member took from this pool.
    """

    positions: Mapping[str, float] = field(default_factory=dict)
    present: tuple[str, ...] = ()
    returned: frozenset[str] = frozenset()
    tally: Tally = Tally()
    tallies: Mapping[str, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RepState:
    """What a rep has.

    Attributes:
        open_records: Records open now.
        last_at: Moment of the last record that came; None for never.
        tally: Records that all pools gave.
    """

    open_records: int = 0
    last_at: int | None = None
    tally: Tally = Tally()


@dataclass(frozen=True, slots=True)
class Given:
    """Who got the last record with a sticky value, and when."""

    rep_id: str
    at: int


@dataclass(frozen=True, slots=True)
class Changes:
    """The rows that a decision rewrites."""

    pools: Mapping[str, PoolState] = field(default_factory=dict)
    reps: Mapping[str, RepState] = field(default_factory=dict)
    given: Mapping[str, Given] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """All that routing remembers; what is not in it is as at the beginning.

    Attributes:
        pools: By pool.
        reps: By rep.
        given: By sticky value: ``domain=acme.com``.
    """

    pools: Mapping[str, PoolState] = field(default_factory=dict)
    reps: Mapping[str, RepState] = field(default_factory=dict)
    given: Mapping[str, Given] = field(default_factory=dict)

    def after(self, changes: Changes) -> State:
        """Give the state after a decision."""
        return replace(
            self,
            pools={**self.pools, **changes.pools},
            reps={**self.reps, **changes.reps},
            given={**self.given, **changes.given},
        )


_QUARTER = 900_000_000  # time zones differ by whole quarters of an hour


def windows(moment: int, zone: ZoneInfo) -> Windows:
    """Give the hour, day and week of a moment in a time zone."""
    return _windows(moment // _QUARTER, zone)


@lru_cache(maxsize=131_072)
def _windows(quarter: int, zone: ZoneInfo) -> Windows:
    local = instant(quarter * _QUARTER).astimezone(zone)
    hour = quarter * _QUARTER - local.minute * 60_000_000
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    monday = midnight - timedelta(days=local.weekday())
    return Windows(
        hour,
        moment_of(midnight),
        moment_of(monday),
        hour + 3_600_000_000,
        moment_of(midnight + timedelta(days=1)),
        moment_of(monday + timedelta(days=7)),
    )
