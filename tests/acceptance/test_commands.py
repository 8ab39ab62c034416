"""Every command as a person calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl

import rightful
from command import call
from rightful.runs.run import Run

EXAMPLE = Path(__file__).parents[2] / "examples" / "first-plan"
TinyPlan = Callable[..., Path]


def test_a_good_plan_has_no_mistakes(tiny_plan: TinyPlan) -> None:
    done = call("check", tiny_plan())
    assert done.code == 0
    assert "Tiny (version " in done.out
    assert ": 0 errors, " in done.out


def test_all_mistakes_of_plan_and_book_are_told_at_once(tiny_plan: TinyPlan) -> None:
    folder = tiny_plan(
        {
            "plan.yaml": "nam: Tiny\ntime_zone: Nowhere\n",
            "scoring.yaml": "grade: 7\n",
            "geography.csv": "territory,employes\nNA,>=10\nEUU,abc\n",
            "coverage.csv": "territory,role,rep_id,weight\nNA,account_executive,R1,heavy\nNAA,acount_executive,R2,1\n",
            "routing.yaml": "pools: [{pool: a, members: [{rep_id: R1}], sticky_by: [emial]}]\npool_rules: [{pool: b}]\n",
            "segmentation.yaml": "segment: {bands: {field: country, edges: {A: 0}}}\n",
            "book/leads.csv": "company\nAcme\n",
            "scorng.yaml": "",
        }
    )
    done = call("check", folder)
    assert done.code == 1
    assert "Traceback" not in done.said
    told = done.out.splitlines()
    for says in (
        "error: plan.yaml:1:1: unknown key 'nam'. Allowed: name,",
        "error: plan.yaml:2:12: unknown time zone 'Nowhere'",
        "error: scoring.yaml:1:1: ",
        "error: scorng.yaml: no section of the plan has this file name.",
        "error: coverage.csv:2:4: weight is 'heavy'. Allowed: a number such as 12 or 2.5.",
        "error: routing.yaml:1:56: unknown text field 'emial'.",
        "error: routing.yaml:2:21: unknown pool 'b'. Allowed: a.",
        "error: segmentation.yaml:1:26: unknown number field 'country'.",
        "error: book/leads.csv: no column for lead_id among company.",
    ):
        assert [line for line in told if line.startswith(says)], (says, done.out)
    assert sum("Did you mean" in line for line in told) >= 3
    assert told[-1].startswith("tiny: ")
    read = json.loads(call("check", folder, "--json").out)
    assert [f"{each['severity']}: {each['message']}" for each in read["mistakes"]] == told[:-1]


def test_a_folder_that_is_no_plan_is_told(tmp_path: Path) -> None:
    for command in ("check", "run"):
        done = call(command, tmp_path / "none")
        assert done.code == 1
        assert "no such plan folder. Make one with `rightful init FOLDER`." in done.said
    why = call("why", tmp_path / "none", "A1")
    assert why.code == 3
    assert "this plan has no run yet" in why.err


def test_wrong_use_of_the_command_line_ends_with_2(tiny_plan: TinyPlan) -> None:
    assert call("run").code == 2
    assert call("check", tiny_plan(), "--jsn").code == 2
    assert call("run", tiny_plan(), "--as-of", "yesterday").code == 2


def test_the_schema_describes_every_section() -> None:
    described = json.loads(call("schema").out)
    assert described["plan.yaml"]["additionalProperties"] is False
    assert "quality.yaml" in described


def test_init_writes_a_plan_that_checks(tmp_path: Path) -> None:
    folder = tmp_path / "our acme"
    done = call("init", folder, "--accounts", 200, "--leads", 50, "--reps", 15)
    assert done.code == 0, done.err
    assert f"Next: rightful run '{folder}'" in done.out, "it can be pasted into a shell"
    assert call("check", folder).code == 0
    again = call("init", folder)
    assert again.code == 1
    assert "the folder is not empty" in again.err


def test_why_tells_a_record_as_text_and_as_json(sample_run: Run) -> None:
    folder = sample_run.folder.parents[1]
    key = sample_run.frame("leads")["lead_id"][0]
    told = call("why", folder, key)
    assert told.code == 0
    assert told.out.startswith(f"lead {key}: ")
    read = json.loads(call("why", folder, key, "--json").out)
    assert read["record_id"] == key
    assert all(line in told.out for part in read["parts"] for line in part["lines"])
    missing = call("why", folder, f"{key}x", "--run", sample_run.folder)
    assert missing.code == 3
    assert missing.err.startswith(f"no record '{key}x' in this run.")
    assert "Did you mean" in missing.err


def test_the_python_api_does_what_the_package_says(tiny_plan: TinyPlan) -> None:
    plan = rightful.load_plan(tiny_plan())
    done = rightful.run(plan)
    accounts = done.frame("accounts")
    assert isinstance(accounts, pl.DataFrame)
    assert accounts.height == 5
    assert {"account_id", "name_raw", "name", "segment", "territory_id", "assigned_rep_id"} <= set(accounts.columns)
    assert {"object", "record_id", "role", "rep_id"} <= set(done.assignments.columns)
    assert done.exceptions["record_id"].to_list() == ["A5"]
    assert done.quarantine.height == 0
    assert next(iter(rightful.explain(done, "L1").lines())) == "lead L1: Carl Meier (Acme GmbH)"
    assert "<td>accounts</td><td>5</td><td>5</td>" in done._repr_html_()
    assert set(rightful.__all__) <= {name for name in rightful.__all__ if getattr(rightful, name) is not None}
