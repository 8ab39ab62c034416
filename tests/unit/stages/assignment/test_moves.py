from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rightful.stages.assignment.moves import Mover, owner_of_work, ranked_keepers

UNTIL = date(2026, 9, 28)
WORKING = frozenset({"OLD", "NEW"})


def work(**more: Any) -> Mover:
    values: dict[str, Any] = {
        "record_id": "O1", "owner_id": "OLD", "is_closed": False, "heir_id": "NEW", "heir": "owner of its account A",
    }  # fmt: skip
    return Mover(**(values | more))


@pytest.mark.parametrize(
    ("mover", "rep", "method"),
    [
        (work(), "NEW", "follows"),
        (work(owner_id="NEW"), "NEW", "follows"),
        (work(is_closed=True), "OLD", "closed"),
        (work(is_closed=True, owner_id="GONE"), "GONE", "closed"),
        (work(is_exempt=True), "OLD", "exempt"),
        (work(is_exempt=True, owner_id="GONE"), "NEW", "follows"),
        (work(is_eligible=True), "OLD", "eligible"),
        (work(heir_id=None), "OLD", "kept"),
        (work(owner_id=None), "NEW", "follows"),
        (work(owner_id="GONE", heir_id=None), None, "none"),
        (work(owner_id=None, heir_id=None), None, "none"),
    ],
)
def test_open_work_moves_unless_the_plan_lets_it_stay(mover: Mover, rep: str | None, method: str) -> None:
    keepers = ranked_keepers([mover], {}, None)
    owner = owner_of_work(mover, WORKING, keepers, UNTIL)
    assert (owner.rep_id, owner.method) == (rep, method)


def test_kept_work_says_until_when_and_who_is_next() -> None:
    owner = owner_of_work(work(is_eligible=True), WORKING, frozenset({"O1"}), UNTIL)
    assert (owner.ends_on, owner.next_rep_id) == (UNTIL, "NEW")
    moved = owner_of_work(work(), WORKING, frozenset(), UNTIL)
    assert (moved.ends_on, moved.next_rep_id) == (None, None)


def test_an_exception_names_its_cause() -> None:
    assert owner_of_work(work(owner_id="GONE", heir_id=None), WORKING, frozenset(), UNTIL).cause == "inactive_owner"
    assert owner_of_work(work(owner_id=None, heir_id=None), WORKING, frozenset(), UNTIL).cause == "no_owner"
    done = work(owner_id=None, heir_id=None, is_closed=True)
    assert owner_of_work(done, WORKING, frozenset(), UNTIL).cause == "closed_without_owner"


def test_a_rep_keeps_only_so_many_later_stages_and_larger_ones_first() -> None:
    order = {"Prospecting": 0, "Negotiation": 1}
    movers = [
        work(record_id="small", is_eligible=True, stage="Negotiation", amount_usd=10.0),
        work(record_id="early", is_eligible=True, stage="Prospecting", amount_usd=900.0),
        work(record_id="large", is_eligible=True, stage="Negotiation", amount_usd=500.0),
        work(record_id="other", is_eligible=True, owner_id="NEW", heir_id="OLD"),
        work(record_id="closed", is_eligible=True, is_closed=True),
    ]
    assert ranked_keepers(movers, order, 2) == {"large", "small", "other"}
    assert ranked_keepers(movers, order, None) == {"large", "small", "early", "other"}
