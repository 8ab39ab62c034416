"""SQL predicates of a plan: what is allowed means what SQL says, all else is refused at its line and column."""

from __future__ import annotations

from datetime import date

import pytest

from rightful.crm import OBJECTS
from rightful.errors import Place, PlanError
from rightful.rules import (
    ANY,
    NEVER,
    And,
    Blank,
    Condition,
    Flag,
    Not,
    OneOf,
    Or,
    Period,
    Prefix,
    Range,
    RuleKind,
    parse_cell,
    parse_expression,
)

FIELDS = {
    "country": RuleKind.TEXT,
    "industry": RuleKind.TEXT,
    "employees": RuleKind.NUMBER,
    "created_on": RuleKind.DATE,
    "is_customer": RuleKind.FLAG,
    "Deal size (USD)": RuleKind.NUMBER,
    "order": RuleKind.TEXT,
}
LISTS = {"emea": ("DE", "FR"), "sizes": ("10", "20")}

US = OneOf("country", frozenset({"US"}))
BANKING = OneOf("industry", frozenset({"Banking"}))
LARGE = Range("employees", 1000, None)
CUSTOMER = Flag("is_customer", is_set=True)


def read(text: str, place: Place = Place("plan.yaml", 3, 7)) -> Condition:  # noqa: B008 - a Place is frozen
    return parse_expression(text, FIELDS, place, LISTS)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("TRUE", ANY),
        ("false", NEVER),
        ("country = 'US'", US),
        ("'US' = country", US),
        ("\"country\" = 'US'", US),
        ("country = ' US '", US),
        ("country <> 'US'", Not(US)),
        ("country != 'US'", Not(US)),
        ("NOT country = 'US'", Not(US)),
        ("NOT NOT country = 'US'", Not(Not(US))),
        ("country IN ('US', 'CA')", OneOf("country", frozenset({"US", "CA"}))),
        ("country NOT IN ('US', 'CA')", Not(OneOf("country", frozenset({"US", "CA"})))),
        ("country IN (LIST('emea'), 'US')", OneOf("country", frozenset({"DE", "FR", "US"}))),
        ("employees IN (LIST('sizes'))", Or((Range("employees", 10, 10), Range("employees", 20, 20)))),
        ("industry = 'O''Brien'", OneOf("industry", frozenset({"O'Brien"}))),
        (r"industry = 'a\b'", OneOf("industry", frozenset({r"a\b"}))),
        ("employees >= 1000", LARGE),
        ("1000 <= employees", LARGE),
        ("employees > 1000", Range("employees", 1000, None, includes_low=False)),
        ("employees < 1000", Range("employees", None, 1000, includes_high=False)),
        ("employees <= 1000", Range("employees", None, 1000)),
        ("employees = 1000", Range("employees", 1000, 1000)),
        ("employees > .5", Range("employees", 0.5, None, includes_low=False)),
        ("employees > -2.5", Range("employees", -2.5, None, includes_low=False)),
        ("employees BETWEEN 5 AND 9", Range("employees", 5, 9)),
        ("employees NOT BETWEEN 5 AND 9", Not(Range("employees", 5, 9))),
        ("country LIKE '94%'", Prefix("country", "94")),
        ("country NOT LIKE '94%'", Not(Prefix("country", "94"))),
        ("NOT country LIKE '94%'", Not(Prefix("country", "94"))),
        ("country LIKE 'New %'", Prefix("country", "New ")),
        (r"country LIKE '9\%\_\\%' ESCAPE '\'", Prefix("country", "9%_\\")),
        (r"country NOT LIKE '9\_%' ESCAPE '\'", Not(Prefix("country", "9_"))),
        (r"country LIKE '9\%'", Prefix("country", "9\\")),
        ("country IS NULL", Blank("country", RuleKind.TEXT)),
        ("country IS NOT NULL", Not(Blank("country", RuleKind.TEXT))),
        ("employees IS NULL", Blank("employees", RuleKind.NUMBER)),
        ("is_customer", CUSTOMER),
        ("NOT is_customer", Not(CUSTOMER)),
        ("is_customer = TRUE", CUSTOMER),
        ("is_customer IS TRUE", CUSTOMER),
        ("is_customer IS NOT TRUE", Not(CUSTOMER)),
        ("is_customer = false", Flag("is_customer", is_set=False)),
        ("created_on = '2026-01-31'", Period("created_on", date(2026, 1, 31), date(2026, 1, 31))),
        ("created_on > '2026-01-31'", Period("created_on", date(2026, 2, 1), None)),
        (
            "created_on BETWEEN '2026-01-01' AND '2026-03-31'",
            Period("created_on", date(2026, 1, 1), date(2026, 3, 31)),
        ),
        ('"Deal size (USD)" >= 1000', Range("Deal size (USD)", 1000, None)),
        ("\"order\" = 'x'", OneOf("order", frozenset({"x"}))),
        ("country = 'US' -- the home market", US),
        ("country = 'US' AND employees >= 1000 AND is_customer", And((US, LARGE, CUSTOMER))),
        ("country = 'US' OR employees >= 1000 AND is_customer", Or((US, And((LARGE, CUSTOMER))))),
        ("(country = 'US' OR employees >= 1000) AND is_customer", And((Or((US, LARGE)), CUSTOMER))),
        ("NOT (country = 'US' AND is_customer)", Not(And((US, CUSTOMER)))),
        ("NOT country = 'US' AND is_customer", And((Not(US), CUSTOMER))),
        ("country = 'US'\n  AND NOT industry = 'Banking'", And((US, Not(BANKING)))),
    ],
)
def test_a_predicate(text: str, meaning: Condition) -> None:
    assert read(text) == meaning


