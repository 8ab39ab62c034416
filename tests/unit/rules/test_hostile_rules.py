"""Hostile words and sizes: everything is read or refused, with an error of Rightful's own, and in bounded work."""

from __future__ import annotations

import pyarrow as pa
import pytest

from rightful.errors import Place, PlanError
from rightful.rules import (
    And,
    Condition,
    Not,
    OneOf,
    Or,
    Prefix,
    Range,
    Rule,
    RuleKind,
    compile_rules,
    parse_cell,
    parse_expression,
)

FIELDS = {
    "country": RuleKind.TEXT,
    "postal_code": RuleKind.TEXT,
    "employees": RuleKind.NUMBER,
    "created_on": RuleKind.DATE,
    "is_customer": RuleKind.FLAG,
}
LISTS = {"long": tuple(f"A{number}" for number in range(100_000))}
PLACE = Place("plan.yaml", 1, 1)


def refused(text: str) -> str:
    with pytest.raises(PlanError) as raised:
        parse_expression(text, FIELDS, PLACE, LISTS)
    return str(raised.value.mistakes[0])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(" * 10_000 + "is_customer" + ")" * 10_000, "nested more than 50 deep"),
        ("NOT " * 10_000 + "is_customer", "nested more than 50 deep"),
        ("employees > " + "- " * 10_000 + "5", "nested more than 50 deep"),
        ("country IN (" * 8_000, "nested more than 50 deep"),
        ("employees > 1" + " > 1" * 10_000, "this comparison is not allowed"),
        ("country IN (" + ", ".join(map(repr, map(str, range(100_000)))) + ")", "Use a named list"),
        ("x" * 1_000_000, "the expression has 1000000 characters"),
        ("a." * 49_999, "bare name"),
        ("'" * 99_999, "cannot be read"),
        ("country = '" + "x" * 90_000, "is not closed"),
        ("/*" * 49_000, "cannot be read"),
        ("\x00" * 1_000, "unknown field"),
        ("\ud800" * 1_000, "unknown field"),
        ("country = '\ud800'", "holds half a character"),
        ("1" * 90_000 + " = employees", "is no number"),
        ("; DROP TABLE accounts", "';' is not allowed"),
        ("country = 'US' UNION SELECT 1", "'UNION' is not allowed"),
    ],
    ids=lambda text: text[:20].encode("ascii", "backslashreplace").decode(),
)
def test_hostile_expressions_are_refused(text: str, words: str) -> None:
    message = refused(text)
    assert words in message
    assert len(message) < 500


@pytest.mark.parametrize(
    "text",
    [
        "country = '\x00'",
        "country = 'x'' OR ''1''=''1'",
        "country = '\u202e\u200b🦄'",
        "country = '%' AND postal_code LIKE '\x01%'",
        " AND ".join(["is_customer"] * 5_000),
        " OR ".join(f"employees = {number}" for number in range(3_000)),
        "country IN (" + ",".join(["LIST('long')"] * 2_000) + ")",
        "NOT (" * 24 + "is_customer" + ")" * 24,
    ],
    ids=lambda text: text[:20].encode("ascii", "backslashreplace").decode(),
)
def test_odd_but_honest_expressions_are_read_and_compiled(text: str) -> None:
    condition = parse_expression(text, FIELDS, PLACE, LISTS)
    record = {"country": "A1", "is_customer": True, "employees": 5}
    decided = compile_rules([Rule("it", condition)], FIELDS).decide(record)
    assert bool(decided) is condition.holds(record)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "text",
    [
        '"' * 9_999,
        '""' * 9_999,
        "!" * 9_999,
        "," * 9_999,
        "*" * 9_999,
        "@long," * 9_000,
        "." * 9_999,
        ">" * 9_999,
        "\x00",
        "\ud800",
        "(" * 9_999,
    ],
    ids=lambda text: text[:3].encode("ascii", "backslashreplace").decode(),
)
def test_hostile_cells_are_read_or_refused(text: str, field: str) -> None:
    try:
        condition = parse_cell(text, field, FIELDS, PLACE, LISTS)
    except PlanError as error:
        assert all(len(str(mistake)) < 500 for mistake in error.mistakes)  # noqa: PT017 - either is right
    else:
        compile_rules([Rule("it", condition)], FIELDS)


