from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from rightful.plan import plan_from
from rightful.stages.assignment.accounts import place_accounts
from rightful.stages.assignment.families import POLICIES

# A (EMEA, DE) > B (EMEA, FR) > C (EMEA, US); A > D (NA, US) > E (NA, US); F alone
FAMILY = [
    ("A", None, 0, "EMEA", "DE", 5000.0),
    ("B", "A", 1, "EMEA", "FR", 50.0),
    ("C", "B", 2, "EMEA", "US", 5000.0),
    ("D", "A", 1, "NA", "US", 5000.0),
    ("E", "D", 2, "NA", "CA", 50.0),
    ("F", None, 0, "NA", "US", 10.0),
]
RULES = """
layers:
  - layer: geography
    rules:
      - {territory: GERMANY, country: DE}
      - {territory: FRANCE, country: FR}
      - {territory: USA, country: US}
      - {territory: CANADA, country: CA}
"""


def accounts() -> pa.Table:
    names = ("account_id", "parent_id", "hierarchy_depth", "region", "country", "employees")
    columns: dict[str, Any] = dict(zip(names, zip(*FAMILY, strict=True), strict=True))
    columns["domain"] = [None, None, None, None, None, "f.com"]
    table = pa.table(columns)
    return table.set_column(2, "hierarchy_depth", table["hierarchy_depth"].cast(pa.float64()))


def territories(text: str) -> dict[str, str | None]:
    plan = plan_from({"assignment.yaml": text})
    layer = place_accounts(accounts(), plan.assignment, plan.lists)[0]
    placed = [layer.outcomes[number] for number in layer.outcome.tolist()]
    return {row[0]: (each[0].territory_id if each else None) for row, each in zip(FAMILY, placed, strict=True)}


@pytest.mark.parametrize(
    ("families", "expected"),
    [
        ("none", "GERMANY FRANCE USA USA CANADA USA"),
        ("children", "GERMANY GERMANY USA GERMANY CANADA USA"),
        ("descendants", "GERMANY GERMANY GERMANY GERMANY GERMANY USA"),
        ("ultimate_parent", "GERMANY GERMANY GERMANY GERMANY GERMANY USA"),
        ("regional_ancestor", "GERMANY GERMANY GERMANY USA USA USA"),
    ],
)
def test_each_policy_keeps_its_part_of_the_family_together(families: str, expected: str) -> None:
    text = RULES + f"families: {{policy: {families}}}"
    assert " ".join(str(each) for each in territories(text).values()) == expected


def test_only_descendants_that_meet_the_condition_follow() -> None:
    text = RULES + "families: {policy: matching_descendants, when: employees >= 1000}"
    assert territories(text) == {
        "A": "GERMANY", "B": "FRANCE", "C": "GERMANY", "D": "GERMANY", "E": "CANADA", "F": "USA",
    }  # fmt: skip


def test_a_rule_says_how_the_family_of_its_accounts_behaves() -> None:
    text = RULES.replace("country: DE}", "country: DE, family: descendants}")
    assert set(territories(text).values()) == {"GERMANY", "USA"}
    assert territories(text)["F"] == "USA"


def test_a_named_account_wins_over_rules_and_leads_its_family() -> None:
    named = "named_accounts:\n  - {domain: f.com, territory: FRANCE}\n  - {account_id: A, territory: CANADA}\n"
    placed = territories(RULES + named + "families: {policy: descendants}")
    assert placed == {"A": "CANADA", "B": "CANADA", "C": "CANADA", "D": "CANADA", "E": "CANADA", "F": "FRANCE"}


def test_a_follower_is_told_whom_it_follows() -> None:
    plan = plan_from({"assignment.yaml": RULES + "families: {policy: descendants}"})
    following = place_accounts(accounts(), plan.assignment, plan.lists)[0].following
    assert following.source.tolist() == [0, 0, 0, 0, 0, 5]
    assert POLICIES[following.policy[4]] == "descendants"
    assert following.policy[5] == 0
