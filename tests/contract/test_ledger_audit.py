"""Whoever may write the database without the program leaves a trace: each way of rewriting it, seeded, and found."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from ledgers import day, row, rows, store_url, tampering
from rightful.errors import LedgerError
from rightful.ledger import ChangeSet, ChangeSetState, Ledger, Position, StepState, open_ledger, verify_chain
from rightful.ledger.audit import audit, export_chain, read_anchor, write_anchor
from rightful.ledger.chain import hash_of

STEP = {
    "group_id": "A", "kind": "reassign", "object": "account", "record_id": "A", "role": "owner", "rep_id_before": "ann",
    "rep_id": "bob", "valid_from": day(10), "method": "rule", "reason": "why",
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, full: Path) -> Iterator[Ledger]:
    """Give a ledger with six entries in which everything occurs."""
    if request.param == "sqlite":
        shutil.copy(full, tmp_path / "ledger.sqlite")
    with store_url(request.param, tmp_path) as url, open_ledger(url) as opened:
        if opened.is_empty:
            write_everything(opened)
        yield opened


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the six entries to SQLite once, to be copied."""
    path = tmp_path_factory.mktemp("full") / "ledger.sqlite"
    with open_ledger(path) as opened:
        write_everything(opened)
    return path


def write_everything(ledger: Ledger) -> None:
    with ledger.write("import", at=day(0), actor="ann") as entry:
        entry.assign(rows(row("A", "ann"), row("B", "ann"), row("C", "ann")))
    with ledger.write("propose", at=day(1), actor="ann", change_set_id="c1") as entry:
        change_set = ChangeSet("c1", ChangeSetState.PROPOSED, "acme", "v1", 1, "abc", day(1), "ann", day(10))
        entry.add_change_set(change_set, pa.Table.from_pylist([{"number": n, **STEP} for n in (1, 2)]))
    with ledger.write("approve", at=day(2), actor="bob", change_set_id="c1") as entry:
        entry.approve("c1", "bob")
        entry.set_state("c1", ChangeSetState.APPROVED)
    for number, record_id in ((3, "A"), (4, "B")):
        with ledger.write("apply", at=day(number), actor="bob", change_set_id="c1") as entry:
            entry.assign(rows(row(record_id, "bob", 10)))
            entry.mark_steps("c1", [number - 2], StepState.SENT, is_recorded=True)
    with ledger.write("apply", at=day(5), actor="bob", change_set_id="c1") as entry:
        entry.set_state("c1", ChangeSetState.APPLYING)


def test_a_ledger_that_nobody_touched_is_sound(ledger: Ledger) -> None:
    found = audit(ledger)
    assert found.problems == ()
    assert (found.position.number, found.position.hash, found.beliefs) == (6, ledger.position.hash, 7)


