"""Whatever is told to desks on one ledger, in whatever order: turns and loads are those of the records, and nobody has too many."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

import rightful.desk.desk as desk_module
from desks import Clock, DeskScene, lead
from rightful.desk import Accept, Answer, Command, Desk, Outcome, Reassign, Reject, Resolve, Upsert
from rightful.errors import Refused
from rightful.ledger.audit import audit
from rightful.stages.routing import State

NAMES = ("R1", "R2", "R3")
OPEN = ("assigned", "accepted")
desks, reps, picks = st.integers(0, 1), st.sampled_from(NAMES), st.integers(0, 3)


@dataclass
class Known:
    """What the test knows of a lead: how it stands, whose turn it was, and who refused it."""

    answer: Answer
    turn: str | None
    refused: frozenset[str] = frozenset()


class Life(RuleBasedStateMachine):
    """Two desks on a ledger, and what anybody can work out of their answers."""

    scene: DeskScene

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.folder = tempfile.TemporaryDirectory()
        self.desks = [self._opened(), self._opened()]
        self.known: dict[str, Known] = {}
        self.told: list[tuple[Command, str, Answer]] = []
        self.capacity: dict[str, int] = {}
        for rep_id in NAMES:
            self.capacity_changes(0, rep_id, 3)

    def _opened(self) -> Desk:
        return self.scene.desk(Path(self.folder.name) / "desk.sqlite", self.clock)

    def teardown(self) -> None:
        assert audit(self.desks[0].ledger).problems == ()
        for each in self.desks:
            each.close()
        self.folder.cleanup()

    def tell(self, desk: int, command: Command) -> Answer | None:
        key = f"k{len(self.told)}"
        try:
            answer = self.desks[desk].do(command, key=key, actor="ann")
        except Refused:
            return None
        self.told.append((command, key, answer))
        return answer

    def take(self, answer: Answer, *, refused: frozenset[str] = frozenset()) -> None:
        """Take note of where a lead went; whoever refused it does not get it, and nobody gets one too many."""
        is_turn = answer.status == "assigned" and answer.method == "pool"
        self.known[answer.record_id] = Known(answer, answer.rep_id if is_turn else None, refused)
        assert answer.rep_id not in refused
        if is_turn:
            assert answer.rep_id is not None
            assert self.open_of(answer.rep_id) <= self.capacity[answer.rep_id]

    def open_of(self, rep_id: str) -> int:
        return sum(each.answer.status in OPEN and each.answer.rep_id == rep_id for each in self.known.values())

    @rule(desk=desks)
    def lead_comes(self, desk: int) -> None:
        answer = self.tell(desk, lead(len(self.known)))
        assert answer is not None
        self.take(answer)

    @rule(desk=desks, pick=picks)
    def told_again(self, desk: int, pick: int) -> None:
        if self.told:
            command, key, answer = self.told[-1 - pick % len(self.told)]
            again = self.desks[desk].do(command, key=key, actor="ann")
            assert (again.is_replayed, again.decision_id, again.rep_id) == (True, answer.decision_id, answer.rep_id)

    @rule(desk=desks, pick=picks)
    def rejected(self, desk: int, pick: int) -> None:
        before = self.one(pick)
        if before and before.answer.rep_id:
            command = Reject("lead", before.answer.record_id, before.answer.rep_id)
            answer = self.tell(desk, command)
            assert (answer is None) == (before.answer.status not in OPEN)
            if answer:
                before.answer = answer  # who refused it has one less, before somebody else gets it
                self.take(answer, refused=before.refused | {command.rep_id})

    @rule(desk=desks, pick=picks, rep=reps)
    def given_by_hand(self, desk: int, pick: int, rep: str) -> None:
        before = self.one(pick)
        if before:
            answer = self.tell(desk, Reassign("lead", before.answer.record_id, rep))
            assert (answer is None) == (before.answer.status == "closed")
            if answer:
                assert answer.rep_id == rep
                self.known[answer.record_id] = Known(answer, None, before.refused)

    @rule(desk=desks, pick=picks)
    def resolved(self, desk: int, pick: int) -> None:
        before = self.one(pick)
        if before and before.answer.status == "exception":
            answer = self.tell(desk, Resolve("lead", before.answer.record_id))
            assert answer is not None
            self.take(answer, refused=before.refused)

    @rule(desk=desks, pick=picks)
    def accepted(self, desk: int, pick: int) -> None:
        before = self.one(pick)
        if before and before.answer.status in OPEN and before.answer.rep_id:
            answer = self.tell(desk, Accept("lead", before.answer.record_id, before.answer.rep_id))
            assert answer is not None
            before.answer = answer

    @rule(desk=desks, pick=picks)
    def finished(self, desk: int, pick: int) -> None:
        before = self.one(pick)
        if before:
            answer = self.tell(desk, Outcome("lead", before.answer.record_id, "won"))
            assert answer is not None
            assert answer.status == "closed"
            before.answer = answer

    @rule(desk=desks, rep=reps, capacity=st.integers(0, 3))
    def capacity_changes(self, desk: int, rep: str, capacity: int) -> None:
        self.tell(desk, Upsert("reps", ({"rep_id": rep, "capacity": str(capacity)},)))
        self.capacity[rep] = capacity

    @rule(desk=desks, minutes=st.sampled_from([5, 51, 61]))
    def time_passes(self, desk: int, minutes: int) -> None:
        self.clock.go(minutes)
        self.desks[desk].tick()
        for record_id, before in self.known.items():
            answer = self.desks[desk].record("lead", record_id)
            assert answer is not None
            if answer.decision_id != before.answer.decision_id:  # its deadline was missed, and it was sent on, once
                missed = before.answer.rep_id
                assert missed is not None
                assert before.answer.status == "assigned"
                assert answer.reason.startswith(f"{missed} missed the deadline; ")
                before.answer = answer
                is_turn = answer.status == "assigned" and answer.method == "pool"
                before.turn = answer.rep_id if is_turn else None
                before.refused |= {missed}
                assert answer.rep_id not in before.refused
        assert self.desks[1 - desk].tick() == 0

    @rule(desk=desks)
    def restarted(self, desk: int) -> None:
        self.desks[desk].close()
        self.desks[desk] = self._opened()

    @invariant()
    def turns_and_loads_are_those_of_the_records(self) -> None:
        turns = Counter(each.turn for each in self.known.values())
        for each in self.desks:
            [pool] = each.pools()
            assert {member.rep_id: member.position for member in pool.members} == {name: turns[name] for name in NAMES}
            loads = {member.rep_id: member.open_records for member in pool.members}
            assert loads == {name: self.open_of(name) for name in NAMES}

    def one(self, pick: int) -> Known | None:
        """Give a lead, 0 the newest."""
        return list(self.known.values())[-1 - pick % len(self.known)] if self.known else None


def test_turns_and_loads_are_those_of_the_records(desk_scene: DeskScene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "state_of_run", lambda *_: State())
    monkeypatch.setattr(Life, "scene", desk_scene, raising=False)
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=5,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
