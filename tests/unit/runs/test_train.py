from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from past_leads import past
from rightful.errors import BookError
from rightful.plan.scoring import Training
from rightful.plan.trained_score import TrainedScore
from rightful.runs.train import ARTEFACT, TrainingRecord, save, train_on


def trained(values: dict[str, list[Any]], **training: Any) -> TrainingRecord:
    return train_on("past.csv", values, Training(time="day", **training))


@pytest.fixture(scope="module")
def record() -> TrainingRecord:
    return trained(past())


def test_what_moves_the_outcome_is_learned(record: TrainingRecord) -> None:
    features = {feature.field: feature for feature in record.score.features}
    source = features["lead_source"].levels
    assert source["Referral"] > source["Web"] > source["List"]
    assert features["employees"].bins[-1] > features["employees"].bins[0]
    colours = features["product_interest"].levels
    assert abs(colours["red"] - colours["blue"]) < 0.2
    assert record.evaluation.auc_low > 0.6
    assert record.evaluation.log_loss < record.evaluation.base_log_loss
    assert record.findings == ()


def test_the_measure_comes_from_the_newest_alone() -> None:
    """In the newest quarter nothing has to do with the outcome: a split by chance would still look good."""
    values = past()
    border = 900
    turned = [number % 2 == 0 for number in range(len(values["day"]) - border)]
    values["is_converted"] = values["is_converted"][:border] + turned
    values["day"] = [str(day) for day in values["day"]]
    shuffled = list(range(len(values["day"])))
    random.Random(5).shuffle(shuffled)  # noqa: S311 chance with a seed is what a test needs
    mixed = {name: [column[row] for row in shuffled] for name, column in values.items()}
    found = trained(mixed)
    assert found.evaluation.rows == 300
    assert found.trained_rows == border
    assert found.evaluation.base_share == 0.5
    assert found.evaluation.auc_low < 0.5 < found.evaluation.auc_high


def test_records_with_an_unknown_outcome_are_left_out_and_counted() -> None:
    values = past()
    values["is_converted"][:10] = [None] * 10
    found = trained(values)
    assert (found.rows, found.without_label) == (1190, 10)


def test_a_seeded_leak_is_found_named_left_out_and_compared() -> None:
    values = past(deal=lambda *row: "big" if row[4] and row[0] % 10 else None)
    found = trained(values)
    assert {finding.column for finding in found.leaks} == {"deal"}
    assert "deal" not in found.used
    assert "deal" not in [feature.field for feature in found.score.features]
    leaking = found.comparisons[-1]
    assert leaking.name.startswith("with the leaking columns")
    assert leaking.evaluation.auc > found.evaluation.auc + 0.1


def test_a_leak_that_the_plan_keeps_is_used_and_still_told() -> None:
    values = past(deal=lambda *row: "big" if row[4] and row[0] % 10 else None)
    found = trained(values, keep=("deal",))
    assert all(finding.is_kept for finding in found.leaks)
    assert "deal" in found.used


def test_columns_go_by_the_names_of_the_leads_fields() -> None:
    values = past()
    values["Lead Source"] = values.pop("lead_source")
    found = trained(values, fields={"Lead Source": "lead_source"})
    assert "lead_source" in [feature.field for feature in found.score.features]


def test_the_artefact_is_plain_json_of_the_same_bytes(record: TrainingRecord, tmp_path: Path) -> None:
    path = save(record, tmp_path)
    assert path == tmp_path / ARTEFACT
    first = path.read_bytes()
    assert save(trained(past()), tmp_path).read_bytes() == first
    assert TrainedScore.model_validate_json(first) == record.score
    assert all(isinstance(value, (str, int, float, list)) for value in json.loads(first).values())
    assert [each.name for each in path.parent.iterdir()] == ["lead_score.json"]


def test_blanks_and_rare_values_add_what_training_saw_of_them() -> None:
    values = past(persona=lambda *row: None if row[0] % 3 == 0 else "Select" if row[0] % 3 == 1 else "User")
    found = trained(values)
    persona = next(feature for feature in found.score.features if feature.field == "persona")
    assert list(persona.levels) == ["User"]
    assert persona.other == 0.0


def broken(name: str, value: Any) -> dict[str, list[Any]]:
    values = past(300)
    values[name][7] = value
    return values


@pytest.mark.parametrize(
    ("values", "training", "says"),
    [
        (past(300), {"label": "is_convertd"}, "column 'is_convertd' is missing. Allowed: day, lead_source"),
        (past(300), {"exclude": ("colour",)}, "training names column 'colour', which past.csv does not have"),
        (broken("is_converted", "maybe"), {}, "holds 'maybe', which says neither converted nor not"),
        (broken("day", "soon"), {}, "column 'day' holds 'soon', which orders nothing"),
        (past(60), {}, "at least 50 of each"),
        (past(300), {"exclude": ("lead_source", "employees", "product_interest")}, "no column is left"),
    ],
)
def test_what_cannot_be_learned_from_is_told(values: dict[str, list[Any]], training: dict[str, Any], says: str) -> None:
    with pytest.raises(BookError) as caught:
        trained(values, **training)
    assert says in str(caught.value)


def test_newest_records_of_one_outcome_are_told() -> None:
    values = past(600)
    values["is_converted"][450:] = [False] * 150
    with pytest.raises(BookError, match=r"of the 150 newest records in past\.csv, none converted"):
        trained(values)
