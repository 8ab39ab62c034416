from __future__ import annotations

import pytest

from rightful.errors import Place
from rightful.plan import plan_from
from rightful.plan.section import rule_fields
from rightful.rules import parse_expression
from rightful.stages.scoring.grade import GRADES, grade_record, profile_rules
from rightful.stages.scoring.undecided import possibly, surely

FIELDS = rule_fields("accounts", before="scoring")


def answer(expression: str, **record: object) -> str:
    condition = parse_expression(expression, FIELDS, Place("scoring.yaml"), {})
    if surely(condition).holds(record):
        return "met"
    return "unknown" if possibly(condition).holds(record) else "missed"


@pytest.mark.parametrize(
    ("expression", "record", "says"),
    [
        ("employees >= 1000", {"employees": 2000}, "met"),
        ("employees >= 1000", {"employees": 20}, "missed"),
        ("employees >= 1000", {}, "unknown"),
        ("NOT employees < 50", {}, "unknown"),
        ("NOT industry = 'Banking'", {}, "unknown"),
        ("NOT industry = 'Banking'", {"industry": "Retail"}, "met"),
        ("industry = 'Banking' AND employees >= 1000", {"industry": "Retail"}, "missed"),
        ("industry = 'Banking' AND employees >= 1000", {"industry": "Banking"}, "unknown"),
        ("industry = 'Banking' OR employees >= 1000", {"industry": "Banking"}, "met"),
        ("industry = 'Banking' OR employees >= 1000", {"industry": "Retail"}, "unknown"),
        ("employees IS NULL", {}, "met"),
        ("employees IS NOT NULL", {}, "missed"),
        ("segment = 'Enterprise'", {"segment": "unknown"}, "unknown"),
        ("segment = 'Enterprise'", {"segment": "SMB"}, "missed"),
        ("segment IN ('unknown', 'SMB')", {"segment": "unknown"}, "met"),
        ("name = 'Acme'", {"name": "unknown"}, "missed"),
        ("TRUE", {}, "met"),
    ],
)
def test_a_blank_leaves_open_what_the_other_fields_do_not_decide(
    expression: str, record: dict[str, object], says: str
) -> None:
    assert answer(expression, **record) == says


def rules(*thirds: int) -> str:
    fields = ("employees", "family_size", "hierarchy_depth", "annual_revenue_usd")
    rows = "".join(f"  - {{criterion: c{n}, thirds: {t}, {fields[n]}: '1'}}\n" for n, t in enumerate(thirds))
    return f"profiles:\n- profile: p\n  table: accounts\n  criteria:\n{rows}"


@pytest.mark.parametrize(
    ("values", "letter"),
    [
        ((None, None, None, None), "D"),
        ((1.0, None, None, None), "C"),
        ((1.0, 1.0, None, None), "B-"),
        ((1.0, 1.0, 1.0, 1.0), "A"),
        ((0.0, None, None, None), "F"),
        ((0.0, 0.0, 0.0, 0.0), "F"),
        ((None, None, 0.0, None), "D-"),
        ((1.0, None, 0.0, None), "C-"),
    ],
)
def test_each_criterion_moves_its_thirds_from_d_and_the_ends_hold(
    values: tuple[float | None, ...], letter: str
) -> None:
    plan = plan_from({"scoring.yaml": rules(3, 2, 1, 3)})
    record = dict(zip(("employees", "family_size", "hierarchy_depth", "annual_revenue_usd"), values, strict=True))
    assert grade_record(record, profile_rules(plan.scoring.profiles, "accounts", {})).letter == letter


def test_the_scale_has_thirteen_steps_from_f_to_a_plus() -> None:
    assert GRADES == ("F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+")


def test_the_best_grade_is_a_plus() -> None:
    plan = plan_from({"scoring.yaml": rules(3, 3, 3, 3)})
    record = {"employees": 1, "family_size": 1, "hierarchy_depth": 1, "annual_revenue_usd": 1}
    assert grade_record(record, profile_rules(plan.scoring.profiles, "accounts", {})).letter == "A+"


def test_the_first_profile_that_is_for_the_record_applies() -> None:
    scoring = """
profiles:
- profile: banks
  table: accounts
  when: industry = 'Banking'
  criteria: [{criterion: large, thirds: 3, employees: '>=1000'}]
- profile: others
  table: accounts
  criteria: [{criterion: large, thirds: 1, employees: '>=1000'}]
"""
    profiles = profile_rules(plan_from({"scoring.yaml": scoring}).scoring.profiles, "accounts", {})
    assert grade_record({"industry": "Banking", "employees": 2000}, profiles).reason == "profile banks: met large +3/3"
    assert grade_record({"employees": 20}, profiles).reason == "profile others: missed large -1/3"
    assert grade_record({}, profiles).reason == "profile others: unknown large"
    assert grade_record({}, ()).reason == "no profile applies: stays at D"
