"""Laws of hierarchy: the result is a forest, changed as little as needed, and the order of rows means nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import plan_from
from rightful.plan.hierarchy import HierarchySection
from rightful.stages.columns import arrow_type
from rightful.stages.hierarchy.accounts import COLUMNS, Accounts
from rightful.stages.hierarchy.findings import findings_table
from rightful.stages.hierarchy.forest import NO_PARENT, break_cycles, families, roll_up
from rightful.stages.hierarchy.hierarchy import Hierarchy
from rightful.stages.hierarchy.links import Links, settle
from rightful.stages.hierarchy.names import fold
from rightful.stages.hierarchy.overrides import Overridden, overridden
from rightful.stages.hierarchy.reasons import reasons


@st.composite
def graphs(draw: st.DrawFn) -> np.ndarray:
    size = draw(st.integers(1, 30))
    return np.array(draw(st.lists(st.integers(-1, size - 1), min_size=size, max_size=size)), dtype=np.int64)


def way_up(parents: np.ndarray, account: int) -> list[int]:
    """Walk up one by one; stops where it comes round."""
    path = [account]
    while parents[path[-1]] != NO_PARENT and parents[path[-1]] not in path:
        path.append(int(parents[path[-1]]))
    return path


@given(graphs(), st.data())
def test_one_link_of_each_cycle_is_cut_and_no_other(parents: np.ndarray, data: st.DataObject) -> None:
    size = len(parents)
    weakness = np.array(data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)), dtype=np.int64)
    on_cycle = {
        frozenset(way_up(parents, account))
        for account in range(size)
        if parents[way_up(parents, account)[-1]] == account
    }
    mended, cycles = break_cycles(parents, weakness)
    expected = sorted(min(cycle, key=lambda account: (-weakness[account], account)) for cycle in on_cycle)
    assert cycles.broken.tolist() == expected
    assert sorted(cycles.sizes.tolist()) == sorted(len(cycle) for cycle in on_cycle)
    changed = np.flatnonzero(mended != parents).tolist()
    assert changed == expected
    assert all(mended[way_up(mended, account)[-1]] == NO_PARENT for account in range(size))


@given(graphs(), st.data())
def test_families_and_figures_are_what_walking_finds(parents: np.ndarray, data: st.DataObject) -> None:
    parents, _ = break_cycles(parents, np.zeros(len(parents), dtype=np.int64))
    size = len(parents)
    family = families(parents)
    paths = [way_up(parents, account) for account in range(size)]
    assert family.tops.tolist() == [path[-1] for path in paths]
    assert family.depths.tolist() == [len(path) - 1 for path in paths]
    assert family.sizes.tolist() == [sum(other[-1] == path[-1] for other in paths) for path in paths]
    own = data.draw(st.lists(st.integers(0, 100), min_size=size, max_size=size))

    def total(account: int) -> int:
        return max(own[account], sum(total(child) for child in range(size) if parents[child] == account))

    rolled = roll_up(np.array(own, dtype=np.float64), parents, family, "own_or_children")
    assert rolled.tolist() == [total(path[-1]) for path in paths]


IDS = st.sampled_from([*"abcdefgh", "gone"])
ACCOUNT = st.fixed_dictionaries(
    {
        "parent_account_id": st.none() | IDS,
        "company_number": st.none() | st.sampled_from("123"),
        "parent_company_number": st.none() | st.sampled_from("1239"),
        "ultimate_company_number": st.none() | st.sampled_from("12"),
        "name": st.sampled_from(["Acme Inc", "Acme AG", "Beta Inc"]),
        "core_name": st.sampled_from(["acme", "beta"]),
        "legal_form": st.none() | st.sampled_from(["Inc", "AG"]),
        "parent_name": st.none() | st.sampled_from(["Acme", "Beta", "Beta Inc", "Gamma"]),
        "domain": st.none() | st.sampled_from(["x.com", "y.com", "z.com"]),
        "account_type": st.none() | st.just("customer"),
        "employees": st.none() | st.floats(0, 9),
    }
)
BOOKS = st.lists(ACCOUNT, min_size=1, max_size=8).map(
    lambda rows: [{"account_id": name, **row} for name, row in zip("abcdefgh", rows, strict=False)]
)
METHODS = st.permutations(["parent_account_id", "company_number", "parent_name", "domain", "legal_name", "site_name"])
OVERRIDES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["efgh", "none"]), max_size=3).map(
    lambda rows: [
        {"account_id": account, "parent_id": parent[0] if parent != "none" else parent}
        for account, parent in rows.items()
    ]
)


def settled(rows: list[dict[str, Any]], section: HierarchySection) -> tuple[Accounts, Links, Overridden]:
    known = OBJECT_OF_TABLE["accounts"].rule_fields
    columns = {name: pa.array([row.get(name) for row in rows], arrow_type(known[name].kind)) for name in COLUMNS}
    accounts = Accounts.of(pa.table(columns))
    overrides = overridden(accounts, section.overrides, {})
    return accounts, settle(accounts, overrides.claims, section, frozenset(("z.com",))), overrides


@settings(deadline=None, max_examples=60)
@given(BOOKS, METHODS, OVERRIDES)
def test_any_book_becomes_a_forest(
    rows: list[dict[str, Any]], methods: list[str], overrides: list[dict[str, str]]
) -> None:
    section = HierarchySection.model_validate({"methods": methods, "overrides": overrides, "apply_proposals": True})
    accounts, links, placed = settled(rows, section)
    assert all(links.parents[way_up(links.parents, account)[-1]] == NO_PARENT for account in range(len(accounts)))
    ids = accounts.ids.to_pylist()
    for override in overrides:
        if override["account_id"] in ids and override["parent_id"] in [*ids, "none"]:
            parent = links.parents[ids.index(override["account_id"])]
            assert override["parent_id"] == ("none" if parent == NO_PARENT else ids[parent])
    cut_by = {links.claims[cut.source].source for cut in links.cuts}
    assert not cut_by & {"domain", "legal_name", "site_name", "override"}, "a proposal closes no circle"
    found = findings_table(accounts, {"": Hierarchy(links, families(links.parents), placed)})
    assert [row["account_id"] for row in found.to_pylist()] == sorted(found["account_id"].to_pylist())
    assert None not in reasons(accounts, links, placed).to_pylist()


@settings(deadline=None, max_examples=25)
@given(BOOKS, st.randoms(use_true_random=False))
def test_the_order_of_rows_means_nothing(rows: list[dict[str, Any]], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    section = plan_from({"hierarchy.yaml": "apply_proposals: yes"}).hierarchy
    accounts, links, placed = settled(rows, section)
    _, others, other_placed = settled(shuffled, section)
    assert links.parents.tolist() == others.parents.tolist()
    assert reasons(accounts, links, placed) == reasons(accounts, others, other_placed)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
