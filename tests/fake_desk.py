"""A desk without stages or database: it remembers commands by key, and routes everything to one rep. For the tests of its interface."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from rightful.crm import OBJECTS
from rightful.desk.answers import Answer, DecisionView, Figures, MemberView, MessageView, PoolView, TimerView
from rightful.desk.commands import (
    Accept,
    Command,
    Outcome,
    Reassign,
    Reject,
    Requeue,
    Resolve,
    Route,
    Upsert,
    digest_of,
    text_of,
)
from rightful.errors import BadRecord, DeskDown, DeskError, KeyConflict, Mistake, NoSuchRecord, Refused
from rightful.plan import Plan, plan_from

__all__ = ["FakeDesk"]

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
_KEY_OF = {crm_object.name: crm_object.key for crm_object in OBJECTS}
_REPS = ("R1", "R2", "R3")


@dataclass
class FakeDesk:
    """See the module. ``before`` is called before each command, to make it slow or let it fail."""

    before: Callable[[Command], None] = lambda _command: None
    plan: Plan = field(default_factory=lambda: plan_from({"plan.yaml": "name: Tiny\n"}))
    book: str = "2026-06-30T120000"
    waiting: int = 0
    is_closed: bool = False
    ticks: int = 0
    deliveries: int = 0
    done: list[tuple[str, str, Command]] = field(default_factory=list)
    stored: dict[str, tuple[str, Answer]] = field(default_factory=dict)
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_ready(self) -> bool:
        return not self.is_closed

    def do(self, command: Command, *, key: str, actor: str) -> Answer:
        self.before(command)
        with self.lock:
            if self.is_closed:
                raise DeskDown(Mistake(None, "the desk is closed"))
            digest = digest_of(text_of(command))
            known = self.stored.get(key)
            if known and known[0] != digest:
                raise KeyConflict(Mistake(None, f"the key {key!r} was used for another command"))
            if known:
                return replace(known[1], is_replayed=True)
            answer = self._answer(command)
            self.stored[key] = (digest, answer)
            self.done.append((key, actor, command))
            return answer

    def do_many(self, commands: Sequence[tuple[Command, str]], *, actor: str) -> tuple[Answer | DeskError, ...]:
        replies: list[Answer | DeskError] = []
        for command, key in commands:
            try:
                replies.append(self.do(command, key=key, actor=actor))
            except DeskError as error:
                replies.append(error)
        return tuple(replies)

    def _answer(self, command: Command) -> Answer:
        if isinstance(command, Upsert):
            return Answer(command.table, str(len(command.records)))
        if isinstance(command, Requeue):
            if command.message_id != "M1":
                raise NoSuchRecord(Mistake(None, f"there is no message {command.message_id!r}"))
            return Answer("message", command.message_id)
        if isinstance(command, Route):
            return self._routed(command)
        return self._changed(command)

    def _routed(self, command: Route) -> Answer:
        key = _KEY_OF[command.object]
        record_id = command.record.get(key) or command.record.get("id")
        if not record_id:
            raise BadRecord(Mistake(None, f"the {command.object} has no {key}", remedy=f"give `{key}` or `id`"))
        known = record_id != "NOBODY"
        answer = Answer(
            command.object,
            record_id,
            f"D{len(self.done) + 1}",
            "assigned" if known else "exception",
            "R1" if known else None,
            method="pool" if known else "none",
            reason="triage: the lowest position",
            cause=None if known else "no_pool",
            plan_version=self.plan.version,
            book=self.book,
            decided_at=NOON,
        )
        self.answers[command.object, record_id] = answer
        return answer

    def _changed(self, command: Command) -> Answer:
        assert isinstance(command, Accept | Reject | Reassign | Outcome | Resolve)
        place = (command.object, command.record_id)
        if place not in self.answers:
            raise NoSuchRecord(Mistake(None, f"the desk has decided no {command.object} {command.record_id!r}"))
        rep_id = None if isinstance(command, Outcome) else command.rep_id
        if rep_id is not None and rep_id not in _REPS:
            raise NoSuchRecord(Mistake(None, f"there is no rep {rep_id!r}"))
        if isinstance(command, Accept | Reject) and rep_id != self.answers[place].rep_id:
            raise Refused(Mistake(None, f"the record is not with {rep_id}"))
        changes = {Accept: {"status": "accepted"}, Reject: {"rep_id": "R2"}, Outcome: {"status": "closed"}}
        given = {"rep_id": rep_id, "status": "assigned"}
        self.answers[place] = replace(self.answers[place], **changes.get(type(command), given))
        return self.answers[place]

    def tick(self) -> int:
        self.ticks += 1
        return 0

    def next_due_seconds(self) -> float:
        return 0.01

    def retain(self) -> None:
        """Drop nothing."""

    def deliver_due(self) -> int:
        self.deliveries += 1
        return 0

    def use(self, plan: Plan) -> None:
        self.plan = plan

    def decision(self, decision_id: str) -> DecisionView | None:
        for answer in self.answers.values():
            if answer.decision_id == decision_id:
                of = (answer.object, answer.record_id, answer.rep_id)
                return DecisionView(decision_id, *of, NOON, answer.plan_version, {"routing": {"reason": answer.reason}})
        return None

    def record(self, object: str, record_id: str) -> Answer | None:  # noqa: A002 - the desk's own word
        return self.answers.get((object, record_id))

    def exceptions(self, *, cause: str = "", limit: int = 100, after: str = "") -> tuple[Answer, ...]:
        found = sorted((each for each in self.answers.values() if each.cause), key=lambda each: each.record_id)
        return tuple(each for each in found if each.record_id > after and cause in {"", each.cause})[:limit]

    def pools(self) -> tuple[PoolView, ...]:
        members = (MemberView("R3", 4.0, 1.0, True, 12, 40.0), MemberView("R1", 5.0, 1.0, False, 3, None))  # noqa: FBT003
        return (PoolView("triage", "R3", members),)

    def sla(self, limit: int = 100) -> tuple[TimerView, ...]:
        return (TimerView("T1", "sla", "lead", "L1", NOON),)[:limit]

    def dead_letters(self, limit: int = 100) -> tuple[MessageView, ...]:
        return (MessageView("M1", "record.assigned", "https://x.example", "dead", 8, "503", NOON, NOON),)[:limit]

    def figures(self) -> Figures:
        return Figures(len(self.exceptions()), 0, 0, 2, 1.5, 1, 3, 0.0)

    def close(self) -> None:
        self.is_closed = True
