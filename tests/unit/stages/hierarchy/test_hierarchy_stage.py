from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import PlanError
from rightful.plan import plan_from
from rightful.stages.columns import schema_of
from rightful.stages.hierarchy import STAGE, ancestors
from rightful.stages.stage import Book, Engine

Row = Mapping[str, Any]
Built = tuple[dict[str, Row], list[tuple[str, str, str]]]
Build = Callable[..., Built]


@pytest.fixture
def build(engine: Engine, book_of: Callable[..., Book]) -> Build:
    """Give a function that builds families; proposals are applied where the plan does not say."""

    def run(accounts: Sequence[Row], hierarchy: str = "", quality: str = "", **others: Sequence[Row]) -> Built:
        applied = "" if "apply_proposals" in hierarchy else "apply_proposals: yes\n"
        plan = plan_from({"hierarchy.yaml": applied + hierarchy, "quality.yaml": quality})
        result = STAGE.run(book_of(engine, accounts=accounts, **others), plan, engine)
        added = engine.collect(result.added["accounts"])
        assert added.schema == schema_of(OBJECT_OF_TABLE["accounts"], "hierarchy")
        assert sorted(added["account_id"].to_pylist()) == sorted(row["account_id"] for row in accounts)
        found = engine.collect(result.tables["hierarchy_findings"]).to_pylist()
        findings = [(row["account_id"], row["finding"], row["detail"]) for row in found]
        return {row["account_id"]: row for row in added.to_pylist()}, findings

    return run


def parents(rows: Mapping[str, Row]) -> dict[str, str | None]:
    return {account: row["parent_id"] for account, row in sorted(rows.items())}


def test_the_crm_link_gives_parent_top_depth_and_size(build: Build) -> None:
    rows, findings = build(
        [
            {"account_id": "c", "parent_account_id": "b"},
            {"account_id": "a"},
            {"account_id": "b", "parent_account_id": "a"},
            {"account_id": "lone"},
        ]
    )
    assert parents(rows) == {"a": None, "b": "a", "c": "b", "lone": None}
    assert [rows[key]["ultimate_parent_id"] for key in ("a", "b", "c", "lone")] == ["a", "a", "a", "lone"]
    assert [rows[key]["hierarchy_depth"] for key in ("a", "b", "c", "lone")] == [0.0, 1.0, 2.0, 0.0]
    assert [rows[key]["family_size"] for key in ("a", "b", "c", "lone")] == [3.0, 3.0, 3.0, 1.0]
    assert rows["c"]["hierarchy_reason"] == "parent b by parent_account_id"
    assert rows["lone"]["hierarchy_reason"] == "top: no source names a parent"
    assert findings == []


def test_an_id_that_points_nowhere_is_listed_and_the_next_method_decides(build: Build) -> None:
    rows, findings = build(
        [
            {"account_id": "a", "company_number": "1"},
            {"account_id": "b", "parent_account_id": "gone", "parent_company_number": "1"},
            {"account_id": "c", "parent_account_id": "gone"},
            {"account_id": "d", "parent_account_id": "d"},
        ]
    )
    assert parents(rows) == {"a": None, "b": "a", "c": None, "d": None}
    assert rows["b"]["hierarchy_reason"] == "parent a by parent_company_number 1"
    assert rows["c"]["hierarchy_reason"] == ("top: parent_account_id gone is not in the book, or is the account itself")
    assert [(account, finding) for account, finding, _ in findings] == [
        ("b", "missing_parent"),
        ("c", "missing_parent"),
        ("d", "missing_parent"),
    ]


def test_numbers_are_tried_in_the_plans_order(build: Build) -> None:
    book = [
        {"account_id": "child", "company_number": "3", "parent_company_number": "2", "ultimate_company_number": "1"},
        {"account_id": "middle", "company_number": "2", "ultimate_company_number": "1"},
        {"account_id": "top", "company_number": "1", "ultimate_company_number": "1"},
        {"account_id": "twin", "company_number": "1"},
        {"account_id": "far", "company_number": "9", "parent_company_number": "8", "ultimate_company_number": "1"},
    ]
    rows, findings = build(book)
    assert parents(rows) == {"child": "middle", "far": "top", "middle": "top", "top": None, "twin": "top"}
    assert rows["top"]["hierarchy_reason"] == "top by ultimate_company_number 1"
    assert findings == []
    rows, _ = build(book, "number_keys: [ultimate_company_number, parent_company_number]")
    assert parents(rows) == {"child": "top", "far": "top", "middle": "top", "top": None, "twin": None}


