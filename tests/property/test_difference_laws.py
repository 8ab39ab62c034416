"""Laws of differences: a record is in a changed region exactly where two lists of rules decide it differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.plan import Plan, plan_from
from rightful.rules import And, Blank, Condition, Flag, Not, OneOf, Or, Prefix, Range, RuleKind
from rightful.rules.product import Entry, Side, differing_regions
from rightful.rules.proofs.regions import Region
from rightful.runs.difference.choices import Comparison
from rightful.runs.difference.records import Change
from rightful.runs.difference.territories import territories_that_differ
from rightful.stages.territories import compile_layer

FIELDS = {"country": RuleKind.TEXT, "employees": RuleKind.NUMBER, "is_customer": RuleKind.FLAG}
VALUES: Mapping[str, Sequence[Any]] = {
    "country": (None, "US", "USA", "CA", "other"),
    "employees": (None, -1.0, 0.0, 50.0, 99.5, 100.0, 101.0, 1e9),
    "is_customer": (None, False, True),
}
RECORDS = [dict(zip(VALUES, values, strict=True)) for values in product(*VALUES.values())]
TYPES = {"country": pa.string(), "employees": pa.float64(), "is_customer": pa.bool_()}
TABLE = pa.table({name: pa.array([record[name] for record in RECORDS], TYPES[name]) for name in VALUES})
LAW = settings(max_examples=60, deadline=None, derandomize=True)


def conditions() -> st.SearchStrategy[Condition]:
    bounds = st.none() | st.sampled_from((0.0, 50.0, 100.0))
    atoms = st.one_of(
        st.builds(OneOf, st.just("country"), st.frozensets(st.sampled_from(("US", "USA", "CA")), max_size=2)),
        st.builds(Prefix, st.just("country"), st.sampled_from(("U", "US"))),
        st.builds(Range, st.just("employees"), bounds, bounds, st.booleans(), st.booleans()),
        st.builds(Flag, st.just("is_customer"), st.booleans()),
        st.sampled_from([Blank(name, kind) for name, kind in FIELDS.items()]),
    )
    several = st.lists(atoms, min_size=1, max_size=2).map(tuple)
    return atoms | st.builds(And, several) | st.builds(Or, several) | st.builds(Not, atoms)


def lists() -> st.SearchStrategy[list[tuple[Condition, str]]]:
    return st.lists(st.tuples(conditions(), st.sampled_from("ABC")), max_size=5)


@st.composite
def edited_lists(draw: st.DrawFn) -> tuple[list[tuple[Condition, str]], list[tuple[Condition, str]]]:
    """Give a list and what a person makes of it: rows go, come, move, or change."""
    before = draw(lists())
    after = list(before)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, max(len(after) - 1, 0)))
        match draw(st.sampled_from(("drop", "add", "swap", "change"))):
            case "drop" if after:
                del after[at]
            case "swap" if len(after) > 1:
                after[at], after[at - 1] = after[at - 1], after[at]
            case "change" if after:
                after[at] = (after[at][0], draw(st.sampled_from("ABC")))
            case _:
                after.insert(at, (draw(conditions()), draw(st.sampled_from("ABC"))))
    return before, after


def first_wins(rules: Sequence[tuple[Condition, str]]) -> Side[str]:
    return Side([Entry(*rule) for rule in rules], lambda holding: rules[holding[0]][1] if holding else "")


def all_win(rules: Sequence[tuple[Condition, str]]) -> Side[str]:
    """Decide by all rules that hold, in their order."""
    return Side([Entry(*rule) for rule in rules], lambda holding: "".join(rules[at][1] for at in holding), None)


def by_hand(side: Side[str], record: Mapping[str, Any]) -> str:
    return side.decide([number for number, entry in enumerate(side.entries) if entry.when.holds(record)])


def labels_of(regions: Sequence[Region[Any]], table: pa.Table) -> list[set[Any]]:
    """Give per row the labels of the regions that it lies in, by the region itself and by its boxes."""
    found: list[set[Any]] = [set() for _ in range(table.num_rows)]
    for region in regions:
        mask = region.mask(table)
        if region.is_complete:
            boxes = [box.mask(table) for box in region.boxes]
            assert [any(column) for column in zip(*boxes, strict=True)] == mask.tolist(), region.label
        for row, is_in in enumerate(mask):
            if is_in:
                found[row].add(region.label)
    return found


@LAW
@given(edited_lists(), st.sampled_from((first_wins, all_win)))
def test_regions_are_exactly_the_records_decided_differently(pair: Any, side_of: Any) -> None:
    before, after = (side_of(rules) for rules in pair)
    found = labels_of(differing_regions(before, after, FIELDS), TABLE)
    for record, labels in zip(RECORDS, found, strict=True):
        first, second = by_hand(before, record), by_hand(after, record)
        assert labels == ({(first, second)} if first != second else set()), record


@LAW
@given(edited_lists())
def test_every_region_has_a_witness_that_is_decided_as_it_says(pair: Any) -> None:
    before, after = (first_wins(rules) for rules in pair)
    for region in differing_regions(before, after, FIELDS):
        assert (by_hand(before, region.witness()), by_hand(after, region.witness())) == region.label


# Whole layers: a tree of territories, exclusions, overrides, priorities, several winners and a catch-all.
TERRITORIES = ("top", "left", "right", "leaf")
PARENTS = {"left": "top", "right": "top", "leaf": "left"}
CELLS = {
    "country": ("", "US", "US, CA", "!US", "(blank)", "U*"),
    "employees": ("", ">=100", "<50", "50..99", "!(blank)"),
}
ACCOUNTS = [
    {"country": country, "employees": employees}
    for country, employees in product((None, "US", "CA", "UK", "DE"), (None, 10.0, 50.0, 99.0, 99.5, 100.0, 5000.0))
]


@st.composite
def layer_rows(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(("include", "include", "include", "exclude", "override")))
    cells = [f'"{draw(st.sampled_from(values))}"' for values in CELLS.values()]
    priority = draw(st.sampled_from((10, 100, 100)))
    return f"{draw(st.sampled_from(TERRITORIES))},{priority},{kind},{draw(st.sampled_from(('yes', 'no')))},{','.join(cells)}"


def layer_plan(rows: Sequence[str], winners: int, catch_all: str, *, has_tree: bool) -> Plan:
    tree = "".join(f"{name},{PARENTS.get(name, '') if has_tree else ''}\n" for name in TERRITORIES)
    text = f"layers: [{{layer: geo, rules: geo.csv, winners: {winners}, catch_all: '{catch_all}'}}]\nterritories: tree.csv\n"
    head = f"territory,priority,kind,inherited,{','.join(CELLS)}\n"
    return plan_from(
        {
            "assignment.yaml": text,
            "geo.csv": head + "".join(f"{row}\n" for row in rows),
            "tree.csv": f"territory,parent\n{tree}",
        }
    )


@st.composite
def layer_pairs(draw: st.DrawFn) -> tuple[Plan, Plan]:
    rows = draw(st.lists(layer_rows(), min_size=1, max_size=5))
    changed = list(rows)
    at = draw(st.integers(0, len(rows) - 1))
    match draw(st.sampled_from(("change", "drop", "add", "swap", "none"))):
        case "change":
            changed[at] = draw(layer_rows())
        case "drop" if len(changed) > 1:
            del changed[at]
        case "add":
            changed.insert(at, draw(layer_rows()))
        case "swap":
            changed[at], changed[at - 1] = changed[at - 1], changed[at]
        case _:
            pass
    winners, tree = draw(st.sampled_from((1, 1, 2))), draw(st.booleans())
    other_winners = draw(st.sampled_from((winners, winners, 2)))
    return layer_plan(rows, winners, "", has_tree=tree), layer_plan(
        changed, other_winners, "", has_tree=draw(st.just(tree) | st.booleans())
    )


def territories_by_hand(plan: Plan, record: Mapping[str, Any]) -> str:
    layer = compile_layer(plan.assignment.layers[0], plan.assignment, plan.lists)
    holding = [number for number, rule in enumerate(layer.rules.rules) if rule.when.holds(record)]
    return " and ".join(placed.territory_id for placed in layer.place(holding)) or "no territory"


@settings(LAW, max_examples=40)
@given(layer_pairs())
def test_territory_changes_are_exactly_those_of_the_plans(plans: tuple[Plan, Plan]) -> None:
    table = pa.table(
        {
            "account_id": [str(number) for number in range(len(ACCOUNTS))],
            "country": pa.array([account["country"] for account in ACCOUNTS], pa.string()),
            "employees": pa.array([account["employees"] for account in ACCOUNTS], pa.float64()),
        }
    )

    def members(_table: str, region: Region[Any]) -> Any:
        return {number for number, is_in in enumerate(region.mask(table)) if is_in}

    said: list[set[tuple[str, str]]] = [set() for _ in ACCOUNTS]
    for change in territories_that_differ(Comparison(*plans, members)):
        if isinstance(change, Change) and change.region:
            parts = change.parts or (change,)
            assert change.region.affected == set().union(*(part.region.affected for part in parts))  # type: ignore[union-attr, arg-type]
            for part in parts:
                for number in part.region.affected:  # type: ignore[union-attr, attr-defined]  # members, in place of counts
                    said[number].add((part.before, part.after))
    for account, pairs in zip(ACCOUNTS, said, strict=True):
        first, second = (territories_by_hand(plan, account) for plan in plans)
        assert pairs == ({(first, second)} if first != second else set()), account