@pytest.mark.parametrize(
    ("cell", "field", "expression"),
    [
        ("US, CA", "country", "country IN ('US', 'CA')"),
        ("!US", "country", "country <> 'US'"),
        ("!US", "country", "NOT country = 'US'"),
        ("94*, !94110", "country", "country LIKE '94%' AND country <> '94110'"),
        ("@emea", "country", "country IN (LIST('emea'))"),
        ("(blank)", "country", "country IS NULL"),
        ("!(blank)", "country", "country IS NOT NULL"),
        ("100..999", "employees", "employees BETWEEN 100 AND 999"),
        (">=1000", "employees", "employees >= 1000"),
        ("<50", "employees", "employees < 50"),
        (">2026-01-01", "created_on", "created_on > '2026-01-01'"),
        ("yes", "is_customer", "is_customer"),
        ("", "country", "TRUE"),
    ],
)
def test_both_notations_mean_the_same(cell: str, field: str, expression: str) -> None:
    assert parse_cell(cell, field, FIELDS, Place("rules.csv", 2, 1), LISTS) == read(expression)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, ("the expression is empty", "Write TRUE for any record")),
        ("  -- nothing", 1, ("the expression is empty",)),
        ("contry = 'US'", 1, ("unknown field 'contry'", "country, created_on", "Did you mean 'country'?")),
        ("is_customer AND Country = 'US'", 17, ("unknown field 'Country'", "Did you mean 'country'?")),
        ("country IN (LIST('emae'))", 13, ("unknown list 'emae'", "lists emea, sizes", "Did you mean 'emea'?")),
        ("country IN (LIST(emea))", 13, ("LIST needs one name in single quotes",)),
        ("country IN ()", 1, ("IN needs values",)),
        ("country IN ('US', 5)", 19, ("'country' is a text and cannot be compared with 5", "single quotes")),
        ("country = US", 11, ("cannot be compared with field 'US'", "texts stand in single quotes")),
        ('country = "US"', 11, ("cannot be compared with field 'US'",)),
        ("country = employees", 11, ("cannot be compared with field 'employees'",)),
        ("country = NULL", 1, ("cannot be compared with NULL", "Write country IS NULL")),
        ("country = ''", 11, ("an empty text equals nothing", "IS NULL")),
        ("country > 'DE'", 1, ("'country' is a text and has no size",)),
        ("country BETWEEN 'a' AND 'b'", 1, ("has no ranges",)),
        ("country", 1, ("'country' stands alone, but is a text and no flag",)),
        ("country LIKE '9_4%'", 14, ("pattern '9_4%' is no prefix", "one %, at the end")),
        ("country LIKE '%94'", 14, ("pattern '%94' is no prefix",)),
        ("country LIKE '94'", 14, ("pattern '94' is no prefix",)),
        ("country LIKE ' %'", 14, ("is no prefix",)),
        ("country LIKE '9!_%' ESCAPE '!'", 1, ("this ESCAPE is not allowed",)),
        ("employees LIKE '9%'", 16, ("is a number and has no prefix",)),
        ("employees = '5'", 13, ("'employees' is a number and cannot be compared with '5'", "without quotes")),
        ("employees = 1,000", 14, ("cannot be read at ','",)),
        ("employees BETWEEN 9 AND 5", 1, ("'9..5' ends before it begins",)),
        ("employees BETWEEN SYMMETRIC 1 AND 2", 1, ("this comparison is not allowed",)),
        ("created_on = 2026", 14, ("'created_on' is a date and cannot be compared with 2026", "'2026-01-31'")),
        ("created_on = '2026-02-30'", 14, ("'2026-02-30' is no date",)),
        ("is_customer = 'yes'", 15, ("is a flag and cannot be compared with 'yes'", "TRUE or FALSE")),
        ("a.country = 'US'", 2, ("a field stands by its bare name",)),
        ("lower(country) = 'us'", 1, ("function LOWER is not allowed",)),
        ("read_file('x') = 'us'", 1, ("function 'read_file' is not allowed",)),
        ("country = 'US'; DROP TABLE x", 15, ("';' is not allowed",)),
        ("country IN (SELECT 1)", 13, ("'SELECT' is not allowed",)),
        ("EXISTS(SELECT 1)", 1, ("'EXISTS' is not allowed",)),
        ("CASE WHEN TRUE THEN TRUE END", 1, ("'CASE' is not allowed",)),
        ("employees + 1 > 5", 11, ("'+' is not allowed",)),
        ("country || 'x' = 'y'", 9, ("'||' is not allowed",)),
        ("country ILIKE 'x%'", 9, ("'ILIKE' is not allowed",)),
        ("country = ?", 11, ("'?' is not allowed",)),
        ("CAST(country AS INT) = 1", 14, ("'AS' is not allowed",)),
        ("1 = 1", 1, ("1 is not allowed in a rule",)),
        ("employees > 5 > 3", 1, ("this comparison is not allowed",)),
        ("country = 'US' AND AND", 20, ("cannot be read at 'AND'",)),
        ("is_customer AND country = 'US", 27, ('the quote at "\'US" is not closed',)),
        ("is_customer AND (country = 'US'", 17, ("this parenthesis is not closed",)),
        ("country = 'US')", 15, ("this parenthesis closes nothing",)),
    ],
)
def test_a_mistake_stands_at_its_column(text: str, column: int, words: tuple[str, ...]) -> None:
    with pytest.raises(PlanError) as raised:
        read(text, Place("plan.yaml", 8, 1))
    message = str(raised.value)
    assert message.startswith(f"plan.yaml:8:{column}: ")
    for word in words:
        assert word in message


