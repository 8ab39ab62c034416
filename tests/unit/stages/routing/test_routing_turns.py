from __future__ import annotations

import random
from collections import Counter
from zoneinfo import ZoneInfo

from rightful.stages.routing.state import PoolState, RepState, Tally, windows
from rightful.stages.routing.turns import calibrated, given_back, load, lowest, taken

WEIGHTS = {"A": 2.0, "B": 1.0, "C": 1.0}


def never(_: str) -> None:
    return None


def turns(count: int, weights: dict[str, float], members: tuple[str, ...], state: PoolState) -> tuple[str, PoolState]:
    order = ""
    for _ in range(count):
        state = calibrated(state, members, "average")
        rep = lowest(state, members, never)
        state = taken(state, rep, weights[rep], None)
        order += rep
    return order, state


def test_the_lowest_position_wins_and_rises_by_one_over_the_weight() -> None:
    order, state = turns(8, WEIGHTS, ("A", "B", "C"), PoolState())
    assert order == "ABCAABCA"
    assert state.positions == {"A": 2.0, "B": 2.0, "C": 2.0}


def test_weights_whose_steps_are_no_round_numbers_still_tie() -> None:
    order, _ = turns(7, {"A": 10.0, "B": 1.0}, ("B", "A"), PoolState({"A": 0.0, "B": 0.0}, ("B", "A")))
    assert order == "BAAAAAA"
    order, _ = turns(12, {"A": 10.0, "B": 1.0}, ("B", "A"), PoolState())
    assert order == "B" + 10 * "A" + "B"


def test_who_joins_or_comes_back_starts_at_the_average_of_those_who_stayed() -> None:
    before = PoolState({"A": 4.0, "B": 5.0, "C": 1.0}, ("A", "B"))
    assert calibrated(before, ("A", "B", "C", "D"), "average").positions == {"A": 4.0, "B": 5.0, "C": 4.5, "D": 4.5}
    assert calibrated(before, ("A", "B", "C"), "minimum").positions["C"] == 4.0
    assert calibrated(before, ("B", "C"), "average").positions == {"A": 4.0, "B": 5.0, "C": 5.0}


def test_a_change_of_membership_resets_nobody() -> None:
    before = PoolState({"A": 4.0, "B": 5.0}, ("A", "B"))
    assert calibrated(before, ("A",), "average").positions == before.positions
    assert calibrated(calibrated(before, (), "average"), ("A", "B"), "average").positions == before.positions


def test_in_the_morning_everybody_keeps_the_position_and_new_ones_start_at_the_average() -> None:
    night = PoolState({"A": 4.0, "B": 6.0}, ())
    assert calibrated(night, ("A", "B", "N"), "average").positions == {"A": 4.0, "B": 6.0, "N": 5.0}


def test_who_came_back_and_ties_gives_way_to_who_is_idle_longest() -> None:
    state = calibrated(PoolState({"A": 2.0, "B": 1.0}, ("A",)), ("A", "B"), "average")
    assert state.positions["B"] == 2.0
    assert lowest(state, ("A", "B"), {"A": 9, "B": 4}.get) == "B"
    assert lowest(taken(state, "B", 1.0, None), ("A", "B"), {"A": 9, "B": 10}.get) == "A"


def test_coming_and_going_does_not_favour_the_head_of_the_list() -> None:
    members = "ABCDE"
    dice = random.Random(7)  # noqa: S311 - chance in a test
    state, last, got, fair = PoolState(), dict.fromkeys(members, 0), Counter[str](), Counter[str]()
    for number in range(1, 6001):
        here = tuple(member for member in members if dice.random() < 0.5)
        if not here:
            continue
        state = calibrated(state, here, "average")
        rep = lowest(state, here, last.get)
        state, last[rep] = taken(state, rep, 1.0, None), number
        got[rep] += 1
        fair.update(dict.fromkeys(here, 1 / len(here)))
    assert all(abs(got[member] - fair[member]) < 0.06 * fair[member] for member in members), (got, fair)


def test_a_turn_can_be_given_back_with_its_count() -> None:
    now = windows(0, ZoneInfo("UTC"))
    before = PoolState({"A": 1.0}, ("A",))
    after = given_back(taken(before, "A", 2.0, now), "A", 2.0, now)
    assert after.positions == before.positions
    assert (after.tally.in_hour, after.tallies["A"].in_week) == (0, 0)


def test_load_is_the_share_of_capacity_in_use() -> None:
    assert load(RepState(30), 60, 100) == 0.5
    assert load(RepState(30), None, 100) == 0.3
    assert load(RepState(0), 0, 100) == float("inf")


def test_a_tally_forgets_the_hour_before_and_keeps_the_day() -> None:
    zone = ZoneInfo("Asia/Kolkata")
    first, next_hour = windows(0, zone), windows(3_600_000_000, zone)
    tally = Tally().plus(first).plus(next_hour)
    assert (tally.in_hour, tally.in_day) == (1, 2)
    assert first.next_hour == 1_800_000_000
