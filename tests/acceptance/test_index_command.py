"""``rightful index``: the accounts that single leads are matched with, made ready on disk, looked at and checked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from command import call
from rightful.desk.account_index import index_of_run
from rightful.desk.view import survivors_of_run
from rightful.plan import load_plan
from rightful.runs.run import Run
from tiny import write_tiny


@pytest.fixture(scope="module")
def plan_that_ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index") / "tiny"
    write_tiny(folder)
    assert call("run", str(folder)).code == 0
    return folder


@pytest.fixture
def plan(plan_that_ran: Path, tmp_path: Path) -> Path:
    return shutil.copytree(plan_that_ran, tmp_path / "tiny", symlinks=True)


def test_the_index_is_made_once_and_looked_at(plan: Path) -> None:
    done = call("index", str(plan))
    assert done.code == 0, done.said
    assert "5 accounts, edition 1, 0 changes since" in done.out
    assert json.loads(call("index", str(plan), "--json").out)["edition"] == 1
    assert json.loads(call("index", str(plan), "--anew", "--json").out)["edition"] == 2


def test_what_was_changed_on_disk_is_found(plan: Path) -> None:
    assert "Every byte is as it was written." in call("index", str(plan), "--verify").out
    run = Run.latest(plan)
    index = index_of_run(run, load_plan(plan), survivors_of_run(run))
    path = index.folder / f"edition-{index.edition:06d}" / "arrays.bin"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    done = call("index", str(plan), "--verify")
    assert done.code != 0
    assert "its checksum is another" in done.said
    assert call("index", str(plan), "--anew", "--verify").code == 0


def test_changes_are_shown_and_stay(plan: Path) -> None:
    run = Run.latest(plan)
    index = index_of_run(run, load_plan(plan), survivors_of_run(run))
    before = index.accounts
    index.upsert({"account_id": "A9", "core_name": "omega", "domain": "omega.org"})
    shown = json.loads(call("index", str(plan), "--json").out)
    assert (shown["accounts"], shown["changes"]) == (before + 1, index.changes)
