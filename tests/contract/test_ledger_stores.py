"""One suite for the ledger in SQLite and in PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from ledgers import day, owners, row, rows, store_url
from rightful.errors import LedgerError
from rightful.ledger import ChangeSet, ChangeSetState, Ledger, StepState, open_ledger
from rightful.ledger.migrations import HEAD
from rightful.ledger.schema import BELIEF, METADATA
from rightful.ledger.shapes import micros_of
from rightful.ledger.upgrade import revisions

_BELIEF = ", ".join(BELIEF).replace("record_id", "'Z'")
_NO_GAP = "has_no_gap|FOREIGN KEY"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with store_url(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with open_ledger(url) as opened:
        yield opened


def assign(ledger: Ledger, at: float, *each: dict[str, Any], **about: Any) -> int:
    with ledger.write("apply", at=day(at), actor="ann", **about) as entry:
        entry.assign(rows(*each))
    return ledger.position.number


def test_a_new_ledger_is_empty_and_opening_it_again_changes_nothing(url: str) -> None:
    with open_ledger(url) as first:
        assert (first.position.number, first.position.hash, first.is_empty) == (0, "", True)
        assign(first, 0, row("A", "ann"))
    with open_ledger(url) as again:
        assert (again.position.number, again.is_empty) == (1, False)


def test_the_revisions_make_the_tables_that_the_code_knows(ledger: Ledger) -> None:
    with ledger.store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    assert revisions()[0] == HEAD


def test_a_reader_opens_a_ledger_while_somebody_writes(ledger: Ledger, url: str) -> None:
    assign(ledger, 0, row("A", "ann"))
    with ledger.write("apply", at=day(1), actor="ann") as entry:
        entry.assign(rows(row("A", "bob", 10)))
        with open_ledger(url) as other:
            assert owners(other.ownership()) == [("A", "ann", 0, None)]
    assert owners(ledger.ownership())[1][1] == "bob"


def test_a_row_closes_the_one_before_at_the_same_instant(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann"), row("B", "ann"))
    assign(ledger, 1, row("A", "bob", 10))
    assert owners(ledger.ownership()) == [("A", "ann", 0, 10), ("A", "bob", 10, None), ("B", "ann", 0, None)]
    assert owners(ledger.ownership(day(9.999), record_ids=["A"])) == [("A", "ann", 0, 10)]
    assert owners(ledger.ownership(day(10), record_ids=["A"])) == [("A", "bob", 10, None)]


def test_what_is_scheduled_becomes_current_by_date_alone(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann"))
    assign(ledger, 1, row("A", "bob", 30))
    position = ledger.position
    assert owners(ledger.ownership(day(5)))[0][1] == "ann"
    assert owners(ledger.ownership(day(30)))[0][1] == "bob"
    assert ledger.position == position


def test_a_cover_returns_the_record_when_it_ends(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann"))
    assign(ledger, 1, row("A", "bob", 10, 20, method="cover"))
    assert owners(ledger.ownership()) == [("A", "ann", 0, 10), ("A", "bob", 10, 20), ("A", "ann", 20, None)]
    assert [each["method"] for each in ledger.ownership().to_pylist()] == ["rule", "cover", "rule"]


def test_the_past_can_be_corrected_and_what_was_known_is_kept(ledger: Ledger) -> None:
    assign(ledger, 10, row("A", "ann"))
    assign(ledger, 40, row("A", "bob", 20, 30))
    assert owners(ledger.ownership(day(25))) == [("A", "bob", 20, 30)]
    assert owners(ledger.ownership(day(25), day(39))) == [("A", "ann", 0, None)]
    assert owners(ledger.ownership(day(25), day(40))) == [("A", "bob", 20, 30)]
    assert owners(ledger.ownership(day(25), day(9))) == []


def test_the_history_keeps_everything_that_was_ever_believed(ledger: Ledger) -> None:
    assign(ledger, 1, row("A", "ann"))
    assign(ledger, 2, row("A", "bob", 10))
    assign(ledger, 3, row("A", "eve", 5))
    told = [
        (each["rep_id"], each["valid_from"], each["valid_to"], each["recorded_at"], each["recorded_to"])
        for each in ledger.history("A").to_pylist()
    ]
    assert told == [
        ("ann", day(0), None, day(1), day(2)),
        ("ann", day(0), day(10), day(2), day(3)),
        ("bob", day(10), None, day(2), day(3)),
        ("ann", day(0), day(5), day(3), None),
        ("eve", day(5), None, day(3), None),
    ]


def test_nobody_is_an_owner_too(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann"))
    assign(ledger, 1, row("A", None, 10))
    assert owners(ledger.ownership(day(11))) == [("A", None, 10, None)]


def test_a_record_first_known_for_a_period_is_nobodys_afterwards_and_between(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann", 10, 20))
    assign(ledger, 1, row("A", "bob", 0, 5))
    assert owners(ledger.ownership()) == [
        ("A", "bob", 0, 5), ("A", None, 5, 10), ("A", "ann", 10, 20), ("A", None, 20, None),
    ]  # fmt: skip


def test_saying_the_same_again_writes_no_row(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann"))
    before = ledger.ownership()
    assign(ledger, 1, row("A", "ann", 10, reason="in other words"), row("A", "ann", 0))
    assert ledger.ownership() == before
    assert ledger.history("A").num_rows == 1


def test_seats_roles_and_kinds_have_timelines_of_their_own(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann", share=0.6), row("A", "bob", seat=2, share=0.4), row("A", "eve", role="engineer"))
    assign(ledger, 1, row("A", "dan", object="lead"), row("A", "fay", 10, seat=2, share=0.4))
    now = [
        (each["object"], each["role"], each["seat"], each["rep_id"]) for each in ledger.ownership(day(11)).to_pylist()
    ]
    assert now == [
        ("account", "engineer", 1, "eve"), ("account", "owner", 1, "ann"), ("account", "owner", 2, "fay"),
        ("lead", "owner", 1, "dan"),
    ]  # fmt: skip
    assert owners(ledger.ownership(day(11), objects=["lead"])) == [("A", "dan", 0, None)]


def test_rows_of_one_entry_are_taken_in_their_order(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann"), row("A", "bob", 10), row("A", "eve", 5, 15), row("B", "ann", 3, 4))
    assert owners(ledger.ownership(record_ids=["A"])) == [
        ("A", "ann", 0, 5), ("A", "eve", 5, 15), ("A", "bob", 15, None),
    ]  # fmt: skip
    with ledger.write("apply", at=day(1), actor="ann") as entry:
        entry.assign(rows(row("B", "bob", 0)))
        entry.assign(rows(row("B", "eve", 0)))
        entry.assign(rows(row("C", "ann", 0)))
    assert owners(ledger.ownership(record_ids=["B", "C"])) == [("B", "eve", 0, None), ("C", "ann", 0, None)]
    assert [each["rep_id"] for each in ledger.history("B").to_pylist()][-1] == "eve"


def test_an_error_within_an_entry_leaves_nothing(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann"))
    before, position = ledger.ownership(), ledger.position
    with pytest.raises(RuntimeError, match="the plug"):
        assign_and_fail(ledger)
    assert (ledger.ownership(), ledger.position) == (before, position)


def assign_and_fail(ledger: Ledger) -> None:
    with ledger.write("apply", at=day(1), actor="ann") as entry:
        entry.assign(rows(row("A", "bob", 1), row("B", "bob", 1)))
        raise RuntimeError("the plug")


def test_every_write_moves_the_position_by_one_and_time_never_goes_back(ledger: Ledger) -> None:
    assert [assign(ledger, at, row("A", rep, 50 + at)) for at, rep in ((5, "ann"), (4, "bob"), (6, "eve"))] == [1, 2, 3]
    recorded = sorted({each["recorded_at"] for each in ledger.history("A").to_pylist()})
    assert recorded == [day(5), day(5) + timedelta(microseconds=1), day(6)]


def test_a_write_that_expects_another_position_is_refused(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann"))
    with pytest.raises(LedgerError, match="stands at position 1, and not at 0 any more"):
        assign(ledger, 1, row("A", "bob", 1), expect=0)
    assert assign(ledger, 1, row("A", "bob", 1), expect=1) == 2


def test_what_moved_since_a_position_is_named(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann"), row("B", "ann"), row("C", "ann"))
    assign(ledger, 1, row("B", "bob", 1))
    assign(ledger, 2, row("C", "bob", 1))
    moved = [(each["record_id"], each["position"]) for each in ledger.moved_since(1).to_pylist()]
    assert moved == [("B", 2), ("C", 3)]
    assert ledger.moved_since(0).num_rows == 3
    assert ledger.moved_since(3).num_rows == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (row("A", "ann", 5, 5), "account A has a period that ends before it begins"),
        (row("A", "ann", share=0.0), "share that is not above 0"),
        (row("A", "ann", share=1.5), "share that is not above 0"),
        (row("A", "ann", seat=0), "seat below 1"),
        (row("", "ann"), "names no record"),
        (row("A", ""), "names a rep without identifier"),
        (row("A", "ann", reason=None), "without reason"),
    ],
)
def test_rows_that_make_no_sense_are_refused(ledger: Ledger, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(LedgerError, match=said):
        assign(ledger, 0, wrong)
    assert ledger.is_empty


def test_columns_that_nobody_knows_are_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="unknown column 'owner'"), ledger.write("x", at=day(0), actor="a") as entry:
        entry.assign(rows(row("A", "ann")).append_column("owner", pa.array(["bob"])))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ownership SET rep_id = 'eve'",
        "DELETE FROM ownership",
        "UPDATE ownership_past SET rep_id = 'eve'",
        "DELETE FROM ownership_past",
        "INSERT INTO ownership_past SELECT {belief}, recorded_at + 1 FROM ownership",
        "INSERT INTO ownership SELECT {belief} FROM ownership WHERE valid_to IS NULL",
        "UPDATE entries SET event = 'nothing'",
        "DELETE FROM entries WHERE position = 2",
        "INSERT INTO entries (position, recorded_at, event, content, previous, hash) VALUES (7, 9000000000000000, 'x', '{}', 'y', 'z')",
        "INSERT INTO entries (position, recorded_at, event, content, previous, hash) VALUES (3, 9000000000000000, 'x', '{}', 'y', 'z')",
    ],
)
def test_the_database_refuses_to_rewrite_anything(ledger: Ledger, statement: str) -> None:
    assign(ledger, 0, row("A", "ann"))
    assign(ledger, 1, row("A", "bob", 10))
    with (
        pytest.raises(DBAPIError, match=r"never changed|within an entry|entry follows"),
        ledger.store.engine.begin() as connection,
    ):
        connection.execute(sa.text(statement.replace("{belief}", _BELIEF)))


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("DELETE FROM ownership WHERE rep_id = 'bob'", _NO_GAP),
        ("DELETE FROM ownership WHERE rep_id = 'eve'", _NO_GAP),
        ("UPDATE ownership SET valid_to = valid_to + 1, recorded_at = {now} WHERE rep_id = 'ann'", _NO_GAP),
        ("UPDATE ownership SET valid_to = valid_to - 1, recorded_at = {now} WHERE rep_id = 'ann'", _NO_GAP),
        ("UPDATE ownership SET valid_to = NULL, recorded_at = {now} WHERE rep_id = 'ann'", "is_open_once|UNIQUE"),
        ("UPDATE ownership SET valid_to = {late}, recorded_at = {now} WHERE rep_id = 'ann'", "ends_once|UNIQUE"),
        ("UPDATE ownership SET valid_to = valid_from, recorded_at = {now} WHERE rep_id = 'ann'", "is_not_empty"),
        (
            "UPDATE ownership SET valid_from = valid_from - 1, recorded_at = {now} WHERE rep_id = 'bob'",
            "keeps its seat",
        ),
    ],
)
def test_the_database_refuses_gaps_and_overlaps_even_within_an_entry(
    ledger: Ledger, statement: str, refusal: str
) -> None:
    assign(ledger, 0, row("A", "ann"), row("A", "bob", 10), row("A", "eve", 20))
    before, now, late = ledger.ownership(), 1_900_000_000_000_000, micros_of(day(20))
    with pytest.raises(LedgerError, match=refusal):
        break_within_an_entry(ledger, statement.format(now=now, late=late), now)
    assert ledger.ownership() == before
    assert assign(ledger, 1, row("A", "dan", 30)) == 2


def break_within_an_entry(ledger: Ledger, statement: str, now: int) -> None:
    with ledger.store.writing() as connection:
        connection.execute(sa.text("INSERT INTO writing VALUES (:now)"), {"now": now})
        connection.execute(sa.text(statement))
        connection.execute(sa.text("DELETE FROM writing"))


def test_two_writers_take_turns(ledger: Ledger, url: str) -> None:
    assign(ledger, 0, row("A", "ann"))
    inside, result = threading.Event(), list[int]()

    def second() -> None:
        with open_ledger(url) as other:
            inside.wait(10)
            result.append(assign(other, 2, row("A", "eve", 20)))

    thread = threading.Thread(target=second)
    thread.start()
    with ledger.write("apply", at=day(1), actor="ann") as entry:
        entry.assign(rows(row("A", "bob", 10)))
        inside.set()
        thread.join(0.3)
        assert result == []
    thread.join(30)
    assert result == [3]
    assert owners(ledger.ownership()) == [("A", "ann", 0, 10), ("A", "bob", 10, 20), ("A", "eve", 20, None)]


STEP = {
    "group_id": "A", "kind": "reassign", "object": "account", "record_id": "A", "role": "owner", "rep_id_before": "ann",
    "territory_id_before": "T", "rep_id": "bob", "territory_id": "T", "valid_from": day(10), "method": "rule", "reason": "why",
}  # fmt: skip


def proposed(identifier: str = "c1") -> ChangeSet:
    state = ChangeSetState.PROPOSED
    return ChangeSet(identifier, state, "acme", "v1", 1, "abc", day(2), "ann", day(10), '{"moves": 1}')


def test_a_change_set_is_kept_with_its_steps_and_how_far_they_are(ledger: Ledger) -> None:
    assign(ledger, 0, row("A", "ann"))
    with ledger.write("propose", at=day(2), actor="ann", change_set_id="c1") as entry:
        entry.add_change_set(proposed(), pa.Table.from_pylist([{"number": n, **STEP} for n in (1, 2, 3)]))
    assert ledger.change_sets() == (proposed(),)
    with ledger.write("approve", at=day(3), actor="bob", change_set_id="c1") as entry:
        entry.approve("c1", "bob")
        entry.set_state("c1", ChangeSetState.APPROVED)
    with ledger.write("apply", at=day(4), actor="bob", change_set_id="c1") as entry:
        entry.set_state("c1", ChangeSetState.APPLYING)
        entry.mark_steps("c1", [1, 3], StepState.SENT, is_recorded=True)
        entry.mark_steps("c1", [3], StepState.FAILED, "locked by a user")
    assert ledger.change_set("c1").state == ChangeSetState.APPLYING
    assert [(each.approved_by, each.position) for each in ledger.approvals("c1")] == [("bob", 3)]
    steps = ledger.steps("c1").to_pylist()
    assert [(each["number"], each["state"], each["position"]) for each in steps] == [
        (1, "sent", 4), (2, "planned", None), (3, "failed", 4),
    ]  # fmt: skip
    assert (steps[2]["state_detail"], steps[0]["seat"], steps[0]["share"], steps[0]["valid_from"]) == (
        "locked by a user", 1, 1.0, day(10),
    )  # fmt: skip
    assert [(each.event, each.actor) for each in ledger.events("c1")] == [
        ("propose", "ann"),
        ("approve", "bob"),
        ("apply", "bob"),
    ]


def test_a_change_set_goes_from_state_to_state_as_allowed(ledger: Ledger) -> None:
    with ledger.write("propose", at=day(2), actor="ann", change_set_id="c1") as entry:
        entry.add_change_set(proposed(), pa.Table.from_pylist([{"number": 1, **STEP}]))
    with (
        pytest.raises(
            LedgerError, match=r"c1 is proposed and cannot become rolled_back\. Allowed: applying, approved, withdrawn"
        ),
        ledger.write("x", at=day(3), actor="ann") as entry,
    ):
        entry.set_state("c1", ChangeSetState.ROLLED_BACK)
    with pytest.raises(LedgerError, match="has 1 of these 2 steps"), ledger.write("x", at=day(3), actor="ann") as entry:
        entry.mark_steps("c1", [1, 9], StepState.SENT)
    with pytest.raises(LedgerError, match="already"), ledger.write("x", at=day(3), actor="ann") as entry:
        entry.add_change_set(proposed(), pa.Table.from_pylist([{"number": 1, **STEP}]))
    with pytest.raises(LedgerError, match=r"no change set 'c2'. Allowed: c1\."):
        ledger.change_set("c2")
    assert ledger.position.number == 1


def test_what_may_be_personal_does_not_come_into_the_chain(ledger: Ledger) -> None:
    for name, value in (("who", "Ann Smith"), ("mail", "ann@x.com")):
        with pytest.raises(LedgerError, match="may be personal"), ledger.write("x", at=day(0), actor="ann") as entry:
            entry.note(**{name: value})
    with pytest.raises(LedgerError, match="may be personal"), ledger.write("told by Ann", at=day(0), actor="ann"):
        pass
    assign(ledger, 0, row("A", "ann", reason="Ann Smith said so"), change_set_id="c1")
    with ledger.store.reading() as connection:
        chain = connection.execute(sa.text("SELECT content FROM entries")).scalar_one()
    assert "ann" not in chain.lower()
    assert "smith" not in chain.lower()
