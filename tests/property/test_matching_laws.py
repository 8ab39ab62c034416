"""Laws of matching: one record is decided as in a batch, rows in are rows out, strangers change nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from matching_book import account, matcher_of, numbered, person, plans, table_of


@settings(max_examples=40, deadline=None)
@given(st.lists(account, max_size=12), st.lists(person, max_size=8), plans)
def test_one_record_is_decided_as_in_a_batch(
    accounts: list[dict[str, Any]], people: list[dict[str, Any]], plan: str
) -> None:
    matcher = matcher_of(accounts, plan)
    rows = numbered(people)
    batch = matcher.match("leads", table_of(rows))
    assert batch.matches["lead_id"].to_pylist() == [row["lead_id"] for row in rows]
    for row, decided in zip(rows, batch.matches.to_pylist(), strict=True):
        one = matcher.match_one("leads", row)
        assert (one.account_id, one.probability, one.method, one.reason) == (
            decided["matched_account_id"],
            decided["match_probability"],
            decided["match_method"],
            decided["match_reason"],
        )
        assert list(one.candidates) == [
            found for found in batch.candidates.to_pylist() if found["record_id"] == row["lead_id"]
        ]


@settings(max_examples=40, deadline=None)
@given(st.lists(account, min_size=9, max_size=12), st.lists(person, min_size=1, max_size=6), plans)
def test_a_stranger_among_the_accounts_changes_nothing(
    accounts: list[dict[str, Any]], people: list[dict[str, Any]], plan: str
) -> None:
    # 9 to 15 accounts are one class of book size (up to 16), so rarities stay.
    stranger = {"core_name": "quelqu'un dautre", "domain": "unheard-of.example", "phone": "+9999999", "country": "ZZ"}
    rows = table_of(numbered(people))
    before = matcher_of(accounts, plan).match("leads", rows)
    after = matcher_of([*accounts, stranger], plan).match("leads", rows)
    assert before.matches.equals(after.matches)
    assert before.candidates.equals(after.candidates)


@settings(max_examples=40, deadline=None)
@given(st.lists(account, max_size=12), st.lists(person, max_size=8), plans)
def test_what_is_given_is_consistent(accounts: list[dict[str, Any]], people: list[dict[str, Any]], plan: str) -> None:
    matches = matcher_of(accounts, plan).match("leads", table_of(numbered(people)))
    found = matches.candidates.to_pylist()
    chosen = {row["record_id"]: row["account_id"] for row in found if row["is_match"]}
    for row in matches.matches.to_pylist():
        assert row["match_reason"]
        if row["match_method"] == "evidence":
            assert chosen.pop(row["lead_id"]) == row["matched_account_id"]
        elif row["match_method"] == "none":
            assert row["matched_account_id"] is None
    assert not chosen
    assert all(row["filtered_by"] is None for row in found if row["is_match"])
    assert all(row["rank"] == 1 for row in found if row["is_match"])
    assert all(0 <= row["probability"] <= 1 for row in found)
