"""Laws of the ledger, against a model that keeps a list of what was said and one answer per day."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
import pyarrow as pa
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledgers import day, owners, row, rows
from rightful.ledger import open_ledger
from rightful.ledger.audit import audit
from rightful.ledger.timeline import Belief, assigned, changes_between

DAYS = range(8)
RECORDS, REPS = ("A", "B", "é|,1:x"), ("ann", "bob", None)
BEGINS, LENGTHS = st.sampled_from(DAYS), st.sampled_from([None, 1, 2, 5])
UNKNOWN = "unknown"
Said = tuple[int, str, int, str | None, int, int | None]
"""When it was recorded, the record, its seat, the rep, the first day and the day after the last."""


def naive(said: Sequence[Said], record: str, seat: int, known: int) -> list[str | None]:
    """Give who owns a seat on each day, as known at a moment: each saying is painted over the ones before."""
    days: list[str | None] = [UNKNOWN] * len(DAYS)
    for recorded, its_record, its_seat, rep, begin, end in said:
        if recorded > known or (record, seat) != (its_record, its_seat):
            continue
        for number in DAYS:
            if begin <= number and (end is None or number < end):
                days[number] = rep
        first = next(number for number in DAYS if days[number] != UNKNOWN) if any(d != UNKNOWN for d in days) else None
        if first is not None:
            days = [None if number > first and owner == UNKNOWN else owner for number, owner in enumerate(days)]
    return days


class AgainstTheModel(RuleBasedStateMachine):
    """Assign in any order, for any period, several rows at once; every answer of every time is that of the model."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = open_ledger("sqlite://")
        self.said: list[Said] = []
        self.now = 0

    def teardown(self) -> None:
        assert audit(self.ledger).problems == ()
        self.ledger.close()

    def _assign(self, wanted: Sequence[tuple[str, int, str | None, int, int | None]]) -> None:
        self.now += 1
        with self.ledger.write("apply", at=day(self.now), actor="ann") as entry:
            entry.assign(rows(*(row(record, rep, begin, end, seat=seat) for record, seat, rep, begin, end in wanted)))
        self.said += [(self.now, *each) for each in wanted]

    @initialize(reps=st.lists(st.sampled_from(REPS), min_size=2, max_size=2))
    def import_owners(self, reps: list[str | None]) -> None:
        self._assign([(record, 1, rep, 0, None) for record, rep in zip(RECORDS, reps, strict=False)])

    @rule(
        wanted=st.lists(
            st.tuples(st.sampled_from(RECORDS), st.sampled_from([1, 2]), st.sampled_from(REPS), BEGINS, LENGTHS),
            min_size=1,
            max_size=4,
        )
    )
    def assign(self, wanted: list[tuple[str, int, str | None, int, int | None]]) -> None:
        self._assign([(*seat, begin, None if length is None else begin + length) for *seat, begin, length in wanted])

    @precondition(lambda self: self.now > 1)
    @rule(known=st.integers(min_value=0), number=st.sampled_from(DAYS))
    def ask_what_was_known(self, known: int, number: int) -> None:
        known %= self.now + 1
        found = {
            (each["record_id"], each["seat"]): each["rep_id"]
            for each in self.ledger.ownership(day(number), day(known)).to_pylist()
        }
        expected = {
            (record, seat): naive(self.said, record, seat, known)[number] for record in RECORDS for seat in (1, 2)
        }
        assert found == {key: rep for key, rep in expected.items() if rep != UNKNOWN}

    @invariant()
    def every_day_has_the_owner_of_the_model(self) -> None:
        timelines: dict[tuple[str, int], list[Any]] = {}
        for each in self.ledger.ownership().to_pylist():
            timelines.setdefault((each["record_id"], each["seat"]), []).append(each)
        for (record, seat), timeline in timelines.items():
            for before, after in pairwise(timeline):
                assert before["valid_to"] == after["valid_from"]
            assert timeline[-1]["valid_to"] is None
            days: list[str | None] = [UNKNOWN] * len(DAYS)
            for each in timeline:
                for number in DAYS:
                    if each["valid_from"] <= day(number) and (
                        each["valid_to"] is None or day(number) < each["valid_to"]
                    ):
                        days[number] = each["rep_id"]
            assert days == naive(self.said, record, seat, self.now)


AgainstTheModel.TestCase.settings = settings(max_examples=10, stateful_step_count=7, deadline=None)
TestAgainstTheModel = AgainstTheModel.TestCase

BELIEFS = st.builds(
    lambda begin, length, rep, at: Belief(
        begin, None if length is None else begin + length, "T", rep, 1.0, at, None, None, "rule", ""
    ),
    BEGINS, LENGTHS, st.sampled_from(REPS), st.integers(0, 3),
)  # fmt: skip


@given(st.lists(BELIEFS, min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_timelines_have_no_gap_and_no_overlap_and_last_for_ever(said: list[Belief]) -> None:
    timeline: tuple[Belief, ...] = ()
    for each in said:
        timeline = assigned(timeline, each)
        assert timeline[-1].valid_to is None
        assert [before.valid_to for before in timeline[:-1]] == [after.valid_from for after in timeline[1:]]
        assert all(period.valid_from < period.end for period in timeline)
        assert assigned(timeline, each) == timeline


@given(st.lists(BELIEFS, min_size=1, max_size=4), st.lists(BELIEFS, min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_changes_turn_one_timeline_into_the_other(first: list[Belief], second: list[Belief]) -> None:
    before: tuple[Belief, ...] = ()
    for each in first:
        before = assigned(before, each)
    after = before
    for each in second:
        after = assigned(after, each)
    changes = changes_between(before, after)
    stored = {each.valid_from: each for each in before}
    for each in changes.removed:
        del stored[each.valid_from]
    stored |= {each.valid_from: each for each in (*changes.altered, *changes.added)}
    content = [
        (each.valid_from, each.valid_to, each.rep_id) for each in sorted(stored.values(), key=lambda e: e.valid_from)
    ]
    assert content == [(each.valid_from, each.valid_to, each.rep_id) for each in after]


@given(st.lists(BELIEFS, min_size=1, max_size=3), st.lists(BELIEFS, min_size=1, max_size=4))
@settings(max_examples=8, deadline=None)
def test_what_was_known_can_be_put_back_exactly(first: list[Belief], second: list[Belief]) -> None:
    with open_ledger("sqlite://") as ledger:
        for number, each in enumerate((*first, *second)):
            with ledger.write("apply", at=day(number), actor="ann") as entry:
                entry.assign(rows(row("A", each.rep_id, each.valid_from, each.valid_to)))
        then = ledger.ownership(known_at=day(len(first) - 1))
        with ledger.write("rollback", at=day(90), actor="ann") as entry:
            entry.assign(then.select(rows().column_names))
        begin = then["valid_from"][0].as_py()
        now = ledger.ownership()
    for number in (each for each in DAYS if day(each) >= begin):
        assert owner_on(now, number) == owner_on(then, number)


def owner_on(table: pa.Table, number: int) -> list[str | None]:
    return [rep for _, rep, begin, end in owners(table) if begin <= number and (end is None or number < end)]
