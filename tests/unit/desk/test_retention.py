"""What the plan keeps no longer goes, in any order of interruptions; what is left is told again with the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from desks import DESK_FILES, Clock, DeskScene, lead
from ledgers import store_url
from rightful.desk import Accept, Desk, Reject, Upsert
from rightful.desk import retention as retention_module
from rightful.desk.again import tell_again
from rightful.desk.checkpoints import checkpoints
from rightful.desk.retention import Retained, retain
from rightful.errors import NoSuchRecord
from rightful.ledger.audit import audit
from rightful.ledger.desk_tables import desk_decisions, desk_outbox, desk_requests, desk_timers
from rightful.plan import Plan

DAY = 24 * 60
KEEP = "keep: {requests_days: 10, decisions_days: 20, messages_days: 5, timers_days: 5}\n"
TOLD = "webhooks: [{url: 'http://127.0.0.1:9/nobody'}]\n"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with store_url(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def plan(desk_scene: DeskScene) -> Plan:
    return desk_scene.changed(desk=DESK_FILES["desk.yaml"] + KEEP + TOLD)


@pytest.fixture
def desk(desk_scene: DeskScene, url: str, clock: Clock, plan: Plan) -> Iterator[Desk]:
    with desk_scene.desk(url, clock, plan) as opened:
        yield opened


def count(desk: Desk, table: sa.Table) -> int:
    with desk.ledger.store.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def work(desk: Desk, clock: Clock, days: range) -> None:
    """Let two leads come a day; some are rejected, some accepted, some miss their deadline; capacities change."""
    for day in days:
        for number in (2 * day, 2 * day + 1):
            given = desk.do(lead(number), key=f"k{number}", actor="ann")
            clock.go(3)
            if number % 3 == 0:
                desk.do(Reject("lead", f"N{number}", given.rep_id or ""), key=f"r{number}", actor="ann")
            elif number % 4 == 1:
                desk.do(Accept("lead", f"N{number}", given.rep_id or ""), key=f"a{number}", actor="ann")
        capacity = {"rep_id": f"R{day % 3 + 1}", "capacity": str(20 + day)}
        desk.do(Upsert("reps", (capacity,)), key=f"u{day}", actor="ann")
        clock.go(120)
        while desk.tick():
            pass
        clock.go(DAY - 126)
        retain(desk.ledger, desk.plan, clock())


def test_what_is_old_goes_and_the_rest_is_told_again(
    desk: Desk, clock: Clock, desk_scene: DeskScene, plan: Plan
) -> None:
    start = clock()
    work(desk, clock, range(17))
    with desk.ledger.store.reading() as connection:
        known = checkpoints(connection)
        oldest = connection.scalar(sa.select(sa.func.min(desk_requests.c.moment)))
    assert oldest is not None
    kept_days = (clock() - oldest) / 60_000_000 / DAY
    assert 10 <= kept_days <= 15
    assert 2 <= len(known) <= 3
    told = tell_again(desk.ledger, desk_scene.run, plan)
    assert (told.differences, told.since is not None) == ((), True)
    assert told.commands == count(desk, desk_requests)
    assert audit(desk.ledger).problems == ()
    assert retain(desk.ledger, plan, clock()) == Retained()
    assert clock() - start == 17 * DAY * 60_000_000


def test_a_key_whose_answer_is_gone_is_decided_anew_and_nobody_has_the_record_twice(desk: Desk, clock: Clock) -> None:
    first = desk.do(lead(1), key="k1", actor="ann")
    retain(desk.ledger, desk.plan, clock())
    clock.go(11 * DAY)
    assert retain(desk.ledger, desk.plan, clock()).requests == 1
    again = desk.do(lead(1), key="k1", actor="ann")
    assert (again.is_replayed, again.rep_id, again.method) == (False, first.rep_id, "current_owner")
    assert again.decision_id != first.decision_id
    [pool] = desk.pools()
    opened = {each.rep_id: each.open_records for each in pool.members}
    clock.go(1)
    desk.do(lead(1), key="k2", actor="ann")
    [pool] = desk.pools()
    assert {each.rep_id: each.open_records for each in pool.members} == opened


def test_explanations_messages_and_timers_go_by_their_own_days(desk: Desk, clock: Clock) -> None:
    given = desk.do(lead(1), key="k1", actor="ann")
    desk.do(Accept("lead", "N1", given.rep_id or ""), key="a1", actor="ann")
    for _ in range(12):  # nobody answers: the messages are given up in the end, and stay
        desk.deliver_due()
        clock.go(DAY)
    assert len(desk.dead_letters()) == 2
    assert retain(desk.ledger, desk.plan, clock()) == Retained(timers=2)
    clock.go(20 * DAY)
    assert retain(desk.ledger, desk.plan, clock()) == Retained(requests=2, decisions=1)
    assert (count(desk, desk_timers), count(desk, desk_decisions), count(desk, desk_outbox)) == (0, 0, 2)
    assert desk.decision(given.decision_id) is None
    assert desk.record("lead", "N1") is not None


def test_what_is_interrupted_is_finished_the_next_time(
    desk: Desk, clock: Clock, desk_scene: DeskScene, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        desk.do(lead(number), key=f"k{number}", actor="ann")
    retain(desk.ledger, plan, clock())
    clock.go(11 * DAY)
    monkeypatch.setattr(retention_module, "_AT_ONCE", 2)
    real, left = sa.delete, [2]

    def fails(table: sa.Table) -> sa.Delete:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(table)

    monkeypatch.setattr(retention_module.sa, "delete", fails)
    with pytest.raises(KeyboardInterrupt):
        retain(desk.ledger, plan, clock())
    monkeypatch.setattr(retention_module.sa, "delete", real)
    assert 0 < count(desk, desk_requests) < 9
    assert audit(desk.ledger).problems == ()
    desk.do(lead(20), key="k20", actor="ann")
    assert tell_again(desk.ledger, desk_scene.run, plan).differences == ()
    retain(desk.ledger, plan, clock())
    assert count(desk, desk_requests) == 1
    told = tell_again(desk.ledger, desk_scene.run, plan)
    assert (told.commands, told.differences) == (1, ())


def test_what_is_gone_without_a_policy_is_found(desk: Desk, clock: Clock, desk_scene: DeskScene, plan: Plan) -> None:
    for number in range(3):
        desk.do(lead(number), key=f"k{number}", actor="ann")
    with desk.ledger.store.writing() as connection:
        connection.execute(sa.delete(desk_requests).where(desk_requests.c.key == "k1"))
    assert "is gone" in audit(desk.ledger).problems[0]
    retain(desk.ledger, plan, clock())
    clock.go(11 * DAY)
    retain(desk.ledger, plan, clock())
    with desk.ledger.store.writing() as connection:
        connection.execute(sa.text("DELETE FROM desk_checkpoints"))
    with pytest.raises(NoSuchRecord, match="checkpoint at entry"):
        tell_again(desk.ledger, desk_scene.run, plan)


def test_commands_are_told_again_by_the_plan_that_was_in_force(
    desk: Desk, clock: Clock, desk_scene: DeskScene, plan: Plan
) -> None:
    desk.do(lead(1), key="k1", actor="ann")
    other = desk_scene.changed(routing=DESK_FILES["routing.yaml"].replace("{rep_id: R1}, ", ""))
    desk.use(other)
    clock.go(1)
    for number in (2, 3):
        assert desk.do(lead(number), key=f"k{number}", actor="ann").rep_id != "R1"
    assert tell_again(desk.ledger, desk_scene.run, other, [plan]).differences == ()
    assert tell_again(desk.ledger, desk_scene.run, other).differences[0].startswith("k1: route has another ")
