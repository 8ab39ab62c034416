"""Cells of a rule table: every form, and every mistake with its place, its value, what is allowed and what was meant."""

from __future__ import annotations

from datetime import date

import pytest

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
)

FIELDS = {
    "country": RuleKind.TEXT,
    "postal_code": RuleKind.TEXT,
    "employees": RuleKind.NUMBER,
    "created_on": RuleKind.DATE,
    "is_customer": RuleKind.FLAG,
}
LISTS = {"emea": ("DE", " FR ", "", "DE"), "sizes": ("10", "20"), "halves": ("a\ud800",)}
PLACE = Place("rules.csv", 4, 2)


def read(text: str, field: str) -> Condition:
    return parse_cell(text, field, FIELDS, PLACE, LISTS)


def countries(*codes: str) -> OneOf:
    return OneOf("country", frozenset(codes))


NO_COUNTRY = Blank("country", RuleKind.TEXT)
NO_SIZE = Blank("employees", RuleKind.NUMBER)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", ANY),
        ("   ", ANY),
        ("US", countries("US")),
        ("US, CA", countries("US", "CA")),
        ("  US ,CA,US, ", countries("US", "CA")),
        ("US\n,\tCA", countries("US", "CA")),
        ("!US", Not(countries("US"))),
        ("! US", Not(countries("US"))),
        ("!US, !CA", Not(countries("US", "CA"))),
        ("94*", Prefix("country", "94")),
        ("!94*", Not(Prefix("country", "94"))),
        ("94*, !94110", And((Prefix("country", "94"), Not(countries("94110"))))),
        ("94*, 95*, US", Or((Prefix("country", "94"), Prefix("country", "95"), countries("US")))),
        ("New *", Prefix("country", "New ")),
        ("(blank)", NO_COUNTRY),
        ("(Blank)", NO_COUNTRY),
        ("!(blank)", Not(NO_COUNTRY)),
        ("US, CA, (blank)", Or((countries("US", "CA"), NO_COUNTRY))),
        ("!US, !(blank)", Not(Or((countries("US"), NO_COUNTRY)))),
        ("@emea", countries("DE", "FR")),
        ("!@emea", Not(countries("DE", "FR"))),
        ("@emea, US, !FR", And((countries("DE", "FR", "US"), Not(countries("FR"))))),
        ('"Smith, Jones"', countries("Smith, Jones")),
        ('"Smith ""and"" Sons", US', countries('Smith "and" Sons', "US")),
        ('"(blank)"', countries("(blank)")),
        ('"94*"', countries("94*")),
        ('!"!US"', Not(countries("!US"))),
        ("1..x", countries("1..x")),
        ("007", countries("007")),
        ("NO", countries("NO")),
    ],
)
def test_a_cell_of_text(text: str, meaning: Condition) -> None:
    assert read(text, "country") == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1000", Range("employees", 1000, 1000)),
        ("100..999", Range("employees", 100, 999)),
        ("100 .. 999", Range("employees", 100, 999)),
        ("100..", Range("employees", 100, None)),
        ("..999", Range("employees", None, 999)),
        ("5..5", Range("employees", 5, 5)),
        ("-5..-1", Range("employees", -5, -1)),
        (".5...75", Range("employees", 0.5, 0.75)),
        (">=1000", Range("employees", 1000, None)),
        ("> 1000", Range("employees", 1000, None, includes_low=False)),
        ("<=50", Range("employees", None, 50)),
        ("<50", Range("employees", None, 50, includes_high=False)),
        ("!<50", Not(Range("employees", None, 50, includes_high=False))),
        ("1e3", Range("employees", 1000, 1000)),
        ('"5"', Range("employees", 5, 5)),
        ("1, 500", Or((Range("employees", 1, 1), Range("employees", 500, 500)))),
        ("@sizes", Or((Range("employees", 10, 10), Range("employees", 20, 20)))),
        ("(blank), <50", Or((NO_SIZE, Range("employees", None, 50, includes_high=False)))),
        (
            "100..199, 300..399, !150",
            And((Or((Range("employees", 100, 199), Range("employees", 300, 399))), Not(Range("employees", 150, 150)))),
        ),
    ],
)
def test_a_cell_of_a_number(text: str, meaning: Condition) -> None:
    assert read(text, "employees") == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("2026-01-31", Period("created_on", date(2026, 1, 31), date(2026, 1, 31))),
        (">=2026-01-31", Period("created_on", date(2026, 1, 31), None)),
        (">2026-01-31", Period("created_on", date(2026, 2, 1), None)),
        ("<2026-01-01", Period("created_on", None, date(2025, 12, 31))),
        ("<=2026-01-01", Period("created_on", None, date(2026, 1, 1))),
        ("2026-01-01..2026-03-31", Period("created_on", date(2026, 1, 1), date(2026, 3, 31))),
        ("!2026-01-01..", Not(Period("created_on", date(2026, 1, 1), None))),
        (">9999-12-31", NEVER),
        ("<0001-01-01", NEVER),
        ("(blank)", Blank("created_on", RuleKind.DATE)),
    ],
)
def test_a_cell_of_a_date(text: str, meaning: Condition) -> None:
    assert read(text, "created_on") == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("true", Flag("is_customer", is_set=True)),
        ("No", Flag("is_customer", is_set=False)),
        ("!yes", Not(Flag("is_customer", is_set=True))),
        ("false, (blank)", Or((Flag("is_customer", is_set=False), Blank("is_customer", RuleKind.FLAG)))),
    ],
)
def test_a_cell_of_a_flag(text: str, meaning: Condition) -> None:
    assert read(text, "is_customer") == meaning


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("contry", "US", ("unknown field 'contry'", "country, created_on", "Did you mean 'country'?")),
        ("country", "@emae", ("unknown list 'emae'", "lists emea, halves, sizes", "Did you mean 'emea'?")),
        ("country", "!US, CA", ("'CA' follows an exclusion", "exclusions last", "!US, !CA")),
        ("country", ">=DE", ("'>=DE' compares by size, but 'country' is text", "94*")),
        ("postal_code", "100..999", ("'100..999' compares by size", "double quotes")),
        ("country", "*", ("'*' is no prefix", "one star, at the end", "!(blank)")),
        ("country", "9*4", ("'9*4' is no prefix",)),
        ("country", "(none)", ("'(none)' is no test", "(blank)")),
        ("country", ",", ("',' holds no alternative", "Leave the cell empty")),
        ("country", "US, !", ("an alternative of 'US, !' is empty", "(blank)")),
        ("country", 'US, ""', ("is empty",)),
        ("country", 'US, "CA', ("'\"CA' has no closing quote",)),
        ("country", '"US" CA', ("'CA' follows a quoted text", "a comma")),
        ("country", "@halves", ("holds half a character", "Unicode")),
        ("employees", "1,500", ("'1,500' may be one number or two", "1500")),
        ("employees", "many", ("'many' is no number", "digits with a decimal point")),
        ("employees", "007", ("'007' is no number", "leading zeros")),
        ("employees", "1e999", ("'1e999' is no number",)),
        ("employees", "nan", ("'nan' is no number",)),
        ("employees", "٣", ("'٣' is no number",)),
        ("employees", "94*", ("'94*' is no number",)),
        ("employees", "999..100", ("'999..100' ends before it begins", "smaller end first")),
        ("employees", "..", ("a range needs an end", "100..999, 100.. or ..999")),
        ("created_on", "2026-02-30", ("'2026-02-30' is no date", "YYYY-MM-DD")),
        ("created_on", "1/2/2026", ("'1/2/2026' is no date",)),
        ("is_customer", "tru", ("'tru' is neither true nor false", "true, false, yes, no", "Did you mean 'true'?")),
        ("is_customer", ">1", ("is a flag and has no size",)),
        ("is_customer", "0..1", ("is a flag and has no ranges",)),
    ],
)
def test_a_mistake_says_where_what_and_what_is_allowed(field: str, text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(PlanError) as raised:
        read(text, field)
    message = str(raised.value)
    assert message.startswith(f"rules.csv:4:2: column {field!r}: ")
    for word in words:
        assert word in message


def test_all_mistakes_of_a_cell_are_told_at_once() -> None:
    with pytest.raises(PlanError) as raised:
        read("10, many, 7*, 20", "employees")
    assert ["'many'" in str(raised.value.mistakes[0]), "'7*'" in str(raised.value.mistakes[1])] == [True, True]
    assert len(raised.value.mistakes) == 2


def test_a_long_value_is_shortened_in_the_message() -> None:
    with pytest.raises(PlanError) as raised:
        read("x" * 50_000, "employees")
    assert len(str(raised.value)) < 400
