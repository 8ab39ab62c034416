"""Route one record: the one reading, which the desk calls and a run folds over all records in order of arrival.

A closed record stays with its owner; a disqualified one is an exception or goes to the pool that sorts it out; an open one with
an active owner stays there, if the plan says so. Then the plan's methods are tried in order: owner of the account, territory,
pool. What they do not place goes to the fallback that the plan names, and else to the exceptions. Nothing is silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rightful.plan.routing import RoutingSection, Sla
from rightful.stages.coverage import CoverageOn
from rightful.stages.roster import why_not_working
from rightful.stages.routing.case import Case, DecidedBy, Decision
from rightful.stages.routing.hours import FAR, Calendar
from rightful.stages.routing.owners import NOTHING_THERE, account_owner, territory_rep
from rightful.stages.routing.pools import PoolRules, Turn
from rightful.stages.routing.reps import Roster
from rightful.stages.routing.state import Changes, Given, PoolState, RepState, State, Windows

__all__ = ["Context", "decide", "due_at", "route"]


@dataclass(frozen=True, slots=True)
class Context:
    """What decides, besides the state.

    Attributes:
        section: The plan's section.
        roster: The reps who are employed, and when they work.
        known: All reps of the book.
        pools: The pools with their members.
        coverage: Who works which territory.
        sticky_fields: Fields by which any pool knows records again.
    """

    section: RoutingSection
    roster: Roster
    known: frozenset[str]
    pools: Mapping[str, PoolRules]
    coverage: CoverageOn
    sticky_fields: tuple[str, ...]


def route(case: Case, context: Context, state: State) -> tuple[Decision, State]:
    """Decide who acts on a record now, and give the state afterwards. Pure: the same arguments give the same result."""
    decision = decide(case, context, state)
    return decision, state.after(decision.changes)


def decide(case: Case, context: Context, state: State) -> Decision:
    """Decide who acts on a record now; ``changes`` of the decision are the rows of the state that it rewrites."""
    return _Attempt(case, context, state).decided()


class _Attempt:
    """One decision in the making: what was passed over so far, and where the pools that were asked now stand."""

    __slots__ = ("_after", "_case", "_context", "_passed", "_state")

    def __init__(self, case: Case, context: Context, state: State) -> None:
        self._case, self._context, self._state = case, context, state
        self._passed: list[str] = []
        self._after: dict[str, PoolState] = {}

    def decided(self) -> Decision:
        """Decide."""
        case, ruling, roster = self._case, self._case.ruling, self._context.roster
        if ruling.closed:
            return self._closed()
        if ruling.disqualified:
            if ruling.pool is not None:
                return self._by_pools(str(ruling.pool.pool), "pool")
            self._passed.append(f"disqualified by rule {ruling.disqualified}")
            return self._nobody("disqualified")
        if ruling.keeps_current_owner and case.owner_id in roster and case.owner_id not in case.refused:
            return self._by_owner(case.owner_id or "", "current_owner", "owns it already")
        return self._by_methods()

    def _closed(self) -> Decision:
        case, why, roster = self._case, self._case.ruling.closed, self._context.roster
        holder = str(self._context.section.closed.rep_id)
        if case.owner_id in roster:
            return self._made(case.owner_id, "none", f"{why}: stays with its owner")
        for role in case.ruling.owner_roles:
            if case.team.get(role) in roster:
                return self._made(case.team[role], "none", f"{why}: {role} of its account {case.account_id}")
        if holder in roster:
            return self._made(holder, "none", f"{why}: {holder} holds closed records without an owner")
        self._passed.append(f"{why}, and nobody who is active owns it or its account")
        return self._nobody("closed_without_owner")

    def _by_methods(self) -> Decision:
        case, context = self._case, self._context
        for method in case.ruling.methods:
            if method == "pool":
                if case.ruling.pool is not None:
                    return self._by_pools(str(case.ruling.pool.pool), "pool")
                self._passed.append("no pool rule holds")
                continue
            if method == "account_owner":
                rep_id, reason = account_owner(case, context.section.account_owner, context.roster)
            else:
                rep_id, reason = territory_rep(case, context.section.territory, context.coverage, context.roster)
            if rep_id:
                return self._by_owner(rep_id, method, reason)
            self._passed.append(reason)
        if context.section.fallback_pool:
            return self._by_pools(str(context.section.fallback_pool), "fallback")
        return self._last_resort("no_pool")

    def _by_owner(self, rep_id: str, method: DecidedBy, reason: str) -> Decision:
        """Give the record to its lasting owner; where that is a member of its pool, the plan says whether it is a turn."""
        case, section = self._case, self._context.section
        is_turn = section.credits.current_owner if method == "current_owner" else section.credits.account_owner
        rules = self._context.pools.get(str(case.ruling.pool.pool)) if case.ruling.pool else None
        now = None
        if rules is not None and is_turn and rep_id in rules.weights:
            name, now = str(rules.pool.pool), rules.rep_now(case.moment)
            self._after[name] = rules.credited(self._state, rep_id, case.moment)
        reason = self._with_passed(reason)
        due = self._due(self._context.roster[rep_id].calendar)
        turn_in = next(iter(self._after), None)
        return self._made(rep_id, method, reason, due=due, changes=self._changes(rep_id, now), turn_in=turn_in)

    def _by_pools(self, first: str, method: DecidedBy) -> Decision:
        """Ask a pool, and then those that it falls back on."""
        context, name, cause = self._context, first, ""
        while name and name not in self._after:
            rules = context.pools[name]
            turn = rules.choose(self._case, self._state)
            self._after[name] = turn.after
            words = f"{'fallback ' if method == 'fallback' else ''}pool {self._named(name)}: {turn.reason}"
            if turn.rep_id or turn.waits:
                return self._by_turn(rules, turn, method, words)
            self._passed.append(words)
            method, cause = "fallback", cause or turn.cause
            holder = str(rules.pool.fallback_rep_id)
            if self._can_take(holder) and not rules.pool.fallback_pool:
                return self._by_fallback_rep(holder)
            name = str(rules.pool.fallback_pool or context.section.fallback_pool)
        return self._last_resort(cause)

    def _by_turn(self, rules: PoolRules, turn: Turn, method: DecidedBy, words: str) -> Decision:
        rep_id = turn.rep_id
        if rep_id is None:
            method, due, changes = "queue", None, Changes(pools=self._after)
        else:
            method = "sticky" if turn.is_sticky and method == "pool" else method
            due = self._due(rules.calendar(rep_id))
            changes = self._changes(rep_id, rules.rep_now(self._case.moment) if turn.is_turn else None)
        return Decision(
            object=self._case.object,
            record_id=self._case.record_id,
            decided=self._case.moment,
            rep_id=rep_id,
            method=method,
            pool_id=str(rules.pool.pool),
            reason=self._with_passed(words),
            cause=turn.cause,
            retry=turn.retry,
            sla_due=due,
            state=turn.state,
            changes=changes,
            turn_in=str(rules.pool.pool) if rep_id is not None and turn.is_turn else None,
        )

    def _can_take(self, rep_id: str) -> bool:
        return rep_id in self._context.roster and rep_id not in self._case.refused

    def _by_fallback_rep(self, rep_id: str) -> Decision:
        reason = self._with_passed(f"fallback {rep_id}, whom the plan names")
        due = self._due(self._context.roster[rep_id].calendar)
        return self._made(rep_id, "fallback", reason, due=due, changes=self._changes(rep_id, None))

    def _last_resort(self, cause: str) -> Decision:
        holder = str(self._context.section.fallback_rep_id)
        if self._can_take(holder):
            return self._by_fallback_rep(holder)
        if holder in self._context.roster:
            self._passed.append(f"fallback {holder} refused it")
            return self._nobody(cause)
        if holder:
            self._passed.append(f"fallback {holder} {why_not_working(holder, self._context.known)}")
            return self._nobody("inactive_fallback")
        return self._nobody(cause)

    def _nobody(self, cause: str) -> Decision:
        made = self._made(None, "none", "; ".join(self._passed), changes=Changes(pools=self._after))
        return replace(made, cause=cause)

    def _made(
        self,
        rep_id: str | None,
        method: DecidedBy,
        reason: str,
        *,
        due: int | None = None,
        changes: Changes | None = None,
        turn_in: str | None = None,
    ) -> Decision:
        return Decision(
            object=self._case.object,
            record_id=self._case.record_id,
            decided=self._case.moment,
            rep_id=rep_id,
            method=method,
            pool_id=None,
            reason=reason,
            sla_due=due,
            changes=changes or Changes(),
            turn_in=turn_in,
        )

    def _with_passed(self, reason: str) -> str:
        """Say what was passed over as well, but for what goes without saying."""
        return "; passed over: ".join([reason, *(each for each in self._passed if each not in NOTHING_THERE)])

    def _named(self, pool_id: str) -> str:
        ruling = self._case.ruling
        if ruling.pool is None or ruling.pool.pool != pool_id:
            return pool_id
        if ruling.disqualified:
            return f"{pool_id} (disqualified by rule {ruling.disqualified})"
        return f"{pool_id} (rule {ruling.pool_rule})"

    def _changes(self, rep_id: str, now: Windows | None) -> Changes:
        """Give what the record changes: the pools asked, the rep's load, and who is known to have got it."""
        case = self._case
        before = self._state.reps.get(rep_id, _NEW_REP)
        rep = RepState(
            before.open_records + case.ruling.is_counted,
            case.moment,
            before.tally.plus(now) if now is not None else before.tally,
        )
        given = {
            f"{name}={case.facts[name]}": Given(rep_id, case.moment)
            for name in self._context.sticky_fields
            if case.facts.get(name)
        }
        return Changes(self._after, {rep_id: rep}, given)

    def _due(self, calendar: Calendar) -> int | None:
        return due_at(self._case.ruling.sla, self._case.arrived, calendar)


def due_at(sla: Sla | None, arrived: int, calendar: Calendar) -> int | None:
    """Give the deadline of a record that arrived at a moment: minutes of all time, or of its rep's working time.

    None without a deadline, and where the rep does not work long enough for one within 400 days.
    """
    if sla is None:
        return None
    length = round(sla.minutes * _MINUTE)
    if sla.clock == "wall":
        return arrived + length
    due = calendar.after(arrived, length)
    return None if due >= FAR else due


_MINUTE = 60_000_000
_NEW_REP = RepState()
