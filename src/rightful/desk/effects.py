"""What each command does: one function per command, all of them pure but for the write under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rightful.crm import OBJECT_OF_TABLE
from rightful.desk.answers import Answer, at
from rightful.desk.commands import Accept, Fire, Outcome, Reassign, Reject, Resolve
from rightful.desk.in_force import table_of
from rightful.desk.pipeline import followed
from rightful.desk.standing import Facts, Standing, read_standing
from rightful.desk.timers import FIRE, TIMER, cancel, follow_up_timers
from rightful.desk.work import Looked, Work
from rightful.errors import Mistake, NoSuchRecord, Refused
from rightful.stages.roster import why_not_working

__all__ = ["accept", "fire", "outcome", "poison", "poisoned_timer", "reassign", "reject", "resolve", "route"]

_ENDINGS = ("closed", "won", "lost", "disqualified")
_OPEN = ("assigned", "accepted")


def route(work: Work, looked: Looked) -> Answer:
    """Decide a record; one that somebody has stays there where the plan keeps owners, and counts once."""
    found = looked.found
    before = read_standing(work.entry, found.object, found.record_id)
    if found.object == "account":
        looked = replace(looked, found=replace(found, follows=followed("account", found.values, work.now, work.moment)))
        work.world.put_book(work.entry, "accounts", found.record_id, looked.source)
    arrived = found.case.arrived if found.case else work.moment
    facts = replace(before.facts, tries=0) if before else Facts(arrived)
    if before is not None and before.answer.status in _OPEN and before.facts.is_counted:
        work.release(before, is_turn_kept=True)
    if found.hold is not None and (before is None or before.answer.status == "held"):
        return work.hold(looked, before, facts, *found.hold)
    answer = work.route(looked, before, facts)
    if before is None or before.answer.status != "accepted" or before.answer.rep_id != answer.rep_id:
        return answer
    cancel(work.entry, found.object, found.record_id)  # whoever has accepted it need not do so again
    standing = read_standing(work.entry, found.object, found.record_id)
    assert standing is not None  # noqa: S101 - it was just written
    return work.note(replace(standing, answer=replace(answer, status="accepted")))


def accept(work: Work, command: Accept) -> Answer:
    """Let a rep take a record: its clock stops."""
    standing = _of_rep(work, command.object, command.record_id, command.rep_id)
    if standing.answer.status == "accepted":
        return standing.answer
    cancel(work.entry, command.object, command.record_id)
    facts = replace(standing.facts, responded_at=standing.facts.responded_at or work.moment)
    answer = replace(standing.answer, status="accepted")
    return work.note(Standing(answer, facts, standing.source), "record.accepted")


def reject(work: Work, command: Reject, looked: Looked) -> Answer:
    """Let a rep refuse a record: it goes to somebody else."""
    standing = _of_rep(work, command.object, command.record_id, command.rep_id)
    work.release(standing, is_turn_kept=work.now.plan.routing.credits.rejected)
    work.tell("record.rejected", standing.answer)
    why = f"{command.rep_id} rejected it" + (f": {command.reason}" if command.reason else "")
    return _again(work, looked, standing, command.rep_id, why)


def reassign(work: Work, command: Reassign, looked: Looked) -> Answer:
    """Give a record to the rep whom a person names."""
    standing = _known(work, command.object, command.record_id)
    _refuse_idle(work, command.rep_id)
    if standing.answer.status not in (*_OPEN, "queued", "held", "exception"):
        raise Refused(_mistake(standing, "cannot be reassigned", "records that are open"))
    work.release(standing, is_turn_kept=work.now.plan.routing.credits.reassigned)
    why = "given by hand" + (f": {command.reason}" if command.reason else "")
    return work.give(looked, standing, command.rep_id, standing.facts, why)


def resolve(work: Work, command: Resolve, looked: Looked) -> Answer:
    """Give an exception to a rep, or decide it again."""
    standing = _known(work, command.object, command.record_id)
    if standing.answer.status not in ("exception", "queued", "held"):
        raise Refused(_mistake(standing, "is no exception", "records that are exceptions, wait or are held"))
    if command.rep_id is None:
        return work.route(looked, standing, replace(standing.facts, tries=0), "tried again by hand")
    _refuse_idle(work, command.rep_id)
    return work.give(looked, standing, command.rep_id, standing.facts, "exception resolved by hand")


def outcome(work: Work, command: Outcome) -> Answer:
    """Take note of what became of a record; what ends it takes it off its rep's load."""
    standing = _known(work, command.object, command.record_id)
    if command.outcome not in ("responded", *_ENDINGS):
        allowed = ", ".join(("responded", *_ENDINGS))
        raise Refused(Mistake(None, f"unknown outcome {command.outcome!r}", allowed))
    if standing.answer.status == "closed":
        return standing.answer
    cancel(work.entry, command.object, command.record_id)
    facts = replace(standing.facts, responded_at=standing.facts.responded_at or work.moment)
    if command.outcome == "responded":
        status = "accepted" if standing.answer.status in _OPEN else standing.answer.status
        return work.note(Standing(replace(standing.answer, status=status), facts, standing.source))
    work.release(standing, is_turn_kept=True)
    answer = replace(standing.answer, status="closed", cause=command.outcome)
    return work.note(Standing(answer, replace(facts, is_counted=False), standing.source), "record.closed")


