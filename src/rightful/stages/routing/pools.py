"""Choose a member of a pool: who is there, who can, whose turn it is; and what happens when nobody can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from rightful.plan.pools import Pool, SkillRule
from rightful.plan.routing import RoutingSection
from rightful.stages.routing.case import Case
from rightful.stages.routing.hours import FAR, Calendar, instant
from rightful.stages.routing.reps import Roster
from rightful.stages.routing.state import PoolState, RepState, State, Tally, Windows, windows
from rightful.stages.routing.turns import calibrated, given_back, least_loaded, load, lowest, taken

__all__ = ["PoolRules", "Turn"]

_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Turn:
    """What a pool says of a record.

    Attributes:
        rep_id: The member; None where the pool gives nobody.
        is_sticky: Whether an earlier record decided.
        waits: Whether the record waits in the pool.
        reason: Why, in words.
        after: The pool afterwards.
        is_turn: Whether the record counts as a turn.
        cause: Why nobody.
        retry: Moment at which a waiting record is tried again; None where nobody knows.
        state: State that decided, as text.
    """

    rep_id: str | None
    reason: str
    after: PoolState
    is_sticky: bool = False
    waits: bool = False
    is_turn: bool = True
    cause: str = ""
    retry: int | None = None
    state: str = ""


@dataclass(slots=True)
class _Shift:
    """A stretch of time in which the same members are there; and when the others start, once that has been asked."""

    start: int
    end: int
    here: tuple[str, ...]
    starting: tuple[tuple[int, Sequence[str]], ...] = ()


class PoolRules:
    """A pool with the reps of a roster; remembers who is there from one change to the next."""

    def __init__(
        self, pool: Pool, members: Mapping[str, float], roster: Roster, section: RoutingSection, zone: str
    ) -> None:
        """Take the pool.

        Args:
            pool: The plan's pool.
            members: Weight of each employed member, in the order of the pool.
            roster: The reps.
            section: The plan's section.
            zone: The plan's time zone.
        """
        self.pool = pool
        self.weights = members
        self._zone, self._plan_zone = ZoneInfo(pool.time_zone or zone), ZoneInfo(zone)
        self._members = tuple(members)
        self._new = PoolState(dict.fromkeys(members, 0.0))
        self._roster = roster
        self._rep_caps = section.rep_caps
        self._usual = section.usual_capacity
        self._credits = section.credits
        self._counts = not (pool.caps.is_unlimited and pool.member_caps.is_unlimited)
        capacities = {member: roster[member].capacity for member in members if pool.respects_capacity}
        self._limits = {member: limit for member, limit in capacities.items() if limit is not None}
        self._calendars: dict[str, Calendar] = {
            member: roster[member].all_day if pool.is_always_open else roster[member].calendar for member in members
        }
        self._shift = _Shift(0, 0, ())

    def choose(self, case: Case, state: State) -> Turn:
        """Choose the member who gets a record, or say why nobody does."""
        before = state.pools.get(self.pool.pool, self._new)
        if not self._members:
            return Turn(None, "nobody of it is active", before, cause="pool_without_members")
        able = self._able(case)
        if not able:
            if not case.refused.isdisjoint(self._members):
                return Turn(None, "all who could take it refused it", before, cause="all_refused")
            asked = ", ".join(skill for rule, skill in self._asked(case) if rule.is_required)
            return Turn(None, f"no member has the required skill {asked}", before, cause="no_skill")
        shift = self._at(case.moment)
        here = calibrated(before, shift.here, self.pool.join_at)
        candidates = shift.here if able is self._members else tuple(member for member in shift.here if member in able)
        if not candidates:
            return self._when_away(case, state, here, able)
        free = self._free(candidates, case.moment, here, state)
        if not free:
            return self._when_full(candidates, case.moment, here, state)
        return self._among(free, case, state, here)

    def credited(self, state: State, rep_id: str, moment: int) -> PoolState:
        """Count a record that a member got elsewhere as a turn."""
        before = state.pools.get(self.pool.pool, self._new)
        here = calibrated(before, self._at(moment).here, self.pool.join_at)
        return taken(here, rep_id, self.weights[rep_id], self._now(moment))

    def given_back(self, state: State, rep_id: str, then: int) -> PoolState:
        """Take back a turn that a member had at a moment, see ``turns.given_back``."""
        before = state.pools.get(self.pool.pool, self._new)
        return given_back(before, rep_id, self.weights[rep_id], self._now(then))

    def rep_now(self, moment: int) -> Windows | None:
        """Give the hour, day and week in which the caps over all pools count a moment; None where there are no such caps."""
        return None if self._rep_caps.is_unlimited else windows(moment, self._plan_zone)

    def _now(self, moment: int) -> Windows | None:
        """Give the hour, day and week in which the pool's caps count a moment; None where it has none."""
        return windows(moment, self._zone) if self._counts else None

    def calendar(self, rep_id: str) -> Calendar:
        """Give the working time of a member in this pool."""
        return self._calendars[rep_id]

    def _at(self, moment: int) -> _Shift:
        shift = self._shift
        if not shift.start <= moment < shift.end:
            stretches = [(member, calendar.at(moment)) for member, calendar in self._calendars.items()]
            here = tuple(member for member, stretch in stretches if stretch.is_open)
            start = max(stretch.start for _, stretch in stretches)
            end = min(stretch.end for _, stretch in stretches)
            shift = self._shift = _Shift(start, end, here)
        return shift

    def _starting(self, moment: int, able: Sequence[str]) -> tuple[tuple[int, Sequence[str]], ...]:
        """Give when members start to work, the first ones first, as far as they can take the record."""
        shift = self._at(moment)
        if not shift.starting:
            starting: dict[int, list[str]] = {}
            for member, calendar in self._calendars.items():
                starting.setdefault(calendar.opens(moment), []).append(member)
            shift.starting = tuple((start, starting[start]) for start in sorted(starting))
        if able is self._members:
            return shift.starting
        chosen = ((start, [member for member in members if member in able]) for start, members in shift.starting)
        return tuple((start, members) for start, members in chosen if members)

    def _asked(self, case: Case) -> list[tuple[SkillRule, str]]:
        """Give the skills that a record asks for."""
        asked = []
        for rule in self.pool.skills:
            value = case.facts.get(rule.field)
            skill = rule.values.get(value, "") if value and rule.values else value
            if skill:
                asked.append((rule, skill))
        return asked

    def _able(self, case: Case) -> tuple[str, ...]:
        """Give the members with all required skills who did not refuse the record."""
        able = self._members
        if case.refused:
            able = tuple(member for member in able if member not in case.refused)
        for rule, skill in self._asked(case) if self.pool.skills else ():
            if rule.is_required:
                able = tuple(member for member in able if self._has(member, skill))
        return able

    def _has(self, member: str, skill: str) -> bool:
        return skill.strip().casefold() in self._roster[member].skills

    def _blocked(self, member: str, moment: int, here: PoolState, state: State) -> int | None:
        """Give the moment from which caps leave a member room; None where they do."""
        ends = []
        now, rep_now = self._now(moment), self.rep_now(moment)
        if now is not None:
            ends.append(here.tallies.get(member, _NEW_TALLY).blocked_until(now, self.pool.member_caps))
        if rep_now is not None:
            ends.append(state.reps.get(member, _NEW_REP).tally.blocked_until(rep_now, self._rep_caps))
        return max((end for end in ends if end is not None), default=None)

    def _pool_blocked(self, moment: int, here: PoolState) -> int | None:
        """Give the moment from which the pool's caps leave room; None where they do."""
        now = self._now(moment)
        return None if now is None else here.tally.blocked_until(now, self.pool.caps)

    def _with_room(self, members: Sequence[str], state: State) -> Sequence[str]:
        """Give the members whose open records are fewer than their capacity."""
        limits = self._limits
        if not limits:
            return members
        reps = state.reps
        return [
            member
            for member in members
            if member not in limits or (reps[member].open_records if member in reps else 0) < limits[member]
        ]

    def _free(self, members: Sequence[str], moment: int, here: PoolState, state: State) -> Sequence[str]:
        """Give the members whom caps and capacity leave room."""
        members = self._with_room(members, state)
        now, rep_now = self._now(moment), self.rep_now(moment)
        if now is not None:
            if not here.tally.has_room(now, self.pool.caps):
                return ()
            caps, tallies = self.pool.member_caps, here.tallies
            if not caps.is_unlimited:
                members = [each for each in members if tallies.get(each, _NEW_TALLY).has_room(now, caps)]
        if rep_now is not None:
            caps, reps = self._rep_caps, state.reps
            members = [each for each in members if reps.get(each, _NEW_REP).tally.has_room(rep_now, caps)]
        return members

    def _among(self, free: Sequence[str], case: Case, state: State, here: PoolState) -> Turn:
        """Choose among members who can take the record: the rep of an earlier one, else by preferred skills and turn."""
        now = self._now(case.moment)
        before = self._given_before(case, state, free)
        if before is not None:
            rep_id, words = before
            is_turn = self._credits.sticky
            after = taken(here, rep_id, self.weights[rep_id], now) if is_turn else here
            reason = f"{rep_id} got an earlier record with {words}"
            return Turn(rep_id, reason, after, is_sticky=True, is_turn=is_turn, state=self._shown(free, here, state))
        preferred, of_skill, lacking = self._preferred(free, case)
        if self.pool.choose_by == "least_loaded":
            rep_id, words = self._least_loaded(preferred, state)
        else:
            rep_id = lowest(here, preferred, lambda member: state.reps.get(member, _NEW_REP).last_at)
            words = f"weighted round robin, position {_number(here.positions.get(rep_id, 0.0))}"
        away = len(self._members) - len(here.present)
        reason = f"{words} the lowest of {of_skill}{len(free)} available; {away} away{lacking}"
        after = taken(here, rep_id, self.weights[rep_id], now)
        return Turn(rep_id, reason, after, state=self._shown(free, here, state))

    def _least_loaded(self, members: Sequence[str], state: State) -> tuple[str, str]:
        reps = [state.reps.get(member, _NEW_REP) for member in members]
        loads = [
            load(rep, self._roster[member].capacity, self._usual) for member, rep in zip(members, reps, strict=True)
        ]
        rep_id = least_loaded(loads, [rep.last_at for rep in reps], members)
        capacity = self._roster[rep_id].capacity
        limit = f"{_number(self._usual)} assumed" if capacity is None else _number(capacity)
        return rep_id, f"least loaded, {state.reps.get(rep_id, _NEW_REP).open_records} open of {limit}"

    def _preferred(self, free: Sequence[str], case: Case) -> tuple[Sequence[str], str, str]:
        """Narrow members down to those with the preferred skills, the most important first, as far as any are left.

        Returns:
            The members; how many have which skills, and which skills nobody has, in words.
        """
        had, lacking = [], ""
        for _, skill in self._asked(case) if self.pool.skills else ():
            having = [member for member in free if self._has(member, skill)]
            if having:
                free = having
                had.append(skill)
            else:
                lacking += f"; nobody available has {skill}"
        return free, f"{len(free)} with {' and '.join(had)} among " if had else "", lacking

    def _given_before(self, case: Case, state: State, free: Sequence[str]) -> tuple[str, str] | None:
        for name in self.pool.sticky_by:
            value = case.facts.get(name)
            given = state.given.get(f"{name}={value}") if value else None
            if given is None or given.rep_id not in free:
                continue
            days = self.pool.sticky_days
            if days is None or case.moment - given.at <= days * _DAY:
                return given.rep_id, f"{name} {value}"
        return None

    def _when_away(self, case: Case, state: State, here: PoolState, able: Sequence[str]) -> Turn:
        """Follow the pool's policy where none of the members who could take the record works now."""
        starting = self._starting(case.moment, able)
        first = starting[0][0]
        words = f"all {len(able)} who could take it are away"
        shown = f"away={len(able)}"
        if self.pool.when_all_away == "queue" and first < FAR:
            reason = f"{words}; it waits until {_time(first)}"
            return Turn(None, reason, here, waits=True, cause="queued", retry=first, state=shown)
        if self.pool.when_all_away == "next_to_open" and first < FAR:
            return self._next_to_open(starting, here, state, words)
        return Turn(None, words, here, cause="all_away", state=shown)

    def _next_to_open(
        self, starting: Sequence[tuple[int, Sequence[str]]], here: PoolState, state: State, words: str
    ) -> Turn:
        """Give the record to who works first; of those who start together the one whose turn it is."""
        for first, members in starting:
            together = self._free(members, first, here, state) if first < FAR else ()
            if together:
                break
        else:
            return Turn(None, f"{words}, and caps or capacities leave none of them room", here, cause="pool_full")
        rep_id = lowest(here, together, lambda member: state.reps.get(member, _NEW_REP).last_at)
        is_turn = self._credits.next_to_open
        after = taken(here, rep_id, self.weights[rep_id], self._now(first)) if is_turn else here
        reason = f"{words}; {rep_id} is the next to work, from {_time(first)}"
        return Turn(rep_id, reason, after, is_turn=is_turn, state=self._shown(together, here, state))

    def _when_full(self, members: Sequence[str], moment: int, here: PoolState, state: State) -> Turn:
        """Follow the pool's policy where caps or capacities leave nobody."""
        words = f"caps or capacities leave none of {len(members)} available any room"
        shown = self._shown(members, here, state)
        if self.pool.when_full == "fallback":
            return Turn(None, words, here, cause="pool_full", state=shown)
        retry = self._room_from(members, moment, here, state)
        until = f"until {_time(retry)}" if retry else "until a member has room"
        return Turn(None, f"{words}; it waits {until}", here, waits=True, cause="queued", retry=retry, state=shown)

    def _room_from(self, members: Sequence[str], moment: int, here: PoolState, state: State) -> int | None:
        """Give the first moment at which caps leave room; None where only capacity is lacking."""
        able = self._with_room(members, state)
        if not able:
            return None
        own = self._pool_blocked(moment, here) or 0
        return max(own, min(self._blocked(member, moment, here, state) or 0 for member in able)) or None

    def _shown(self, members: Sequence[str], here: PoolState, state: State) -> str:
        """Write the state that decided: position of each member, or open records and capacity."""
        shown = [f"{member}={self._value(member, here, state)}" for member in members[:_MOST_SHOWN]]
        if len(members) > _MOST_SHOWN:
            shown.append(f"and {len(members) - _MOST_SHOWN} more")
        return " ".join(shown)

    def _value(self, member: str, here: PoolState, state: State) -> str:
        if self.pool.choose_by == "weighted_round_robin":
            return _number(here.positions.get(member, 0.0))
        capacity = self._roster[member].capacity
        return f"{state.reps.get(member, _NEW_REP).open_records}/{'-' if capacity is None else _number(capacity)}"


_NEW_REP = RepState()
_NEW_TALLY = Tally()
_DAY = 86_400_000_000


def _number(value: float) -> str:
    return f"{value:.8g}"


@lru_cache(maxsize=4_096)
def _time(moment: int) -> str:
    return f"{instant(moment):%Y-%m-%d %H:%M} UTC"
