"""Laws of matching: one record is decided as in a batch, rows in are rows out, strangers change nothing."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import plan_from
from rightful.stages.columns import arrow_type
from rightful.stages.matching import Matcher
from rightful.stages.matching.facts import FACT_COLUMNS
from rightful.stages.matching.parties import ACCOUNT_COLUMNS, PERSON_COLUMNS

_COUNTED = {"open_opportunities": pa.int64(), "contacts": pa.int64(), "owner_is_active": pa.bool_()}
_WORDS = ("acme", "widgets", "widgts", "bank", "nordwind", "of", "intl", "international", "x", "東京", "")

name = st.lists(st.sampled_from(_WORDS), max_size=4).map(" ".join)
domain = st.sampled_from(("acme.com", "acme.de", "nordwind.io", "widgets.co.uk", "gmail.com", "", None))
place = st.fixed_dictionaries(
    {
        "phone": st.sampled_from(("+4930123456", "+4930129999", "+15551234567", None)),
        "street": st.sampled_from(("Main Street 5", "main street, 5", None)),
        "city": st.sampled_from(("Berlin", "Rome", None)),
        "state": st.sampled_from(("BE", "CA", None)),
        "postal_code": st.sampled_from(("10115", "10119", "94103-1234", None)),
        "country": st.sampled_from(("DE", "US", None)),
    }
)
account = st.tuples(
    st.fixed_dictionaries(
        {
            "core_name": st.one_of(st.none(), name),
            "domain": domain,
            "account_type": st.sampled_from(("customer", "prospect", "competitor", None)),
            "contacts": st.integers(0, 3),
        }
    ),
    place,
).map(lambda parts: {**parts[0], **parts[1]})
person = st.tuples(
    st.fixed_dictionaries(
        {
            "core_name": st.one_of(st.none(), name, st.text(max_size=8)),
            "domain": domain,
            "email_domain": domain,
            "is_free_email": st.sampled_from((True, False, None)),
            "account_id": st.sampled_from((None, None, None, "A000", "A999")),
        }
    ),
    place,
).map(lambda parts: {**parts[0], **parts[1]})
plans = st.sampled_from(
    (
        "{}",
        "filters: [{name: no competitors, when: \"account_type <> 'competitor'\"}]",
        "{domain_only: off, same_country: true, tie_margin: 3}",
        "{domain_only: always, strong: 0.9, crm_links: rematch, candidates: 20}",
        "never_match: [{record_id: L001, account_id: A001}]",
    )
)


def matcher_of(accounts: list[dict[str, Any]], plan: str) -> Matcher:
    fields = OBJECT_OF_TABLE["accounts"].rule_fields
    rows = [{"account_id": f"A{number:03d}", **row} for number, row in enumerate(accounts)]
    names = dict.fromkeys(("account_id", *ACCOUNT_COLUMNS, *FACT_COLUMNS))
    kinds = {name: _COUNTED.get(name) or arrow_type(fields[name].kind) for name in names}
    table = pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in kinds.items()})
    return Matcher.of(table, plan_from({"matching.yaml": plan}))


def table_of(people: list[dict[str, Any]]) -> pa.Table:
    kinds = {name: pa.bool_() if name == "is_free_email" else pa.string() for name in PERSON_COLUMNS}
    kinds = {"lead_id": pa.string(), "account_id": pa.string(), **kinds}
    return pa.table({name: pa.array([row.get(name) for row in people], kind) for name, kind in kinds.items()})


def numbered(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"lead_id": f"L{number:03d}", **row} for number, row in enumerate(people)]


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
