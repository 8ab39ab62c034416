"""Train on 9,240 leads of an education company, of which some columns tell the outcome.

Expected by the data's own dictionary: tags and quality are what a rep wrote on the way, last activities are those up to the
outcome, indexes and scores follow the activity.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from rightful.plan import load_plan
from rightful.runs.train import TrainingRecord, save, train

SCORING = "training: {{file: '{file}', label: Converted, time: Lead Number{more}}}\n"
LEAKING = {
    "Tags",
    "Lead Quality",
    "Last Activity",
    "Last Notable Activity",
    "Lead Profile",
    "Asymmetrique Activity Index",
    "Asymmetrique Profile Index",
    "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
}
KNOWN_BEFOREHAND = {"Lead Origin", "Lead Source", "Do Not Email", "TotalVisits", "Country", "City", "Specialization"}


def trained_in(folder: Path, real_data: Path, more: str = "") -> TrainingRecord:
    folder.mkdir()
    (folder / "plan.yaml").write_text("name: education\n", encoding="utf-8")
    file = real_data / "xeducation_leads" / "Leads.csv"
    (folder / "scoring.yaml").write_text(SCORING.format(file=file, more=more), encoding="utf-8")
    return train(load_plan(folder))


@pytest.mark.real
def test_leaks_are_found_and_the_honest_score_is_worth_something(real_data: Path, tmp_path: Path) -> None:
    record = trained_in(tmp_path / "education", real_data)
    assert (record.rows, record.score.conversions) == (9240, 3561)
    assert {finding.column for finding in record.leaks} >= LEAKING
    assert set(record.used) >= KNOWN_BEFOREHAND
    assert not LEAKING & {feature.field for feature in record.score.features}
    found = record.evaluation
    assert (found.rows, record.trained_rows) == (2310, 6930)
    assert 0.81 < found.auc < 0.86
    assert found.auc_low > 0.8
    assert found.calibration_error < 0.05
    assert found.lift[0].lift > 2.2
    boosted, leaking = (each.evaluation.auc for each in record.comparisons)
    assert abs(boosted - found.auc) < 0.02
    assert leaking > 0.97
    again = trained_in(tmp_path / "again", real_data)
    assert save(record, tmp_path / "education").read_bytes() == save(again, tmp_path / "again").read_bytes()


@pytest.mark.real
def test_columns_that_a_person_vouches_for_are_used(real_data: Path, tmp_path: Path) -> None:
    record = trained_in(tmp_path / "kept", real_data, ", keep: [What is your current occupation]")
    kept = [finding for finding in record.findings if finding.is_kept]
    assert [finding.column for finding in kept] == ["What is your current occupation"]
    assert "What is your current occupation" in record.used
    assert record.evaluation.auc > 0.84
