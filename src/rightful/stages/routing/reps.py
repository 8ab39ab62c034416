"""The reps as routing sees them: who is employed, when they work, what they can do and hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rightful.errors import PlanError
from rightful.plan.routing import RoutingSection
from rightful.plan.working_hours import ALWAYS, WorkingHours, read_hours
from rightful.stages.routing.hours import FAR, Absence, Calendar, Stretch, Timetable, moment_of

__all__ = ["REP_FIELDS", "Rep", "Roster", "Timetables", "roster_of", "time_zone"]

REP_FIELDS = (
    "rep_id", "country", "team", "time_zone", "working_hours", "skills", "capacity", "weight", "is_active", "starts_on", "ends_on",
)  # fmt: skip
"""Fields of reps that routing reads, beside those of ``members_when``."""

_HOURS_FIELDS = ("time_zone", "working_hours", "country", "team")
_MOST_COVERS = 5


@dataclass(frozen=True, slots=True)
class Rep:
    """A rep who is employed.

    Attributes:
        rep_id: Key.
        skills: Skills and languages in lower case.
        capacity: Open records the rep can hold; None for no limit.
        weight: Share in pools; None where the book is silent.
        calendar: When the rep works.
        all_day: The same without working hours and holidays: absences alone.
    """

    rep_id: str
    skills: frozenset[str]
    capacity: float | None
    weight: float | None
    calendar: Calendar
    all_day: Calendar


@dataclass(frozen=True, slots=True)
class Roster:
    """The reps who are employed, by key."""

    reps: Mapping[str, Rep]

    def __contains__(self, rep_id: object) -> bool:
        """Tell whether a rep is employed."""
        return rep_id in self.reps

    def __getitem__(self, rep_id: str) -> Rep:
        """Give an employed rep."""
        return self.reps[rep_id]

    def cover(self, rep_id: str, moment: int) -> str | None:
        """Give who covers an absent rep: the first in the chain of covers who is employed and not absent."""
        step: str | None = rep_id
        for _ in range(_MOST_COVERS):
            rep = self.reps.get(step or "")
            if rep is None:
                return None
            stretch = rep.calendar.at(moment)
            if not stretch.is_absent:
                return step if step != rep_id else None
            step = stretch.cover_id
        return None

    def stretch(self, rep_id: str, moment: int) -> Stretch:
        """Give the stretch of time in which a rep is."""
        return self.reps[rep_id].calendar.at(moment)


def roster_of(
    reps: Iterable[Mapping[str, Any]],
    absences: Iterable[Mapping[str, Any]],
    section: RoutingSection,
    zone: str,
    day: date,
    timetables: Timetables | None = None,
) -> Roster:
    """Read the roster for a day: who is active and employed on it.

    Working hours or a time zone that cannot be read count as blank: the plan's hold (``check_routing`` names such reps).

    Args:
        reps: ``REP_FIELDS`` of each rep; nulls as in ``crm.rep``.
        absences: rep_id, starts_at, ends_at, cover_rep_id; a null start or end is open.
        section: The plan's section.
        zone: The plan's time zone.
        day: The day.
        timetables: Those of an earlier roster of the same section, so that no day is worked out twice.
    """
    away: dict[str, list[Absence]] = {}
    for row in absences:
        absence = Absence(
            _moment(row.get("starts_at"), -FAR), _moment(row.get("ends_at"), FAR), row.get("cover_rep_id")
        )
        away.setdefault(row["rep_id"], []).append(absence)
    timetables = timetables or Timetables(section, zone)
    employed = {
        row["rep_id"]: _rep(row, tuple(away.get(row["rep_id"], ())), timetables)
        for row in reps
        if _is_employed(row, day)
    }
    return Roster(employed)


class Timetables:
    """The timetables of reps: one for all who share hours, time zone and holidays."""

    def __init__(self, section: RoutingSection, zone: str) -> None:
        self._holidays = section.holidays
        self._usual = read_hours(section.working_hours.text)
        self._zone = ZoneInfo(zone)
        self._made: dict[tuple[WorkingHours, str, frozenset[date]], Timetable] = {}
        self._known: dict[tuple[Any, ...], Timetable] = {}

    def of(self, row: Mapping[str, Any], *, all_day: bool) -> Timetable:
        """Give the timetable of a rep, or the one without hours and holidays."""
        stated = (all_day, *(row.get(name) for name in _HOURS_FIELDS))
        found = self._known.get(stated)
        if found is None:
            found = self._known[stated] = self._of(row, all_day=all_day)
        return found

    def _of(self, row: Mapping[str, Any], *, all_day: bool) -> Timetable:
        zone = time_zone(row.get("time_zone")) or self._zone
        hours = ALWAYS if all_day else _hours(row.get("working_hours")) or self._usual
        days_off = frozenset() if all_day else self._days_off(row)
        key = (hours, zone.key, days_off)
        if key not in self._made:
            self._made[key] = Timetable(hours, zone, days_off)
        return self._made[key]

    def _days_off(self, row: Mapping[str, Any]) -> frozenset[date]:
        return frozenset(
            holiday.on
            for holiday in self._holidays
            if (not holiday.countries or row.get("country") in holiday.countries)
            and (not holiday.teams or row.get("team") in holiday.teams)
        )


def _is_employed(row: Mapping[str, Any], day: date) -> bool:
    starts, ends = row.get("starts_on"), row.get("ends_on")
    return row.get("is_active") is not False and (starts is None or starts <= day) and (ends is None or day <= ends)


def _rep(row: Mapping[str, Any], absences: Sequence[Absence], timetables: Timetables) -> Rep:
    skills = (skill.strip().casefold() for skill in (row.get("skills") or "").split(";"))
    return Rep(
        row["rep_id"],
        frozenset(skill for skill in skills if skill),
        row.get("capacity"),
        row.get("weight"),
        Calendar(timetables.of(row, all_day=False), absences),
        Calendar(timetables.of(row, all_day=True), absences),
    )


def _hours(text: str | None) -> WorkingHours | None:
    try:
        return read_hours(text) if text else None
    except PlanError:
        return None


def time_zone(name: str | None) -> ZoneInfo | None:
    """Give the time zone of a name; None where there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _moment(when: datetime | None, otherwise: int) -> int:
    return otherwise if when is None else moment_of(when)
