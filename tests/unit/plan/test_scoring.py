from __future__ import annotations

import json

import pytest

from rightful.errors import PlanError
from rightful.plan import plan_from

ARTEFACT = {
    "kind": "rightful trained score",
    "format": 1,
    "label": "is_converted",
    "rows": 1000,
    "conversions": 250,
    "base": -1.1,
    "features": [
        {"field": "lead_source", "levels": {"Referral": 1.5, "Naïve “ad” 😀": -0.5}, "other": 0.1, "blank": -0.2},
        {"field": "employees", "edges": [10.0, 100.0], "bins": [-0.5, 0.0, 0.5], "blank": 0.0},
    ],
}


def told(scoring: str, **files: str) -> list[str]:
    with pytest.raises(PlanError) as caught:
        plan_from({"scoring.yaml": scoring, **files})
    return [str(mistake) for mistake in caught.value.mistakes]


def test_an_empty_section_has_points_but_no_criteria() -> None:
    section = plan_from({}).scoring
    assert {each.activity_type for each in section.activities} >= {"form_filled", "unsubscribed"}
    assert section.profiles == ()
    assert section.trained_score is None


def test_criteria_and_points_may_be_tables_whose_other_columns_are_fields() -> None:
    section = plan_from(
        {
            "scoring.yaml": "activities: points.csv\nprofiles:\n- {profile: all, table: leads, criteria: fit.csv}\n",
            "points.csv": "activity_type,points,decay_days,group\nform_filled,15,90,content\nunsubscribed,-25,,\n",
            "fit.csv": 'criterion,thirds,job_level,when\nsenior,3,"VP, C-level",\nlarge,2,,employees >= 1000\n',
        }
    ).scoring
    assert [(each.activity_type, each.points, each.decay_days) for each in section.activities] == [
        ("form_filled", 15, 90),
        ("unsubscribed", -25, None),
    ]
    senior, large = section.profiles_of("leads")[0].criteria
    assert senior.cells["job_level"].text == "VP, C-level"
    assert large.when is not None
    assert large.thirds == 2


@pytest.mark.parametrize(
    ("scoring", "says"),
    [
        (
            "profiles:\n- profile: all\n  table: leads\n  criteria:\n  - {criterion: big, employes: '>=1000'}\n",
            "scoring.yaml:5:33: leads have no field 'employes'. Allowed: ",
        ),
        (
            "profiles:\n- profile: all\n  table: leads\n  criteria:\n  - {criterion: big, thirds: 4, employees: '1'}\n",
            "scoring.yaml:5:30: thirds is '4'. Allowed: ",
        ),
        (
            "profiles:\n- {profile: all, table: leads, criteria: [{criterion: big}]}\n",
            "scoring.yaml:2:55: 'big' has no condition. Add",
        ),
        ("profiles:\n- {profile: all, table: deals, criteria: []}\n", "scoring.yaml:2:25: 'deals' is no table."),
        ("overrides:\n- {reason: competitor, score: 0}\n", "scoring.yaml:2:12: 'competitor' has no condition."),
        (
            "overrides:\n- {reason: rival, score: 0, when: score > 5}\n",
            "scoring.yaml:2:35: unknown field 'score'.",
        ),
        ("bands: [25, 50]\n", "bands are 25, 50: each must be lower than the one before"),
        (
            "activities:\n- {activity_type: call, points: 1}\n- {activity_type: call, points: 2}\n",
            "scoring.yaml:3:19: activity type 'call' is there 2 times.",
        ),
        (
            "trained_score: models/none.json\n",
            "scoring.yaml:1:16: no such file 'models/none.json'. Allowed: a path in the plan's folder. Run `rightful train`, which",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(scoring: str, says: str) -> None:
    mistakes = told(scoring)
    assert any(says in mistake for mistake in mistakes), mistakes


def test_a_criterion_may_not_read_what_later_stages_add() -> None:
    scoring = (
        "profiles:\n- profile: all\n  table: accounts\n  criteria: [{criterion: x, when: territory_id = 'EMEA'}]\n"
    )
    assert "unknown field 'territory_id'" in told(scoring)[0]


def test_a_trained_score_is_part_of_the_plan() -> None:
    text = json.dumps(ARTEFACT, ensure_ascii=False)
    scoring = "trained_score: models/lead_score.json\n"
    plan = plan_from({"scoring.yaml": scoring, "models/lead_score.json": text})
    trained = plan.scoring.trained_score
    assert trained is not None
    assert trained.features[0].levels["Naïve “ad” 😀"] == -0.5
    assert trained.features[1].edges == (10.0, 100.0)
    other = plan_from({"scoring.yaml": scoring, "models/lead_score.json": text.replace("-1.1", "-1.2")})
    assert other.version != plan.version


def test_an_unusable_trained_score_is_told_with_its_place() -> None:
    scoring = "trained_score: models/lead_score.json\n"
    strange = ARTEFACT | {"features": [{"field": "lead_sorce", "levels": {"x": 1.0}}], "code": "import os"}
    mistakes = told(scoring, **{"models/lead_score.json": json.dumps(strange)})
    assert mistakes[0].startswith("models/lead_score.json:1:")
    assert "unknown key 'code'" in mistakes[0]
    del strange["code"]
    mistakes = told(scoring, **{"models/lead_score.json": json.dumps(strange)})
    assert "reads 'lead_sorce', which leads do not have" in mistakes[0]
    assert "Did you mean 'lead_source'?" in mistakes[0]


def test_bins_must_fit_their_edges() -> None:
    wrong = ARTEFACT | {"features": [{"field": "employees", "edges": [1.0, 2.0], "bins": [0.1, 0.2]}]}
    mistakes = told("trained_score: m.json\n", **{"m.json": json.dumps(wrong)})
    assert "2 bins for 2 edges, not one more" in mistakes[0]


def test_a_training_file_stays_a_name() -> None:
    plan = plan_from({"scoring.yaml": "training: {file: past_leads.csv, label: Converted}\n"})
    assert plan.scoring.training.file == "past_leads.csv"
