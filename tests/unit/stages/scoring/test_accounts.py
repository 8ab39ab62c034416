from __future__ import annotations

import pytest

from rightful.plan.scoring import AccountScore
from rightful.stages.scoring.accounts import PersonScore, account_interest

PEOPLE = [
    PersonScore("lead", "L-2", 40.0),
    PersonScore("contact", "C-1", 60.0),
    PersonScore("contact", "C-3", 0.0),
    PersonScore("lead", "L-1", 40.0),
]


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        (AccountScore(), 60 + 20 + 10),
        (AccountScore(people=2), 60 + 20),
        (AccountScore(factor=0), 60),
        (AccountScore(method="max"), 60),
        (AccountScore(method="average", people=2), 50),
        (AccountScore(method="average", people=4), 35),
        (AccountScore(method="average", people=50), 35),
    ],
)
def test_people_count_as_the_plan_says(rule: AccountScore, points: float) -> None:
    assert account_interest(PEOPLE, rule).thousandths == points * 1000


def test_ties_are_ordered_by_object_and_key_whatever_order_people_come_in() -> None:
    found = account_interest(PEOPLE, AccountScore())
    assert [part.part for part in found.parts] == ["contact C-1", "lead L-1", "lead L-2"]
    assert account_interest(reversed(PEOPLE), AccountScore()) == found


@pytest.mark.parametrize("method", ["diminishing", "max", "average"])
def test_people_without_interest_may_be_given_or_counted(method: str) -> None:
    rule = AccountScore.model_validate({"method": method})
    interested = [person for person in PEOPLE if person.score]
    assert account_interest(interested, rule, silent=1) == account_interest(PEOPLE, rule)


def test_an_account_without_people_says_so() -> None:
    found = account_interest([], AccountScore(method="average"))
    assert (found.thousandths, found.parts, found.remark) == (0, (), "no people")
