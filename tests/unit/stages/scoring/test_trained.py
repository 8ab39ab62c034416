from __future__ import annotations

from math import exp

import pytest

from rightful.plan.trained_score import TrainedFeature, TrainedScore
from rightful.stages.scoring.trained import likelihood_of, trained_part

SCORE = TrainedScore(
    kind="rightful trained score",
    format=1,
    label="is_converted",
    rows=1000,
    conversions=250,
    base=-1.0,
    features=(
        TrainedFeature(field="lead_source", levels={"Referral": 1.5, "Web": -0.5}, other=0.25, blank=-0.25),
        TrainedFeature(field="employees", edges=(10.0, 100.0), bins=(-0.5, 0.0, 0.5), blank=0.125),
        TrainedFeature(field="is_free_email", levels={"true": -1.0, "false": 0.5}),
    ),
)


@pytest.mark.parametrize(
    ("record", "log_odds"),
    [
        ({"lead_source": "Referral", "employees": 100.0, "is_free_email": False}, -1 + 1.5 + 0.5 + 0.5),
        ({"lead_source": "Fair", "employees": 99.9, "is_free_email": True}, -1 + 0.25 + 0 - 1),
        ({"lead_source": "Web", "employees": 9, "is_free_email": True}, -1 - 0.5 - 0.5 - 1),
        ({"lead_source": "", "employees": float("nan")}, -1 - 0.25 + 0.125),
        ({}, -1 - 0.25 + 0.125),
    ],
)
def test_the_log_odds_are_the_base_and_what_each_field_adds(record: dict[str, object], log_odds: float) -> None:
    found = likelihood_of(record, SCORE)
    assert found.probability == 1 / (1 + exp(-log_odds))
    assert sum(each.log_odds for each in found.contributions) == log_odds + 1


def test_the_part_gives_points_and_names_what_moved_it_most() -> None:
    part = trained_part({"lead_source": "Referral", "employees": 50, "is_free_email": False}, SCORE, 50)
    assert part.points == pytest.approx(50 / (1 + exp(-1.0)), abs=0.0005)
    assert part.detail == (
        "73.1% likely to convert (average 25.0%): lead_source = Referral +1.50, is_free_email = false +0.50"
    )


def test_extreme_log_odds_overflow_nothing() -> None:
    wild = SCORE.model_copy(update={"base": 5000.0})
    assert likelihood_of({}, wild).probability < 1
    assert likelihood_of({}, SCORE.model_copy(update={"base": -5000.0})).probability > 0
