from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rightful.stages.quality.survivorship import MergeRules, merge_records

FIRST = {"id": "A", "phone": None, "size": 10, "city": "Bonn", "street": None, "on": date(2024, 1, 1)}
SECOND = {"id": "B", "phone": "+49", "size": 30, "city": "Köln", "street": "Domstr. 1", "on": date(2025, 1, 1)}
THIRD = {"id": "C", "phone": "+1", "size": 10, "city": "Köln", "street": None, "on": None}


def rules(**survivorship: Any) -> MergeRules:
    return MergeRules("id", ("phone", "size", "city"), survivorship, dated_by=("on",))


@pytest.mark.parametrize(
    ("rule", "size"),
    [("survivor", 10), ("newest", 30), ("oldest", 10), ("largest", 30), ("smallest", 10), ("most_frequent", 10)],
)
def test_each_rule_has_its_winner(rule: str, size: int) -> None:
    assert merge_records([FIRST, SECOND, THIRD], rules(size=rule), frozenset()).values["size"] == size


def test_the_survivor_s_blanks_are_filled_and_the_source_is_named() -> None:
    merged = merge_records([FIRST, SECOND, THIRD], rules(), frozenset())
    assert merged.values == {"phone": "+49", "size": 10, "city": "Bonn"}
    assert merged.sources == {"phone": "B"}


def test_a_corrected_value_wins_over_all() -> None:
    merged = merge_records([FIRST, SECOND, THIRD], rules(size="largest"), frozenset({("C", "size")}))
    assert (merged.values["size"], merged.sources.get("size")) == (10, None)


def test_a_protected_field_keeps_the_survivor_s_value() -> None:
    protected = MergeRules("id", ("phone",), {}, protected=frozenset({"phone"}))
    assert merge_records([FIRST, SECOND], protected, frozenset()).values["phone"] is None


def test_the_parts_of_an_address_come_from_one_record() -> None:
    together = MergeRules("id", ("city", "street"), {}, together=(("city", "street"),))
    assert merge_records([FIRST, SECOND], together, frozenset()).values == {"city": "Köln", "street": "Domstr. 1"}