def test_mistakes_of_several_lines_stand_at_their_lines_and_all_at_once() -> None:
    text = "country = 'US' AND\n  contry = 'CA' OR\nemployees > 'x' AND (is_customer OR\n\n  lower(country) = 'x')"
    with pytest.raises(PlanError) as raised:
        read(text, Place("plan.yaml", 3, 7))
    places = [(mistake.place.line, mistake.place.column) for mistake in raised.value.mistakes if mistake.place]
    assert places == [(4, 9), (5, 19), (7, 9)]


def test_syntax_errors_in_later_lines_stand_there() -> None:
    with pytest.raises(PlanError) as raised:
        read("country = 'US' AND\n  employees employees", Place("plan.yaml", 3, 1))
    assert str(raised.value).startswith("plan.yaml:4:13: cannot be read at 'employees'")


def test_in_a_table_the_place_stays_the_cell() -> None:
    with pytest.raises(PlanError) as raised:
        read("country = 'US' AND contry = 'CA'", Place("rules.csv", 5, 2))
    assert str(raised.value).startswith("rules.csv:5:2: ")


@pytest.mark.parametrize("crm_object", OBJECTS, ids=lambda crm_object: crm_object.table)
def test_every_field_of_the_crm_can_be_named_without_quotes(crm_object: object) -> None:
    fields = dict.fromkeys(crm_object.rule_fields, RuleKind.TEXT)  # type: ignore[attr-defined]
    for name in fields:
        condition = parse_expression(f"{name} IS NULL AND NOT {name} = 'x'", fields, Place("plan.yaml", 1, 1), {})
        assert condition.fields() == {name}
