from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan, plan_from
from rightful.rules.conditions import ANY
from rightful.stages.scoring import STAGE, Activity, PersonScore, score_account, score_person, scoring_rules
from rightful.stages.scoring.accounts import account_interest
from rightful.stages.scoring.grade import GRADES, CriterionRule, ProfileRule, State, grade_of, grade_record
from rightful.stages.scoring.interest import decayed, interest_of, tally

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = 86_400

SCORING = """
activities:
- {activity_type: form_filled, points: 15, decay_days: 90, group: content}
- {activity_type: download, points: 8, decay_days: 60, group: content}
- {activity_type: call, points: 12.345}
- {activity_type: unsubscribed, points: -25, decay_days: 365}
groups:
- {group: content, most: 40}
profiles:
- profile: abroad
  table: leads
  when: country <> 'US'
  criteria:
  - {criterion: senior, thirds: 3, job_level: "VP, C-Level"}
- profile: home
  table: leads
  criteria:
  - {criterion: senior, thirds: 3, job_level: "VP, C-Level"}
  - {criterion: large, thirds: 2, when: employees >= 100}
  - {criterion: no list, thirds: 1, when: "NOT lead_source = 'List'"}
overrides:
- {when: "lead_source = 'Rival'", score: 0, grade: F, reason: competitor}
"""
ONLY_GOOD = SCORING.replace("- {activity_type: unsubscribed, points: -25, decay_days: 365}\n", "")

TYPES = ("form_filled", "download", "call", "unsubscribed", "yoga", None)
ACTIVITIES = st.lists(
    st.builds(
        Activity,
        st.sampled_from(TYPES),
        st.none() | st.integers(-5 * DAY, 400 * DAY).map(lambda seconds: AS_OF - timedelta(seconds=seconds)),
    ),
    max_size=20,
)
LEADS = st.fixed_dictionaries(
    {
        "job_level": st.sampled_from([None, "VP", "Staff"]),
        "employees": st.sampled_from([None, 5.0, 99.9, 100.0, 5000.0]),
        "lead_source": st.sampled_from([None, "Web", "List", "Rival"]),
        "country": st.sampled_from([None, "US", "DE"]),
    }
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_from({"scoring.yaml": SCORING})


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(st.tuples(LEADS, ACTIVITIES), min_size=1, max_size=6))
def test_the_desk_equals_the_batch(
    engine: Any, book_of: Any, plan: Plan, people: list[tuple[dict[str, Any], list[Activity]]]
) -> None:
    leads = [{"lead_id": f"L{number}", **record} for number, (record, _) in enumerate(people)]
    activities = [
        {"activity_id": f"E{number}-{place}", "lead_id": f"L{number}", "activity_type": each.activity_type, "occurred_at": each.occurred_at}
        for number, (_, done) in enumerate(people)
        for place, each in enumerate(done)
    ]  # fmt: skip
    result = STAGE.run(book_of(engine, AS_OF, leads=leads, activities=activities), plan, engine)
    found = {row["lead_id"]: row for row in engine.collect(result.added["leads"]).to_pylist()}
    assert sorted(found) == sorted(lead["lead_id"] for lead in leads)
    rules = scoring_rules(plan, "leads")
    for lead, (record, done) in zip(leads, people, strict=True):
        expected = score_person(record, done, rules, AS_OF)
        for column in ("score", "score_reason", "grade", "grade_reason", "rating"):
            assert found[lead["lead_id"]][column] == getattr(expected, column)


@given(record=LEADS, done=ACTIVITIES)
def test_a_score_lies_within_0_to_100_and_is_the_sum_of_its_parts(
    plan: Plan, record: dict[str, Any], done: list[Activity]
) -> None:
    found = score_person(record, done, scoring_rules(plan, "leads"), AS_OF)
    assert 0 <= found.score <= 100
    assert sum(part.thousandths for part in found.parts) == round(found.score * 1000)
    assert found.rating[0] == found.grade[0]


@given(done=ACTIVITIES, order=st.randoms(use_true_random=False))
def test_the_order_of_activities_changes_nothing(plan: Plan, done: list[Activity], order: Any) -> None:
    rules = scoring_rules(plan, "leads")
    mixed = list(done)
    order.shuffle(mixed)
    assert score_person({}, mixed, rules, AS_OF) == score_person({}, done, rules, AS_OF)