REWRITINGS = {
    "UPDATE entries SET content = replace(content, 'approve', 'approvE') WHERE position = 3": "entry 3 was changed",
    "UPDATE entries SET hash = previous || 'x' WHERE position = 3": "entry 3 was changed",
    "UPDATE entries SET content = 'gone' WHERE position = 3": "entry 3 is not written as entries are",
    "UPDATE entries SET content = replace(content, ',', ', ') WHERE position = 3": "entry 3 is not written as entries are",
    "UPDATE entries SET event = 'propose' WHERE position = 3": "entry 3 has 'propose' beside the event 'approve'",
    "UPDATE entries SET recorded_at = recorded_at + 1 WHERE position = 4": "ownership is not what entry 4 wrote",
    "DELETE FROM entries WHERE position = 3": "entry 3 is out of place: it says that it is entry 4",
    "DELETE FROM entries WHERE position = 1": "entry 1 does not follow",
    "UPDATE ownership SET rep_id = 'eve' WHERE record_id = 'C'": "ownership is not what entry 1 wrote",
    "UPDATE ownership SET reason = 'other' WHERE record_id = 'B' AND rep_id = 'bob'": "ownership is not what entry 5 wrote",
    "UPDATE ownership_past SET rep_id = 'eve' WHERE record_id = 'A'": "ownership is not what entry 1 wrote",
    "UPDATE ownership_past SET recorded_to = recorded_to + 1 WHERE record_id = 'A'": "is of no entry",
    "UPDATE ownership_past SET recorded_to = (SELECT sum(recorded_to) FROM ownership_past) - recorded_to": "not what entry 4 wrote",
    "DELETE FROM ownership_past WHERE record_id = 'A'": "ownership is not what entry 4 wrote",
    "DELETE FROM ownership WHERE record_id = 'C'": "began 3 and ended 0 beliefs; 2 and 0 are there",
    "DELETE FROM ownership WHERE record_id = 'A' AND rep_id = 'ann'": "ownership is not what entry 4 wrote",
    "UPDATE ownership SET valid_to = valid_to + 1 WHERE record_id = 'A' AND rep_id = 'ann'": "has a gap or an overlap",
    "INSERT INTO ownership SELECT 'Z', object, role, seat, valid_from, valid_to, territory_id, rep_id, share, recorded_at,"
    " change_set_id, plan_version, method, reason FROM ownership WHERE record_id = 'C'": "began 3 and ended 0 beliefs; 4 and 0",
    "INSERT INTO ownership SELECT 'Z', object, role, seat, valid_from, valid_to, territory_id, rep_id, share, 77,"
    " change_set_id, plan_version, method, reason FROM ownership WHERE record_id = 'C'": "is of no entry",
    "UPDATE steps SET rep_id = 'eve' WHERE number = 2": "the steps of the change set c1 is not what was recorded",
    "DELETE FROM steps WHERE number = 2": "the steps of the change set c1 is not what was recorded",
    "UPDATE change_sets SET state = 'rolled_back'": "the state of the change set c1",
    "UPDATE change_sets SET plan_version = 'v2'": "the change set of the change set c1",
    "DELETE FROM change_sets": "the change set c1 was removed",
    "DELETE FROM approvals": "the approval of the change set c1 in entry 3 was removed or inserted",
    "INSERT INTO approvals VALUES ('c1', 5, 'eve', 0)": "the approval of the change set c1 in entry 5 was removed or inserted",
    "UPDATE signatures SET actor = 'eve' WHERE position = 3": "the signature of entry 3",
    "INSERT INTO signatures VALUES (9, 'eve', 'salt')": "the signature of entry 9",
}


@pytest.mark.parametrize("statement", REWRITINGS)
def test_rewriting_is_found(ledger: Ledger, statement: str) -> None:
    with tampering(ledger) as connection:
        assert connection.execute(sa.text(statement)).rowcount
        connection.commit()
    problems = audit(ledger).problems
    assert any(REWRITINGS[statement] in each for each in problems), problems


def test_reordered_entries_are_found(ledger: Ledger) -> None:
    with tampering(ledger) as connection:
        move = sa.text("UPDATE entries SET position = :there WHERE position = :here")
        for here, there in ((4, 99), (5, 4), (99, 5)):
            connection.execute(move, {"here": here, "there": there})
        connection.commit()
    assert any("entry 4 is out of place: it says that it is entry 5" in each for each in audit(ledger).problems)


def test_an_inserted_entry_is_found_even_when_its_own_hash_is_right(ledger: Ledger) -> None:
    with tampering(ledger) as connection:
        content = connection.execute(sa.text("SELECT content FROM entries WHERE position = 3")).scalar_one()
        forged = content.replace('"position":3', '"position":4').replace("T00:00:00", "T00:00:01")
        connection.execute(sa.text("UPDATE entries SET position = -position WHERE position > 3"))
        connection.execute(sa.text("UPDATE entries SET position = 1 - position WHERE position < 0"))
        connection.execute(
            sa.text(
                "INSERT INTO entries (position, recorded_at, event, change_set_id, content, previous, hash)"
                " VALUES (4, 12345, 'approve', 'c1', :content, 'forged', :hash)"
            ),
            {"content": forged, "hash": hash_of(forged)},
        )
        connection.commit()
    assert any("entry 5 is out of place" in each for each in audit(ledger).problems)


