"""Kill desks with ``kill -9`` while clients write, and compare what they acknowledged with what is in the ledger.

    python tests/chaotic.py --cycles 200                      # nothing may be lost, decided twice, or out of step
    python tests/chaotic.py --bug answer_before_commit        # a seeded bug: this has to find problems
    python tests/chaotic.py --ledger postgresql://...         # on a database that is empty

In each cycle two desks serve one ledger until both are killed. The client keeps its own journal: what it has sent, and what was
acknowledged. What was not, it sends again in the next cycle with the same key, as clients do; and now and then what was, too.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import sqlalchemy as sa

from desks import Clock, DeskScene, lead, make_scene, scene_in
from rightful.desk import Accept, Answer, Command, Desk, again
from rightful.desk import group as group_module
from rightful.desk import timers as timers_module
from rightful.desk.commands import Fire, command_from, text_of
from rightful.desk.desk import now_micros
from rightful.desk.in_force import InForce
from rightful.desk.prepare import habits_of_run
from rightful.errors import DeskError, RightfulError
from rightful.ledger import open_ledger
from rightful.ledger.audit import audit
from rightful.ledger.desk_tables import desk_decisions, desk_members, desk_records, desk_reps, desk_requests
from rightful.ledger.direct import upsert

__all__ = ["BUGS", "Journal", "chaos", "main", "problems_of", "timer_problems"]

_IN_FLIGHT = 12
_WORKERS = 4
_DESKS = 2
_PATIENCE_SECONDS = 30


@dataclass
class Journal:
    """What a client knows: the commands it sent by key, and what was acknowledged."""

    sent: dict[str, Command] = field(default_factory=dict)
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)

    def acknowledge(self, key: str, answer: dict[str, Any]) -> None:
        before = self.acknowledged.setdefault(key, answer)
        if before["decision_id"] != answer["decision_id"] or before["rep_id"] != answer["rep_id"]:
            self.contradictions.append(f"{key} was acknowledged as {before['rep_id']} and as {answer['rep_id']}")


class Child:
    """A desk in a process of its own, that takes commands from a pipe and acknowledges them on another."""

    def __init__(self, serve: Callable[[int, int], None]) -> None:
        take, self._give = os.pipe()
        self.acks, tell = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._give)
            os.close(self.acks)
            try:
                serve(take, tell)
            finally:
                os._exit(0)
        os.close(take)
        os.close(tell)
        self.rest = b""

    def send(self, key: str, command: Command) -> None:
        os.write(self._give, f"{key}\t{text_of(command)}\n".encode())

    def received(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give what it acknowledged since; whole lines alone, for the last may have been cut off."""
        data = self.rest + os.read(self.acks, 1 << 16)
        *lines, self.rest = data.split(b"\n")
        for line in lines:
            key, _, answer = line.decode().partition("\t")
            yield key, json.loads(answer)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def close(self) -> None:
        os.close(self._give)
        os.close(self.acks)


def _serve(desk: Desk, take: int, tell: int) -> None:
    """Carry out commands from a pipe in several threads; acknowledge each when the desk has answered."""
    waiting: SimpleQueue[tuple[str, Command]] = SimpleQueue()

    def work() -> None:
        while True:
            key, command = waiting.get()
            try:
                _acknowledge(tell, key, desk.do(command, key=key, actor="client"))
            except DeskError as error:
                sys.stderr.write(f"{key}: {error}\n")

    for _ in range(_WORKERS):
        threading.Thread(target=work, daemon=True).start()
    with os.fdopen(take, encoding="utf-8") as lines:
        for line in lines:
            key, _, text = line.rstrip("\n").partition("\t")
            waiting.put((key, command_from(text)))
    time.sleep(60)


def _acknowledge(tell: int, key: str, answer: Answer) -> None:
    os.write(tell, f"{key}\t{json.dumps(answer.as_json())}\n".encode())


def _answer_before_commit(desk: Desk, tell: int) -> None:
    """Acknowledge as soon as a command is decided, before it is on the disk."""
    decided = desk._group._answered

    def answered(job: Any, *others: Any) -> Any:
        answer = decided(job, *others)
        if answer is not None:
            _acknowledge(tell, job.key, answer)
            time.sleep(0.01)  # as long as a slow disk takes
        return answer

    desk._group._answered = answered  # type: ignore[method-assign]


def _position_read_once(desk: Desk, _tell: int) -> None:
    """Keep the turns of pools as they were first read, and write them back over what others wrote."""
    world = desk._group._world
    known = world.catch_up

    def catch_up(entry: Any) -> Any:
        if world.position < 0:
            return known(entry)
        world.position = entry.position - 1
        return []

    world.catch_up = catch_up  # type: ignore[method-assign]


