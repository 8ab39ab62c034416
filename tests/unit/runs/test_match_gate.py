"""The gate: `rightful check` fails where matches are worth less by labels than the plan wants."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rightful.cli.app import app
from rightful.errors import PlanError
from rightful.plan import plan_from

NAMES = ("silver foods", "north labs", "stone bank", "river media", "bright energy", "oak travel")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write and run a plan of six accounts; four leads are theirs, one is a stranger's, one is linked by hand."""
    made = tmp_path_factory.mktemp("gate")
    (made / "book").mkdir()
    accounts = [f"A{n},{name},{name.replace(' ', '')}.com" for n, name in enumerate(NAMES)]
    leads = [f"L{n},{name},ann@{name.replace(' ', '')}.com" for n, name in enumerate(NAMES[:4])]
    (made / "book/accounts.csv").write_text("\n".join(["account_id,name,website", *accounts]) + "\n")
    strangers = ["L8,zebra quartz,bob@zebraquartz.org", "L9,somebody,eve@gmail.com"]
    (made / "book/leads.csv").write_text("\n".join(["lead_id,company,email", *leads, *strangers]) + "\n")
    (made / "plan.yaml").write_text("name: Gate\nas_of: 2026-06-30\n")
    (made / "labels.csv").write_text("record_id,account_id\nL0,A0\nL1,A1\nL2,A2\nL3,A5\nL8,none\nL9,A4\n")
    return made


def check(folder: Path, matching: str) -> tuple[int, str]:
    (folder / "matching.yaml").write_text(matching)
    done = CliRunner().invoke(app, ["check", str(folder)])
    return done.exit_code, done.output


def test_check_fails_below_what_the_gate_wants_and_says_by_how_much(folder: Path) -> None:
    gate = "manual_links: [{record_id: L9, account_id: A4}]\ngate: {file: labels.csv, precision: 0.7, recall: 0.9}\n"
    code, told = check(folder, gate)
    assert code == 1
    assert "this plan has no run yet" in told  # who has not run the plan has not passed
    assert CliRunner().invoke(app, ["run", str(folder)]).exit_code == 0
    code, told = check(folder, gate)
    assert code == 1
    assert "Matches by labels.csv: precision 0.750, recall 0.750 of 5 records: recall is 0.750, below 0.9" in told
    done = CliRunner().invoke(app, ["check", str(folder), "--json"])
    assert json.loads(done.stdout)["gate"]["score"]["right"] == 3

    code, told = check(folder, gate.replace("0.9}", "0.75}"))
    assert (code, "as good as the gate wants" in told) == (0, True), told
    # The plan is judged as it stands, not as it stood when it ran.
    code, told = check(folder, gate.replace("0.9}", "0.75}") + "filters: [{name: none, when: account_id = 'A5'}]\n")
    assert (code, "precision 1.000, recall 0.000" in told) == (1, True), told


def test_labels_that_cannot_be_read_are_no_pass(folder: Path) -> None:
    code, told = check(folder, "gate: {file: nowhere.csv, recall: 0.1}\n")
    assert code == 1
    assert "Matches by nowhere.csv" in told


def test_a_gate_wants_something() -> None:
    with pytest.raises(PlanError, match="the gate wants nothing: give precision, recall, or both"):
        plan_from({"matching.yaml": "gate: {file: labels.csv}\n"})
