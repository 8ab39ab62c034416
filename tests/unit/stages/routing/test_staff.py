from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rightful.stages.routing import Fold, Staff, State, context_of
from rightful.stages.routing.hours import moment_of

TUESDAY = datetime(2026, 6, 30, 12, tzinfo=UTC)
POOL = "pool_rules: [{pool: sdr}]\npools:\n  - {pool: sdr, members_when: rep_id <> 'R9', when_all_away: queue, when_full: queue}\n"
REPS: list[dict[str, Any]] = [
    {"rep_id": "R1", "capacity": 5.0},
    {"rep_id": "R2", "starts_on": date(2026, 7, 2)},
    {"rep_id": "R3", "ends_on": date(2026, 7, 3)},
    {"rep_id": "R9"},
]
WorldOf = Callable[..., Any]


def absence(rep_id: str, hours: int) -> dict[str, Any]:
    return {"rep_id": rep_id, "starts_at": TUESDAY, "ends_at": TUESDAY + timedelta(hours=hours), "cover_rep_id": None}


def test_a_change_of_one_rep_gives_what_reading_everybody_anew_gives(world: WorldOf) -> None:
    one = world(POOL, REPS)
    staff = Staff(one.plan, REPS, [], TUESDAY.date())
    before = staff.context
    staff.be_absent(absence("R1", 3))
    staff.hold("R3", 7.0)
    assert before.roster["R1"].calendar.at(moment_of(TUESDAY)).is_open
    reps = [{**row, "capacity": 7.0} if row["rep_id"] == "R3" else row for row in REPS]
    anew = context_of(one.plan, reps, [absence("R1", 3)], TUESDAY.date())
    for number in range(5):
        case = one.case(TUESDAY + timedelta(hours=number))
        ways = [next(iter(Fold(context, State(), 0).take(case))) for context in (staff.context, anew)]
        assert ways[0] == ways[1]
    assert staff.context.roster["R3"].capacity == 7.0


def test_people_join_and_leave_on_their_days(world: WorldOf) -> None:
    staff = Staff(world(POOL).plan, REPS, [], TUESDAY.date())
    assert staff.turning_days(date(2026, 6, 30), date(2026, 12, 31)) == (date(2026, 7, 2), date(2026, 7, 4))
    assert staff.turning_days(date(2026, 7, 2), date(2026, 7, 3)) == ()
    there = {}
    for day in (date(2026, 6, 30), date(2026, 7, 2), date(2026, 7, 4)):
        staff.turn_to(day)
        there[day.day] = list(staff.context.pools["sdr"].weights)
    assert there == {30: ["R1", "R3"], 2: ["R1", "R2", "R3"], 4: ["R1", "R2"]}
    assert "R2" in staff
    assert "R8" not in staff


def test_a_pool_chosen_by_capacity_follows_the_capacity(world: WorldOf) -> None:
    plan = world(POOL.replace("rep_id <> 'R9'", "capacity >= 5")).plan
    staff = Staff(plan, REPS, [], TUESDAY.date())
    staff.hold("R9", 20.0)
    assert list(staff.context.pools["sdr"].weights) == ["R1", "R9"]


def test_who_finishes_a_record_has_room_for_the_next(world: WorldOf) -> None:
    one = world(POOL, [{"rep_id": "R1", "capacity": 1.0}])
    folding = Fold(one.context, State(), moment_of(TUESDAY))
    decided = [decision.rep_id for each in range(2) for decision in folding.take(one.case(TUESDAY, number=each))]
    folding.release("R1")
    decided += [decision.rep_id for decision in folding.take(one.case(TUESDAY))]
    folding.release("R1")
    folding.release("R1")
    assert [*decided, *(each.rep_id for each in folding.take(one.case(TUESDAY)))] == ["R1", None, "R1", "R1"]


def test_a_record_that_was_withdrawn_is_not_tried_again(world: WorldOf) -> None:
    one = world(POOL, [{"rep_id": "R1"}])
    night, morning = TUESDAY + timedelta(hours=10), moment_of(TUESDAY + timedelta(days=1))
    folding = Fold(one.context, State(), morning)
    for number in (1, 2, 3):
        list(folding.take(one.case(night, lead_id=f"N{number}")))
    assert folding.waiting() == ("N1", "N2", "N3")
    folding.withdraw(frozenset({"N2"}))
    assert [each.record_id for each in folding.advance(morning)] == ["N1", "N3"]
    assert folding.waiting() == ()
