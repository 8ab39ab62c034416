"""`rightful diff` as a person calls it: two folders, two revisions, and on the book."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from command import Done, call
from rightful.runs.run import Run
from tiny import write_tiny

pytestmark = pytest.mark.xdist_group("diff")

MOVED = {"geography.csv": 'territory,country\nNA,"US, CA, FR"\nEU,DE\n'}
AUTHOR = ("-c", "user.name=planner", "-c", "user.email=planner@example.com")


def git(folder: Path, *arguments: str) -> None:
    program = shutil.which("git")
    if program is None:
        pytest.skip("NO GIT: revisions cannot be tested")
    subprocess.run([program, "-C", str(folder), *AUTHOR, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a plan in git with one cell edited since the last commit: France goes from EU to NA."""
    top = tmp_path_factory.mktemp("diff")
    git(top, "init", "-q")
    folder = write_tiny(top / "tiny")
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "plan")
    return write_tiny(folder, MOVED)


@dataclass(frozen=True)
class OnBook:
    """A difference on the book: the plan, where the results are, and what was printed."""

    plan: Path
    folder: Path
    done: Done

    @property
    def read(self) -> dict[str, Any]:
        return json.loads(self.done.out)


@pytest.fixture(scope="module")
def on_book(edited: Path, tmp_path_factory: pytest.TempPathFactory) -> OnBook:
    folder = tmp_path_factory.mktemp("out") / "difference"
    return OnBook(edited, folder, call("diff", edited, "--book", "--out", folder, "--json"))


def test_one_cell_edited_is_exactly_that_region(edited: Path) -> None:
    done = call("diff", edited)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].startswith(f"From HEAD:{edited} (version ")
    assert [line.strip() for line in lines[3:]] == ["layer geography", "NA instead of EU", "country = FR"]


def test_two_folders_and_two_revisions_say_the_same(edited: Path, tmp_path: Path) -> None:
    other = write_tiny(tmp_path / "other")
    folders = json.loads(call("diff", other, edited, "--json").out)
    git(edited.parent, "stash", "-q")
    git(edited.parent, "stash", "apply", "-q")
    git(edited.parent, "tag", "-f", "edited", "stash@{0}")
    revisions = json.loads(call("diff", edited, "--git", "HEAD", "edited", "--json").out)
    named = json.loads(call("diff", f"HEAD:{edited}", f"edited:{edited}", "--json").out)
    assert folders["changes"] == revisions["changes"] == named["changes"]
    assert [(change["before"], change["after"]) for change in folders["changes"]] == [("EU", "NA")]
    assert revisions["before"]["version"] == folders["before"]["version"]


def test_plans_that_decide_the_same_have_no_change_in_behaviour(edited: Path, tmp_path: Path) -> None:
    turned = 'territory,rule,country\nEU,Europe,DE\nNA,America,"FR, CA, US"\n'
    done = call("diff", edited, write_tiny(tmp_path / "turned", {"geography.csv": turned}))
    assert done.code == 0
    assert "no change in behaviour" in done.out.splitlines()
    assert "  layer geography: some rules have other names" in done.out.splitlines()
    same = call("diff", edited, edited, "--json")
    assert json.loads(same.out)["is_same"] is True


def test_mistakes_are_told(edited: Path, tmp_path: Path) -> None:
    unknown = call("diff", f"v9:{edited}", edited)
    assert unknown.code == 1
    assert "unknown revision 'v9'. Allowed: branches, tags and commits" in unknown.err
    nowhere = call("diff", f"HEAD:{edited.parent / 'none'}", edited)
    assert nowhere.code == 1
    assert "revision 'HEAD' has no folder 'none'" in nowhere.err
    outside = call("diff", write_tiny(tmp_path / "tiny"))
    assert outside.code == 1
    assert "no git repository holds this folder" in outside.err
    both = call("diff", edited, edited, "--git", "HEAD", "HEAD")
    assert both.code == 1
    assert "`PLAN_A PLAN_B`, or `PLAN_A --git REV_A REV_B`" in both.err
    broken = call("diff", edited, write_tiny(tmp_path / "broken", {"geography.csv": "territory,contry\nNA,US\n"}))
    assert broken.code == 1
    assert "geography.csv:2:" in broken.err
    assert call("diff").code == 2