def test_an_end_that_was_cut_off_is_found_by_the_anchor(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "ledger.anchor"
    write_anchor(path, ledger.position)
    with tampering(ledger) as connection:
        connection.execute(sa.text("DELETE FROM signatures WHERE position = 6"))
        connection.execute(sa.text("DELETE FROM entries WHERE position = 6"))
        connection.execute(sa.text("UPDATE change_sets SET state = 'approved'"))
        connection.commit()
    assert audit(ledger).problems == ()
    assert audit(ledger, read_anchor(path)).problems == (
        "entry 6, the anchor, is not in the chain of 5: its end was removed or rewritten",
    )


def test_a_chain_that_was_written_anew_is_found_by_the_anchor(ledger: Ledger) -> None:
    anchor = Position(6, hash_of("another"), None)
    assert "entry 6, the anchor" in audit(ledger, anchor).problems[0]


def test_a_name_can_be_forgotten(ledger: Ledger) -> None:
    with tampering(ledger) as connection:
        connection.execute(sa.text("DELETE FROM signatures WHERE actor = 'bob'"))
        connection.commit()
    assert audit(ledger).problems == ()
    assert [each.actor for each in ledger.events("c1")] == ["ann", None, None, None, None]


def test_the_written_chain_is_verified_by_python_alone(ledger: Ledger, tmp_path: Path) -> None:
    file, anchor = tmp_path / "chain.jsonl", tmp_path / "anchor"
    last = export_chain(ledger, file)
    write_anchor(anchor, last)
    assert last == ledger.position
    assert run_alone(file, anchor) == (0, "the chain holds together: 6 long\n")
    lines = file.read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["import", "propose", "approve", "apply", "apply", "apply"]


def run_alone(*files: Path) -> tuple[int, str]:
    command = [sys.executable, "-I", "-S", verify_chain.__file__, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


Edit = Callable[[list[str]], list[str]]
EDITS: dict[str, Edit] = {
    "changed": lambda lines: [*lines[:2], lines[2].replace("approve", "approvE"), *lines[3:]],
    "removed": lambda lines: [*lines[:2], *lines[3:]],
    "removed first": lambda lines: lines[1:],
    "inserted": lambda lines: [*lines[:3], lines[2], *lines[3:]],
    "moved": lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]],
    "cut off": lambda lines: lines[:-1],
    "no JSON": lambda lines: [*lines[:2], "{", *lines[3:]],
    "no object": lambda lines: [*lines[:2], "[1]", *lines[3:]],
    "other form": lambda lines: [*lines[:2], lines[2].replace(",", ", ", 1), *lines[3:]],
    "key twice": lambda lines: [*lines[:2], lines[2].replace("{", '{"actor":"eve",', 1), *lines[3:]],
    "emptied": lambda _lines: [],
}


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_of_the_written_chain_is_found(written: tuple[Path, Path], edit: str) -> None:
    file, anchor = written
    lines = EDITS[edit](file.read_text().splitlines())
    problems = list(verify_chain.problems_of(lines, json.loads(anchor.read_text())))
    assert problems


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, full: Path) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("written")
    with open_ledger(full) as ledger:
        last = export_chain(ledger, folder / "chain.jsonl")
    write_anchor(folder / "anchor", last)
    return folder / "chain.jsonl", folder / "anchor"


def test_the_verifier_is_short_and_needs_the_standard_library_alone() -> None:
    text = Path(verify_chain.__file__).read_text()
    assert len(text.splitlines()) < 60
    imports = {line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imports <= set(sys.stdlib_module_names)


def test_an_anchor_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "anchor"
    for content in ("", "[]", '{"position": 3}'):
        path.write_text(content)
        with pytest.raises(LedgerError, match="no anchor of an audit chain is here"):
            read_anchor(path)