def test_sources_that_disagree_are_listed(build: Build) -> None:
    rows, findings = build(
        [
            {"account_id": "a", "company_number": "1"},
            {"account_id": "b", "company_number": "2"},
            {"account_id": "c", "parent_account_id": "a", "parent_company_number": "2"},
            {"account_id": "d", "parent_account_id": "a", "ultimate_company_number": "2"},
            {"account_id": "e", "parent_account_id": "c", "ultimate_company_number": "1"},
        ]
    )
    assert parents(rows) == {"a": None, "b": None, "c": "a", "d": "a", "e": "c"}
    assert findings == [
        ("c", "conflict", "a by parent_account_id, but parent_company_number says b"),
        ("d", "conflict", "a by parent_account_id, but ultimate_company_number says b"),
    ]


def test_a_cycle_is_cut_at_its_weakest_link_and_listed(build: Build) -> None:
    rows, findings = build(
        [
            {"account_id": "a", "parent_account_id": "b", "company_number": "1"},
            {"account_id": "b", "parent_account_id": "c"},
            {"account_id": "c", "parent_company_number": "1"},
            {"account_id": "d", "parent_account_id": "c"},
        ]
    )
    assert parents(rows) == {"a": "b", "b": "c", "c": None, "d": "c"}
    assert rows["c"]["hierarchy_reason"] == (
        "top: link to a by parent_company_number cut, it closed a circle of 3 accounts"
    )
    assert findings == [("c", "cycle", "3 accounts in a circle: c > a > b > c; link to a by parent_company_number cut")]


def test_a_cycle_of_equal_links_is_cut_at_the_smallest_account_id(build: Build) -> None:
    rows, findings = build(
        [{"account_id": "b", "parent_account_id": "a"}, {"account_id": "a", "parent_account_id": "b"}]
    )
    assert parents(rows) == {"a": None, "b": "a"}
    assert [row[:2] for row in findings] == [("a", "cycle")]


def test_an_override_wins_and_survives_a_cycle(build: Build) -> None:
    rows, findings = build(
        [
            {"account_id": "a", "parent_account_id": "b"},
            {"account_id": "b"},
            {"account_id": "c", "parent_account_id": "b"},
            {"account_id": "d"},
        ],
        """
overrides:
  - {account_id: b, parent_id: a, reason: sold in May, by: revops}
  - {account_id: c, parent_id: none}
  - {account_id: d, parent_id: gone}
  - {account_id: gone, parent_id: a}
""",
    )
    assert parents(rows) == {"a": None, "b": "a", "c": None, "d": None}
    assert rows["b"]["hierarchy_reason"] == "parent a by override (sold in May, revops)"
    assert rows["c"]["hierarchy_reason"] == "top by override"
    assert rows["d"]["hierarchy_reason"] == "top: parent gone, not in the book, by override"
    assert [row[:2] for row in findings] == [
        ("a", "cycle"),
        ("c", "conflict"),
        ("d", "missing_parent"),
        ("gone", "unknown_override"),
    ]


def test_an_override_finds_a_merged_account_by_its_survivor(build: Build) -> None:
    rows, findings = build(
        [{"account_id": "a"}, {"account_id": "b"}],
        "overrides: [{account_id: old_b, parent_id: old_a}]",
        merges=[
            {"object": "account", "record_id": "old_b", "survivor_id": "b"},
            {"object": "account", "record_id": "old_a", "survivor_id": "a"},
            {"object": "lead", "record_id": "old_a", "survivor_id": "nobody"},
        ],
    )
    assert parents(rows) == {"a": None, "b": "a"}
    assert findings == []


def test_a_parents_name_must_name_one_account(build: Build) -> None:
    rows, findings = build(
        [
            {"account_id": "a", "name": "Acme Corp.", "core_name": "acme"},
            {"account_id": "b", "name": "Beta Inc", "core_name": "beta", "parent_name": "ACME Inc"},
            {"account_id": "c", "name": "Gamma", "core_name": "gamma", "parent_name": "Delta"},
            {"account_id": "d1", "name": "Delta AG", "core_name": "delta"},
            {"account_id": "d2", "name": "Delta Inc", "core_name": "delta"},
        ]
    )
    assert parents(rows) == {"a": None, "b": "a", "c": None, "d1": None, "d2": None}
    assert rows["b"]["hierarchy_reason"] == "parent a by parent_name ACME Inc"
    assert findings == [("c", "missing_parent", "parent_name Delta names no account, or several")]


