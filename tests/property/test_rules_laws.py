"""Laws of rules: however they are compiled, they decide as the conditions' own naive reading does."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import inf, nan, nextafter
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import Place, PlanError
from rightful.rules import (
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
    Rule,
    RuleKind,
    RuleSet,
    compile_rules,
    parse_cell,
    parse_expression,
)

FIELDS = {
    "country": RuleKind.TEXT,
    "postal code": RuleKind.TEXT,
    "employees": RuleKind.NUMBER,
    "created_on": RuleKind.DATE,
    "is_customer": RuleKind.FLAG,
}
COUNTRIES = ("US", "CA", "DE", "U", "Ü", "O'Brien", "𝒳1", '"x"', "100%", "a_b", "\\", "(blank)", "NO")
DIGITS = st.text("019é𝒳", max_size=4)
DAYS = (*(date(2026, 1, 30) + timedelta(days=offset) for offset in range(5)), date.min, date.max)
NUMBERS = (0, -1, 49, 50, 51, 100, 999, 1000, 0.1, 0.5, nextafter(50, inf), nextafter(50, -inf), 1e300, -1e-300)

RULES_LAW = settings(max_examples=70, deadline=None, derandomize=True)


def prefixes() -> st.SearchStrategy[str]:
    return DIGITS.map(str.strip).filter(bool)


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low, high = draw(st.none() | st.sampled_from(NUMBERS)), draw(st.none() | st.sampled_from(NUMBERS))
    return Range("employees", low, high, draw(st.booleans()), draw(st.booleans()))


def atoms() -> st.SearchStrategy[Condition]:
    return st.one_of(
        st.builds(OneOf, st.just("country"), st.frozensets(st.sampled_from(COUNTRIES), max_size=4)),
        st.builds(OneOf, st.just("postal code"), st.frozensets(prefixes(), max_size=3)),
        st.builds(Prefix, st.just("postal code"), prefixes()),
        st.builds(Prefix, st.just("country"), st.sampled_from(("U", "100", "a_", "(", "\\"))),
        ranges(),
        st.builds(Period, st.just("created_on"), st.none() | st.sampled_from(DAYS), st.none() | st.sampled_from(DAYS)),
        st.builds(Flag, st.just("is_customer"), st.booleans()),
        st.sampled_from(sorted(FIELDS)).map(lambda name: Blank(name, FIELDS[name])),
    )


def conditions() -> st.SearchStrategy[Condition]:
    def joined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(parts, max_size=3).map(tuple)
        return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, parts)

    return st.recursive(atoms(), joined, max_leaves=8)


def rule_lists(max_size: int = 8) -> st.SearchStrategy[list[Rule]]:
    return st.lists(conditions(), max_size=max_size).map(
        lambda found: [Rule(f"rule {number}", condition) for number, condition in enumerate(found)]
    )


def records() -> st.SearchStrategy[dict[str, object]]:
    """Records whose values lie on, beside and between what the rules name; a field may be blank or missing."""
    return st.fixed_dictionaries(
        {},
        optional={
            "country": st.none() | st.just("") | st.sampled_from(COUNTRIES) | st.just("elsewhere"),
            "postal code": st.none() | DIGITS,
            "employees": st.none() | st.just(nan) | st.sampled_from(NUMBERS) | st.floats(allow_nan=False),
            "created_on": st.none() | st.sampled_from(DAYS) | st.dates(),
            "is_customer": st.none() | st.booleans(),
        },
    )


def naive(rules: Sequence[Rule], record: Mapping[str, object]) -> tuple[int, ...]:
    return tuple(number for number, rule in enumerate(rules) if rule.when.holds(record))


NATURAL = {
    RuleKind.TEXT: pa.string(),
    RuleKind.NUMBER: pa.float64(),
    RuleKind.DATE: pa.date32(),
    RuleKind.FLAG: pa.bool_(),
}


def column(name: str, kind: pa.DataType, rows: Sequence[Mapping[str, Any]]) -> pa.ChunkedArray:
    """Make a column of two chunks, so that borders between chunks are crossed."""
    values = pa.array([row.get(name) for row in rows], NATURAL[FIELDS[name]])
    half = len(values) // 2
    chunks = [values[:half], values[half:]]
    if pa.types.is_dictionary(kind):
        return pa.chunked_array([chunk.dictionary_encode() for chunk in chunks], kind)
    return pa.chunked_array([chunk.cast(kind) for chunk in chunks], kind)


def table(rows: Sequence[Mapping[str, Any]], text: pa.DataType, day: pa.DataType) -> pa.Table:
    kinds = {
        "country": text,
        "postal code": text,
        "employees": pa.float64(),
        "created_on": day,
        "is_customer": pa.bool_(),
    }
    return pa.table({name: column(name, kind, rows) for name, kind in kinds.items()})


TEXTS = st.sampled_from((pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())))
DATES = st.sampled_from(
    (pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ms", "UTC"), pa.timestamp("us"), pa.string())
)


def assert_decides_naively(
    ruleset: RuleSet, rows: Sequence[Mapping[str, Any]], columns: pa.Table, rules: Sequence[Rule]
) -> None:
    expected = [naive(rules, row) for row in rows]
    assert [ruleset.decide(row) for row in rows] == expected
    ids = ruleset.decide_table(columns)
    assert [ruleset.outcomes[number] for number in ids.tolist()] == expected
    assert ruleset.first_table(columns).tolist() == [found[0] if found else -1 for found in expected]


@RULES_LAW
@given(rule_lists(), st.lists(records(), max_size=12), TEXTS, DATES)
def test_one_record_and_a_table_and_the_naive_reading_agree(
    rules: list[Rule], rows: list[dict[str, object]], text: pa.DataType, day: pa.DataType
) -> None:
    assert_decides_naively(compile_rules(rules, FIELDS), rows, table(rows, text, day), rules)


@RULES_LAW
@given(rule_lists(), st.lists(records(), max_size=8), st.integers(1, 12))
def test_a_diagram_too_large_is_split_or_kept_as_bits_and_decides_the_same(
    rules: list[Rule], rows: list[dict[str, object]], max_nodes: int
) -> None:
    ruleset = compile_rules(rules, FIELDS, max_nodes)
    assert_decides_naively(ruleset, rows, table(rows, pa.string(), pa.date32()), rules)
    assert bool(ruleset.exploded_fields) == (ruleset.is_bounded or ruleset.size.parts > 1)


@RULES_LAW
@given(rule_lists(), st.lists(records(), max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_rules_is_their_priority_and_nothing_else(
    rules: list[Rule], rows: list[dict[str, object]], random: Any
) -> None:
    shuffled = random.sample(rules, len(rules))
    one, other = compile_rules(rules, FIELDS), compile_rules(shuffled, FIELDS)
    for row in rows:
        matching = {rules[number].key for number in one.decide(row)}
        assert [shuffled[number].key for number in other.decide(row)] == [
            rule.key for rule in shuffled if rule.key in matching
        ]


@RULES_LAW
@given(conditions(), st.lists(records(), max_size=6))
def test_a_negation_is_the_complement(condition: Condition, rows: list[dict[str, object]]) -> None:
    ruleset = compile_rules([Rule("is", condition), Rule("is not", Not(condition))], FIELDS)
    assert all(len(ruleset.decide(row)) == 1 for row in rows)


@RULES_LAW
@given(atoms(), st.sampled_from(sorted(FIELDS)))
def test_no_comparison_holds_for_a_blank(atom: Condition, name: str) -> None:
    if name in atom.fields() and not isinstance(atom, Blank):
        blanks: list[object] = [None, nan] if FIELDS[name] is RuleKind.NUMBER else [None]
        blanks += [""] if FIELDS[name] in {RuleKind.TEXT, RuleKind.DATE} else []
        ruleset = compile_rules([Rule("is", atom), Rule("is not", Not(atom))], FIELDS)
        assert {ruleset.decide({name: value}) for value in blanks} == {(1,)}
        assert ruleset.decide({}) == (1,)


@RULES_LAW
@given(conditions(), st.lists(records(), min_size=1, max_size=6))
def test_what_a_condition_says_of_itself_can_be_read_back(condition: Condition, rows: list[dict[str, object]]) -> None:
    again = parse_expression(str(condition), FIELDS, Place("plan.yaml", 1, 1), {})
    assert [again.holds(row) for row in rows] == [condition.holds(row) for row in rows]
    assert str(again) == str(parse_expression(str(again), FIELDS, Place("plan.yaml", 1, 1), {}))


@RULES_LAW
@given(rule_lists(), records())
def test_what_explains_a_decision_holds_for_the_record(rules: list[Rule], record: dict[str, object]) -> None:
    for reason in compile_rules(rules, FIELDS).explain(record):
        assert reason.words.startswith(reason.field)
        if reason.condition is not None:
            assert reason.condition.fields() == {reason.field}
            assert reason.condition.holds(record)


@RULES_LAW
@given(rule_lists(), st.lists(records(), max_size=6), st.sampled_from((3, 250_000)))
def test_pickled_rules_decide_the_same(rules: list[Rule], rows: list[dict[str, object]], max_nodes: int) -> None:
    ruleset = compile_rules(rules, FIELDS, max_nodes)
    columns = table(rows, pa.string(), pa.date32())
    again = pickle.loads(pickle.dumps(ruleset))
    assert [again.decide(row) for row in rows] == [ruleset.decide(row) for row in rows]
    assert again.decide_table(columns).tolist() == ruleset.decide_table(columns).tolist()
    assert again.outcomes == ruleset.outcomes


@RULES_LAW
@given(st.lists(ranges(), max_size=4), st.lists(st.integers(-(2**60), 2**60) | st.sampled_from((50, 999)), max_size=8))
def test_numbers_are_read_alike_in_every_column_type(tests: list[Range], numbers: list[int]) -> None:
    rules = [Rule(str(number), test) for number, test in enumerate(tests)]
    ruleset = compile_rules(rules, FIELDS)
    expected = [naive(rules, {"employees": number}) for number in numbers]
    decimals = pa.array([Decimal(number) for number in numbers], pa.decimal128(38, 2))
    for values in (pa.array(numbers, pa.int64()), pa.array(map(float, numbers), pa.float64()), decimals):
        ids = ruleset.decide_table(pa.table({"employees": values}))
        assert [ruleset.outcomes[number] for number in ids.tolist()] == expected


@RULES_LAW
@given(
    st.lists(st.builds(Period, st.just("created_on"), st.none() | st.sampled_from(DAYS), st.none()), max_size=4),
    st.lists(st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)), max_size=8),  # noqa: DTZ001 - hypothesis adds the zone
)
def test_an_instant_counts_as_its_day_in_utc_in_every_column_type(
    tests: list[Period], instants: list[datetime]
) -> None:
    rules = [Rule(str(number), test) for number, test in enumerate(tests)]
    ruleset = compile_rules(rules, FIELDS)
    expected = [naive(rules, {"created_on": instant.date()}) for instant in instants]
    assert [ruleset.decide({"created_on": instant}) for instant in instants] == expected
    assert [ruleset.decide({"created_on": instant.isoformat()}) for instant in instants] == expected
    columns = [pa.array(instants, pa.timestamp(unit, "UTC")) for unit in ("us", "ns")]
    for values in (*columns, pa.array([instant.isoformat() for instant in instants], pa.string())):
        ids = ruleset.decide_table(pa.table({"created_on": values}))
        assert [ruleset.outcomes[number] for number in ids.tolist()] == expected


@RULES_LAW
@given(st.text(max_size=40), st.sampled_from((*FIELDS, "nothing")))
def test_any_text_in_a_cell_is_read_or_refused(text: str, field: str) -> None:
    try:
        condition = parse_cell(text, field, FIELDS, Place("rules.csv", 2, 1), {"a": ("x",)})
    except PlanError as error:
        assert {mistake.place for mistake in error.mistakes} == {Place("rules.csv", 2, 1)}  # noqa: PT017 - either is right
    else:
        compile_rules([Rule("read", condition)], FIELDS)


SIGNS = "( ) , = <> < >= . ; -- /* */ ' \" \\ @ ? : * + - '' $$ {{ }} # \n \x00 \ud800"
KEYWORDS = "AND OR NOT IN IS NULL LIKE BETWEEN ESCAPE LIST TRUE FALSE SELECT CASE WHEN END IF ANY EXISTS CAST"
OPERANDS = "country employees created_on is_customer x 'US' '9%' 5 -1 1e9 '2026-01-01'"
WORDS = (*SIGNS.split(" "), *KEYWORDS.split(" "), *OPERANDS.split(" "), '"postal code"')


@settings(RULES_LAW, max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=40))
def test_any_text_as_an_expression_is_read_or_refused_with_a_place_in_it(text: str) -> None:
    try:
        condition = parse_expression(text, FIELDS, Place("plan.yaml", 1, 1), {})
    except PlanError as error:
        lines = text.split("\n")
        for mistake in error.mistakes:
            assert mistake.place is not None
            line, place_column = mistake.place.line or 0, mistake.place.column or 0
            assert 1 <= line <= len(lines)
            assert 1 <= place_column <= len(lines[line - 1]) + 1
    else:
        compile_rules([Rule("read", condition)], FIELDS).decide({})


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_of_many_rules_agrees_with_the_naive_reading(seed: int) -> None:
    rules, rows = _plan_and_book(seed)
    ruleset = compile_rules(rules, FIELDS)
    assert_decides_naively(ruleset, rows, table(rows, pa.string(), pa.date32()), rules)


def _plan_and_book(seed: int) -> tuple[list[Rule], list[dict[str, object]]]:
    chance = Random(seed)  # noqa: S311 - test data
    rules = []
    for number in range(300):
        parts: list[Condition] = [OneOf("country", frozenset(chance.sample(COUNTRIES, chance.randint(1, 3))))]
        if chance.random() < 0.5:
            parts.append(Prefix("postal code", str(chance.randint(0, 99))))
        if chance.random() < 0.5:
            low = chance.randint(0, 1000)
            parts.append(Range("employees", low, low + chance.randint(0, 200), includes_high=chance.random() < 0.5))
        if chance.random() < 0.2:
            parts.append(Not(Blank("created_on", RuleKind.DATE)))
        rules.append(Rule(str(number), And(tuple(parts))))
    rows: list[dict[str, object]] = [
        {
            "country": chance.choice((*COUNTRIES, None, "elsewhere")),
            "postal code": chance.choice((None, f"{chance.randint(0, 9999):04}")),
            "employees": chance.choice((None, chance.randint(0, 1200))),
            "created_on": chance.choice((None, *DAYS)),
        }
        for _ in range(200)
    ]
    return rules, rows
