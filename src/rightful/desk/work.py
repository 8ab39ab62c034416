"""A command at its turn: what it may do to a record, to the turns of pools and to what is to happen later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from rightful.desk.answers import Answer, Status, at
from rightful.desk.in_force import InForce
from rightful.desk.outbox import put_message
from rightful.desk.pipeline import Follows, Understood
from rightful.desk.standing import Facts, Standing, write_standing
from rightful.desk.timers import Timer, arm, cancel, sla_timers
from rightful.desk.world import World
from rightful.ledger.desk_tables import desk_decisions
from rightful.ledger.direct import DirectEntry
from rightful.plan.desk import Hold
from rightful.stages.routing import Changes, Context, Decision, RepState, decide, due_at

__all__ = ["Looked", "Work"]

_DECIDED = sa.insert(desk_decisions)
_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What a command found out about a record before its turn.

    Attributes:
        source: The record, see ``pipeline.as_source``.
        found: What the stages before routing make of it.
        parts: The same for explanations.
        now: The plan in force by which it was looked at.
    """

    source: Mapping[str, str | None]
    found: Understood
    parts: Mapping[str, Any]
    now: InForce


class Work:
    """What one command does, within the write of its group.

    Attributes:
        entry: The write under way.
        world: What routing remembers.
        now: The plan in force.
        moment: The moment of the command.
        identifier: What no other command has; decisions, timers and messages are named after it.
    """

    def __init__(self, entry: DirectEntry, world: World, now: InForce, moment: int, identifier: str) -> None:
        self.entry, self.world, self.now = entry, world, now
        self.moment, self.identifier = moment, identifier

    @property
    def context(self) -> Context:
        """What decides at the moment."""
        return self.now.context_at(self.moment)

    def route(self, looked: Looked, before: Standing | None, facts: Facts, why: str = "") -> Answer:
        """Decide a record, and write all that follows from it.

        Args:
            looked: What is known of the record.
            before: How it stood; who had it has been released.
            facts: What to keep of before: its arrival, who refused it, how often it was sent on.
            why: What is to be said before the reason.
        """
        case = looked.found.case
        if case is None:
            follows = looked.found.follows or Follows(None, None, None, "nobody owns it", "no_owner")
            return self._follow(looked, before, facts, follows)
        case = replace(case, moment=self.moment, arrived=facts.arrived, refused=frozenset(facts.refused))
        if before is not None and before.answer.rep_id is not None:
            case = replace(case, owner_id=before.answer.rep_id)
        decision = decide(case, self.context, self.world.state)
        self.world.apply(decision.changes)
        is_live = decision.rep_id is not None and decision.method != "none"
        kept = replace(
            facts,
            taken_at=self.moment if decision.rep_id else None,
            is_counted=case.ruling.is_counted and is_live,
            turn_in=decision.turn_in,
            sla_due=decision.sla_due,
        )
        answer = self._answer(looked.found, decision, why)
        timers: tuple[Timer, ...] = ()
        if is_live and decision.sla_due is not None:
            timers = sla_timers(self.now.plan.desk.sla, decision.sla_due, self.moment)
        elif decision.retry is not None and facts.tries < self.now.plan.routing.queue_tries:
            kept = replace(kept, tries=facts.tries + 1)
            timers = (Timer("retry", decision.retry),)
        parts = {**looked.parts, "routing": _routing(decision, answer)}
        self.settle(Standing(answer, kept, looked.source), before, timers, parts)
        return answer

    def hold(
        self, looked: Looked, before: Standing | None, facts: Facts, rule: Hold, missing: tuple[str, ...]
    ) -> Answer:
        """Let a record wait until its fields are filled, or a time has passed."""
        due = facts.arrived + round(rule.minutes * _MINUTE)
        reason = f"waits for {', '.join(missing)}, at most until {at(due):%Y-%m-%d %H:%M} UTC"
        answer = replace(self._about(looked.found), status="held", method="hold", cause="held", reason=reason)
        self.settle(Standing(answer, facts, looked.source), before, (Timer("hold", due),), looked.parts)
        return answer

    def give(self, looked: Looked, before: Standing, rep_id: str, facts: Facts, why: str) -> Answer:
        """Give a record to a rep whom a person names."""
        case = looked.found.case
        state = self.world.state.reps.get(rep_id, RepState())
        is_counted = case is None or case.ruling.is_counted
        taken = RepState(state.open_records + is_counted, self.moment, state.tally)
        self.world.apply(Changes(reps={rep_id: taken}))
        due = due_at(case.ruling.sla, self.moment, self.context.roster[rep_id].calendar) if case else None
        answer = replace(
            self._about(looked.found),
            status="assigned",
            rep_id=rep_id,
            method="by_hand",
            reason=why,
            sla_due_at=at(due),
        )
        kept = replace(facts, taken_at=self.moment, is_counted=is_counted, turn_in=None, sla_due=due)
        timers = sla_timers(self.now.plan.desk.sla, due, self.moment) if due is not None else ()
        self.settle(Standing(answer, kept, looked.source), before, timers, looked.parts)
        return answer

    def release(self, standing: Standing, *, is_turn_kept: bool) -> None:
        """Take a record off its rep: the load always, the turn where the plan's credits do not count it."""
        facts, rep_id = standing.facts, standing.answer.rep_id
        if rep_id is None:
            return
        reps, pools = {}, {}
        state = self.world.state
        rep = state.reps.get(rep_id, RepState())
        if facts.is_counted:
            rep = replace(rep, open_records=max(0, rep.open_records - 1))
            reps[rep_id] = rep
        rules = self.context.pools.get(facts.turn_in or "")
        if not is_turn_kept and rules is not None and rep_id in rules.weights and facts.taken_at is not None:
            pools[str(rules.pool.pool)] = rules.given_back(state, rep_id, facts.taken_at)
            then = rules.rep_now(facts.taken_at)
            if then is not None:
                reps[rep_id] = replace(rep, tally=rep.tally.minus(then))
        self.world.apply(Changes(pools, reps))

    def note(self, standing: Standing, event: str = "") -> Answer:
        """Write how a record stands where nobody decided anew; tell of an event, if any."""
        write_standing(self.entry, standing)
        if event:
            self.tell(event, standing.answer)
        return standing.answer

    def tell(self, event: str, answer: Answer) -> None:
        """Write a message to all who are told of an event."""
        put_message(self.entry, self.now.plan, event, answer, (self.identifier, self.moment))

    def _follow(self, looked: Looked, before: Standing | None, facts: Facts, follows: Follows) -> Answer:
        status: Status = "assigned" if follows.rep_id else "exception"
        answer = replace(
            self._about(looked.found),
            status=status,
            rep_id=follows.rep_id,
            territory_id=follows.territory_id,
            account_id=follows.account_id,
            method="follows" if follows.rep_id else "none",
            reason=follows.reason,
            cause=follows.cause or None,
        )
        kept = replace(facts, taken_at=self.moment, is_counted=False, turn_in=None, sla_due=None)
        self.settle(Standing(answer, kept, looked.source), before, (), looked.parts)
        return answer

    def settle(
        self, standing: Standing, before: Standing | None, timers: tuple[Timer, ...], parts: Mapping[str, Any]
    ) -> None:
        """Write a decision with all that follows: how the record stands, its owner, what is to happen, who is told."""
        answer = standing.answer
        if before is not None:
            cancel(self.entry, answer.object, answer.record_id)
        row = {
            "decision_id": answer.decision_id,
            "object": answer.object,
            "record_id": answer.record_id,
            "decided_at": self.moment,
            "plan_version": answer.plan_version,
            "explanation": json.dumps(parts, separators=(",", ":"), ensure_ascii=False),
            "position": self.entry.position,
        }
        self.entry.put(_DECIDED, [row])
        write_standing(self.entry, standing)
        self.arm(standing, timers)
        had = before.answer.rep_id if before else None
        if answer.rep_id is not None or had is not None:
            seat = (answer.record_id, answer.object, self.now.view.owner_role, 1)
            self.entry.own(seat, answer.rep_id, answer.territory_id, answer.method, answer.reason)
        self.tell(f"record.{answer.status}", answer)

    def arm(self, standing: Standing, timers: tuple[Timer, ...]) -> None:
        """Arm timers of a record; of those of one moment, that of the record which arrived first fires first."""
        record = (standing.object, standing.record_id)
        arm(self.entry, record, f"{max(0, standing.facts.arrived):016x}.{self.identifier}", timers)

    def _about(self, found: Understood) -> Answer:
        match, score = found.match, found.score
        return Answer(
            object=found.object,
            record_id=found.record_id,
            decision_id=f"d_{self.identifier}",
            territory_id=found.territory_id,
            account_id=match.account_id if match else None,
            probability=match.probability if match else None,
            score=score.score if score else None,
            grade=score.grade if score else None,
            rating=score.rating if score else None,
            plan_version=self.now.plan.version,
            book=self.now.view.run.folder.name,
            decided_at=at(self.moment),
        )

    def _answer(self, found: Understood, decision: Decision, why: str) -> Answer:
        return replace(
            self._about(found),
            status=_status(decision),
            rep_id=decision.rep_id,
            method=decision.method,
            reason=f"{why}; {decision.reason}" if why else decision.reason,
            pool_id=decision.pool_id,
            cause=decision.cause or None,
            sla_due_at=at(decision.sla_due),
        )


def _status(decision: Decision) -> Status:
    if decision.rep_id is not None:
        return "closed" if decision.method == "none" else "assigned"
    return "queued" if decision.method == "queue" else "exception"


def _routing(decision: Decision, answer: Answer) -> dict[str, Any]:
    return {
        "rep_id": decision.rep_id,
        "method": decision.method,
        "pool_id": decision.pool_id,
        "reason": answer.reason,
        "state": decision.state,
        "retry_at": None if decision.retry is None else str(at(decision.retry)),
    }
