"""Find what only the book can show of the plan's routing: pools with nobody, reps that do not exist, hours nobody can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rightful.errors import Mistake, Place, PlanError, near_miss
from rightful.plan import Plan
from rightful.plan.section import place_of
from rightful.plan.working_hours import read_hours
from rightful.stages.routing.context import members_of
from rightful.stages.routing.reps import time_zone

__all__ = ["check_routing"]

_FILE = "routing.yaml"
_MOST_SHOWN = 20


def check_routing(plan: Plan, reps: Sequence[Mapping[str, Any]]) -> list[Mistake]:
    """Check the plan's routing against the reps of the book.

    Args:
        plan: The plan.
        reps: rep_id, is_active, working_hours, time_zone and ``member_fields`` of every rep.

    Returns:
        Warnings: a run goes on, for the records concerned have a fallback or become exceptions.
    """
    return [*_unknown_reps(plan, reps), *_empty_pools(plan, reps), *_unreadable(plan, reps)]


def _unknown_reps(plan: Plan, reps: Sequence[Mapping[str, Any]]) -> Iterator[Mistake]:
    section = plan.routing
    known = {str(row["rep_id"]) for row in reps}
    named = [
        *(member.rep_id for pool in section.pools for member in pool.members),
        *(pool.fallback_rep_id for pool in section.pools),
        section.fallback_rep_id,
        section.closed.rep_id,
    ]
    for name in dict.fromkeys(name for name in named if name and name not in known):
        place = place_of(name, _FILE)
        allowed = ", ".join(sorted(known)[:_MOST_SHOWN]) or "the book has no reps"
        yield Mistake(place, f"unknown rep {str(name)!r}", allowed, near_miss(name, sorted(known)), "warning")


def _empty_pools(plan: Plan, reps: Sequence[Mapping[str, Any]]) -> Iterator[Mistake]:
    active = {str(row["rep_id"]) for row in reps if row.get("is_active") is not False}
    for pool in plan.routing.pools:
        if active.isdisjoint(members_of(pool, reps, plan)):
            problem = f"pool {str(pool.pool)!r} has nobody who is active"
            remedy = "check `members` and `members_when` against the reps of the book"
            yield Mistake(place_of(pool.pool, _FILE), problem, "at least one active rep", remedy, "warning")


def _unreadable(plan: Plan, reps: Sequence[Mapping[str, Any]]) -> Iterator[Mistake]:
    usual = plan.routing.working_hours.text
    for row in reps:
        place = Place(str(row.get("source_file") or "reps"), row.get("source_line"))
        hours, zone = row.get("working_hours"), row.get("time_zone")
        if hours:
            try:
                read_hours(hours, place)
            except PlanError as error:
                for found in error.mistakes:
                    remedy = f"mend the hours of rep {row['rep_id']}; until then {usual!r} holds"
                    yield Mistake(place, found.problem, found.allowed, remedy, "warning")
        if zone and time_zone(zone) is None:
            problem = f"unknown time zone {zone!r} of rep {row['rep_id']}"
            remedy = f"until then the plan's {plan.general.time_zone} holds"
            yield Mistake(place, problem, "IANA names such as Europe/Berlin", remedy, "warning")
