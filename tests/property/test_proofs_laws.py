"""Laws of proofs: regions agree with the rules' own naive reading on every combination of elementary values, both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.rules import And, Blank, Condition, Flag, Not, OneOf, Or, Prefix, Range, Rule, RuleKind, compile_rules
from rightful.rules.proofs import Domain, Region, changed_regions, regions_of
from rightful.rules.proofs import ground as grounds

FIELDS = {"country": RuleKind.TEXT, "postal": RuleKind.TEXT, "employees": RuleKind.NUMBER, "is_customer": RuleKind.FLAG}
VALUES: Mapping[str, tuple[object, ...]] = {
    "country": (None, "CA", "DE", "US", "elsewhere"),
    "postal": (None, "1", "9", "94", "942", "941", "9410", "elsewhere"),
    "employees": (None, 9, 10, 11, 49, 50, 51, 99, 100, 101),
    "is_customer": (None, False, True),
}
"""Values on and beside everything that the rules name: each elementary class has one."""
DOMAINS = {"employees": Domain(is_whole=True, lowest=0)}
LAW = settings(max_examples=30, deadline=None, derandomize=True)


def atoms() -> st.SearchStrategy[Condition]:
    bounds = st.none() | st.sampled_from((10, 49, 50, 100))
    return st.one_of(
        st.builds(OneOf, st.just("country"), st.frozensets(st.sampled_from(("CA", "DE", "US")), min_size=1)),
        st.builds(OneOf, st.just("postal"), st.frozensets(st.sampled_from(("94", "9410", "1")), min_size=1)),
        st.builds(Prefix, st.just("postal"), st.sampled_from(("9", "94", "941"))),
        st.builds(Range, st.just("employees"), bounds, bounds, st.booleans(), st.booleans()),
        st.builds(Flag, st.just("is_customer"), st.booleans()),
        st.sampled_from(sorted(FIELDS)).map(lambda name: Blank(name, FIELDS[name])),
    )


def conditions() -> st.SearchStrategy[Condition]:
    def joined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(parts, max_size=4).map(tuple)
        return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, parts)

    return st.recursive(atoms(), joined, max_leaves=6)


def rule_lists() -> st.SearchStrategy[list[Rule]]:
    return st.lists(conditions(), max_size=6).map(
        lambda found: [Rule(f"rule {number}", condition) for number, condition in enumerate(found)]
    )


def every_record() -> Iterator[dict[str, object]]:
    for values in product(*VALUES.values()):
        yield dict(zip(VALUES, values, strict=True))


RECORDS = tuple(every_record())
KINDS = {"country": pa.string(), "postal": pa.string(), "employees": pa.float64(), "is_customer": pa.bool_()}
TABLE = pa.table({name: pa.array([record[name] for record in RECORDS], kind) for name, kind in KINDS.items()})


def matching(rules: Sequence[Rule], record: Mapping[str, object]) -> tuple[int, ...]:
    return tuple(number for number, rule in enumerate(rules) if rule.when.holds(record))


def assert_exact(found: Sequence[Region[object]], label_of: Callable[[Mapping[str, object]], object]) -> None:
    """Check that each record lies in the region of its label and in no other, and that boxes and witnesses are true."""
    expected = [label_of(record) for record in RECORDS]
    assert len({region.label for region in found}) == len(found)
    assert {region.label for region in found} == {label for label in expected if label is not None}
    for region in found:
        inside = [label == region.label for label in expected]
        assert region.mask(TABLE).tolist() == inside
        assert region.is_complete
        assert np.logical_or.reduce([box.mask(TABLE) for box in region.boxes]).tolist() == inside
        for witness in (region.witness(), *(box.witness() for box in region.boxes)):
            assert label_of(witness) == region.label


@LAW
@given(rule_lists())
def test_regions_of_the_first_rule_are_exact(rules: list[Rule]) -> None:
    found = regions_of(compile_rules(rules, FIELDS), lambda outcome: outcome[:1], domains=DOMAINS)
    assert_exact(found, lambda record: matching(rules, record)[:1])


@LAW
@given(rule_lists())
def test_regions_of_all_matching_rules_are_exact(rules: list[Rule]) -> None:
    found = regions_of(compile_rules(rules, FIELDS), lambda outcome: outcome or None, is_first=False, domains=DOMAINS)
    assert_exact(found, lambda record: matching(rules, record) or None)


@LAW
@given(rule_lists())
def test_regions_are_the_same_when_no_diagram_holds_the_rules(rules: list[Rule]) -> None:
    bounded = compile_rules(rules, FIELDS, max_nodes=1)
    found = regions_of(bounded, lambda outcome: None if outcome else "gap", domains=DOMAINS)
    assert_exact(found, lambda record: None if matching(rules, record) else "gap")


@LAW
@given(rule_lists(), rule_lists())
def test_changed_regions_are_exact(before: list[Rule], after: list[Rule]) -> None:
    def answer(number: int | None) -> object:
        return None if number is None else number % 3  # several rules give the same answer

    def label(record: Mapping[str, object]) -> object:
        first = [(*matching(rules, record), None)[0] for rules in (before, after)]
        was, is_now = map(answer, first)
        return None if was == is_now else (was, is_now)

    assert_exact(changed_regions((before, answer), (after, answer), FIELDS, DOMAINS), label)


def test_equal_rules_in_another_order_change_nothing() -> None:
    rules = [Rule("us", OneOf("country", frozenset({"US"}))), Rule("ca", OneOf("country", frozenset({"CA"})))]
    names = [rule.key for rule in rules]
    found = changed_regions(
        (rules, lambda number: None if number is None else names[number]),
        (rules[::-1], lambda number: None if number is None else names[::-1][number]),
        FIELDS,
    )
    assert found == ()


def test_words_are_those_of_the_plan() -> None:
    rules = [
        Rule("west", And((OneOf("country", frozenset({"CA", "US"})), Prefix("postal", "94")))),
        Rule("mid", And((OneOf("country", frozenset({"CA"})), Range("employees", 50, 99)))),
    ]
    found = regions_of(compile_rules(rules, FIELDS), lambda outcome: outcome[:1] or None, domains=DOMAINS)
    assert [[str(box) for box in region.boxes] for region in found] == [
        ["country in (CA, US), postal 94*, any employees"],
        ["country = CA, employees 50..99, postal blank or not 94*"],
    ]


def test_halves_are_taken_where_a_part_is_too_large(monkeypatch: object) -> None:
    rules = [
        Rule(f"rule {number}", And((OneOf("country", frozenset({country})), Range("employees", number, number + 20))))
        for number, country in enumerate(("CA", "DE", "US") * 4)
    ]
    whole = regions_of(compile_rules(rules, FIELDS), lambda outcome: outcome[:1], domains=DOMAINS)
    monkeypatch.setattr(grounds, "_LIMITS", grounds.Limits(nodes=3, edges=60, states=200))  # type: ignore[attr-defined]
    split = regions_of(compile_rules(rules, FIELDS, max_nodes=1), lambda outcome: outcome[:1], domains=DOMAINS)
    assert [(region.label, region.mask(TABLE).tolist()) for region in whole] == [
        (region.label, region.mask(TABLE).tolist()) for region in split
    ]
