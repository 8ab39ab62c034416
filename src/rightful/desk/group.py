"""The commands of a group, carried out in one write: known answers again, effects in turn, then the chain, then the sync."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from rightful.crm import OBJECT_OF_TABLE
from rightful.desk import effects
from rightful.desk.answers import Answer, MemberView, PoolView, at
from rightful.desk.book import completed, put
from rightful.desk.commands import (
    Accept,
    Command,
    Fire,
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
from rightful.desk.in_force import InForce, table_of
from rightful.desk.look import look_at
from rightful.desk.outbox import REQUEUE
from rightful.desk.pipeline import as_source
from rightful.desk.work import Looked, Work
from rightful.desk.world import World
from rightful.errors import DeskDown, DeskError, DiskFull, KeyConflict, LedgerError, Mistake, NoSuchRecord
from rightful.ledger import Ledger
from rightful.ledger.desk_tables import desk_attempts, desk_requests
from rightful.ledger.direct import DirectEntry, DirectWriter, upsert
from rightful.ledger.requests import requests_digest
from rightful.stages.routing import Changes, PoolState, State
from rightful.stages.routing.turns import lowest

__all__ = ["Group", "Job"]

_KNOWN = sa.select(desk_requests.c.digest, desk_requests.c.answer).where(desk_requests.c.key == sa.bindparam("of"))
_ANSWERED = sa.insert(desk_requests)
_ANY = sa.select(desk_requests.c.key).limit(sa.literal_column("1"))
_ATTEMPTS = sa.select(desk_attempts.c.attempts).where(desk_attempts.c.key == sa.bindparam("of"))
_PUT_ATTEMPTS = upsert(desk_attempts)
_NO_ROOM = ("disk is full", "No space left", "disk I/O error")


@dataclass(slots=True)
class Job:
    """A command on its way, and what came of it.

    Attributes:
        command: The command.
        key: Its key.
        actor: Who gave it.
        received: The moment at which it came.
        looked: What was found out about its record.
        fault: What went wrong by our own fault when its record was looked at.
        answer: The answer, once it is durable.
        error: Why there is none.
        text: The command as it is stored.
        said: The answer as it is stored; empty until there is one.
    """

    command: Command
    key: str
    actor: str
    received: int = 0
    looked: Looked | None = None
    fault: Exception | None = None
    answer: Answer | None = None
    error: Exception | None = None
    text: str = field(init=False)
    said: str = ""

    def __post_init__(self) -> None:
        self.text = text_of(self.command)

    @property
    def is_done(self) -> bool:
        """Whether there is an answer, or an error instead."""
        return self.answer is not None or self.error is not None

    @property
    def changes_the_book(self) -> bool:
        """Whether decisions after it have to see what it put into the book."""
        return isinstance(self.command, Upsert) or (
            isinstance(self.command, Route) and self.command.object == "account"
        )

    def result(self) -> Answer:
        """Give the answer.

        Raises:
            DeskError: There is none, and why.
        """
        if self.answer is not None:
            return self.answer
        raise self.error or DeskDown(Mistake(None, "the command was not carried out"))

    def outcome(self) -> Answer | DeskError:
        """Give the answer, or why there is none."""
        try:
            return self.result()
        except DeskError as error:
            return error


class Group:
    """Carries out commands; whoever calls it has the turn.

    Attributes:
        now: The plan in force.
    """

    def __init__(self, ledger: Ledger, now: InForce, clock: Callable[[], int]) -> None:
        self.now = now
        self._writer = DirectWriter(ledger)
        self._clock = clock
        self._world = World()

    def begin(self, first_state: Callable[[], State]) -> None:
        """Read what the desk remembers; a new one begins with the state after the book's own records."""
        self._in_step()
        if self._world.state.reps or self._world.state.pools or self._world.last:
            return
        state = first_state()
        with self._writer.write("open", at=self._clock(), actor="desk", plan_version=self.now.plan.version) as entry:
            self._catch_up(entry)
            if self._world.state.reps or self._world.state.pools or entry.rows(_ANY):
                entry.is_void = True
            else:
                self._world.apply(Changes(state.pools, state.reps, state.given))
                self._world.write(entry)
        self._in_step()

    def exchange(self, now: InForce) -> None:
        """Put another plan in force."""
        for (table, _), record in self._world.fresh.items():
            put(table, record, now, self._clock())
        self.now = now

    def carry_out(self, jobs: list[Job]) -> None:
        """Carry out commands in one write; where that fails, each alone, so that one does not take the others with it."""
        try:
            self._write(jobs)
        except LedgerError as error:
            self._forget()
            for job in jobs:
                job.answer, job.error = None, _down(error)
        except Exception as error:  # noqa: BLE001 - a fault of ours in one command is not to end the others
            self._forget()
            if len(jobs) == 1:
                self._fail(jobs[0], error)
                return
            for job in jobs:
                job.answer = job.error = None
                self.carry_out([job])

    def rehearse(self, jobs: list[Job]) -> None:
        """Carry out commands, and take everything back: what is loaded and prepared by the way stays."""
        with (
            suppress(LedgerError),
            self._writer.write("rehearse", at=self._clock(), actor="desk", plan_version=None) as entry,
        ):
            entry.is_void = True
            self._catch_up(entry)
            for number, job in enumerate(jobs):
                self._answered(job, entry, number, [])
            self._world.write(entry)
        self._forget()
        with suppress(LedgerError):
            self._in_step()

    def pools(self) -> tuple[PoolView, ...]:
        """Give the pools as they stand."""
        self._in_step()
        context, state = self.now.context_at(max(self._clock(), self._world.last)), self._world.state
        views = []
        for name, rules in context.pools.items():
            pool = state.pools.get(name, PoolState())
            members = tuple(
                MemberView(
                    rep_id,
                    pool.positions.get(rep_id, 0.0),
                    weight,
                    rep_id in pool.present,
                    state.reps[rep_id].open_records if rep_id in state.reps else 0,
                    context.roster[rep_id].capacity,
                )
                for rep_id, weight in rules.weights.items()
            )
            here = [each.rep_id for each in members if each.is_present]
            following = lowest(pool, here, lambda rep_id: _last_at(state, rep_id)) if here else None
            views.append(PoolView(name, following, members))
        return tuple(views)

    def close(self) -> None:
        """Give the connection back."""
        self._writer.close()

    def _write(self, jobs: list[Job]) -> None:
        actors = {job.actor for job in jobs}
        actor = actors.pop() if len(actors) == 1 else "desk"
        version = self.now.plan.version
        put_in: list[tuple[str, str]] = []
        answers: list[tuple[Job, Answer]] = []
        with self._writer.write("desk", at=self._clock(), actor=actor, plan_version=version) as entry:
            self._catch_up(entry)
            for job in jobs:
                answer = self._answered(job, entry, len(answers), put_in)
                if answer is not None:
                    answers.append((job, answer))
            fresh = [job for job, answer in answers if not answer.is_replayed]
            if fresh:
                self._world.write(entry)
                written = ((job.key, job.text, job.said) for job in fresh)
                entry.note(requests=len(fresh), requests_digest=requests_digest(written))
            else:
                entry.is_void = True
        self._world.position = entry.position if fresh else entry.position - 1
        self._put(put_in, self._world.last)
        for job, answer in answers:
            job.answer = answer

    def _answered(self, job: Job, entry: DirectEntry, number: int, put_in: list[tuple[str, str]]) -> Answer | None:
        """Give the answer to a command: the stored one, or that of its effect; None where it is refused."""
        known = entry.rows(_KNOWN, of=job.key)
        digest = digest_of(job.text)
        if known:
            if known[0][0] != digest:
                problem = f"the key {job.key!r} was used for another command"
                job.error = KeyConflict(Mistake(None, problem, "the same command again", "use a new key"))
                return None
            return Answer.from_text(known[0][1], is_replayed=True)
        moment = max(job.received, self._world.last)
        try:
            answer = self._effect(job, Work(entry, self._world, self.now, moment, _identifier(job.key, moment)), put_in)
        except DeskError as error:
            job.error = error
            return None
        self._world.last, job.said = moment, answer.as_text()
        row = {
            "key": job.key,
            "kind": type(job.command).__name__.lower(),
            "actor": job.actor,
            "digest": digest,
            "body": job.text,
            "received_at": job.received,
            "moment": moment,
            "position": entry.position,
            "number": number,
            "answer": job.said,
        }
        entry.put(_ANSWERED, [row])
        return answer

    def _effect(self, job: Job, work: Work, put_in: list[tuple[str, str]]) -> Answer:
        command, looked = job.command, self._fresh_look(job)
        if job.fault is not None:
            return self._poison(job, work, job.fault)
        if isinstance(command, Upsert):
            return self._upsert(command, work, put_in)
        if isinstance(command, Requeue):
            return _requeue(command, work)
        if isinstance(command, Fire):
            return effects.fire(work, command, looked)
        if isinstance(command, (Accept, Outcome)):
            return effects.accept(work, command) if isinstance(command, Accept) else effects.outcome(work, command)
        if looked is None:
            raise NoSuchRecord(Mistake(None, "the desk has not seen this record", remedy="route it first"))
        if isinstance(command, Route):
            if looked.found.object == "account":
                put_in.append(("accounts", looked.found.record_id))
            return effects.route(work, looked)
        return _DECIDING[type(command)](work, command, looked)

    def _fresh_look(self, job: Job) -> Looked | None:
        """Look again where the plan or the book changed meanwhile."""
        looked = job.looked
        if looked is None or looked.now is self.now:
            return looked
        return look_at(looked.found.object, looked.source, self.now, job.received)

    def _upsert(self, command: Upsert, work: Work, put_in: list[tuple[str, str]]) -> Answer:
        for record in command.records:
            source = completed(command.table, record, self.now, self._world.fresh)
            key = source[OBJECT_OF_TABLE[command.table].key] or ""
            self._world.put_book(work.entry, command.table, key, source)
            put_in.append((command.table, key))
        return Answer(
            command.table,
            str(len(command.records)),
            reason="put into the book",
            plan_version=self.now.plan.version,
            book=self.now.view.run.folder.name,
            decided_at=at(work.moment),
        )

    def _source(self, command: Route) -> dict[str, str | None]:
        table = table_of(command.object)
        return as_source(table, command.record, self.now.plan.desk.fields.get(table, {}))

    def _catch_up(self, entry: DirectEntry) -> None:
        self._put(self._world.catch_up(entry), self._world.last or self._clock())

    def _put(self, keys: list[tuple[str, str]], moment: int) -> None:
        """Let decisions see records of the book; what was looked at before is looked at again."""
        for table, key in keys:
            put(table, self._world.fresh[(table, key)], self.now, moment)
        if keys:
            self.now = replace(self.now)

    def _in_step(self) -> None:
        """Read what others wrote, and write nothing."""
        with self._writer.write("desk", at=self._clock(), actor="desk", plan_version=None) as entry:
            entry.is_void = True
            self._catch_up(entry)

    def _forget(self) -> None:
        """Read everything anew before the next write: what is in memory may not be in the database."""
        self._world = World()

    def _fail(self, job: Job, error: Exception) -> None:
        """Take note that a command fails by our own fault; after some times it becomes an exception that a person sees."""
        problem = f"the command failed by a fault of the desk ({type(error).__name__})"
        job.error = DeskDown(Mistake(None, problem, remedy="send it again; if it fails again, tell who runs the desk"))
        if not isinstance(job.command, (Route, Fire)):
            return
        with suppress(LedgerError):
            with self._writer.write("failed", at=self._clock(), actor="desk", plan_version=None) as entry:
                found = entry.rows(_ATTEMPTS, of=job.key)
                attempts = (found[0][0] if found else 0) + 1
                row = {"key": job.key, "attempts": attempts, "detail": type(error).__name__}
                entry.put(_PUT_ATTEMPTS, [row])
                entry.note(attempts=attempts)
            if attempts >= self.now.plan.desk.most_attempts and job.fault is None:
                job.fault, job.error = error, None
                self.carry_out([job])

    def _poison(self, job: Job, work: Work, fault: Exception) -> Answer:
        """Let a record that failed often enough be an exception; else fail, so that it is counted."""
        found = work.entry.rows(_ATTEMPTS, of=job.key)
        if (found[0][0] if found else 0) + 1 < self.now.plan.desk.most_attempts:
            raise fault
        command = job.command
        if isinstance(command, Fire):
            return effects.poisoned_timer(work, command, type(fault).__name__)
        assert isinstance(command, Route)  # noqa: S101 - what else fails is not counted
        return effects.poison(work, command.object, self._source(command), type(fault).__name__)


_DECIDING: dict[type, Callable[..., Answer]] = {
    Reject: effects.reject,
    Reassign: effects.reassign,
    Resolve: effects.resolve,
}


def _requeue(command: Requeue, work: Work) -> Answer:
    row = {"of": command.message_id, "now": work.moment, "at": work.entry.position}
    if work.entry.put(REQUEUE, [row]) != 1:
        problem = f"there is no message {command.message_id!r} that was given up"
        raise NoSuchRecord(Mistake(None, problem))
    return Answer("message", command.message_id, reason="it is tried again", decided_at=at(work.moment))


def _identifier(key: str, moment: int) -> str:
    """Give what decisions, timers and messages of a command are named after; a key whose answer is kept no longer may come again."""
    return hashlib.sha256(f"{moment} {key}".encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _down(error: LedgerError) -> DeskError:
    said = str(error)
    kind: type[DeskError] = DiskFull if any(words in said for words in _NO_ROOM) else DeskDown
    return kind(error.mistakes)


def _last_at(state: State, rep_id: str) -> int | None:
    return state.reps[rep_id].last_at if rep_id in state.reps else None
