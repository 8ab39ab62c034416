"""Change sets as a person uses them: the commands, one after another, and a process that is killed in the middle."""

from __future__ import annotations

import json
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from command import call, start

pytestmark = pytest.mark.xdist_group("changing")
AE = "account_executive"


@pytest.fixture
def plan(changing_plan: Path, tmp_path: Path) -> Path:
    shutil.copytree(changing_plan, tmp_path / "plan")
    return tmp_path / "plan"


def answer(*arguments: object) -> Any:
    done = call(*arguments, "--json")
    assert done.code == 0, done.said
    return json.loads(done.out)


def owner(plan: Path, record_id: str, on: str = "2026-06-30") -> list[str | None]:
    return [row["rep_id"] for row in answer("owner", plan, record_id, "--on", on)]


def test_from_proposal_to_roll_back(plan: Path) -> None:
    done = call("propose", plan, "--as", "ann")
    assert done.code == 0, done.said
    assert "The ledger is new: it took 21 owners from the book." in done.out
    assert "12 records change hands, 4 accounts among them" in done.out
    assert "account A7 stays with R1: locked by ann: in court; R4 would get it" in done.out
    (folder,) = (plan / "changes").iterdir()
    name = folder.name
    assert {path.name for path in folder.iterdir()} == {"explain.txt", "steps.csv", "held.csv", "book"}
    told = call("explain", plan, name).out
    assert "reassign account A1 from R1 to R4: account_executive of NA" in told
    assert "let R5 stand in for R2 on account A4 until 2026-08-01" in told
    assert told.strip() == (folder / "explain.txt").read_text().strip()
    assert "hand opportunity O3 over from R1 to R4 on 2026-07-31" in call("explain", plan, "--record", "O3").out
    assert owner(plan, "A1") == ["R1"]
    refused = call("approve", plan, name, "--as", "ann")
    assert refused.code == 3
    assert "cannot approve it alone" in refused.err
    assert call("apply", plan, name).code == 3
    assert answer("approve", plan, name, "--as", "bob")["state"] == "approved"
    applied = answer("apply", plan, name, "--as", "bob")
    assert (applied["state"], applied["recorded"], applied["scheduled"]) == ("applied", 19, 3)
    assert applied["sent"] == applied["waiting"] == 16
    assert owner(plan, "A1") == ["R4", "R6"]
    assert owner(plan, "A4", "2026-08-02") == ["R2"]
    (standing,) = answer("status", plan)
    assert standing["next"] == f"rightful apply {plan} {name}"
    assert "applied" in call("status", plan).out
    assert "In the ledger 19 of 19 steps" in call("status", plan, name).out
    assert "Nothing to change" in call("propose", plan).out
    undone = call("rollback", plan, name, "--as", "bob")
    assert "rolled back; 19 steps undone" in undone.out
    assert owner(plan, "A1") == ["R1", None]
    events = answer("history", plan)[0]["events"]
    assert [each["event"] for each in events] == ["propose", "approve", "apply", "deliver", "rollback", "deliver"]
    assert "rollback" in call("history", plan).out
    assert name in {row["change_set_id"] for row in answer("history", plan, "A1")}
    assert "account A1" in call("history", plan, "A1").out
    assert call("audit", "verify", plan).code == 0


def test_a_proposal_is_withdrawn_with_a_reason(plan: Path) -> None:
    name = answer("propose", plan, "--as", "ann")["change_set_id"]
    assert call("withdraw", plan).code == 2  # without a reason
    done = call("withdraw", plan, name, "--reason", "not this year", "--as", "ann")
    assert done.out == f"{name}: withdrawn\n", done.said
    assert "Withdrawn     not this year" in call("status", plan, name).out
    assert "withdraw" in call("history", plan).out
    assert call("apply", plan, name).code == 3
    assert owner(plan, "A1") == ["R1"]
    assert call("audit", "verify", plan).code == 0


def test_a_loaders_answers_are_read(plan: Path) -> None:
    name = answer("propose", plan, "--as", "ann")["change_set_id"]
    call("approve", plan, "--as", "bob")
    answer("apply", plan)
    folder = plan / "changes" / name
    for path in folder.glob("*-*.csv"):
        lines = path.read_text().splitlines()
        answers = {"success": lines[:1] + lines[2:], "error": [f'{lines[0]},"sf__Error"', f'{lines[1]},"no such user"']}
        for kind, rows in answers.items():
            path.with_suffix(f".{kind}.csv").write_text("\n".join(rows) + "\n")
    batches = len(list(folder.glob("*.success.csv")))
    heard = answer("status", plan)[0]["delivered"]
    assert heard["confirmed"] == 0  # looking changes nothing
    again = answer("apply", plan)
    assert again["sent"] == batches  # what was refused is sent once more
    assert again["confirmed"] == 16 - batches


def test_nothing_is_there_yet(plan: Path) -> None:
    assert "No change sets yet" in call("status", plan).out
    assert "No change sets yet" in call("history", plan).out
    done = call("explain", plan)
    assert done.code == 3
    assert "there is no change set yet" in done.err
    call("propose", plan)
    wrong = call("explain", plan, "CS-nonsense")
    assert wrong.code == 3
    assert "there is no change set 'CS-nonsense'" in wrong.err
    assert "the change set does nothing to 'A99'" in call("explain", plan, "--record", "A99").err
    assert "cannot take effect on 2026-01-01" in call("propose", plan, "--effective", "2026-01-01").err


def test_a_plan_that_changed_is_run_anew_and_a_book_too(plan: Path) -> None:
    assert len(list((plan / "runs").glob("*Z-*"))) == 1
    call("propose", plan)
    assert len(list((plan / "runs").glob("*Z-*"))) == 1
    coverage = plan / "coverage.csv"
    coverage.write_text(coverage.read_text().replace("NA,account_executive,R4", "NA,account_executive,R7"))
    call("propose", plan)
    assert len(list((plan / "runs").glob("*Z-*"))) == 2
    first, second = answer("status", plan)
    assert first["change_set"]["plan_version"] != second["change_set"]["plan_version"]


def test_a_killed_process_leaves_whole_transactions_and_the_next_one_goes_on(plan: Path) -> None:
    name = answer("propose", plan, "--as", "ann")["change_set_id"]
    call("approve", plan, "--as", "bob")
    for seconds in (0.0, 1.5, 3.0):
        process = start("apply", plan, name)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    done = answer("apply", plan, name)
    assert done["state"] == "applied"
    assert owner(plan, "A1") == ["R4", "R6"]
    assert call("audit", "verify", plan).code == 0
    assert "Nothing to change" in call("propose", plan).out
