"""Compiled rules: priority, tables of every column type, the ways out of a large diagram, and reasons in words."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from math import nan
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rightful.errors import BookError, Place, PlanError
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
    Rule,
    RuleKind,
    RuleSet,
    compile_rules,
)

FIELDS = {
    "country": RuleKind.TEXT,
    "postal_code": RuleKind.TEXT,
    "employees": RuleKind.NUMBER,
    "created_on": RuleKind.DATE,
    "is_customer": RuleKind.FLAG,
}
US = OneOf("country", frozenset({"US"}))
BAY = Prefix("postal_code", "94")
MID = Range("employees", 500, 999)
LARGE = Range("employees", 1000, None)


def compiled(*conditions: Condition, max_nodes: int = 250_000) -> RuleSet:
    return compile_rules([Rule(f"r{number}", when) for number, when in enumerate(conditions)], FIELDS, max_nodes)


def test_the_rule_that_stands_first_wins_and_all_that_match_are_told() -> None:
    rules = compiled(And((US, BAY)), US, LARGE, ANY)
    assert rules.decide({"country": "US", "postal_code": "94110", "employees": 5000}) == (0, 1, 2, 3)
    assert rules.decide({"country": "US", "employees": 5}) == (1, 3)
    assert rules.decide({"country": "DE"}) == (3,)


def test_no_rules_decide_nothing() -> None:
    rules = compiled()
    assert rules.decide({"country": "US"}) == ()
    assert rules.first_table(pa.table({"country": ["US", None]})).tolist() == [-1, -1]
    assert rules.explain({"country": "US"}) == ()


def test_rules_that_always_or_never_hold() -> None:
    rules = compiled(NEVER, ANY, And((US, NEVER)), Or((US, Not(US))))
    assert rules.decide({}) == (1, 3)
    assert rules.fields == ("country",)


@pytest.mark.parametrize(
    ("value", "outcome"),
    [(499.999, ()), (500, (0,)), (999, (0,)), (999.5, ()), (1000, (1,)), (1e308, (1,)), (10**400, (1,)), (nan, ())],
)
def test_the_ends_of_a_range_belong_to_it(value: float, outcome: tuple[int, ...]) -> None:
    rules = compiled(MID, LARGE)
    assert rules.decide({"employees": value}) == outcome


def test_open_ends_do_not_belong_to_a_range() -> None:
    rules = compiled(Range("employees", 10, 20, includes_low=False, includes_high=False))
    assert [bool(rules.decide({"employees": value})) for value in (10, 10.01, 19.99, 20)] == [False, True, True, False]


def test_the_longest_known_prefix_and_the_known_value_decide() -> None:
    rules = compiled(BAY, Prefix("postal_code", "9411"), OneOf("postal_code", frozenset({"94110"})))
    found = [rules.decide({"postal_code": code}) for code in ("94", "94000", "9411", "94110", "94119", "95", "9", "")]
    assert found == [(0,), (0,), (0, 1), (0, 1, 2), (0, 1), (), (), ()]


@pytest.mark.parametrize("blank", [None, "", nan, np.float64("nan")])
@pytest.mark.parametrize("name", FIELDS)
def test_none_an_empty_text_and_nan_are_blank_in_every_field(name: str, blank: object) -> None:
    rules = compiled(Blank(name, FIELDS[name]), Not(Blank(name, FIELDS[name])))
    assert rules.decide({name: blank}) == (0,)
    assert Blank(name, FIELDS[name]).holds({name: blank})


def test_a_comparison_with_a_blank_is_false_and_its_negation_true() -> None:
    tests = (US, BAY, MID, Period("created_on", date(2026, 1, 1), None), Flag("is_customer", is_set=False))
    rules = compiled(*tests, *map(Not, tests))
    assert rules.decide({}) == (5, 6, 7, 8, 9)


@pytest.mark.parametrize("is_dictionary", [False, True])
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_texts_of_every_column_type(kind: pa.DataType, is_dictionary: bool) -> None:  # noqa: FBT001 - a parameter
    rules = compiled(US, OneOf("country", frozenset({"Côte d'Ivoire"})), Prefix("country", "Cô"), Blank("country"))
    values = ["US", None, "", "Côte d'Ivoire", "Côrdoba", "us", "US "]
    column = pa.chunked_array([pa.array(values[:3], kind), pa.array(values[3:], kind), pa.array([], kind)])
    if is_dictionary:
        column = (column if kind != pa.string_view() else column.cast(pa.string())).dictionary_encode()
    assert rules.first_table(pa.table({"country": column})).tolist() == [0, 3, 3, 1, 2, -1, -1]


def test_a_dictionary_may_hold_a_null_and_a_column_may_be_null_throughout() -> None:
    rules = compiled(US, Blank("country"))
    dictionary = pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int8()), pa.array(["US", None]))
    assert rules.first_table(pa.table({"country": dictionary})).tolist() == [0, 1, 1]
    assert rules.first_table(pa.table({"country": pa.nulls(2)})).tolist() == [1, 1]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([500, 999, 1000, None], pa.int16()),
        pa.array([500, 999, 1000, None], pa.uint64()),
        pa.array([500, 999, 1000, nan], pa.float32()),
        pa.array([500, 999, 1000, nan], pa.float64()),
        pa.array([Decimal("500.00"), Decimal("999.00"), Decimal("1000.00"), None], pa.decimal128(10, 2)),
        pa.array([500, 999, 1000, None], pa.int64()).dictionary_encode(),
    ],
    ids=lambda column: str(column.type),
)
def test_numbers_of_every_column_type(column: pa.Array) -> None:
    assert compiled(MID, LARGE).first_table(pa.table({"employees": column})).tolist() == [0, 0, 1, -1]


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ns", "UTC")], ids=str)
def test_dates_of_every_column_type(kind: pa.DataType) -> None:
    days = [date(1969, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), None]
    rules = compiled(
        Period("created_on", date(2026, 1, 1), date(2026, 1, 31)), Period("created_on", None, date(1970, 1, 1))
    )
    column = pa.array(days, pa.date32()).cast(kind)
    assert rules.first_table(pa.table({"created_on": column})).tolist() == [1, 0, 0, -1, -1]


def test_an_instant_is_the_day_it_is_in_utc() -> None:
    rules = compiled(Period("created_on", date(2026, 1, 1), date(2026, 1, 1)))
    new_year = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    in_tokyo = new_year.astimezone(timezone(timedelta(hours=9)))
    for value in (new_year, in_tokyo, in_tokyo.isoformat(), "2026-01-01", date(2026, 1, 1), datetime(2026, 1, 1, 5)):  # noqa: DTZ001 - without a zone as well
        assert rules.decide({"created_on": value}) == (0,), value
    column = pa.array([new_year], pa.timestamp("us", "Asia/Tokyo"))
    assert rules.first_table(pa.table({"created_on": column})).tolist() == [0]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("employees", "many", "field 'employees' holds 'many', which rules cannot compare as a number"),
        ("employees", True, "holds True"),
        ("country", 5, "field 'country' holds 5, which rules cannot compare as a text"),
        ("country", ["US"], "holds ['US']"),
        ("created_on", "last week", "Allowed: a date, an instant or ISO text such as '2026-01-31', or blank"),
        ("created_on", 20260131, "holds 20260131"),
        ("is_customer", "yes", "Allowed: true or false, or blank"),
        ("is_customer", 1, "holds 1"),
    ],
)
def test_a_value_of_another_kind_is_refused_in_a_record_and_in_a_column(name: str, value: Any, words: str) -> None:
    tests = (US, MID, Period("created_on", date(2026, 1, 1), None), Flag("is_customer", is_set=True))
    rules = compiled(*(test for test in tests if test.field == name))
    with pytest.raises(BookError) as raised:
        rules.decide({name: value})
    assert words in str(raised.value)
    if not isinstance(value, list):
        with pytest.raises(BookError):
            rules.decide_table(pa.table({name: [value]}))


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(BookError) as raised:
        compiled(US, MID).decide_table(pa.table({"country": ["US"]}))
    assert "the table lacks 'employees'" in str(raised.value)


def test_rules_that_do_not_fit_the_fields_are_told_all_at_once_with_their_places() -> None:
    rules = [
        Rule("first", OneOf("contry", frozenset({"US"})), Place("rules.csv", 2)),
        Rule("second", And((US, OneOf("employees", frozenset({"5"})))), Place("rules.csv", 3)),
    ]
    with pytest.raises(PlanError) as raised:
        compile_rules(rules, FIELDS)
    first, second = map(str, raised.value.mistakes)
    assert first.startswith("rules.csv:2: rule 'first': unknown field 'contry'.")
    assert first.endswith("Did you mean 'country'?")
    assert second == "rules.csv:3: rule 'second': \"employees = '5'\" does not fit field 'employees', a number."


def adversary(per_field: int = 12) -> list[Rule]:
    """Give rules on prefixes and rules on overlapping ranges that combine freely; countries are harmless."""
    conditions: list[Condition] = [OneOf("country", frozenset({code})) for code in ("US", "CA")]
    conditions += [Prefix("postal_code", "9" * length) for length in range(1, per_field + 1)]
    conditions += [Range("employees", low, None) for low in range(per_field)]
    conditions += [Period("created_on", date(2026, 1, 1) + timedelta(days=day), None) for day in range(per_field)]
    return [Rule(str(number), And((US, when))) for number, when in enumerate(conditions)]


def random_records(count: int) -> list[dict[str, object]]:
    chance = Random(7)  # noqa: S311 - test data
    return [
        {
            "country": chance.choice(("US", "CA", None)),
            "postal_code": chance.choice((None, "9" * chance.randint(1, 30))),
            "employees": chance.choice((None, chance.randint(0, 30))),
            "created_on": chance.choice((None, date(2026, 1, 1) + timedelta(days=chance.randint(-3, 30)))),
        }
        for _ in range(count)
    ]


@pytest.mark.parametrize(("max_nodes", "parts", "is_bounded"), [(50_000, 1, False), (700, 2, False), (10, None, True)])
def test_an_adversarial_plan_is_split_or_kept_as_bits_names_its_fields_and_decides_the_same(
    max_nodes: int,
    parts: int | None,
    is_bounded: bool,  # noqa: FBT001 - a parameter
) -> None:
    rules = adversary()
    ruleset = compile_rules(rules, FIELDS, max_nodes)
    assert ruleset.is_bounded is is_bounded
    if parts == 1:
        assert (ruleset.size.parts, ruleset.exploded_fields) == (1, ())
    else:
        assert ruleset.size.parts >= (parts or 1)
        assert {"postal_code", "employees", "created_on"} & set(ruleset.exploded_fields)
    records = random_records(200)
    expected = [tuple(number for number, rule in enumerate(rules) if rule.when.holds(row)) for row in records]
    assert [ruleset.decide(row) for row in records] == expected
    table = pa.Table.from_pylist(records)
    assert [ruleset.outcomes[number] for number in ruleset.decide_table(table).tolist()] == expected
    assert ruleset.first_table(table).tolist() == [found[0] if found else -1 for found in expected]


def test_the_field_that_explodes_is_named_and_harmless_ones_are_not() -> None:
    ruleset = compile_rules(adversary(), FIELDS, max_nodes=700)
    assert set(ruleset.exploded_fields) <= {"postal_code", "employees", "created_on"}
    assert ruleset.exploded_fields
    assert ruleset.size.nodes <= 700 * ruleset.size.parts * 5


def test_ids_given_for_one_table_stay_valid_after_the_next() -> None:
    ruleset = compile_rules(adversary(), FIELDS, max_nodes=200)
    records = random_records(60)
    early = ruleset.decide_table(pa.Table.from_pylist(records[:5]))
    meaning = [ruleset.outcomes[number] for number in early.tolist()]
    ruleset.decide_table(pa.Table.from_pylist(records[5:]))
    assert [ruleset.outcomes[number] for number in early.tolist()] == meaning


def test_unrelated_rules_get_diagrams_of_their_own() -> None:
    names = [Rule(f"n{number}", OneOf("country", frozenset({f"C{number}"}))) for number in range(60)]
    sizes = [Rule(f"s{number}", Range("employees", number, None)) for number in range(60)]
    ruleset = compile_rules([*names, *sizes, Rule("rest", ANY)], FIELDS)
    assert (ruleset.size.parts, ruleset.exploded_fields) == (2, ())
    assert ruleset.decide({"country": "C7", "employees": 1}) == (7, 60, 61, 120)
    assert ruleset.decide({}) == (120,)


@pytest.mark.parametrize("max_nodes", [1, 200, 250_000])
def test_rules_pickle_before_and_after_use(max_nodes: int) -> None:
    ruleset = compile_rules(adversary(), FIELDS, max_nodes)
    fresh = pickle.dumps(ruleset)
    records = random_records(20)
    expected = [ruleset.decide(row) for row in records]
    ids = ruleset.decide_table(pa.Table.from_pylist(records)).tolist()
    for again in (pickle.loads(fresh), pickle.loads(pickle.dumps(ruleset))):
        assert [again.decide(row) for row in records] == expected
        assert again.decide_table(pa.Table.from_pylist(records)).tolist() == ids


PRINT_DIGEST = """
import hashlib
from rightful.rules import *
fields = {"country": RuleKind.TEXT, "employees": RuleKind.NUMBER, "city": RuleKind.TEXT}
rules = [
    Rule(str(n), Or((OneOf("country", frozenset(f"C{n + k}" for k in range(5))), And((Range("employees", n, n * 2),
    Prefix("city", f"x{n}"))))))
    for n in range(40)
]
diagram, = compile_rules(rules, fields).compiled.parts
print(diagram.order, hashlib.sha256(b"".join([*(e.tobytes() for e in diagram.levels), diagram.rules.tobytes()])).hexdigest())
"""


def test_the_same_rules_compile_to_the_same_bytes_in_every_process() -> None:
    digests = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", PRINT_DIGEST], env=env, capture_output=True, text=True, check=True)
        digests.add(done.stdout)
    assert len(digests) == 1


def words_of(record: dict[str, object], *conditions: Condition) -> list[str]:
    return [reason.words for reason in compiled(*conditions).explain(record)]


@pytest.mark.parametrize(
    ("condition", "record", "words"),
    [
        (MID, {"employees": 650}, "employees 650 is in 500..999"),
        (MID, {"employees": 650.5}, "employees 650.5 is in 500..999"),
        (MID, {"employees": 12}, "employees 12 is below 500"),
        (MID, {"employees": 12_000}, "employees 12000 is above 999"),
        (LARGE, {"employees": 12_000}, "employees 12000 is at least 1000"),
        (
            Range("employees", 50, 100, includes_high=False),
            {"employees": 60},
            "employees 60 is at least 50 and below 100",
        ),
        (Range("employees", 7, 7), {"employees": 7}, "employees 7 is 7"),
        (LARGE, {}, "employees is blank"),
        (US, {"country": "US"}, "country is US"),
        (US, {"country": "DE"}, "country DE is not named in any rule"),
        (BAY, {"postal_code": "94110"}, "postal_code 94110 begins with 94"),
        (BAY, {"postal_code": ""}, "postal_code is blank"),
        (Flag("is_customer", is_set=True), {"is_customer": False}, "is_customer is false"),
        (
            Period("created_on", date(2026, 1, 1), date(2026, 3, 31)),
            {"created_on": "2026-02-01"},
            "created_on 2026-02-01 is in 2026-01-01..2026-03-31",
        ),
        (
            Period("created_on", date(2026, 1, 1), None),
            {"created_on": "2026-02-01"},
            "created_on 2026-02-01 is on or after 2026-01-01",
        ),
        (
            Period("created_on", date(2026, 1, 1), None),
            {"created_on": "2025-02-01"},
            "created_on 2025-02-01 is on or before 2025-12-31",
        ),
    ],
)
def test_reasons_read_well(condition: Condition, record: dict[str, object], words: str) -> None:
    assert words_of(record, condition) == [words]


def test_a_reason_names_what_the_winner_asks_of_each_field() -> None:
    rules = compiled(And((Or((US, Flag("is_customer", is_set=True))), MID)), LARGE)
    reasons = rules.explain({"country": "DE", "is_customer": True, "employees": 650})
    assert {reason.field: str(reason.condition) for reason in reasons} == {
        "country": "None",
        "employees": "employees BETWEEN 500 AND 999",
        "is_customer": "is_customer = TRUE",
    }


def test_without_a_winner_no_condition_is_named() -> None:
    reasons = compiled(And((US, LARGE))).explain({"country": "DE", "employees": 5})
    assert [(reason.value, reason.condition) for reason in reasons] == [("DE", None), (5, None)]
