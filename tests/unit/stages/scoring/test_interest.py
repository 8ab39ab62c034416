from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rightful.plan import plan_from
from rightful.stages.scoring import Activity, score_person, scoring_rules
from rightful.stages.scoring.interest import decayed, interest_of, interest_rules, points_text, tally
from rightful.stages.scoring.score import ScoreResult

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = 86_400
SCORING = """
activities:
- {activity_type: form_filled, points: 20, decay_days: 100, group: content}
- {activity_type: download, points: 10, group: content}
- {activity_type: unsubscribed, points: -25, decay_days: 100}
groups:
- {group: content, most: 50}
overrides:
- {record_id: L-9, score: 0, grade: F, reason: competitor}
- {when: "country = 'KP'", score: 1, reason: embargo}
"""


def days_ago(days: float) -> datetime:
    return AS_OF - timedelta(days=days)


def score(*activities: tuple[str, float], scoring: str = SCORING, **record: object) -> ScoreResult:
    done = [Activity(kind, days_ago(days)) for kind, days in activities]
    return score_person(record, done, scoring_rules(plan_from({"scoring.yaml": scoring}), "leads"), AS_OF)


@pytest.mark.parametrize(
    ("thousandths", "age", "decay", "left"),
    [
        (15_000, 0, 90 * DAY, 15_000),
        (15_000, 45 * DAY, 90 * DAY, 7_500),
        (15_000, 90 * DAY, 90 * DAY, 0),
        (15_000, 500 * DAY, 90 * DAY, 0),
        (15_000, 500 * DAY, 0, 15_000),
        (-25_000, 50 * DAY, 100 * DAY, -12_500),
        (-1, 1, 3, 0),
        (1_000, 1, 3 * DAY, 999),
    ],
)
def test_points_fall_evenly_to_nothing_and_round_towards_zero(
    thousandths: int, age: int, decay: int, left: int
) -> None:
    assert decayed(thousandths, age, decay) == left


def test_each_activity_decays_from_its_own_moment() -> None:
    assert score(("form_filled", 0), ("form_filled", 50)).score == 30.0


def test_a_group_gives_no_more_than_its_limit() -> None:
    found = score(("form_filled", 0), ("form_filled", 0), ("download", 300), ("download", 1))
    assert found.score == 50.0
    assert found.parts[0].detail == "2 form_filled 40, 2 download 20; limited from 60"


def test_refusals_take_away_and_the_score_stays_above_zero() -> None:
    found = score(("download", 0), ("unsubscribed", 0))
    assert found.score == 0.0
    assert [(part.part, part.points) for part in found.parts] == [("content", 10), ("unsubscribed", -25), ("limit", 15)]
    assert found.score_reason.startswith("content 10 - unsubscribed 25 = -15, kept within 0 to 100: 0")


def test_the_score_stays_below_a_hundred() -> None:
    found = score(("meeting", 0), ("meeting", 0), scoring="activities:\n- {activity_type: meeting, points: 70}\n")
    assert found.score == 100.0
    assert sum(part.thousandths for part in found.parts) == 100_000


def test_what_lies_after_the_as_of_time_is_ignored_and_counted() -> None:
    found = score(("download", -1), ("download", 2), ("yoga", 1))
    assert found.score == 10.0
    assert found.score_reason == (
        "content 10; newest activity 1 day ago, 1 after the as-of time ignored, 1 of other types ignored"
    )


def test_an_activity_at_the_as_of_instant_counts() -> None:
    assert score(("download", 0)).score == 10.0


def test_without_activity_the_score_is_zero_and_says_so() -> None:
    found = score()
    assert (found.score, found.score_reason, found.parts) == (0.0, "no activity", ())


def test_an_activity_without_a_time_is_ignored_and_counted() -> None:
    section = plan_from({"scoring.yaml": SCORING}).scoring
    rules = interest_rules(section.activities, section.groups)
    found = interest_of(tally([Activity("download", None)], rules, AS_OF), rules)
    assert (found.thousandths, found.remark) == (0, "1 without a time ignored")


def test_an_override_sets_score_and_grade_and_the_parts_still_add_up() -> None:
    found = score(("download", 0), lead_id="L-9", country="KP")
    assert (found.score, found.grade, found.rating) == (0.0, "F", "F4")
    assert sum(part.thousandths for part in found.parts) == 0
    assert found.score_reason.startswith("override competitor: 0; without it content 10")
    assert found.grade_reason.startswith("override competitor: F; without it D")
    embargo = score(lead_id="L-1", country="KP")
    assert (embargo.score, embargo.grade) == (1.0, "D")


@pytest.mark.parametrize(
    ("days", "rating"), [(0, "D1"), (25, "D1"), (25.1, "D2"), (50, "D2"), (74.9, "D3"), (75.1, "D4")]
)
def test_the_rating_joins_letter_and_band(days: float, rating: str) -> None:
    scoring = "activities:\n- {activity_type: visit, points: 100, decay_days: 100}\n"
    assert score(("visit", days), scoring=scoring).rating == rating


def test_points_are_written_with_the_decimals_they_have() -> None:
    written = [points_text(each) for each in (0, 100_000, 12_500, -25_000, 833, -1)]
    assert written == ["0", "100", "12.5", "-25", "0.833", "-0.001"]