def _no_idempotency_row(_desk: Desk, _tell: int) -> None:
    """Decide each command anew, whether its key is known or not."""
    nothing = sa.select(desk_requests.c.digest, desk_requests.c.answer).where(
        desk_requests.c.key == sa.bindparam("of"), sa.false()
    )
    group_module._KNOWN = nothing
    group_module._ANSWERED = upsert(desk_requests)  # type: ignore[assignment]
    from rightful.desk import work as work_module  # noqa: PLC0415 - where the bug is put

    work_module._DECIDED = upsert(desk_decisions)  # type: ignore[assignment]


def _timer_without_condition(_desk: Desk, _tell: int) -> None:
    """Fire a timer whether it is armed or not."""
    from rightful.desk import effects  # noqa: PLC0415 - where the bug is put

    timers = timers_module.desk_timers
    effects.FIRE = (  # type: ignore[attr-defined]
        sa.update(timers)
        .where(timers.c.timer_id == sa.bindparam("of"))
        .values(state="fired", position=sa.bindparam("at"))
    )


BUGS: dict[str, Callable[[Desk, int], None]] = {
    "answer_before_commit": _answer_before_commit,
    "position_read_once": _position_read_once,
    "no_idempotency_row": _no_idempotency_row,
    "timer_without_condition": _timer_without_condition,
}
"""Bugs that can be seeded: each has to be found."""


def chaos(scene: DeskScene, url: str, cycles: int, *, bug: str = "", seed: int = 1) -> Journal:
    """Serve, kill and serve again.

    Args:
        scene: The plan and the run.
        url: The ledger.
        cycles: How often.
        bug: Which bug the desks have.
        seed: Of all chance.
    """
    dice, journal = random.Random(seed), Journal()  # noqa: S311 - chance in a test, no secret
    habits = habits_of_run(scene.run, scene.plan)
    ready = InForce.of(scene.plan, scene.run, habits, now_micros())
    ready.view.activities(
        "lead_id", "nobody"
    )  # read now: what is read after a fork would wait for threads that are not there
    InForce.of = classmethod(lambda _cls, *_given: ready)  # type: ignore[method-assign, assignment]
    scene.desk(url, now_micros).close()  # type: ignore[arg-type]
    Desk._warm_up = lambda _desk: None  # type: ignore[method-assign]  # done once, for all that are forked

    def serve(take: int, tell: int) -> None:
        desk = scene.desk(url, now_micros)  # type: ignore[arg-type]
        if bug:
            BUGS[bug](desk, tell)
        _serve(desk, take, tell)

    for _ in range(cycles):
        children = [Child(serve) for _ in range(_DESKS)]
        _write_for(children, journal, dice, dice.uniform(0.03, 0.2))
        for child in children:
            child.kill()
        for child in children:
            for key, answer in _last(child):
                journal.acknowledge(key, answer)
            child.close()
    return journal


