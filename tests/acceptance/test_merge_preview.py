"""What a person sees before anything is merged, and what their answers change."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from command import call
from rightful.plan import load_plan
from rightful.runs.merges import preview_merges
from rightful.runs.pipeline import Output, run_plan
from tiny import write_tiny

ACCOUNTS = """\
account_id,name,website,street,city,country,employees,owner_id
A1,Acme Inc,acme.com,1 Main Street,Boston,US,1200,R1
A2,Acme Inc.,acme.com,1 Main Street,Boston,US,,R2
A3,Globex Hospital,globex.com,9 Side Alley,Bonn,DE,300,R1
A4,Globex Hopsital,globex.com,9 Side Alley,Bonn,DE,310,
A5,Initech SARL,initech.fr,2 Rue Neuve,Lyon,FR,25,R2
"""
LEADS = """\
lead_id,first_name,last_name,company,email,country,created_at
L1,Carl,Meier,Acme,carl@acme.com,US,2026-06-29 10:00
L2,Ann,Smith,Acme,ann@acme.com,US,2026-06-29 10:00
"""
QUALITY = "duplicates:\n  accounts: {evidence: list, certain: 0.9, survivorship: {employees: largest}}\n"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    files = {"quality.yaml": QUALITY, "book/accounts.csv": ACCOUNTS, "book/leads.csv": LEADS}
    return write_tiny(tmp_path / "plan", files)


def test_a_preview_shows_merges_fields_and_open_pairs_and_changes_nothing(plan: Path) -> None:
    before = sorted(path for path in plan.rglob("*"))
    done = call("merge", "preview", plan)
    assert done.code == 0
    assert "account A1 stays" in done.out
    assert "A2 goes into it: domain + core_name + city" in done.out
    assert "name = Acme Inc  of A1 by survivor  (not A2: Acme Inc.)" in done.out
    assert "account A3 and account A4: possible" in done.out
    assert "lead L2 and contact C1: known_contact (1.00): agree on email, last_name" in done.out
    assert sorted(path for path in plan.rglob("*")) == before


def test_answers_decide_the_next_run_and_every_id_still_resolves(plan: Path) -> None:
    answers = plan / "same.csv"
    assert call("merge", "preview", plan, "--object", "account", "--out", answers).code == 0
    assert pl.read_csv(answers).select("record_id", "other_id", "is_same").rows() == [("A3", "A4", None)]
    assert call("merge", "preview", plan, "--object", "account", "--out", answers).code != 0  # it may hold answers
    answers.write_text("record_id,other_id,is_same,survivor_id,by\nA3,A4,yes,A4,Ann\nA1,A2,no,,Ann\n", encoding="utf-8")
    plan.joinpath("quality.yaml").write_text(
        QUALITY.replace("{evidence", "{decisions: same.csv, evidence"), encoding="utf-8"
    )
    run = run_plan(load_plan(plan), output=Output((), has_report=False))
    assert run.rows_of("merges", object="account") == [
        {
            "object": "account",
            "record_id": "A3",
            "survivor_id": "A4",
            "reason": "decision",
            "detail": "one of 2 records",
        }
    ]
    assert run.rows_of("duplicate_links", outcome="kept_apart")[0]["evidence"] == "decided to be two by Ann"
    employees = run.rows_of("merge_fields", survivor_id="A4", field="employees")[0]
    assert (employees["value"], employees["taken_from"], employees["rule"]) == ("310.0", "A4", "largest")
    said = call("why", plan, "A3").out
    assert "A4" in said


def test_a_preview_is_what_the_run_then_does(plan: Path) -> None:
    plan.joinpath("quality.yaml").write_text(QUALITY.replace("list", "merge"), encoding="utf-8")
    previewed = preview_merges(load_plan(plan))
    run = run_plan(load_plan(plan), output=Output((), has_report=False))
    merged = {(merge.object, gone, merge.survivor_id) for merge in previewed.merges for gone, _ in merge.merged}
    assert merged == set(run.frame("merges").select("object", "record_id", "survivor_id").rows())
    assert ("account", "A4", "A3") in merged
    assert (
        "probability 1.000: core_name: 'globex hospital' is near" in run.rows_of("merges", record_id="A4")[0]["detail"]
    )


def test_the_same_in_json(plan: Path) -> None:
    found = json.loads(call("merge", "preview", plan, "--object", "account", "--json").out)
    assert [merge["survivor_id"] for merge in found["merges"]] == ["A1"]
    assert [pair["outcome"] for pair in found["pairs"]] == ["possible"]


@pytest.mark.parametrize(
    ("decisions", "problem"),
    [
        ("[{record_id: A1, other_id: A1, is_same: yes}]", "compared with itself"),
        ("[{record_id: A1, other_id: A2, is_same: yes}, {record_id: A2, other_id: A1, is_same: no}]", "decided twice"),
        ("[{record_id: A1, other_id: A2, is_same: yes, survivor_id: A3}]", "none of the two"),
    ],
)
def test_contradictions_are_refused_with_their_place(plan: Path, decisions: str, problem: str) -> None:
    plan.joinpath("quality.yaml").write_text(
        f"duplicates: {{accounts: {{decisions: {decisions}}}}}\n", encoding="utf-8"
    )
    done = call("check", plan)
    assert done.code != 0
    assert problem in done.said
    assert "quality.yaml" in done.said
