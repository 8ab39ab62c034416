"""What goes wrong: a full disk, a record that no code survives, too many who wait, a desk that closes."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from desks import DESK_FILES, Clock, DeskScene, lead
from rightful.desk import Desk
from rightful.errors import DeskBusy, DeskDown, DiskFull
from rightful.ledger.audit import audit


class Stubborn:
    """Matching that fails for one company, and waits for a signal where it is told to."""

    def __init__(self, behind: Any) -> None:
        self.behind = behind
        self.gate = threading.Event()
        self.gate.set()

    def match(self, table: str, record: Mapping[str, Any]) -> Any:
        self.gate.wait(30)
        if record.get("company") == "Poison Inc":
            raise ZeroDivisionError
        return self.behind.match(table, record)

    def put(self, account: Mapping[str, Any]) -> None:
        self.behind.put(account)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(desk_scene: DeskScene, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    plan = desk_scene.changed(desk=DESK_FILES["desk.yaml"] + "most_waiting: 2\n")
    with desk_scene.desk(tmp_path / "ledger.sqlite", clock, plan) as opened:
        yield opened


def test_a_full_disk_refuses_whole_commands_and_the_desk_goes_on_when_there_is_room(desk: Desk) -> None:
    desk.do(lead(0), key="k0", actor="ann")
    driver = desk._group._writer._pooled.driver_connection
    [pages] = driver.execute("PRAGMA page_count").fetchone()
    driver.execute(f"PRAGMA max_page_count = {pages + 2}")
    refused = 0
    for number in range(1, 40):
        try:
            desk.do(lead(number), key=f"k{number}", actor="ann")
        except DiskFull:
            refused += 1
    assert refused > 5
    driver.execute("PRAGMA max_page_count = 1000000")
    for number in range(1, 40):
        desk.do(lead(number), key=f"k{number}", actor="ann")
    [pool] = desk.pools()
    positions = [each.position for each in pool.members]
    assert max(positions) - min(positions) <= 1
    assert audit(desk.ledger).problems == ()


def test_a_record_that_no_code_survives_becomes_an_exception_and_takes_no_other_with_it(desk: Desk) -> None:
    desk._group.now.matching = Stubborn(desk._group.now.matching)
    poison = lead(1, company="Poison Inc")
    for _ in range(2):
        with pytest.raises(DeskDown, match="by a fault of the desk"):
            desk.do(poison, key="k1", actor="ann")
    assert desk.do(lead(2), key="k2", actor="ann").status == "assigned"
    answer = desk.do(poison, key="k1", actor="ann")
    assert (answer.status, answer.cause, answer.rep_id) == ("exception", "poison", None)
    assert [each.record_id for each in desk.exceptions(cause="poison")] == ["N1"]
    assert desk.do(poison, key="k1", actor="ann").is_replayed


def test_a_timer_that_no_code_survives_holds_up_no_other_and_ends_as_an_exception(desk: Desk, clock: Clock) -> None:
    desk.do(lead(1, company="Poison Inc"), key="k1", actor="ann")
    clock.go(1)
    other = desk.do(lead(2), key="k2", actor="ann")
    desk._group.now.matching = Stubborn(desk._group.now.matching)
    loads = {each.rep_id: each.open_records for each in desk.pools()[0].members}
    clock.go(70)
    assert desk.tick() > 0
    rerouted = desk.record("lead", "N2")
    assert rerouted is not None
    assert rerouted.rep_id != other.rep_id
    for _ in range(3):
        desk.tick()
    answer = desk.record("lead", "N1")
    assert answer is not None
    assert (answer.status, answer.cause, answer.rep_id) == ("exception", "poison", None)
    assert {each.record_id for each in desk.sla()} == {"N2"}
    assert desk.tick() == 0
    after = {each.rep_id: each.open_records for each in desk.pools()[0].members}
    assert sum(after.values()) == sum(loads.values()) - 1


def test_more_than_the_plan_allows_are_asked_to_come_back(desk: Desk) -> None:
    stubborn = Stubborn(desk._group.now.matching)
    desk._group.now.matching = stubborn
    stubborn.gate.clear()
    callers = [
        threading.Thread(target=desk.do, args=(lead(number),), kwargs={"key": f"k{number}", "actor": "ann"})
        for number in range(2)
    ]
    for each in callers:
        each.start()
    while desk.waiting < 2:
        pass
    with pytest.raises(DeskBusy, match="2 commands wait already"):
        desk.do(lead(9), key="k9", actor="ann")
    stubborn.gate.set()
    for each in callers:
        each.join()
    assert desk.do(lead(9), key="k9", actor="ann").status == "assigned"


def test_a_desk_that_was_closed_takes_nothing(desk: Desk) -> None:
    desk.close()
    with pytest.raises(DeskDown, match="closing"):
        desk.do(lead(1), key="k1", actor="ann")
