"""Laws of accounts that come and go: a new edition is an index built anew, and the order of changes means nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching_book import account, accounts_of, numbered, person, plan_of, plans, table_of
from rightful.plan import Plan
from rightful.stages.matching import Matcher
from rightful.stages.matching.key_table import CAPS
from rightful.stages.matching.live import LiveMatcher
from rightful.stages.matching.matcher import fact_reader

Accounts = dict[str, dict[str, Any]]

account_id = st.sampled_from(
    ("A000", "A001", "A002", "A003", "A0015", "A0025", "A00250", "A0026", "A0", "B1", "B2", "B10")
)
change = st.one_of(
    st.tuples(st.just("upsert"), account_id, account),
    st.tuples(st.just("remove"), account_id, st.none()),
    st.tuples(st.just("merge"), account_id, account_id),
)
changes = st.lists(change, max_size=12)
laws = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def caps_of_a_small_book() -> Iterator[None]:
    """Let so few accounts crowd a key that a book of a dozen has crowded ones."""
    before = CAPS.copy()
    CAPS[:] = 2 + before // 40
    yield
    CAPS[:] = before


def live_of(accounts: Accounts, plan: Plan) -> tuple[LiveMatcher, dict[str, str]]:
    survivors: dict[str, str] = {}
    built = Matcher.of(accounts_of(accounts, plan), plan)
    matcher = Matcher.under(plan, built.index, built.facts, survivors)
    return LiveMatcher(matcher, fact_reader(plan), survivors), survivors


def apply(steps: Sequence[tuple[str, str, Any]], live: LiveMatcher, accounts: Accounts, plan: Plan) -> None:
    """Make changes, in the index and in a plain dictionary alike."""
    for what, changed, given_ in steps:
        if what == "upsert":
            accounts[changed] = given_
            live.upsert(accounts_of({changed: given_}, plan))
        elif what == "remove":
            assert live.remove(changed) == (accounts.pop(changed, None) is not None)
        elif changed != given_:
            accounts.pop(changed, None)
            live.merge(changed, given_)


def answers(matcher: Matcher, people: pa.Table) -> tuple[list[Any], list[Any]]:
    found = matcher.match("leads", people)
    return found.matches.to_pylist(), found.candidates.to_pylist()


def book(accounts: Sequence[Mapping[str, Any]]) -> Accounts:
    return {f"A{number:03d}": dict(row) for number, row in enumerate(accounts)}


@laws
@given(st.lists(account, max_size=12), changes, st.lists(person, min_size=1, max_size=6), plans)
def test_a_new_edition_answers_as_an_index_built_anew(
    before: list[dict[str, Any]], steps: list[tuple[str, str, Any]], people: list[dict[str, Any]], written: str
) -> None:
    plan, accounts, asked = plan_of(written), book(before), table_of(numbered(people))
    live, survivors = live_of(accounts, plan)
    apply(steps, live, accounts, plan)
    folded = live.folded()
    assert len(live.matcher.index) == len(folded.index) == len(accounts)
    anew = Matcher.of(accounts_of(accounts, plan), plan, survivors)
    assert answers(Matcher.under(plan, folded.index, folded.facts, survivors), asked) == answers(anew, asked)


@laws
@given(st.lists(account, max_size=12), changes, st.lists(person, min_size=1, max_size=6), plans)
def test_answers_depend_on_the_accounts_not_on_how_they_came(
    before: list[dict[str, Any]], steps: list[tuple[str, str, Any]], people: list[dict[str, Any]], written: str
) -> None:
    plan, accounts, asked = plan_of(written), book(before), table_of(numbered(people))
    live, survivors = live_of(accounts, plan)
    other, other_survivors = live_of(accounts, plan)
    apply(steps, live, accounts, plan)
    for each in [*book(before)]:
        other.remove(each)
    for each in sorted(accounts, reverse=True):
        other.upsert(accounts_of({each: accounts[each]}, plan))
    other_survivors.update(survivors)
    assert answers(other.matcher, asked) == answers(live.matcher, asked)


@laws
@given(st.lists(account, max_size=12), changes, st.lists(person, min_size=1, max_size=6), plans)
def test_one_record_is_decided_as_in_a_batch_after_changes(
    before: list[dict[str, Any]], steps: list[tuple[str, str, Any]], people: list[dict[str, Any]], written: str
) -> None:
    plan, accounts, rows = plan_of(written), book(before), numbered(people)
    live, _ = live_of(accounts, plan)
    apply(steps, live, accounts, plan)
    matches, candidates = answers(live.matcher, table_of(rows))
    for row, decided in zip(rows, matches, strict=True):
        one = live.matcher.match_one("leads", row)
        assert [row["lead_id"], one.account_id, one.probability, one.method, one.reason] == list(decided.values())
        assert list(one.candidates) == [found for found in candidates if found["record_id"] == row["lead_id"]]
