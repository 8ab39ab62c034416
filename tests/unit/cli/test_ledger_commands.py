from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from command import call
from ledgers import day, row, rows
from rightful.errors import LedgerError
from rightful.ledger import open_ledger
from rightful.plan import load_plan
from rightful.runs.current import current_owners, import_current
from rightful.runs.pipeline import run_plan
from rightful.runs.run import Run
from tiny import write_tiny

pytestmark = pytest.mark.xdist_group("ledger commands")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the tiny plan, and import its owners into its ledger."""
    folder = write_tiny(tmp_path_factory.mktemp("ledger") / "tiny")
    run_plan(load_plan(folder))
    done = call("ledger", "import", folder, "--as", "ann")
    assert (done.code, done.out) == (0, f"{folder}/ledger.sqlite: owners of 15 records as of 2026-06-30 00:00 UTC\n"), (
        done.said
    )
    return folder


@pytest.fixture
def plan(tiny: Path, tmp_path: Path) -> Path:
    """Give the plan with its ledger, to be changed."""
    return shutil.copytree(tiny, tmp_path / "tiny")


def test_a_new_ledger_is_made_and_says_what_is_next(tmp_path: Path) -> None:
    done = call("ledger", "init", tmp_path)
    assert done.out == f"{tmp_path}/ledger.sqlite: 0 entries\nNext: rightful ledger import {tmp_path}\n"


def test_the_import_holds_every_record_of_the_book_with_its_owner_or_nobody(tiny: Path) -> None:
    plan, run = load_plan(tiny), Run.latest(tiny)
    expected = {
        ("account", "A1", "R1"), ("account", "A2", "R2"), ("account", "A3", "R1"), ("account", "A4", "R2"),
        ("account", "A5", None), ("contact", "C1", "R1"), ("contact", "C2", "R1"), ("lead", "L1", None),
        ("lead", "L2", None), ("lead", "L3", None), ("opportunity", "O1", "R1"), ("opportunity", "O2", "R1"),
        ("order", "D1", "R1"), ("task", "T1", "R1"), ("task", "T2", None),
    }  # fmt: skip
    owners = current_owners(run, plan)
    assert set(owners.select("object", "record_id", "rep_id").iter_rows()) == expected
    with open_ledger(tiny / "ledger.sqlite") as ledger:
        stored = pl.DataFrame(ledger.ownership(run.manifest.as_of)).select(owners.columns).sort("object", "record_id")
        assert stored.equals(owners)
        assert ledger.position.number == 1


def test_a_second_import_is_refused(plan: Path) -> None:
    done = call("ledger", "import", plan)
    assert done.code == 3
    assert "knows owners already" in done.err
    with open_ledger(plan / "ledger.sqlite") as ledger, pytest.raises(LedgerError):
        import_current(ledger, Run.latest(plan), load_plan(plan), at=day(0), actor="ann")


def test_the_owner_on_a_date_as_known_on_a_date(plan: Path) -> None:
    with open_ledger(plan / "ledger.sqlite") as ledger:
        for at, rep, begin in ((40_000, "R2", 200), (40_010, "R3", 190)):
            with ledger.write("apply", at=day(at), actor="ann", change_set_id="c1", plan_version="v2") as entry:
                entry.assign(rows(row("A1", rep, begin, role="account_executive", reason="a better fit")))
    first, second = (str(day(number).date()) for number in (200, 190))
    between, before = str(day(40_005).date()), "2100-01-01"
    asked = {
        ("2026-07-01", None): "R1", (second, None): "R3", (f"{second}T00:00", None): "R3",
        (f"{second}T00:00+02:00", None): "R1", (first, None): "R3", (first, between): "R2", (second, between): "R1",
        (first, before): "R1",
    }  # fmt: skip
    for (on, known), rep in asked.items():
        done = call("owner", plan, "A1", "--on", on, *(["--as-known-on", known] if known else []), "--json")
        told = [(each["role"], each["rep_id"]) for each in json.loads(done.out)]
        assert told == [("account_executive", rep)], (on, known)
    words = call("owner", plan, "A1", "--on", first).out
    assert "rule: a better fit" in words
    assert "by c1, plan version v2" in words


def test_the_owner_in_words(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = call("owner", plan, "A5", "--on", "2026-07-01")
    assert done.out.splitlines()[:3] == [
        "account A5, account_executive: nobody",
        "  since 2026-06-30, in UTC time",
        "  imported: nobody in the book",
    ]
    monkeypatch.chdir(plan)
    assert call("owner", "A1", "--on", "2026-07-01").out.startswith("account A1, account_executive: R1 for NA\n")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["A99"], 3, "the ledger knows nothing of a record 'A99'"),
        (
            ["A1", "--on", "2020-01-01"],
            3,
            "knows nothing of 'A1' on 2020-01-01 23:59. Allowed: from 2026-06-30 00:00 on, as known since",
        ),
        (["A1", "--as-known-on", "2020-01-01"], 3, "as known on 2020-01-01 23:59"),
        (["A1", "--on", "yesterday"], 2, "'yesterday' is neither a date such as 2026-03-01 nor an instant"),
    ],
)
def test_what_the_ledger_does_not_know_is_told(tiny: Path, arguments: list[str], code: int, said: str) -> None:
    done = call("owner", tiny, *arguments)
    assert (done.code, said in " ".join(done.err.replace("│", " ").split())) == (code, True), done.said


def test_an_empty_ledger_says_how_to_fill_it(tiny: Path, tmp_path: Path) -> None:
    done = call("owner", tiny, "A1", "--ledger", f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert done.code == 3
    assert "It is empty: `rightful ledger import PLAN` records the owners of today." in done.err


def test_the_history_of_a_record_in_words(plan: Path) -> None:
    with open_ledger(plan / "ledger.sqlite") as ledger, ledger.write("apply", at=day(40_000), actor="ann") as entry:
        entry.assign(rows(row("A1", None, 200.5, role="account_executive", method="ended", reason="left the market")))
    lines = call("history", plan, "A1").out.splitlines()
    assert [line for line in lines if "recorded" not in line] == [
        "account A1, times in UTC",
        "account_executive: R1 for NA from 2026-06-30",
        "  imported: owner in the book",
        "account_executive: R1 for NA from 2026-06-30 until 2026-07-20 12:00",
        "  imported: owner in the book",
        "account_executive: nobody for T from 2026-07-20 12:00",
        "  ended: left the market",
    ]
    recorded = [line.strip() for line in lines if "recorded" in line]
    assert recorded[0].endswith(f", superseded {day(40_000):%Y-%m-%d}")
    assert recorded[1:] == [f"recorded {day(40_000):%Y-%m-%d}"] * 2
    assert len(json.loads(call("history", plan, "A1", "--json").out)) == 3


def test_the_audit_anchors_what_it_found_right_and_finds_what_is_gone(plan: Path) -> None:
    assert call("audit", "verify", plan).out == (
        f"1 entry and 15 beliefs hold together; the anchor is {plan}/ledger.anchor\n"
    )
    again = call("audit", "verify", plan, "--json")
    assert json.loads(again.out)["problems"] == []
    with sqlite3.connect(plan / "ledger.sqlite") as connection:
        for name in ("entries_delete", "ownership_delete", "ownership_removed"):
            connection.execute(f"DROP TRIGGER {name}")
        for table in ("entries", "signatures", "ownership"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - three names above
    connection.close()
    done = call("audit", "verify", plan)
    assert done.code == 1
    assert "entry 1, the anchor, is not in the chain of 0" in done.out
    assert json.loads((plan / "ledger.anchor").read_text())["position"] == 1


def test_the_chain_is_exported_with_an_anchor(tiny: Path, tmp_path: Path) -> None:
    done = call("audit", "export", tiny, "--to", tmp_path / "chain.jsonl")
    assert done.out == f"{tmp_path}/chain.jsonl: 1 entry; anchor: {tmp_path}/chain.jsonl.anchor\n"
    entry = json.loads((tmp_path / "chain.jsonl").read_text())
    assert (entry["event"], entry["facts"]["records:account"]) == ("import", 5)
    assert json.loads((tmp_path / "chain.jsonl.anchor").read_text()) == {"hash": entry["hash"], "position": 1}


def test_an_anchor_that_is_asked_for_has_to_be_there(tiny: Path, tmp_path: Path) -> None:
    done = call("audit", "verify", tiny, "--anchor", tmp_path / "none")
    assert done.code == 3
    assert "no anchor of an audit chain is here" in done.err


def test_the_ledger_is_where_the_environment_says(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGHTFUL_LEDGER", f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    assert call("ledger", "init", tiny).out.startswith(f"{tmp_path}/elsewhere.sqlite: 0 entries")
    assert call("owner", tiny, "A1", "--ledger", f"sqlite:///{tiny / 'ledger.sqlite'}").code == 0
