"""Matches of an earlier run that no longer hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from command import call
from rightful.errors import RunError
from rightful.plan import load_plan
from rightful.runs.matches import run_before, stale_matches
from rightful.runs.pipeline import Output, run_plan
from rightful.runs.run import Run
from tiny import FILES, write_tiny

ACCOUNTS, LEADS = FILES["book/accounts.csv"], FILES["book/leads.csv"]
LINKED = (
    LEADS.replace("created_at", "created_at,account_id")
    .replace("11:00", "11:00,A4")
    .replace("10:00", "10:00,")
    .replace("12:00", "12:00,")
)


def run(plan: Path, out: Path, **changes: str) -> Run:
    write_tiny(plan, {name.replace("__", "/") + ".csv": text for name, text in changes.items()})
    return run_plan(load_plan(plan), out=out, output=Output((), has_report=False))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    folder = tmp_path_factory.mktemp("stale")
    before = run(folder / "plan", folder / "before", book__leads=LINKED)
    leads = LINKED.replace("Globex,Analyst,emil@globex.com", "Wayne Kabushiki,Analyst,emil@wayne.co.jp")
    leads = leads.replace("dora@unheard.co.uk", "dora@initech.fr")
    accounts = ACCOUNTS.replace("A2,Acme GmbH,acme.de,DE,80,Software,A1,R2\n", "")
    return run(folder / "plan", folder / "now", book__leads=leads, book__accounts=accounts), before


def test_what_changed_is_told_and_nothing_is_kept_silently(runs: tuple[Run, Run]) -> None:
    found = {match.record_id: match for match in stale_matches(*runs)}
    assert (found["L3"].state, found["L3"].account_before, found["L3"].account_now) == ("moved", "A3", "A5")
    assert "lead's email_domain was globex.com, is wayne.co.jp" in found["L3"].changes
    assert found["L1"].account_before == "A2"
    assert "account A2 is gone" in found["L1"].changes
    assert (found["L2"].state, found["L2"].account_now) == ("kept", "A4")
    assert "lead's email_domain was unheard.co.uk, is initech.fr" in found["L2"].changes


def test_two_runs_of_one_book_have_no_stale_match(runs: tuple[Run, Run]) -> None:
    assert stale_matches(runs[0], runs[0]) == ()


def test_of_the_plan_the_sections_that_changed_are_named(runs: tuple[Run, Run]) -> None:
    now, before = runs

    def told(**changes: str) -> set[str]:
        versions = before.manifest.section_versions | changes
        newer = replace(now, manifest=replace(now.manifest, section_versions=versions))
        return {change for match in stale_matches(newer, before) for change in match.changes if "plan" in change}

    assert told() == set()
    assert told(matching="0" * 16, desk="0" * 16) == {"the plan changed: matching.yaml"}
    assert told(quality="0" * 16, lists="0" * 16) == {"the plan changed: quality.yaml", "the plan changed: its lists"}


def test_a_section_has_a_new_version_when_it_says_something_else(tmp_path: Path) -> None:
    write_tiny(tmp_path, {})
    first = load_plan(tmp_path)
    matching = tmp_path / "matching.yaml"
    words = matching.read_text(encoding="utf-8") if matching.exists() else "{}\n"
    matching.write_text(f"# a comment\n{words}", encoding="utf-8")
    commented = load_plan(tmp_path)
    assert (commented.version == first.version, commented.section_versions()) == (False, first.section_versions())
    matching.write_text("synonyms: [{name: acme, means: zeta}]\n", encoding="utf-8")
    changed = load_plan(tmp_path).section_versions()
    assert {name for name in changed if changed[name] != first.section_versions()[name]} == {"matching"}


def test_the_command_lists_them(runs: tuple[Run, Run]) -> None:
    now, before = runs
    plan = now.folder.parent / "plan"
    done = call("match", "stale", plan, "--run", now.folder, "--before", before.folder)
    assert (done.code, "lead L3: was A3" in done.out) == (0, True)
    listed = json.loads(call("match", "stale", plan, "--run", now.folder, "--before", before.folder, "--json").out)
    assert {row["record_id"] for row in listed} >= {"L1", "L2", "L3"}


def test_the_run_before_is_found_by_its_instant(runs: tuple[Run, Run]) -> None:
    now, before = runs
    assert run_before(now).folder == before.folder
    with pytest.raises(RunError, match="no run comes before"):
        run_before(before)
