from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from rightful.plan.territories import Coverage
from rightful.stages.coverage import Seat, choose_rep, coverage_on

DAY = date(2026, 6, 30)


def row(rep: str = "", **more: Any) -> Coverage:
    return Coverage(territory="WEST", role="owner", rep_id=rep, **more)


def seats_of(*rows: Coverage, working: str = "R1 R2") -> list[Seat]:
    return list(
        coverage_on(rows, frozenset(working.split()), frozenset({"R1", "R2", "R9"}), DAY).seats.get(
            ("WEST", "owner"), ()
        )
    )


def test_only_rows_of_the_day_count() -> None:
    assert seats_of(row("R1", ends_on="2026-06-29"), row("R2", starts_on="2026-06-30")) == [Seat("R2", 1.0)]


def test_a_stand_in_takes_the_seat_and_no_share_of_its_own() -> None:
    assert seats_of(row("R9", weight=2), row("R2", covers="R9")) == [Seat("R2", 2.0, "R9")]
    assert seats_of(row(), row("R2", covers="vacancy")) == [Seat("R2", 1.0, "vacancy")]


def test_standing_in_ends_with_its_row() -> None:
    (seat,) = seats_of(row("R9"), row("R2", covers="R9", ends_on="2026-07-10"))
    assert seat == Seat("R2", 1.0, "R9", date(2026, 7, 10))


def test_an_empty_seat_and_an_inactive_rep_leave_a_vacancy_with_its_reason() -> None:
    assert coverage_on([row()], frozenset(), frozenset(), DAY).vacant == {("WEST", "owner"): "the seat is vacant"}
    reps = frozenset({"R1", "R9"})
    assert coverage_on([row("R9")], frozenset(), reps, DAY).vacant == {("WEST", "owner"): "rep R9 is not active"}
    assert coverage_on([row("R8")], reps, reps, DAY).vacant == {("WEST", "owner"): "rep R8 is not in the book"}
    assert not coverage_on([row("R9"), row("R1")], frozenset({"R1"}), reps, DAY).vacant


def test_shares_follow_the_weights() -> None:
    seats = [Seat("R1", 3.0), Seat("R2", 1.0)]
    counts = Counter(choose_rep(f"A{number}", seats, None).rep_id for number in range(4_000))
    assert 2_850 < counts["R1"] < 3_150


def test_a_leaver_moves_only_their_own_accounts() -> None:
    three = [Seat("R1", 1.0), Seat("R2", 1.0), Seat("R3", 1.0)]
    for number in range(500):
        before = choose_rep(f"A{number}", three, None).rep_id
        after = choose_rep(f"A{number}", three[:2], None).rep_id
        assert before in ("R3", after)