def test_a_domain_puts_accounts_under_their_head(build: Build) -> None:
    rows, findings = build(
        [
            {"account_id": "a", "domain": "acme.com"},
            {"account_id": "b", "domain": "acme.com", "account_type": "customer"},
            {"account_id": "c", "domain": "acme.com", "employees": 9000.0},
            {"account_id": "d", "domain": "gmail.com"},
            {"account_id": "e", "domain": "gmail.com"},
            {"account_id": "f"},
            {"account_id": "g", "domain": ""},
            {"account_id": "h", "domain": ""},
        ]
    )
    assert parents(rows) == {"a": "b", "b": None, "c": "b", "d": None, "e": None, "f": None, "g": None, "h": None}
    assert rows["c"]["hierarchy_reason"] == "parent b by domain acme.com"
    assert findings == []


OWNERS = "domain_owners: [{domain: acme.de, owner: Acme Group}, {domain: Acme.fr, owner: Acme Group}]"


def test_several_domains_of_one_owner_are_one_family(build: Build) -> None:
    accounts: list[Row] = [
        {"account_id": "A", "domain": "acme.de", "employees": 900.0},
        {"account_id": "B", "domain": "acme.fr"},
        {"account_id": "C", "domain": "acme.it"},
        {"account_id": "D", "domain": "acme.de"},
    ]
    rows, _ = build(accounts, OWNERS)
    assert parents(rows) == {"A": None, "B": "A", "C": None, "D": "A"}
    assert rows["B"]["hierarchy_reason"] == "parent A by domain acme.fr of Acme Group"
    assert parents(build(accounts)[0]) == {"A": None, "B": None, "C": None, "D": "A"}


def test_a_domain_has_one_owner() -> None:
    with pytest.raises(PlanError, match=r"'acme\.de' is listed twice") as caught:
        plan_from({"hierarchy.yaml": OWNERS.replace("Acme.fr", "acme.de")})
    assert len(caught.value.mistakes) == 1


def test_the_plan_says_who_heads_a_domain(build: Build) -> None:
    book = [
        {"account_id": "a", "domain": "acme.com", "account_type": "customer", "core_name": "acme of ohio"},
        {"account_id": "b", "domain": "acme.com", "employees": 9000.0, "core_name": "acme of utah"},
        {"account_id": "c", "domain": "acme.com", "core_name": "acme"},
    ]
    for head, expected in (("customer", "a"), ("largest", "b"), ("shortest_name", "c")):
        rows, _ = build(book, f"head: [{head}]")
        assert {row["ultimate_parent_id"] for row in rows.values()} == {expected}


def test_a_domain_keeps_stated_links_and_prefers_who_has_children(build: Build) -> None:
    rows, _ = build(
        [
            {"account_id": "holding"},
            {"account_id": "hq", "domain": "acme.com", "parent_account_id": "holding"},
            {"account_id": "site", "domain": "acme.com", "parent_account_id": "hq"},
            {"account_id": "a", "domain": "acme.com", "account_type": "customer"},
        ]
    )
    assert parents(rows) == {"a": "hq", "holding": None, "hq": "holding", "site": "hq"}


def test_a_proposal_never_puts_a_top_below_its_own_child(build: Build) -> None:
    rows, findings = build(
        [
            {"account_id": "top", "domain": "acme.com"},
            {"account_id": "middle", "parent_account_id": "top"},
            {"account_id": "low", "domain": "acme.com", "parent_account_id": "middle", "account_type": "customer"},
            {"account_id": "new", "domain": "acme.com"},
        ],
        "head: [customer]",
    )
    assert parents(rows) == {"low": "middle", "middle": "top", "new": "top", "top": None}
    assert findings == []


