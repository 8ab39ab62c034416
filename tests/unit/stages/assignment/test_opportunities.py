from __future__ import annotations

from rightful.stages.assignment.opportunities import choose_territory

TYPES = {"WEST": "geography", "EAST": "geography", "CLOUD": "product"}


def test_no_territory_is_told() -> None:
    assert choose_territory([], TYPES, []).cause == "no_territory"


def test_the_only_territory_is_taken() -> None:
    assert choose_territory(["WEST", "WEST"], TYPES, []).territory_id == "WEST"


def test_the_highest_type_wins_whatever_the_order() -> None:
    assert choose_territory(["WEST", "CLOUD", "EAST"], TYPES, ["product", "geography"]).territory_id == "CLOUD"


def test_a_tie_is_an_exception_and_never_a_guess() -> None:
    tie = choose_territory(["WEST", "EAST"], TYPES, ["geography"])
    assert (tie.territory_id, tie.cause) == (None, "territory_tie")
    assert tie.reason == "WEST and EAST are of equal type priority"


def test_types_left_out_come_last_as_equals() -> None:
    assert choose_territory(["WEST", "CLOUD"], TYPES, ["product"]).territory_id == "CLOUD"
    assert choose_territory(["WEST", "CLOUD"], TYPES, []).cause == "territory_tie"
