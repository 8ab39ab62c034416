from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rightful.stages.quality.survivorship import FieldChoice, MergeRules, merge_records

FIRST = {"id": "A", "phone": None, "size": 10, "city": "Bonn", "street": None, "on": date(2024, 1, 1)}
SECOND = {"id": "B", "phone": "+49", "size": 30, "city": "Köln", "street": "Domstr. 1", "on": date(2025, 1, 1)}
THIRD = {"id": "C", "phone": "+1", "size": 10, "city": "Köln", "street": None, "on": None}


def rules(**survivorship: Any) -> MergeRules:
    return MergeRules("id", ("phone", "size", "city"), survivorship, dated_by=("on",))


def by_field(records: list[dict[str, Any]], rules: MergeRules, *corrected: tuple[str, str]) -> dict[str, FieldChoice]:
    return {choice.field: choice for choice in merge_records(records, rules, frozenset(corrected))}


@pytest.mark.parametrize(
    ("rule", "size"),
    [
        ("survivor", 10),
        ("newest", 30),
        ("oldest", 10),
        ("largest", 30),
        ("smallest", 10),
        ("most_frequent", 10),
        ("most_complete", 30),
        ("manual", 10),
    ],
)
def test_each_rule_has_its_winner(rule: str, size: int) -> None:
    chosen = by_field([FIRST, SECOND, THIRD], rules(size=rule))["size"]
    assert (chosen.value, chosen.rule) == (size, rule)


def test_the_survivor_s_blanks_are_filled_and_the_source_is_named() -> None:
    chosen = by_field([FIRST, SECOND, THIRD], rules())
    assert {field: (choice.value, choice.source) for field, choice in chosen.items()} == {
        "phone": ("+49", "B"),
        "size": (10, "A"),
        "city": ("Bonn", "A"),
    }


def test_a_manual_field_stays_blank_until_a_person_corrects_it() -> None:
    assert by_field([FIRST, SECOND], rules(phone="manual"))["phone"].value is None
    chosen = by_field([FIRST, SECOND], rules(phone="manual"), ("B", "phone"))["phone"]
    assert (chosen.value, chosen.rule) == ("+49", "correction")


def test_the_trusted_source_is_the_file_that_the_plan_lists_first() -> None:
    records = [
        {**FIRST, "source_file": "book/web.csv"},
        {**SECOND, "source_file": "book/crm.csv"},
        {**THIRD, "source_file": "book/erp.csv"},
    ]
    trust = MergeRules("id", ("size",), {"size": "trusted_source"}, trusted_sources=("erp.csv", "crm.csv"))
    assert by_field(records, trust)["size"].source == "A"  # the survivor has the same value
    assert by_field(records[:2], trust)["size"].source == "B"
    assert by_field([{**records[0], "size": 11}, *records[1:]], trust)["size"].source == "C"


def test_a_corrected_value_wins_over_all() -> None:
    chosen = by_field([FIRST, SECOND, THIRD], rules(size="largest"), ("C", "size"))["size"]
    assert (chosen.value, chosen.source, chosen.rule) == (10, "A", "correction")


def test_a_protected_field_keeps_the_survivor_s_value() -> None:
    protected = MergeRules("id", ("phone",), {}, protected=frozenset({"phone"}))
    assert by_field([FIRST, SECOND], protected)["phone"].value is None


def test_the_parts_of_an_address_come_from_one_record() -> None:
    together = MergeRules("id", ("city", "street"), {}, together=(("city", "street"),))
    chosen = by_field([FIRST, SECOND], together)
    assert (chosen["city"].value, chosen["street"].value) == ("Köln", "Domstr. 1")