def test_a_common_or_listed_domain_proposes_nothing(build: Build) -> None:
    crowd = [{"account_id": f"{number}", "domain": "portal.com"} for number in range(4)]
    rows, _ = build(crowd, "most_accounts_per_domain: 3")
    assert set(parents(rows).values()) == {None}
    rows, _ = build(crowd, "shared_domains: [portal.com]")
    assert set(parents(rows).values()) == {None}
    rows, _ = build([{**row, "domain": "gmail.com"} for row in crowd], quality="free_domains: {remove: [gmail.com]}")
    assert parents(rows) == {"0": None, "1": "0", "2": "0", "3": "0"}


def test_an_account_that_a_person_keeps_at_the_top_heads_but_never_follows(build: Build) -> None:
    rows, _ = build(
        [
            {"account_id": "a", "domain": "acme.com", "account_type": "customer"},
            {"account_id": "b", "domain": "acme.com"},
        ],
        "overrides: [{account_id: b, parent_id: none}]",
    )
    assert parents(rows) == {"a": None, "b": None}


def test_a_book_of_one_account_that_is_its_own_top(build: Build) -> None:
    rows, findings = build([{"account_id": "a", "company_number": "1", "ultimate_company_number": "1"}])
    assert (parents(rows), findings) == ({"a": None}, [])


def test_proposals_are_only_listed_until_the_plan_applies_them(build: Build) -> None:
    assert not plan_from({}).hierarchy.apply_proposals
    rows, findings = build(
        [{"account_id": "a", "domain": "acme.com"}, {"account_id": "b", "domain": "acme.com"}],
        "apply_proposals: no",
    )
    assert parents(rows) == {"a": None, "b": None}
    assert findings == [("b", "proposal", "a by domain acme.com")]


def test_one_name_with_other_legal_forms_or_countries_is_a_family(build: Build) -> None:
    rows, _ = build(
        [
            {"account_id": "a", "core_name": "siemens", "legal_form": "AG", "country": "DE", "employees": 300_000.0},
            {"account_id": "b", "core_name": "siemens", "legal_form": "Inc.", "country": "US"},
            {"account_id": "c", "core_name": "siemens", "legal_form": "AG", "country": "DE"},
            {"account_id": "d", "core_name": "siemens", "country": "FR"},
        ],
        "methods: [legal_name]",
    )
    assert parents(rows) == {"a": None, "b": "a", "c": None, "d": None}
    assert rows["b"]["hierarchy_reason"] == "parent a by legal_name siemens"


def test_methods_left_out_are_not_tried(build: Build) -> None:
    rows, _ = build(
        [{"account_id": "a", "domain": "x.com"}, {"account_id": "b", "parent_account_id": "a", "domain": "x.com"}],
        "methods: []",
    )
    assert parents(rows) == {"a": None, "b": None}


def test_families_roll_up_employees_revenue_and_open_pipeline(build: Build) -> None:
    book = [
        {"account_id": "a", "employees": 100.0, "annual_revenue_usd": 5e6},
        {"account_id": "b", "parent_account_id": "a", "employees": 80.0},
        {"account_id": "c", "parent_account_id": "a", "employees": 70.0, "annual_revenue_usd": 1e6},
        {"account_id": "d"},
    ]
    opportunities = [
        {"opportunity_id": "1", "account_id": "b", "amount_usd": 10.0, "is_closed": False},
        {"opportunity_id": "2", "account_id": "c", "amount_usd": 5.0, "is_closed": None},
        {"opportunity_id": "3", "account_id": "c", "amount_usd": 99.0, "is_closed": True},
        {"opportunity_id": "4", "account_id": "gone", "amount_usd": 99.0, "is_closed": False},
        {"opportunity_id": "5", "account_id": None, "amount_usd": 99.0, "is_closed": False},
        {"opportunity_id": "6", "account_id": "a", "amount_usd": None, "is_closed": False},
    ]
    rows, _ = build(book, opportunities=opportunities)
    assert {row["family_employees"] for row in rows.values()} == {150.0, None}
    assert [rows[key]["family_annual_revenue_usd"] for key in "abcd"] == [5e6, 5e6, 5e6, None]
    assert [rows[key]["family_open_pipeline_usd"] for key in "abcd"] == [15.0, 15.0, 15.0, 0.0]
    rows, _ = build(book, "employees: sum\nannual_revenue: max")
    assert (rows["b"]["family_employees"], rows["b"]["family_annual_revenue_usd"]) == (250.0, 5e6)


def test_an_empty_book_gives_empty_tables(build: Build) -> None:
    assert build([]) == ({}, [])


