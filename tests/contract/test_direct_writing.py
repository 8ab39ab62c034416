"""An entry written row by row is the one that tables write, in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledgers import day, row, rows, store_url
from rightful.errors import LedgerError
from rightful.ledger import Ledger, open_ledger
from rightful.ledger.audit import audit
from rightful.ledger.desk_tables import desk_given
from rightful.ledger.direct import DirectEntry, DirectWriter, upsert
from rightful.ledger.schema import entries
from rightful.ledger.shapes import micros_of


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with store_url(request.param, tmp_path) as url, open_ledger(url) as opened:
        yield opened


@pytest.fixture
def writer(ledger: Ledger) -> Iterator[DirectWriter]:
    made = DirectWriter(ledger)
    yield made
    made.close()


def own(writer: DirectWriter, at: float, *owned: tuple[str, str | None]) -> int:
    with writer.write("route", at=micros_of(day(at)), actor="ann", plan_version="v1") as entry:
        for record_id, rep_id in owned:
            entry.own((record_id, "account", "owner", 1), rep_id, "T", "rule", "why")
    return entry.position


def test_both_ways_leave_the_same_ownership_and_digests(ledger: Ledger, writer: DirectWriter, tmp_path: Path) -> None:
    with open_ledger(tmp_path / "other.sqlite") as other:
        for at, owned in ((0, (("A", "ann"), ("B", None))), (1, (("A", "bob"),)), (2, (("A", "bob"), ("B", "cid")))):
            own(writer, at, *owned)
            with other.write("route", at=day(at), actor="ann", plan_version="v1") as entry:
                entry.assign(rows(*(row(record_id, rep_id, at) for record_id, rep_id in owned)))
        assert ledger.ownership().equals(other.ownership())
        assert ledger.history("A").equals(other.history("A"))
        assert digests(ledger) == digests(other)
    assert audit(ledger).problems == ()


def digests(ledger: Ledger) -> list[str]:
    with ledger.store.reading() as connection:
        content = connection.execute(entries.select().order_by(entries.c.position)).all()
    return [each.content.partition('"rows_digest":')[2][:70] for each in content]


def test_a_seat_that_changes_hands_twice_in_an_entry_keeps_the_last(ledger: Ledger, writer: DirectWriter) -> None:
    own(writer, 0, ("A", "ann"))
    own(writer, 1, ("A", "bob"), ("A", "cid"), ("N", "ann"), ("N", "bob"))
    assert ledger.ownership(day(2))["rep_id"].to_pylist() == ["cid", "bob"]
    assert audit(ledger).problems == ()


def test_what_raises_writes_nothing_and_the_next_entry_goes_on(ledger: Ledger, writer: DirectWriter) -> None:
    own(writer, 0, ("A", "ann"))
    with pytest.raises(ZeroDivisionError):
        fail(writer, lambda entry: entry.note(share=1 // 0))
    nobody = {"value": "x", "rep_id": None, "given_at": 1, "position": 1}
    with pytest.raises(LedgerError, match="refused"):
        fail(writer, lambda entry: entry.put(upsert(desk_given), [nobody]))
    assert own(writer, 1, ("A", "bob")) == 2
    assert audit(ledger).problems == ()


def fail(writer: DirectWriter, last: Callable[[DirectEntry], object]) -> None:
    with writer.write("route", at=0, actor="ann", plan_version=None) as entry:
        entry.own(("A", "account", "owner", 1), "bob", None, "rule", "why")
        last(entry)


def test_an_entry_that_is_void_is_not_written(ledger: Ledger, writer: DirectWriter) -> None:
    with writer.write("route", at=0, actor="ann", plan_version=None) as entry:
        entry.is_void = True
    assert ledger.position.number == 0


def test_a_clock_that_went_back_does_not_turn_the_chain(ledger: Ledger, writer: DirectWriter) -> None:
    own(writer, 5, ("A", "ann"))
    own(writer, 1, ("A", "bob"))
    assert ledger.ownership(day(6))["rep_id"].to_pylist() == ["bob"]
    assert audit(ledger).problems == ()


def test_a_row_is_put_in_the_place_of_the_one_with_its_key(ledger: Ledger, writer: DirectWriter) -> None:
    for rep_id in ("ann", "bob"):
        with writer.write("route", at=0, actor="ann", plan_version=None) as entry:
            entry.put(upsert(desk_given), [{"value": "x", "rep_id": rep_id, "given_at": 1, "position": entry.position}])
    with ledger.store.reading() as connection:
        found = connection.execute(desk_given.select()).all()
    assert [tuple(each) for each in found] == [("x", "bob", 1, 2)]
