"""Small books of accounts and people for laws of matching: few words and places, so that everything meets everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from rightful.plan import Plan, plan_from
from rightful.stages.matching import Matcher
from rightful.stages.matching.parties import PERSON_COLUMNS
from rightful.stages.matching.stage import account_schema

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
            "other_name": st.one_of(st.none(), st.none(), name),
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
            "other_name": st.one_of(st.none(), st.none(), name),
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


def plan_of(matching: str) -> Plan:
    return plan_from({"matching.yaml": matching})


def accounts_of(accounts: Mapping[str, Mapping[str, Any]], plan: Plan) -> pa.Table:
    """Give accounts by id as the table that a matcher is made of."""
    rows = [{**row, "account_id": account_id} for account_id, row in accounts.items()]
    return pa.Table.from_pylist(rows, schema=account_schema(plan.matching))


def matcher_of(accounts: list[dict[str, Any]], plan: str) -> Matcher:
    by_id = {f"A{number:03d}": row for number, row in enumerate(accounts)}
    return Matcher.of(accounts_of(by_id, plan_of(plan)), plan_of(plan))


def table_of(people: list[dict[str, Any]]) -> pa.Table:
    kinds = {name: pa.bool_() if name == "is_free_email" else pa.string() for name in PERSON_COLUMNS}
    kinds = {"lead_id": pa.string(), "account_id": pa.string(), **kinds}
    return pa.table({name: pa.array([row.get(name) for row in people], kind) for name, kind in kinds.items()})


def numbered(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"lead_id": f"L{number:03d}", **row} for number, row in enumerate(people)]
