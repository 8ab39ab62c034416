"""One record from the command line, and what looks after the desk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from command import call
from desks import DeskScene


@pytest.fixture
def plan(desk_scene: DeskScene, tmp_path: Path) -> Path:
    return Path(shutil.copytree(desk_scene.folder, tmp_path / "plan"))


def test_a_lead_is_decided_once_and_can_be_asked_for(plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "lead.json"
    file.write_text(json.dumps({"lead_id": "N1", "Company__c": "Acme GmbH", "email": "eva@acme.de", "employees": 80}))
    done = call("route", plan, file)
    assert (done.code, done.out.splitlines()[0]) == (0, "lead N1: assigned, R2")
    assert "account    A2" in done.out
    again = json.loads(call("route", plan, file, "--json").out)
    assert (again["is_replayed"], again["rep_id"]) == (True, "R2")
    assert call("owner", plan, "N1").out.count("R2") >= 1
    assert "1 commands told again, 0 answers differ" in call("desk", "verify", plan).out
    assert "0 messages were given up" in call("desk", "messages", plan).out
    assert "0 messages were taken" in call("desk", "deliver", plan).out


def test_what_is_no_record_is_refused_with_its_place(plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "lead.json"
    for text, said in (
        ("[1]", f"{file}: a list is no record"),
        ("{", f"{file}: no JSON can be read"),
        ('{"lead_id": "N1", "tags": ["x"]}', f"{file}: the value of 'tags' is a list"),
        ('{"lead_id": "N1", "compny": "x"}', "did you mean 'company'?"),
        ('{"company": "x"}', "the lead has no lead_id"),
    ):
        file.write_text(text)
        done = call("route", plan, file)
        assert done.code != 0
        assert said.casefold() in done.err.casefold()