def test_the_order_of_rows_changes_nothing(build: Build) -> None:
    book = [
        {"account_id": f"{number:03}", "domain": f"d{number % 5}.com", "parent_account_id": f"{number * 7 % 40:03}"}
        for number in range(40)
    ]
    assert build(book) == build(list(reversed(book)))


def test_the_way_up_is_listed_nearest_first(build: Build) -> None:
    rows, _ = build(
        [
            {"account_id": "a"},
            {"account_id": "b", "parent_account_id": "a"},
            {"account_id": "c", "parent_account_id": "b"},
        ]
    )
    assert ancestors("c", parents(rows)) == ("b", "a")
    assert ancestors("unknown", parents(rows)) == ()


def test_many_accounts_in_one_chain_and_one_circle(engine: Engine, book_of: Callable[..., Book]) -> None:
    count = 20_000
    book = book_of(engine)
    accounts = engine.collect(book["accounts"]).slice(0, 0)
    ids = [f"{number:06}" for number in range(2 * count)]
    chain = [None, *ids[: count - 1]]
    circle = [ids[count + (number + 1) % count] for number in range(count)]
    columns = {name: pa.nulls(2 * count, accounts.schema.field(name).type) for name in accounts.column_names}
    columns |= {"account_id": pa.array(ids), "parent_account_id": pa.array(chain + circle, pa.string())}
    deep = Book({**book.tables, "accounts": engine.bring(pa.table(columns))}, book.as_of)
    result = STAGE.run(deep, plan_from({}), engine)
    table = engine.collect(result.added["accounts"].sort("account_id"))
    assert table["hierarchy_depth"].to_pylist()[count - 1] == count - 1
    assert set(table["ultimate_parent_id"].to_pylist()) == {ids[0], ids[count]}
    assert engine.collect(result.tables["hierarchy_findings"]).num_rows == 1


SITES = [
    {"account_id": "a", "name": "South University-Savannah", "employees": 900.0},
    {"account_id": "b", "name": "South University - Tampa"},
    {"account_id": "c", "name": "SOUTH UNIVERSITY: Online"},
    {"account_id": "d", "name": "Coca-Cola"},
    {"account_id": "e", "name": "Coca-Bean"},
    {"account_id": "f", "name": "South University"},
]


def test_names_alike_up_to_a_dash_are_sites_of_one_house(build: Build) -> None:
    rows, _ = build(SITES, "methods: [site_name]\n")
    assert parents(rows) == {"a": None, "b": "a", "c": "a", "d": None, "e": None, "f": None}
    assert rows["b"]["hierarchy_reason"] == "parent a by site_name south university"


def test_several_hierarchies_stand_side_by_side(engine: Engine, book_of: Callable[..., Book]) -> None:
    accounts = [
        {"account_id": "a", "name": "Acme", "domain": "acme.com"},
        {"account_id": "b", "name": "Acme Labs", "domain": "acme.com", "parent_account_id": "c"},
        {"account_id": "c", "name": "Zeta", "domain": "zeta.com"},
    ]
    beside = (
        "methods: [parent_account_id]\nbeside:\n"
        "  - {hierarchy: sales, methods: [parent_account_id], overrides: [{account_id: b, parent_id: none, reason: own team}]}\n"
        "  - {hierarchy: domain, methods: [domain]}\n"
    )
    result = STAGE.run(book_of(engine, accounts=accounts), plan_from({"hierarchy.yaml": beside}), engine)
    main = {row["account_id"]: row["parent_id"] for row in engine.collect(result.added["accounts"]).to_pylist()}
    assert main == {"a": None, "b": "c", "c": None}
    table = engine.collect(result.tables["hierarchies"]).to_pylist()
    by_name = {(row["hierarchy"], row["account_id"]): row["parent_id"] for row in table}
    assert by_name == {
        ("domain", "a"): None, ("domain", "b"): "a", ("domain", "c"): None,
        ("sales", "a"): None, ("sales", "b"): None, ("sales", "c"): None,
    }  # fmt: skip
    assert {row["hierarchy_reason"] for row in table if row["hierarchy"] == "sales"} >= {"top by override (own team)"}
    findings = engine.collect(result.tables["hierarchy_findings"]).to_pylist()
    assert [row["detail"] for row in findings if row["finding"] == "conflict"] == [
        "sales: no parent by override, but parent_account_id says c"
    ]
