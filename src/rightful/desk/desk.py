"""The desk: takes commands, decides them in turn, and answers when what was decided is on the disk.

Whoever calls works out what needs no lock, waits for the turn, and then does the writing for all who wait: one transaction, one
sync of the disk, one entry of the audit chain for all of them.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from rightful.desk.answers import Answer, DecisionView, Figures, MessageView, PoolView, TimerView
from rightful.desk.commands import Command, Fire, Route
from rightful.desk.deliver import deliver_due
from rightful.desk.group import Group, Job
from rightful.desk.in_force import InForce
from rightful.desk.look import look
from rightful.desk.prepare import Habits, habits_of_run, state_of_run
from rightful.desk.reading import Reading
from rightful.desk.retention import Retained, retain
from rightful.errors import DeskBusy, DeskDown, DeskError, Mistake
from rightful.ledger import Ledger, ledger_url, open_ledger
from rightful.plan import Plan, load_plan
from rightful.runs.run import Run

__all__ = ["Desk", "now_micros", "open_desk"]

_MOST_TOGETHER = 64
_LONGEST_SLEEP = 1.0
_SECOND = 1_000_000
_MADE_UP = (
    {
        "company": "Nobody GmbH & Co. KG",
        "email": "nobody@nobody.example",
        "full_name": "Dr. Nobody, Ann",
        "title": "VP Sales",
        "phone": "+49 30 1234567",
        "website": "www.nobody.example",
        "postal_code": "10115",
        "country": "Deutschland",
        "employees": "100-200",
        "annual_revenue": "EUR 1.5M",
        "industry": "Software",
        "created_at": "2026-01-02T03:04:05Z",
    },
    {
        "company": "Nobody Inc",
        "email": "nobody@gmail.com",
        "first_name": "Ann",
        "last_name": "Nobody",
        "phone": "415-555-0100 x7",
        "postal_code": "94105",
        "country": "US",
        "industry": "722511",
        "created_at": "3 March 2026 10:00",
    },
    {"company": "Nobody", "city": "Paris", "state": "TX", "phone": "(214) 555-0100", "annual_revenue": "2,5"},
)
"""Leads that make every reader of fields load what it reads with."""


def now_micros() -> int:
    """Give the clock's time in microseconds since 1970 UTC."""
    return time.time_ns() // 1000


def open_desk(
    plan_folder: Path, *, ledger: str = "", run: Path | None = None, clock: Callable[[], int] = now_micros
) -> Desk:
    """Open the desk of a plan: its plan, its newest run's book, and its ledger.

    Args:
        plan_folder: The plan.
        ledger: URL of the ledger; by default the plan's.
        run: Folder of the run; by default the newest.
        clock: Gives the time in microseconds since 1970 UTC.

    Raises:
        PlanError: The plan has mistakes.
        RunError: The plan was not run yet.
        LedgerError: The ledger cannot be opened.
    """
    plan = load_plan(plan_folder)
    found = Run.open(run) if run else Run.latest(plan_folder)
    opened = open_ledger(ledger_url(plan_folder, ledger))
    try:
        return Desk(opened, found, plan, clock)
    except BaseException:
        opened.close()
        raise


