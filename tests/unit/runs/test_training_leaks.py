from __future__ import annotations

import random
from typing import Any

import pytest

from rightful.runs.training.leaks import Cause, find_unusable
from rightful.runs.training.records import past_records

CHANCE = random.Random(11)  # noqa: S311 chance with a seed is what a test needs
COUNT = 1000
CONVERTED = [CHANCE.random() < 0.3 for _ in range(COUNT)]
NOISE = [CHANCE.choice(["north", "south", "east"]) for _ in range(COUNT)]
COIN = [CHANCE.random() for _ in range(COUNT)]


def causes(name: str, column: list[Any]) -> set[Cause]:
    values = {"is_converted": CONVERTED, name: column}
    records = past_records("past.csv", values, "is_converted", "", ())
    return {finding.cause for finding in find_unusable(records, (), ())}


def test_what_has_nothing_to_do_with_the_outcome_is_no_leak() -> None:
    assert causes("area", NOISE) == set()
    assert causes("employees", [round(coin * 1000) for coin in COIN]) == set()


def test_an_honest_signal_is_no_leak() -> None:
    honest = ["Referral" if coin < (0.6 if yes else 0.2) else "Web" for yes, coin in zip(CONVERTED, COIN, strict=True)]
    assert causes("lead_source", honest) == set()


@pytest.mark.parametrize(
    ("column", "cause"),
    [
        ([1000 * yes + coin for yes, coin in zip(CONVERTED, COIN, strict=True)], Cause.PREDICTS_TOO_WELL),
        (["signed" if yes and coin < 0.6 else "open" for yes, coin in zip(CONVERTED, COIN, strict=True)], Cause.SETTLES_OUTCOME),
        ([place if yes or coin < 0.6 else None for yes, coin, place in zip(CONVERTED, COIN, NOISE, strict=True)], Cause.FILLED_AFTERWARDS),
    ],
    ids=["a number that ranks too well", "a value that settles it", "filled on the way"],
)  # fmt: skip
def test_each_trace_of_a_leak_is_found_alone(column: list[Any], cause: Cause) -> None:
    assert cause in causes("plain", column)


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("Last Activity", Cause.NAMED_AFTERWARDS),
        ("LastModifiedDate", Cause.NAMED_AFTERWARDS),
        ("Tags", Cause.NAMED_AFTERWARDS),
        ("lead_status", Cause.NAMED_AFTERWARDS),
        ("Lead Quality", Cause.JUDGEMENT),
        ("activityScore", Cause.JUDGEMENT),
        ("Rating", Cause.JUDGEMENT),
    ],
)
def test_names_that_tell_are_found_in_any_writing(name: str, cause: Cause) -> None:
    assert causes(name, NOISE) == {cause}


@pytest.mark.parametrize("name", ["elastic", "Blast Radius", "stagecoach", "qualityassured"])
def test_a_word_within_a_word_is_no_trace(name: str) -> None:
    assert causes(name, NOISE) == set()


def test_columns_that_teach_nothing_are_named() -> None:
    assert causes("magazine", ["No"] * COUNT) == {Cause.CONSTANT}
    assert causes("prospect", [f"P{number}" for number in range(COUNT)]) == {Cause.TOO_MANY_VALUES}


def test_an_excluded_column_is_told_as_such() -> None:
    records = past_records("past.csv", {"is_converted": CONVERTED, "Tags": NOISE}, "is_converted", "", ())
    findings = find_unusable(records, ("Tags",), ())
    assert [(each.column, each.cause, each.is_leak) for each in findings] == [("Tags", Cause.EXCLUDED, False)]