def test_the_book_says_who_gains_and_loses_what(on_book: OnBook) -> None:
    assert on_book.done.code == 0, on_book.done.err
    book = on_book.read["book"]
    assert {"sources", "quality", "scoring"} <= set(book["taken_over"])
    assert not {"assignment", "routing"} & set(book["taken_over"])
    [change] = on_book.read["changes"]
    assert change["region"]["affected"]["records"] == 1
    assert change["region"]["affected"]["examples"] == ["A4"]
    moved = {each["what"]: (each["moved"], each["total"]) for each in book["disruption"]}
    assert moved["accounts with another owner"] == (1, 5)
    assert moved["customers with another owner"] == (0, 0)
    held = {each["key"]: each["accounts"] for each in book["reps"]}
    assert held["R1"] == {"before": 2, "gained": 1, "lost": 0, "after": 3}
    assert held["R2"] == {"before": 2, "gained": 0, "lost": 1, "after": 1}
    places = {each["key"]: each["accounts"] for each in book["territories"]}
    assert places["NA"] == {"before": 2, "gained": 1, "lost": 0, "after": 3}
    leads = {each["key"]: each["leads_per_week"]["after"] for each in book["territories"]}
    assert leads == {"NA": 1, "EU": 1}  # L3 belongs to Globex, L1 to Acme GmbH, L2 to nobody
    assert book["flows"] == [{"before": "EU", "after": "NA", "accounts": 1}]
    for each in (*book["reps"], *book["teams"], *book["territories"]):
        for part in (each["accounts"], each["annual_revenue_usd"], each["open_pipeline_usd"], each["leads_per_week"]):
            assert part["before"] + part["gained"] - part["lost"] == pytest.approx(part["after"])
    balance = {each["team"]: each for each in book["balance"]}
    assert balance["no team"]["before"]["accounts"]["highest"] == 2
    assert balance["no team"]["after"]["accounts"]["highest"] == 3


def test_moves_are_listed_with_the_reasons_of_both_plans(on_book: OnBook) -> None:
    moves = pl.read_csv(on_book.folder / "moves.csv")
    account = moves.filter(pl.col("object") == "account").to_dicts()
    assert [(row["record_id"], row["rep_before"], row["rep_after"]) for row in account] == [("A4", "R2", "R1")]
    assert account[0]["territory_before"] == "EU"
    assert account[0]["rep_name_after"] == "Rita Roe"
    assert account[0]["reason_before"] == "account_executive of EU"
    assert account[0]["reason_after"] == "account_executive of NA"
    assert on_book.read["book"]["moves"] == moves.height


def test_the_page_loads_nothing_and_shows_all(on_book: OnBook) -> None:
    page = (on_book.folder / "diff.html").read_text("utf-8")
    assert "http://" not in page
    assert "https://" not in page
    assert "default-src 'none'" in page
    for shown in ("What changes hands", "NA instead of EU", "country = FR", "Rolf Ritter", "account_executive of NA"):
        assert shown in page
    assert page.count("<svg") > 5
    written = json.loads((on_book.folder / "diff.json").read_text("utf-8"))
    assert written == {key: value for key, value in on_book.read.items() if key != "folder"}


def contents(folder: Path) -> Mapping[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("*/*.parquet")}


def test_stages_worked_out_once_give_the_run_that_all_of_them_give(on_book: OnBook, tmp_path: Path) -> None:
    assert call("run", on_book.plan, "--out", tmp_path / "whole").code == 0
    assert contents(on_book.folder / "after") == contents(tmp_path / "whole")
    assert Run.open(on_book.folder / "after").manifest == Run.open(tmp_path / "whole").manifest


def test_a_run_of_the_first_plan_is_taken_in_place_of_a_new_one(on_book: OnBook, tmp_path: Path) -> None:
    done = call("diff", on_book.plan, "--run", on_book.folder / "before", "--out", tmp_path / "again")
    assert done.code == 0, done.err
    assert not (tmp_path / "again" / "before").exists()
    first, second = ((folder / "moves.csv").read_bytes() for folder in (on_book.folder, tmp_path / "again"))
    assert first == second
    again = json.loads((tmp_path / "again" / "diff.json").read_text("utf-8"))
    assert again["book"] == on_book.read["book"]
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "accounts with another owner 1 5 20.0%" in lines
    assert "1 accounts (20.0%), such as A4" in lines
    other = call("diff", on_book.plan, "--run", on_book.folder / "after", "--out", tmp_path / "other")
    assert other.code == 3
    assert "leave --run out" in other.err
    moment = call("diff", on_book.plan, "--run", on_book.folder / "before", "--as-of", "2026-01-01")
    assert moment.code == 3
    assert "leave --as-of out" in moment.err.casefold()
