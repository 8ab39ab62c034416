from __future__ import annotations

import pytest

from rightful.errors import PlanError
from rightful.plan import plan_from


def test_an_empty_plan_has_usual_methods() -> None:
    section = plan_from({}).hierarchy
    assert section.methods == ("parent_account_id", "company_number", "parent_name", "domain", "site_name")
    assert section.overrides == ()


def test_overrides_are_read_from_csv() -> None:
    csv = "account_id,parent_id,reason,by\na,b,sold,ops\nb,None,,\n"
    section = plan_from({"hierarchy.yaml": "overrides: overrides.csv", "overrides.csv": csv}).hierarchy
    assert [(each.account_id, each.parent_id, each.is_top) for each in section.overrides] == [
        ("a", "b", False),
        ("b", "None", True),
    ]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("methods: [domain, domain]", "hierarchy.yaml: methods lists 'domain' twice"),
        ("methods: [domian]", "Did you mean 'domain'?"),
        ("head: [customer, customer]", "head lists 'customer' twice"),
        ("employees: total", "'total' is no employees. Allowed: own_or_children, sum, max"),
        ("most_accounts_per_domain: 1", "greater than or equal to 2"),
        (
            "overrides: [{account_id: a, parent_id: b}, {account_id: a, parent_id: none}]",
            "hierarchy.yaml:1:57: account 'a' is overridden twice",
        ),
        ("overrides: [{account_id: a, parent_id: a}]", "overrides form a circle: a < a"),
        (
            "overrides: [{account_id: x, parent_id: a}, {account_id: a, parent_id: b}, {account_id: b, parent_id: a}]",
            "overrides form a circle: a < b < a",
        ),
        ("overrides: [{account_id: a}]", "key 'parent_id' is missing"),
    ],
)
def test_mistakes_say_what_is_wrong(text: str, part: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan_from({"hierarchy.yaml": text})
    assert part in str(caught.value)
    assert len(caught.value.mistakes) == 1


def test_overrides_in_a_tree_are_no_circle() -> None:
    text = "overrides: [{account_id: a, parent_id: b}, {account_id: b, parent_id: c}, {account_id: d, parent_id: b}]"
    assert len(plan_from({"hierarchy.yaml": text}).hierarchy.overrides) == 3


def test_hierarchies_beside_have_names_of_their_own_and_are_checked_like_the_main_one() -> None:
    twice = "beside: [{hierarchy: sales, methods: [domain]}, {hierarchy: sales, methods: [domain]}]"
    with pytest.raises(PlanError, match="two hierarchies are called 'sales'"):
        plan_from({"hierarchy.yaml": twice})
    circle = "[{account_id: a, parent_id: b}, {account_id: b, parent_id: a}]"
    with pytest.raises(PlanError, match="form a circle"):
        plan_from({"hierarchy.yaml": f"beside: [{{hierarchy: sales, methods: [domain], overrides: {circle}}}]"})