class Desk:
    """Decides records one at a time, durably; any number of threads may call it. ``close`` it, or use it in a ``with`` block.

    Attributes:
        ledger: The ledger, with the desk's own tables.
    """

    def __init__(self, ledger: Ledger, run: Run, plan: Plan, clock: Callable[[], int] = now_micros) -> None:
        self.ledger = ledger
        self._clock = clock
        self._run = run
        self._habits: Habits = habits_of_run(run, plan)
        self._group = Group(ledger, InForce.of(plan, run, self._habits, clock()), clock)
        self._group.begin(lambda: state_of_run(run, plan))
        self._reading = Reading(ledger)
        self._turn = threading.Lock()
        self._door = threading.Lock()
        self._queue: deque[Job] = deque()
        self._waiting = 0
        self._warm_up()
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def plan(self) -> Plan:
        """The plan in force."""
        return self._group.now.plan

    @property
    def book(self) -> str:
        """Name of the run whose book is used."""
        return self._run.folder.name

    @property
    def is_ready(self) -> bool:
        """Whether it takes commands."""
        return self._is_open

    @property
    def waiting(self) -> int:
        """Commands that wait for their turn."""
        return self._waiting

    def do(self, command: Command, *, key: str, actor: str) -> Answer:
        """Carry out a command; when it returns, everything is on the disk.

        Args:
            command: What is to be done.
            key: Identifier that no other command has: the same command with the same key gives the same answer.
            actor: Who says so.

        Raises:
            KeyConflict: The key was used for another command.
            BadRecord: The record cannot be read.
            NoSuchRecord: The desk does not know the record.
            Refused: The record does not stand so that this can be done.
            DeskBusy: Too many commands wait.
            DeskDown: The database cannot be written; nothing was done.
        """
        [job] = self._carry_out([Job(command, key, actor)])
        return job.result()

    def do_many(self, commands: Sequence[tuple[Command, str]], *, actor: str) -> tuple[Answer | DeskError, ...]:
        """Carry out commands, each with its key; give the answer to each, or why there is none."""
        jobs = self._carry_out([Job(command, key, actor) for command, key in commands])
        return tuple(job.outcome() for job in jobs)

    def tick(self) -> int:
        """Fire the timers that are due; give how many had their effect."""
        due = self._reading.due_timers(self._clock())
        jobs = self._carry_out([Job(Fire(timer_id), f"timer:{timer_id}", "desk") for timer_id in due])
        return sum(job.answer is not None and not job.answer.is_replayed for job in jobs)

    def next_due_seconds(self) -> float:
        """Give how long a ticker may sleep: until the next timer, at most a second."""
        due = self._reading.next_due()
        return _LONGEST_SLEEP if due is None else min(_LONGEST_SLEEP, max(0.0, (due - self._clock()) / _SECOND))

    def use(self, plan: Plan) -> None:
        """Put a plan in force: the next decision is by it, and each decision names the plan that made it."""
        fresh = InForce.of(plan, self._run, self._habits, self._clock())
        with self._turn:
            self._group.exchange(fresh)

    def deliver_due(self) -> int:
        """Send messages that are due; give how many arrived."""
        return deliver_due(self.ledger, self.plan, self._clock)

    def retain(self) -> Retained:
        """Drop what the plan keeps no longer; give how much."""
        return retain(self.ledger, self.plan, self._clock())

    def decision(self, decision_id: str) -> DecisionView | None:
        """Give a decision with its explanation; None where there is none."""
        return self._reading.decision(decision_id)

    def record(self, object: str, record_id: str) -> Answer | None:  # noqa: A002 - the field's own word
        """Give the newest answer about a record; None where the desk has not seen it."""
        return self._reading.answer(object, record_id)

    def exceptions(self, *, cause: str = "", limit: int = 100, after: str = "") -> tuple[Answer, ...]:
        """Give records among the exceptions by their key, from the one after ``after``."""
        return self._reading.exceptions(cause, limit, after)

    def pools(self) -> tuple[PoolView, ...]:
        """Give the pools as they stand."""
        with self._turn:
            return self._group.pools()

    def sla(self, limit: int = 100) -> tuple[TimerView, ...]:
        """Give the timers that are armed, the next first."""
        return self._reading.timers(limit)

    def dead_letters(self, limit: int = 100) -> tuple[MessageView, ...]:
        """Give messages that were given up, the newest first."""
        return self._reading.messages("dead", limit)

    def figures(self) -> Figures:
        """Give the counts of the moment."""
        return self._reading.figures(self._clock())

    def close(self) -> None:
        """Take no new commands, finish what waits, and close the ledger."""
        self._is_open = False
        with self._turn:
            while self._queue:
                self._group.carry_out(self._next_group())
            self._group.close()
            self.ledger.close()

    def _warm_up(self) -> None:
        """Rehearse decisions that nobody asked for and that leave nothing, so that the first caller does not wait for what loads late."""
        jobs = [
            Job(Route("lead", {"lead_id": f"-{number}", **values}), f"-{number}", "desk", self._clock())
            for number, values in enumerate(_MADE_UP)
        ]
        for job in jobs:
            self._look(job)
        self._group.rehearse([job for job in jobs if not job.is_done])

    def _carry_out(self, jobs: list[Job]) -> list[Job]:
        self._admit(len(jobs))
        try:
            for job in jobs:
                job.received = self._clock()
                self._look(job)
            self._queue.extend(job for job in jobs if not job.is_done)
            while not all(job.is_done for job in jobs):
                with self._turn:  # whoever has the turn works for all who wait
                    group = self._next_group()
                    if group:
                        self._group.carry_out(group)
        finally:
            with self._door:
                self._waiting -= len(jobs)
        return jobs

    def _admit(self, count: int) -> None:
        with self._door:
            if not self._is_open:
                raise DeskDown(Mistake(None, "the desk is closing", remedy="send it again to another, or later"))
            most = self.plan.desk.most_waiting
            if self._waiting and self._waiting + count > most:
                problem = f"{self._waiting:,} commands wait already"
                raise DeskBusy(Mistake(None, problem, f"at most {most:,}", "send it again in a second"))
            self._waiting += count

    def _look(self, job: Job) -> None:
        """Work out what needs no lock; what fails by the caller's fault is answered at once, by ours at its turn."""
        try:
            job.looked = look(job.command, self._group.now, job.received, self._reading.standing)
        except DeskError as error:
            job.error = error
        except Exception as error:  # noqa: BLE001 - whatever a record does to us, the others are not to suffer
            job.fault = error

    def _next_group(self) -> list[Job]:
        group: list[Job] = []
        with suppress(IndexError):
            while len(group) < _MOST_TOGETHER:
                group.append(self._queue.popleft())
                if group[-1].changes_the_book:  # the next decision sees it
                    break
        return group
