"""``rightful prove`` as a person and a continuous integration call it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from command import call
from rightful.runs.run import Run
from tiny import FILES, write_tiny

TinyPlan = Callable[..., Path]
OVERLAPPING: Mapping[str, str] = {
    "geography.csv": 'territory,country,industry\nNA,"US, CA",\nEU,"DE, FR",\nBANKS,,Banking\n',
    "coverage.csv": "territory,role,rep_id\nNA,account_executive,R1\nEU,account_executive,R2\nBANKS,account_executive,R3\n",
    "territories.csv": "territory,name\nNA,North America\nEU,Europe\nBANKS,Banks\n",
}


@pytest.fixture(scope="session")
def proven_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a plan with a gap and an overlap, run over its book."""
    folder = write_tiny(tmp_path_factory.mktemp("proven") / "tiny", OVERLAPPING)
    assert call("run", folder).code == 0
    return folder


def test_without_a_run_the_rules_are_proven_all_the_same(tiny_plan: TinyPlan) -> None:
    done = call("prove", tiny_plan())
    assert done.code == 1
    assert "WARNING gap in geography: no territory for: country blank or not in (CA, DE, FR, US)" in done.out
    assert "Without a run nothing is counted" in done.out


def test_findings_are_counted_and_weighed_on_the_book(proven_plan: Path) -> None:
    done = call("prove", proven_plan)
    assert done.code == 1
    assert "Counted on 5 accounts of the run as of 2026-06-30" in done.out
    blocks = done.out.split("\n\n")
    north, europe = [block for block in blocks if block.startswith("WARNING overlap")]
    assert "'NA' (geography.csv:2) wins over 'BANKS' (geography.csv:4)" in north
    assert "1 account (20.0%), such as A3" in north
    assert "'EU' (geography.csv:3) wins over 'BANKS' (geography.csv:4)" in europe
    assert "no account of the book" in europe
    [gap] = [block for block in blocks if block.startswith("WARNING gap")]
    assert "no account of the book" in gap


def test_a_gap_with_records_of_the_book_in_it_is_an_error(tiny_plan: TinyPlan) -> None:
    folder = tiny_plan({"book/leads.csv": "lead_id,company\nL1,Acme\n"})
    assert call("run", folder).code == 0
    done = call("prove", folder, "--fail-on", "error")
    assert done.code == 1
    assert "ERROR gap in geography" in done.out
    assert "1 account (20.0%), such as A5" in done.out


def test_accounts_that_follow_their_family_are_in_no_gap(tiny_plan: TinyPlan) -> None:
    follows = "families: {policy: descendants}\n"
    folder = tiny_plan(
        {"geography.csv": "territory,country\nNA,US\n", "assignment.yaml": FILES["assignment.yaml"] + follows}
    )
    assert call("run", folder).code == 0
    accounts = Run.latest(folder).frame("accounts")
    bare = accounts.filter(accounts["territory_id"].is_null())["account_id"].sort().to_list()
    assert bare == ["A4", "A5"]  # A2 in Germany follows A1
    done = call("prove", folder, "--json")
    [gap] = [each for each in json.loads(done.out)["findings"] if each["kind"] == "gap"]
    assert gap["book"]["records"] == len(bare)


def test_json_and_sarif_are_data(proven_plan: Path) -> None:
    found = json.loads(call("prove", proven_plan, "--json", "--least", "note", "--most", "0").out)
    assert found["accounts"] == 5
    assert {each["kind"] for each in found["findings"]} >= {"gap", "overlap"}
    sarif = json.loads(call("prove", proven_plan, "--sarif").out)
    assert {each["ruleId"] for each in sarif["runs"][0]["results"]} >= {"gap", "overlap"}


def test_a_baseline_keeps_accepted_findings_quiet_until_there_is_a_new_one(proven_plan: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "accepted.json"
    written = call("prove", proven_plan, "--write-baseline", baseline)
    assert written.code == 0
    assert "findings are accepted" in written.err
    quiet = call("prove", proven_plan, "--baseline", baseline)
    assert quiet.code == 0
    assert "accepted by the baseline" in quiet.out
    rules = proven_plan / "geography.csv"
    before = rules.read_text("utf-8")
    try:
        rules.write_text(before + "EU,US,Banking\n", "utf-8")
        new = call("prove", proven_plan, "--baseline", baseline)
    finally:
        rules.write_text(before, "utf-8")
    assert new.code == 1
    assert "WARNING shadowed in geography: rule 'EU' (geography.csv:5) never decides" in new.out
    assert "another version of the plan" in new.out


def test_exit_codes_follow_the_chosen_severity(proven_plan: Path) -> None:
    assert call("prove", proven_plan, "--fail-on", "error").code == 0
    assert call("prove", proven_plan, "--fail-on", "note").code == 1


def test_a_plan_that_does_not_load_is_another_matter(tiny_plan: TinyPlan) -> None:
    done = call("prove", tiny_plan({"assignment.yaml": "layers: 3\n"}))
    assert done.code == 2
    assert "assignment.yaml" in done.err
    assert call("prove", tiny_plan(), "--baseline", "nowhere.json").code == 2


def test_check_tells_the_worst_findings_shortly(proven_plan: Path) -> None:
    done = call("check", proven_plan)
    assert done.code == 0
    assert "warning: overlap in geography: rule 'NA' (geography.csv:2) wins over" in done.out
    assert f"rightful prove {proven_plan}" in done.out
    found = json.loads(call("check", proven_plan, "--json").out)
    assert found["proof"]["counts"]["warning"] >= 2


def test_the_report_has_the_proof(proven_plan: Path) -> None:
    [report] = (proven_plan / "runs").glob("*/report.html")
    text = report.read_text("utf-8")
    assert '<section id="proof">' in text
    assert "wins over" in text
