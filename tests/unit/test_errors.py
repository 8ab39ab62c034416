from __future__ import annotations

import pytest

from rightful.errors import BookError, Mistake, Place, RightfulError, near_miss


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (Mistake(None, "all is lost"), "all is lost."),
        (
            Mistake(Place("plan.yaml", 3, 7), "unknown key 'nam'", "name, lists", "did you mean 'name'?"),
            "plan.yaml:3:7: unknown key 'nam'. Allowed: name, lists. Did you mean 'name'?",
        ),
        (Mistake(Place("book"), "no table.", remedy="put files there."), "book: no table. Put files there."),
        (Mistake(Place("a.csv", 2), "a row", "another"), "a.csv:2: a row. Allowed: another."),
    ],
)
def test_a_mistake_is_place_problem_allowed_remedy(mistake: Mistake, says: str) -> None:
    assert str(mistake) == says


def test_an_error_carries_every_mistake() -> None:
    error = BookError(Mistake(None, problem) for problem in ("one", "two"))
    assert isinstance(error, RightfulError)
    assert str(error) == "one.\ntwo."
    assert len(error.mistakes) == 2


def test_a_near_miss_is_suggested_and_nothing_far() -> None:
    assert near_miss("Employes", ["country", "employees"]) == "did you mean 'employees'?"
    assert near_miss("zzz", ["country", "employees"]) == ""
    assert near_miss("x", []) == ""
