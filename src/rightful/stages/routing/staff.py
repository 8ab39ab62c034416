"""The reps of a plan in the course of time: who is employed on a day, absences as they become known, capacities as they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from rightful.plan import Plan
from rightful.stages.routing.context import context_of, member_fields
from rightful.stages.routing.pools import PoolRules
from rightful.stages.routing.reps import Roster, Timetables, roster_of
from rightful.stages.routing.route import Context

__all__ = ["Staff"]

Row = Mapping[str, Any]


class Staff:
    """Gives the context of each moment; a change of one rep rebuilds only what that rep is part of.

    Attributes:
        context: What decides now.
    """

    def __init__(self, plan: Plan, reps: Sequence[Row], absences: Iterable[Row], day: date) -> None:
        """Begin on a day.

        Args:
            plan: The plan.
            reps: ``REP_FIELDS`` and ``member_fields`` of every rep.
            absences: rep_id, starts_at, ends_at, cover_rep_id of every absence that is known.
            day: The day.
        """
        self._plan, self._day = plan, day
        self._reps = {str(row["rep_id"]): dict(row) for row in reps}
        self._absences: dict[str, list[Row]] = {}
        for row in absences:
            self._absences.setdefault(str(row["rep_id"]), []).append(row)
        self._timetables = Timetables(plan.routing, plan.general.time_zone)
        self._chosen_by_capacity = "capacity" in member_fields(plan)
        self.context = self._whole()

    def __contains__(self, rep_id: object) -> bool:
        """Tell whether the book has a rep, employed or not."""
        return rep_id in self._reps

    def turning_days(self, first: date, last: date) -> tuple[date, ...]:
        """Give the days after the first one up to the last one on which somebody joins or leaves, or coverage changes."""
        rows = [(row.get("starts_on"), row.get("ends_on")) for row in self._reps.values()]
        rows += [(row.starts_on, row.ends_on) for row in self._plan.assignment.coverage]
        days = {start for start, _ in rows if start} | {end + timedelta(days=1) for _, end in rows if end}
        return tuple(sorted(day for day in days if first < day <= last))

    def turn_to(self, day: date) -> None:
        """Go on to a day: who is employed on it, and who covers what."""
        self._day = day
        self.context = self._whole()

    def be_absent(self, absence: Row) -> None:
        """Take note of an absence: rep_id, starts_at, ends_at, cover_rep_id."""
        rep_id = str(absence["rep_id"])
        self._absences.setdefault(rep_id, []).append(absence)
        self.context = self._with(rep_id)

    def hold(self, rep_id: str, capacity: float | None) -> None:
        """Let a rep hold so many open records from now on; None for no limit."""
        self._reps[rep_id]["capacity"] = capacity
        self.context = self._whole() if self._chosen_by_capacity else self._with(rep_id)

    def put(self, rep: Row) -> None:
        """Take a rep in, or a known one as changed: ``REP_FIELDS`` and ``member_fields``."""
        self._reps[str(rep["rep_id"])] = dict(rep)
        self.context = self._whole()

    def put_absences(self, rep_id: str, absences: Iterable[Row]) -> None:
        """Put all absences of a rep in the place of those known: rep_id, starts_at, ends_at, cover_rep_id of each."""
        self._absences[rep_id] = list(absences)
        self.context = self._with(rep_id) if rep_id in self._reps else self.context

    def _whole(self) -> Context:
        absences = [row for rows in self._absences.values() for row in rows]
        return context_of(self._plan, list(self._reps.values()), absences, self._day, self._timetables)

    def _with(self, rep_id: str) -> Context:
        """Give the context with one rep read anew, and the pools that this rep is in."""
        section, zone, before = self._plan.routing, self._plan.general.time_zone, self.context
        rows, absences = [self._reps[rep_id]], self._absences.get(rep_id, ())
        found = roster_of(rows, absences, section, zone, self._day, self._timetables)
        roster = Roster({**before.roster.reps, **found.reps})
        pools = {
            name: PoolRules(rules.pool, rules.weights, roster, section, zone) if rep_id in rules.weights else rules
            for name, rules in before.pools.items()
        }
        return replace(before, roster=roster, pools=pools)
