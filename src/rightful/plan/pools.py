"""Pools as people declare them: who takes turns, how the next one is chosen, and what happens when nobody can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from rightful.plan.section import LONGEST_DAYS, Name, Section, Written

__all__ = ["AwayPolicy", "Caps", "ChooseBy", "Credits", "FullPolicy", "Member", "Pool", "SkillRule"]

ChooseBy = Literal["weighted_round_robin", "least_loaded"]
AwayPolicy = Literal["queue", "next_to_open", "fallback"]
FullPolicy = Literal["queue", "fallback"]


class Member(Section):
    """A rep who takes turns in a pool."""

    rep_id: Name = Field(description="The rep.")
    weight: float | None = Field(
        default=None, gt=0, description="Share relative to the other members; left out, the rep's own weight, else 1."
    )


class Caps(Section):
    """Most records in an hour, a day and a week, as the clock and the calendar count them; left out, no limit."""

    hour: int | None = Field(default=None, ge=0, description="Most records in an hour of the clock.")
    day: int | None = Field(default=None, ge=0, description="Most records in a calendar day.")
    week: int | None = Field(default=None, ge=0, description="Most records in a week from Monday.")

    @property
    def is_unlimited(self) -> bool:
        """True where nothing is capped."""
        return self.hour is None and self.day is None and self.week is None


class SkillRule(Section):
    """What a record asks of its rep: a language or a product, compared with the skills of reps whatever the case."""

    field: Name = Field(description="Field of the record whose value is the skill, such as product_interest.")
    values: Mapping[str, str] = Field(
        default={},
        description="Skill for each value, such as `DE: German`; other values then ask nothing. Left out, the value is the skill.",
    )
    is_required: bool = Field(
        default=False,
        description="Yes: only members with the skill. No: they are preferred, and without one any member will do.",
    )


class Pool(Section):
    """Reps who take turns."""

    pool: Name = Field(min_length=1, description="Name of the pool.")
    members: tuple[Member, ...] = Field(
        default=(), description="The members; their order decides ties. Or the name of a CSV file."
    )
    members_when: Written | None = Field(
        default=None,
        description="Condition on reps, such as `role = 'sdr' AND country = 'DE'`: who meets it is a member as well, by rep_id.",
    )
    choose_by: ChooseBy = Field(
        default="weighted_round_robin",
        description="weighted_round_robin: the lowest position is next, and rises by 1/weight. least_loaded: the smallest"
        " share of capacity in use is next, of equals who has been idle longest.",
    )
    sticky_by: tuple[Name, ...] = Field(
        default=(),
        description="Fields such as matched_account_id, domain, email: the rep who got an earlier record with the same value"
        " gets this one too, where that rep is a member who can take it. The first field that finds one decides.",
    )
    sticky_days: float | None = Field(
        default=None, gt=0, le=LONGEST_DAYS, description="How long that holds; left out, for ever."
    )
    skills: tuple[SkillRule, ...] = Field(
        default=(), description="What records ask of their rep; of preferred skills the first weighs most."
    )
    join_at: Literal["average", "minimum"] = Field(
        default="average",
        description="Where members start who join or come back: at the average position of those who are there, or the lowest.",
    )
    is_always_open: bool = Field(
        default=False, description="Yes: working hours and holidays do not count (24/7); absences do."
    )
    caps: Caps = Field(default=Caps(), description="Most records that the pool takes.")
    member_caps: Caps = Field(default=Caps(), description="Most records that a member takes from this pool.")
    respects_capacity: bool = Field(
        default=True, description="Yes: a rep whose open records reach the capacity gets no more."
    )
    when_all_away: AwayPolicy = Field(
        default="next_to_open",
        description="queue: the record waits until somebody works. next_to_open: who works first gets it at once."
        " fallback: the fallback gets it.",
    )
    when_full: FullPolicy = Field(
        default="fallback", description="What happens when caps or capacities leave nobody: queue or fallback."
    )
    fallback_pool: Name = Field(default="", description="Pool that takes over; left out, the section's fallback.")
    fallback_rep_id: Name = Field(default="", description="Rep who takes over, where no pool does.")
    time_zone: Name = Field(
        default="",
        description="IANA time zone in which the pool's caps count hours, days and weeks; by default the plan's.",
    )


class Credits(Section):
    """What counts as a turn: it raises the rep's position in the pool and counts for caps."""

    account_owner: bool = Field(
        default=False, description="A record that went to a member as owner of its account or territory."
    )
    current_owner: bool = Field(default=False, description="A record that stayed with a member who had it already.")
    sticky: bool = Field(default=True, description="A record that went to the rep of an earlier one.")
    next_to_open: bool = Field(default=True, description="A record given to the member who works next.")
    rejected: bool = Field(default=False, description="A record that the rep rejected; no: the turn is given back.")
    sla_lost: bool = Field(
        default=True, description="A record taken away after its deadline; no: the turn is given back."
    )
    reassigned: bool = Field(
        default=True, description="A record that went to another member by hand; no: the turn is given back."
    )
