from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from past_leads import past
from rightful.cli.app import app
from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import BookError, PlanError
from rightful.plan import load_plan
from rightful.runs.run import Manifest
from rightful.runs.train import ARTEFACT
from rightful.runs.train_report import REPORT
from rightful.stages.scoring import STAGE, score_person, scoring_rules

AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
SCORING = "training: {file: history/past.csv, time: day}\n"


def folder_of(tmp_path: Path, scoring: str = SCORING, **more: Any) -> Path:
    """Make a plan folder whose history leaks the outcome in the column ``status``."""
    values = past(600, status=lambda *row: "won" if row[4] else "open", **more)
    folder = tmp_path / "acme"
    (folder / "history").mkdir(parents=True)
    (folder / "plan.yaml").write_text("name: acme\n", encoding="utf-8")
    (folder / "scoring.yaml").write_text(scoring, encoding="utf-8")
    with (folder / "history" / "past.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(values)
        writer.writerows(zip(*values.values(), strict=True))
    return folder


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["train", *arguments], catch_exceptions=False)


@pytest.mark.parametrize(
    "text", [None, "broken", '{"kind": "rightful trained score", "features": [{"field": "gone"}]}']
)
def test_a_plan_whose_score_is_missing_or_broken_can_be_trained(text: str | None, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, f"trained_score: {ARTEFACT}\n{SCORING}")
    if text:
        (folder / ARTEFACT).parent.mkdir()
        (folder / ARTEFACT).write_text(text)
    with pytest.raises(PlanError):
        load_plan(folder)
    done = call(str(folder))
    assert done.exit_code == 0, done.output
    assert "scoring.yaml uses it already" in done.output
    assert json.loads((folder / ARTEFACT).read_text())["rows"] == 600
    assert load_plan(folder).scoring.trained_score


def test_the_command_tells_what_the_score_is_worth_and_how_to_use_it(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    done = call(str(folder))
    assert done.exit_code == 0
    for words in (
        "Learned from 600 past records of history/past.csv, oldest first by day",
        "Base rate: ",
        "measured on the newest: AUC 0.",
        "Calibration error ",
        "Lift, most likely first:",
        "of all conversions",
        "Calibration, least likely first:",
        "For comparison, with the leaking columns, which fresh leads lack: AUC 1.000",
        "  status: kept up to date (its name says so: status); predicts too well (",
        "To use it, write into scoring.yaml: `trained_score: models/lead_score.json`",
        f"Report:  {folder / REPORT}",
    ):
        assert words in done.stdout, words
    assert "Fitting to the older records" in done.stderr
    page = (folder / REPORT).read_text("utf-8")
    assert page.count("<svg") == 2
    assert "src=" not in page
    assert "<td>status</td>" in page


def test_json_is_for_machines(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    found = json.loads(call(str(folder), "--json").stdout)
    assert found["score"] == str(folder / ARTEFACT)
    assert found["rows"] == 600
    assert 0.5 < found["evaluation"]["auc"] < 1
    assert {finding["column"] for finding in found["findings"]} == {"status"}


def test_a_next_run_uses_the_score_and_says_what_each_field_added(tmp_path: Path, engine: Any, book_of: Any) -> None:
    folder = folder_of(tmp_path)
    call(str(folder))
    switched_on = SCORING + f"trained_score: {ARTEFACT}\ntrained_points: 40\n"
    (folder / "scoring.yaml").write_text(switched_on, encoding="utf-8")
    plan = load_plan(folder)
    leads = [
        {"lead_id": "L1", "lead_source": "Referral", "employees": 900.0},
        {"lead_id": "L2", "lead_source": "List", "employees": 3.0},
    ]
    result = STAGE.run(book_of(engine, leads=leads), plan, engine)
    rows = {row["lead_id"]: row for row in engine.collect(result.added["leads"]).to_pylist()}
    assert rows["L1"]["score"] > 2 * rows["L2"]["score"] > 0
    assert "likely to convert (average " in rows["L1"]["score_reason"]
    assert "lead_source = Referral +" in rows["L1"]["score_reason"]
    parts = engine.collect(result.tables["score_parts"]).to_pylist()
    assert {(row["record_id"], row["part"], row["points"]) for row in parts} == {
        ("L1", "trained", rows["L1"]["score"]),
        ("L2", "trained", rows["L2"]["score"]),
    }
    rules = scoring_rules(plan, "leads")
    assert score_person(leads[0], (), rules, AS_OF).score_reason == rows["L1"]["score_reason"]
    assert "scoring.yaml uses it already" in call(str(folder)).stdout


def test_columns_that_leads_do_not_have_are_told_before_they_are_switched_on(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, mood=lambda *row: "good" if row[0] % 2 else "bad")
    assert "first say which fields of leads these columns are, under training.fields" in call(str(folder)).stdout


EMPTY = {
    "kind": "rightful trained score",
    "format": 1,
    "label": "x",
    "rows": 1,
    "conversions": 0,
    "base": 0,
    "features": [],
}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "models/lead_score.json"),
        ("\x80\x04\x95", "models/lead_score.json"),
        (json.dumps(EMPTY | {"format": 2}), "format"),
        (json.dumps(EMPTY).replace('"base": 0', '"base": 1e999'), "base"),
        (json.dumps(EMPTY | {"features": [{"field": "f()"}]}), "f()"),
    ],
    ids=["cut off", "pickle", "another format", "infinite", "no field"],
)
def test_a_corrupt_score_is_a_mistake_of_the_plan(tmp_path: Path, text: str, says: str) -> None:
    folder = folder_of(tmp_path, f"trained_score: {ARTEFACT}\n")
    (folder / "models").mkdir()
    (folder / ARTEFACT).write_text(text, encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        load_plan(folder)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [("history/none.csv", "cannot be read"), ("history/past.pkl", "of a kind that cannot be read. Allowed: .csv")],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, says: str) -> None:
    folder = folder_of(tmp_path, f"training: {{file: {name}}}\n")
    with pytest.raises(BookError, match=says):
        call(str(folder))


def test_the_leads_of_a_run_are_learned_from_when_they_are_old_enough(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "training: {min_age_days: 100}\n")
    run = folder / "runs" / "r1"
    values = past(600)
    days = values.pop("day")
    leads = OBJECT_OF_TABLE["leads"]
    frame = pl.DataFrame(values).with_columns(
        lead_id=pl.Series([f"L{day}" for day in days]),
        created_at=pl.Series([AS_OF - timedelta(days=600 - day) for day in days]),
    )
    missing = [name for name in leads.rule_fields if name not in frame.columns]
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    (run / "quality").mkdir(parents=True)
    frame.write_parquet(run / "quality" / "leads.parquet")
    manifest = Manifest("acme", "1", AS_OF, ()).as_json()
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = json.loads(call(str(folder), "--run", str(run), "--json").stdout)
    assert found["source"] == "leads of run r1"
    assert found["rows"] == 501
    assert "lead_source" in found["used"]
