"""Make ready what decides: pools with the members that the plan and the book give them, owners, coverage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rightful.plan import Plan
from rightful.plan.pools import Pool
from rightful.plan.section import rule_fields
from rightful.rules import Condition, parse_expression
from rightful.stages.coverage import coverage_on
from rightful.stages.routing.pools import PoolRules
from rightful.stages.routing.reps import Roster, Timetables, roster_of
from rightful.stages.routing.route import Context

__all__ = ["context_of", "fact_fields", "member_fields", "members_of"]

Row = Mapping[str, Any]


def context_of(
    plan: Plan, reps: Sequence[Row], absences: Iterable[Row], day: date, timetables: Timetables | None = None
) -> Context:
    """Make the context of a day.

    Args:
        plan: The plan.
        reps: ``REP_FIELDS`` and ``member_fields`` of every rep.
        absences: rep_id, starts_at, ends_at, cover_rep_id of every absence.
        day: Who is active and employed on it can get records.
        timetables: Those of an earlier context of the same plan, so that no day is worked out twice.
    """
    section, zone = plan.routing, plan.general.time_zone
    ordered = sorted(reps, key=lambda row: str(row["rep_id"]))
    roster = roster_of(ordered, absences, section, zone, day, timetables)
    pools = {
        str(pool.pool): PoolRules(pool, _weights(members_of(pool, ordered, plan), pool, roster), roster, section, zone)
        for pool in section.pools
    }
    sticky = dict.fromkeys(str(name) for pool in section.pools for name in pool.sticky_by)
    known = frozenset(str(row["rep_id"]) for row in ordered)
    coverage = coverage_on(plan.assignment.coverage, frozenset(roster.reps), known, day)
    return Context(section, roster, known, pools, coverage, tuple(sticky))


def members_of(pool: Pool, reps: Sequence[Row], plan: Plan) -> tuple[str, ...]:
    """Give the members of a pool, whether employed or not: those that it lists, then by rep_id those who meet its condition."""
    listed = [str(member.rep_id) for member in pool.members]
    condition = _members_when(pool, plan)
    meeting = [str(row["rep_id"]) for row in reps if condition.holds(row)] if condition else []
    return tuple(dict.fromkeys([*listed, *meeting]))


def member_fields(plan: Plan) -> tuple[str, ...]:
    """Give the fields of reps that conditions on members read."""
    conditions = [_members_when(pool, plan) for pool in plan.routing.pools]
    return tuple(sorted({field for condition in conditions if condition for field in condition.fields()}))


def fact_fields(plan: Plan) -> tuple[str, ...]:
    """Give the fields of records that pools compare: sticky ones and skills."""
    names = {
        str(name) for pool in plan.routing.pools for name in [*pool.sticky_by, *(skill.field for skill in pool.skills)]
    }
    return tuple(sorted(names))


def _members_when(pool: Pool, plan: Plan) -> Condition | None:
    written = pool.members_when
    if written is None:
        return None
    return parse_expression(written.text, rule_fields("reps"), written.place, plan.lists)


def _weights(members: Iterable[str], pool: Pool, roster: Roster) -> dict[str, float]:
    """Give the weight of each employed member; who has weight 0 in the book takes no turns."""
    stated = {str(member.rep_id): member.weight for member in pool.members}
    weights: dict[str, float] = {}
    for member in members:
        if member in roster:
            own = roster[member].weight
            weight = stated.get(member) or (1.0 if own is None else own)
            if weight > 0:
                weights[member] = weight
    return weights