@given(
    done=ACTIVITIES.map(lambda listed: [each for each in listed if each.occurred_at and each.occurred_at <= AS_OF]),
    earlier=st.integers(0, 500 * DAY),
    later=st.integers(0, 500 * DAY),
)
def test_interest_only_falls_as_time_passes(done: list[Activity], earlier: int, later: int) -> None:
    """Without new activities, and with none that take interest away: those too fade, and interest comes back."""
    rules = scoring_rules(plan_from({"scoring.yaml": ONLY_GOOD}), "leads").interest
    first, second = (
        interest_of(tally(done, rules, AS_OF + timedelta(seconds=seconds)), rules).thousandths
        for seconds in sorted((earlier, later))
    )
    assert first >= second


@given(points=st.integers(-100_000, 100_000), decay=st.integers(1, 400 * DAY), age=st.integers(0, 500 * DAY))
def test_decay_is_linear(points: int, decay: int, age: int) -> None:
    exact = points * max(0, decay - age) / decay
    found = decayed(points, age, decay)
    assert abs(found) <= abs(exact)
    assert abs(found - exact) < 1
    assert decayed(points, 0, decay) == points
    assert decayed(points, decay, decay) == 0
    assert decayed(points, age, 0) == points
    assert decayed(-points, age, decay) == -found


STATES = st.lists(st.tuples(st.integers(1, 3), st.sampled_from(State)), max_size=8)


def graded(given_states: Sequence[tuple[int, State]]) -> str:
    criteria = tuple(CriterionRule(f"c{place}", thirds, ANY, ANY) for place, (thirds, _) in enumerate(given_states))
    return grade_of(ProfileRule("p", ANY, criteria), tuple(state for _, state in given_states)).letter


@given(given_states=STATES)
def test_a_grade_is_d_plus_the_thirds_met_minus_the_thirds_missed(given_states: list[tuple[int, State]]) -> None:
    moved = {State.MET: 1, State.MISSED: -1, State.UNKNOWN: 0}
    thirds = sum(number * moved[state] for number, state in given_states)
    scale = "F D- D D+ C- C C+ B- B B+ A- A A+".split()  # noqa: SIM905 as people write the scale
    assert graded(given_states) == scale[min(max(2 + thirds, 0), 12)]


@given(given_states=STATES.filter(bool), chosen=st.data())
def test_meeting_one_criterion_more_never_lowers_a_grade(given_states: list[tuple[int, State]], chosen: Any) -> None:
    place = chosen.draw(st.integers(0, len(given_states) - 1))
    better = [(thirds, State.MET if at == place else state) for at, (thirds, state) in enumerate(given_states)]
    assert GRADES.index(graded(better)) >= GRADES.index(graded(given_states))


@given(record=LEADS)
def test_a_blank_never_misses_a_criterion(plan: Plan, record: dict[str, Any]) -> None:
    """Of all values that a blank could have, some grade at least as well and some at most as well."""
    profiles = scoring_rules(plan, "leads").profiles
    here = GRADES.index(grade_record(record, profiles).letter)
    if record["employees"] is None and record["country"] is not None:
        filled = [GRADES.index(grade_record(record | {"employees": size}, profiles).letter) for size in (5.0, 500.0)]
        assert min(filled) <= here <= max(filled)


@given(
    scores=st.lists(st.integers(0, 100_000).map(lambda thousandths: thousandths / 1000), max_size=8),
    method=st.sampled_from(["diminishing", "max", "average"]),
    more=st.integers(0, 100_000).map(lambda thousandths: thousandths / 1000),
)
def test_an_accounts_interest_is_at_least_that_of_its_best_person_unless_averaged(
    scores: list[float], method: str, more: float
) -> None:
    plan = plan_from({"scoring.yaml": f"account_score: {{method: {method}}}\n"})
    rules = scoring_rules(plan, "accounts")
    people = [PersonScore("lead", f"L{place}", score) for place, score in enumerate(scores)]
    found = score_account({}, people, rules).score
    assert 0 <= found <= 100
    if method == "average":
        return
    assert found >= max(scores, default=0)
    joined = [*people, PersonScore("lead", "M", more)]
    assert (
        account_interest(joined, rules.account_score).thousandths
        >= account_interest(people, rules.account_score).thousandths
    )


def test_the_columns_of_the_law_are_those_of_the_contract() -> None:
    fields = {field.name for field in OBJECT_OF_TABLE["leads"].fields_of("scoring")}
    assert fields == {"score", "score_reason", "grade", "grade_reason", "rating"}