def _last(child: Child) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give what a killed process had still acknowledged."""
    while select.select([child.acks], [], [], 0)[0]:
        found = list(child.received())
        if not found:
            return
        yield from found


def _write_for(children: Sequence[Child], journal: Journal, dice: random.Random, seconds: float) -> None:
    """Keep commands in flight for a time from the first acknowledgement on: those that nobody acknowledged, old ones, new ones."""
    open_keys = [key for key in journal.sent if key not in journal.acknowledged]
    in_flight = 0
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        while in_flight < _IN_FLIGHT:
            key = open_keys.pop() if open_keys else _next(journal, dice)
            dice.choice(children).send(key, journal.sent[key])
            in_flight += 1
        readable, _, _ = select.select([child.acks for child in children], [], [], 0.02)
        for child in children:
            if child.acks in readable:
                for key, answer in child.received():
                    end = min(end, time.monotonic() + seconds)
                    journal.acknowledge(key, answer)
                    in_flight -= 1


def _next(journal: Journal, dice: random.Random) -> str:
    """Give the key of the next command: mostly a new lead, now and then an acceptance, or a command that was acknowledged."""
    done = list(journal.acknowledged)
    chance = dice.random()
    if done and chance < 0.15:
        return dice.choice(done)
    number = len(journal.sent)
    command: Command = lead(number)
    if done and chance < 0.3:
        answer = journal.acknowledged[dice.choice(done)]
        if answer["status"] == "assigned":
            command = Accept("lead", answer["record_id"], answer["rep_id"])
    journal.sent[f"key-{number}"] = command
    return f"key-{number}"


def timer_problems(scene: DeskScene, url: str, bug: str = "") -> list[str]:
    """Have two desks fire one timer, and one that was cancelled between being seen and being fired."""
    clock = Clock(datetime.now(UTC))
    with scene.desk(url, clock) as first, scene.desk(url, clock) as second:
        if bug == "timer_without_condition":
            BUGS[bug](first, 0)
        given = first.do(lead("timer"), key="timer", actor="client")
        expiry = _expiry_of(first, given)
        first.do(Accept("lead", given.record_id, given.rep_id or ""), key="timer-accept", actor="client")
        clock.go(100_000)
        second.do(Fire(expiry), key="late", actor="desk")  # seen while it was armed, fired after it was cancelled
        after = second.record("lead", given.record_id)
        started = second.do(lead("twice"), key="twice", actor="client")
        twice = _expiry_of(first, started)
        clock.go(100_000)
        moved = [desk.do(Fire(twice), key=f"fired-{desk is first}", actor="desk") for desk in (first, second)]
    problems = []
    if after is None or after.status != "accepted":
        problems.append("a timer that was cancelled had an effect")
    if moved[1].decision_id:
        problems.append("a timer had two effects")
    return problems


def _expiry_of(desk: Desk, answer: Answer) -> str:
    timers = [each for each in desk.sla(10_000) if each.record_id == answer.record_id and each.kind == "expiry"]
    return timers[0].timer_id


def problems_of(scene: DeskScene, url: str, journal: Journal) -> list[str]:
    """Compare a client's journal with the ledger: what was lost, decided twice, or out of step."""
    problems = list(journal.contradictions)
    with scene.desk(url, now_micros) as desk:  # type: ignore[arg-type]
        [pool] = desk.pools()
        with desk.ledger.store.reading() as connection:
            rows = {row.key: row for row in connection.execute(sa.select(desk_requests))}
            decided = list(connection.execute(sa.select(desk_decisions.c.record_id)).scalars())
            records = list(connection.execute(sa.select(desk_records)))
            turns = dict(connection.execute(sa.select(desk_members.c.rep_id, desk_members.c.turn)).all())
            loads = dict(connection.execute(sa.select(desk_reps.c.rep_id, desk_reps.c.open_records)).all())
        for key, answer in journal.acknowledged.items():
            if key not in rows:
                problems.append(f"{key} was acknowledged and is lost")
            elif json.loads(rows[key].answer)["decision_id"] != answer["decision_id"]:
                problems.append(f"{key} has another decision than the one that was acknowledged")
        if len(decided) != len(set(decided)):
            problems.append(f"{len(decided) - len(set(decided))} leads were decided twice")
        begun = _at_the_beginning(scene)
        taken = sum(turns.values()) - sum(begun[0].values())
        if taken != len(decided):
            problems.append(f"{len(decided)} leads were decided, and {taken:g} turns taken")
        spread = max(each.position for each in pool.members) - min(each.position for each in pool.members)
        if spread > 1:
            problems.append(f"positions of equal members differ by {spread:g}")
        for rep_id, count in loads.items():
            has = sum(row.rep_id == rep_id for row in records) + begun[1].get(rep_id, 0)
            if has != count:
                problems.append(f"{rep_id} has {has} open records, and the desk counts {count}")
        problems += audit(desk.ledger).problems
        problems += again.tell_again(desk.ledger, scene.run, scene.plan).differences[:5]
    return problems


def _at_the_beginning(scene: DeskScene) -> tuple[dict[str, float], dict[str, int]]:
    with tempfile.TemporaryDirectory() as folder, scene.desk(Path(folder) / "new.sqlite", now_micros) as desk:  # type: ignore[arg-type]
        [pool] = desk.pools()
        return (
            {each.rep_id: each.position for each in pool.members},
            {each.rep_id: each.open_records for each in pool.members},
        )


def main() -> int:
    """Run from the command line; 1 where problems were found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--bug", choices=sorted(BUGS), default="")
    parser.add_argument("--ledger", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plan", type=Path, help="a plan of these tests that was run, so that it is not run again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        url = given.ledger or f"sqlite:///{folder}/ledger.sqlite"
        try:
            open_ledger(url).close()
            scene = scene_in(given.plan) if given.plan else make_scene(Path(folder) / "plan")
            started = time.monotonic()
            journal = chaos(scene, url, given.cycles, bug=given.bug, seed=given.seed)
            seconds = time.monotonic() - started
            problems = problems_of(scene, url, journal) + timer_problems(scene, url, given.bug)
        except RightfulError as error:
            sys.stderr.write(f"{error}\n")
            return 2
    print(f"{given.cycles} cycles of {_DESKS} desks killed in {seconds:.1f} s: {len(journal.sent)} commands sent,")  # noqa: T201
    print(f"{len(journal.acknowledged)} acknowledged, {len(problems)} problems")  # noqa: T201
    for problem in problems[:20]:
        print(f"  {problem}")  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
