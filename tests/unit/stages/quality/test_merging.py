from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import plan_from
from rightful.stages.columns import schema_of
from rightful.stages.quality.merging import MergedTable, merge_duplicates
from rightful.stages.stage import Engine

ACME = {"domain": "acme.com", "core_name": "acme"}
PLAN = "duplicates: {accounts: {keys: [domain + core_name], prefer: [customer, most_complete, oldest]}}"


def merge(
    engine: Engine, rows: Sequence[Mapping[str, Any]], quality: str = PLAN, matching: str = "{}"
) -> tuple[dict[str, dict[str, Any]], MergedTable]:
    schema = schema_of(OBJECT_OF_TABLE["accounts"], "quality")
    table = pa.table(
        {name: pa.array([row.get(name) for row in rows], schema.field(name).type) for name in schema.names}
    )
    plan = plan_from({"quality.yaml": quality, "matching.yaml": matching})
    found = merge_duplicates("accounts", engine.bring(table), None, plan, engine)
    stays = engine.collect(found.frame)
    assert stays.schema == schema
    assert stays.num_rows + found.tables.merges.num_rows == len(rows)
    return {row["account_id"]: row for row in stays.to_pylist()}, found


def test_duplicates_become_one_record_that_names_its_sources(engine: Engine) -> None:
    rows, found = merge(
        engine,
        [
            {"account_id": "A", **ACME, "name": "Acme"},
            {"account_id": "B", **ACME, "account_type": "customer", "quality_reason": "name=case_repaired"},
            {"account_id": "C", "domain": "acme.com", "core_name": "acme labs"},
            {"account_id": "D", **ACME, "phone": "+14155552671", "name": "Acme Inc."},
        ],
    )
    assert set(rows) == {"B", "C"}
    assert (rows["B"]["name"], rows["B"]["phone"]) == ("Acme Inc.", "+14155552671")
    assert (
        rows["B"]["quality_reason"]
        == "name=case_repaired; record=merged_with D, A; name=taken_from D; phone=taken_from D"
    )
    assert found.tables.merges.to_pylist() == [
        {
            "object": "account",
            "record_id": record,
            "survivor_id": "B",
            "reason": "domain + core_name",
            "detail": "one of 3 records",
        }
        for record in ("D", "A")
    ]
    assert found.tables.exceptions.num_rows == 0


def test_a_blank_key_links_nothing(engine: Engine) -> None:
    rows, found = merge(engine, [{"account_id": key, "domain": "acme.com"} for key in "AB"])
    assert (set(rows), found.tables.merges.num_rows) == ({"A", "B"}, 0)


def test_too_many_duplicates_stay_and_are_reported(engine: Engine) -> None:
    plan = "duplicates: {accounts: {keys: [domain], largest_cluster: 2}}"
    rows, found = merge(engine, [{"account_id": key, "domain": "acme.com"} for key in "ABC"], plan)
    assert (set(rows), found.tables.merges.num_rows) == ({"A", "B", "C"}, 0)
    exceptions = found.tables.exceptions.to_pylist()
    assert [(row["record_id"], row["cause"]) for row in exceptions] == [(key, "too_many_duplicates") for key in "ABC"]
    assert all(row["repair"] and row["detail"] for row in exceptions)


@pytest.mark.parametrize(
    ("rule", "employees"),
    [
        ("largest", 30.0),
        ("smallest", 10.0),
        ("newest", 20.0),
        ("oldest", 10.0),
        ("most_frequent", 20.0),
        ("survivor", 30.0),
    ],
)
def test_survivorship_is_decided_field_by_field(engine: Engine, rule: str, employees: float) -> None:
    plan = f"duplicates: {{accounts: {{keys: [domain], prefer: [customer], survivorship: {{employees: {rule}}}}}}}"
    rows, _ = merge(
        engine,
        [
            {
                "account_id": "A",
                "domain": "a.com",
                "employees": 30.0,
                "account_type": "customer",
                "last_activity_on": date(2026, 1, 2),
            },
            {"account_id": "B", "domain": "a.com", "employees": 10.0, "last_activity_on": date(2025, 1, 1)},
            {"account_id": "C", "domain": "a.com", "employees": 20.0, "last_activity_on": date(2026, 5, 1)},
            {"account_id": "D", "domain": "a.com", "employees": 20.0, "last_activity_on": date(2026, 1, 1)},
        ],
        plan,
    )
    assert rows["A"]["employees"] == employees


def test_the_parts_of_an_address_come_from_one_record(engine: Engine) -> None:
    rows, _ = merge(
        engine,
        [
            {"account_id": "A", **ACME, "account_type": "customer", "city": "Berlin"},
            {"account_id": "B", **ACME, "city": "Bonn", "country": "DE", "postal_code": "53111"},
        ],
    )
    assert [rows["A"][name] for name in ("city", "country", "postal_code")] == ["Bonn", "DE", "53111"]


def test_a_field_that_merges_may_not_write_keeps_the_survivors_value(engine: Engine) -> None:
    plan = f"{PLAN}\nwriters: [{{table: accounts, field: phone, writers: [cleaning]}}]"
    rows, _ = merge(
        engine,
        [{"account_id": "A", **ACME, "account_type": "customer"}, {"account_id": "B", **ACME, "phone": "+1"}],
        plan,
    )
    assert rows["A"]["phone"] is None


def test_a_corrected_value_wins_the_merge(engine: Engine) -> None:
    plan = f"{PLAN}\ncorrections: [{{table: accounts, record_id: B, field: industry, value: Retail}}]"
    rows, _ = merge(
        engine,
        [
            {"account_id": "A", **ACME, "account_type": "customer", "industry": "Banking"},
            {"account_id": "B", **ACME, "industry": "Retail"},
        ],
        plan,
    )
    assert rows["A"]["industry"] == "Retail"
    assert "industry=taken_from B" in rows["A"]["quality_reason"]


def test_the_same_rows_in_another_order_merge_alike(engine: Engine) -> None:
    rows = [{"account_id": key, **ACME, "name": key * 2} for key in "CABD"]
    first, _ = merge(engine, rows)
    second, _ = merge(engine, rows[::-1])
    assert first == second


def test_the_plans_synonyms_and_other_names_find_duplicates(engine: Engine) -> None:
    place = {"street": "1 Main Street", "city": "Bonn", "postal_code": "53111", "country": "DE"}
    rows = [
        {"account_id": "A", "core_name": "ibm", **place},
        {"account_id": "B", "core_name": "international business machines", **place},
        {"account_id": "C", "core_name": "roadrunner", **place},
        {"account_id": "D", "core_name": "zeta", "other_name": "roadrunner", **place},
    ]
    quality = "duplicates: {accounts: {evidence: merge, certain: 0.6}}"
    synonyms = "synonyms: [{name: IBM, means: International Business Machines}]"
    merged = {
        (row["record_id"], row["survivor_id"])
        for row in merge(engine, rows, quality, synonyms)[1].tables.merges.to_pylist()
    }
    assert merged == {("B", "A"), ("C", "D")}
    assert merge(engine, rows, quality)[1].tables.merges["record_id"].to_pylist() == ["C"]