def test_a_cell_of_a_hundred_thousand_items_is_sent_to_a_named_list() -> None:
    with pytest.raises(PlanError, match="Use a named list"):
        parse_cell(",".join(map(str, range(100_000))), "country", FIELDS, PLACE, LISTS)
    named = parse_cell("@long", "country", FIELDS, PLACE, LISTS)
    ruleset = compile_rules([Rule(str(number), named) for number in range(20)], FIELDS)
    assert len(ruleset.decide({"country": "A99999"})) == 20
    assert ruleset.size.size_bytes < 10_000  # values that rules never tell apart are one class


def test_a_hundred_thousand_rules_compile() -> None:
    rules = [Rule(str(number), OneOf("country", frozenset({f"C{number}"}))) for number in range(100_000)]
    ruleset = compile_rules(rules, FIELDS)
    assert ruleset.decide({"country": "C99999"}) == (99_999,)
    assert ruleset.decide({"country": "C"}) == ()


def test_a_rule_that_branches_without_end_is_kept_as_bits() -> None:
    fields = {f"f{number}": RuleKind.TEXT for number in range(40)}
    pairs = [
        Or((OneOf(f"f{number}", frozenset({"a"})), OneOf(f"f{39 - number}", frozenset({"b"})))) for number in range(20)
    ]
    rules = [Rule("knot", And(tuple(pairs))), Rule("plain", OneOf("f0", frozenset({"a"})))]
    ruleset = compile_rules(rules, fields)
    yes = {f"f{number}": "a" for number in range(20)}
    for record in (yes, {**yes, "f3": "b"}, {**yes, "f3": "b", "f36": "b"}, {}):
        assert ruleset.decide(record) == tuple(n for n, rule in enumerate(rules) if rule.when.holds(record))


def test_thousands_of_rules_kept_as_bits_agree_with_the_naive_reading() -> None:
    sizes: list[Condition] = [Range("employees", number % 700, None) for number in range(2_500)]
    codes = [Prefix("postal_code", f"{number % 450:03}") for number in range(2_500)]
    parts = [
        And((one, other)) if number % 3 else Or((one, other))
        for number, (one, other) in enumerate(zip(sizes, codes, strict=True))
    ]
    ruleset = compile_rules([Rule(str(number), part) for number, part in enumerate(parts)], FIELDS, max_nodes=20)
    assert ruleset.is_bounded
    records = [
        {"employees": size, "postal_code": code} for size in (None, 0, 350) for code in (None, "0017", "449", "9")
    ]
    expected = [tuple(number for number, part in enumerate(parts) if part.holds(record)) for record in records]
    assert [ruleset.decide(record) for record in records] == expected
    table = pa.Table.from_pylist(records)
    assert [ruleset.outcomes[number] for number in ruleset.decide_table(table).tolist()] == expected


def test_nested_ranges_without_end_stay_bounded() -> None:
    ranges = [Range("employees", number, 6_000 - number) for number in range(2_500)]
    prefixes = [Prefix("postal_code", f"{number:04}") for number in range(2_500)]
    parts: list[Condition] = [And((one, other)) for one, other in zip(ranges, prefixes, strict=True)]
    parts += [Not(one) for one in ranges[::7]]
    ruleset = compile_rules([Rule(str(number), part) for number, part in enumerate(parts)], FIELDS)
    record = {"employees": 2_000, "postal_code": "1999x"}
    assert ruleset.decide(record) == tuple(number for number, part in enumerate(parts) if part.holds(record))