def fire(work: Work, command: Fire, looked: Looked | None) -> Answer:
    """Let a timer have its effect, once: of all who try, one finds it armed."""
    found = work.entry.rows(TIMER, of=command.timer_id)
    if not found:
        raise NoSuchRecord(Mistake(None, f"there is no timer {command.timer_id!r}"))
    _, kind, object_name, record_id, due = found[0]
    touched = work.entry.put(FIRE, [{"of": command.timer_id, "now": work.moment, "at": work.entry.position}])
    standing = read_standing(work.entry, object_name, record_id)
    if touched != 1 or standing is None:
        return Answer(object_name, record_id, reason="the timer had its effect before, or was cancelled")
    if kind == "reminder":
        return work.note(standing, "sla.reminder")
    if kind == "follow_up":
        return work.note(standing, "sla.unanswered")
    if kind == "expiry":
        return _expire(work, standing, looked, due)
    assert looked is not None  # noqa: S101 - the desk looks at records whose timers decide
    why = "decided with what is known" if kind == "hold" else "tried again"
    return work.route(looked, standing, standing.facts, why)


def poison(work: Work, object_name: str, source: Mapping[str, str | None], fault: str) -> Answer:
    """Let a record that failed too often by a fault of ours be an exception that a person sees."""
    record_id = source[OBJECT_OF_TABLE[table_of(object_name)].key] or ""
    before = read_standing(work.entry, object_name, record_id)
    facts = Facts(work.moment)
    if before is not None:
        work.release(before, is_turn_kept=True)
        facts = replace(before.facts, is_counted=False, turn_in=None)
    answer = Answer(
        object_name,
        record_id,
        f"d_{work.identifier}",
        "exception",
        method="none",
        reason=f"it failed too often by a fault of the desk ({fault})",
        cause="poison",
        plan_version=work.now.plan.version,
        book=work.now.view.run.folder.name,
        decided_at=at(work.moment),
    )
    work.settle(Standing(answer, facts, source), before, (), {})
    return answer


def poisoned_timer(work: Work, command: Fire, fault: str) -> Answer:
    """Let a record whose timer failed too often be an exception as well, so that the timer does not come due for ever."""
    [(_, _, object_name, record_id, _)] = work.entry.rows(TIMER, of=command.timer_id)
    return poison(work, object_name, _known(work, object_name, record_id).source, fault)


def _expire(work: Work, standing: Standing, looked: Looked | None, due: int) -> Answer:
    """Follow the plan where a deadline was missed."""
    policy, facts = work.now.plan.desk.sla, replace(standing.facts, is_late=True)
    late = Standing(standing.answer, facts, standing.source)
    work.tell("sla.expired", standing.answer)
    rep_id = standing.answer.rep_id
    if policy.on_expiry == "keep" or facts.reroutes >= policy.most_reroutes or looked is None or rep_id is None:
        work.arm(late, follow_up_timers(policy, due))
        return work.note(late)
    work.release(standing, is_turn_kept=work.now.plan.routing.credits.sla_lost)
    moved = replace(late, facts=replace(facts, reroutes=facts.reroutes + 1, arrived=work.moment))
    return _again(work, looked, moved, rep_id, f"{rep_id} missed the deadline")


def _again(work: Work, looked: Looked, standing: Standing, rep_id: str, why: str) -> Answer:
    refused = tuple(dict.fromkeys((*standing.facts.refused, rep_id)))
    return work.route(looked, standing, replace(standing.facts, refused=refused, tries=0), why)


def _known(work: Work, object_name: str, record_id: str) -> Standing:
    standing = read_standing(work.entry, object_name, record_id)
    if standing is None:
        problem = f"the desk has not seen the {object_name} {record_id!r}"
        raise NoSuchRecord(Mistake(None, problem, remedy="route it first"))
    return standing


def _of_rep(work: Work, object_name: str, record_id: str, rep_id: str) -> Standing:
    standing = _known(work, object_name, record_id)
    if standing.answer.status not in _OPEN or standing.answer.rep_id != rep_id:
        raise Refused(_mistake(standing, f"is not {rep_id}'s to accept or reject", "the rep who has it"))
    return standing


def _refuse_idle(work: Work, rep_id: str) -> None:
    if rep_id not in work.context.roster:
        problem = f"{rep_id} {why_not_working(rep_id, work.context.known)}"
        raise Refused(Mistake(None, problem, "reps who are active"))


def _mistake(standing: Standing, problem: str, allowed: str) -> Mistake:
    answer = standing.answer
    whose = f"with {answer.rep_id}" if answer.rep_id else "with nobody"
    return Mistake(None, f"the {answer.object} {answer.record_id} {problem}: it is {answer.status}, {whose}", allowed)
