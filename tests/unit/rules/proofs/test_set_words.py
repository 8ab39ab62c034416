from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from rightful.errors import Place
from rightful.rules import Rule, RuleKind, compile_rules, parse_expression
from rightful.rules.field_cells import FlagCells
from rightful.rules.proofs import Domain, Region, regions_of
from rightful.rules.proofs.domain import example_in
from rightful.rules.proofs.words import set_words

FIELDS = {
    "country": RuleKind.TEXT,
    "postal_code": RuleKind.TEXT,
    "employees": RuleKind.NUMBER,
    "revenue": RuleKind.NUMBER,
    "created_on": RuleKind.DATE,
    "is_customer": RuleKind.FLAG,
}
DOMAINS = {
    "employees": Domain(is_whole=True, lowest=0),
    "country": Domain(values=("CA", "DE", "FR", "US")),
}


def regions(*conditions: str, domains: dict[str, Domain] | None = None) -> list[Region[tuple[int, ...]]]:
    """Give the regions of the first rule, and last that of no rule."""
    rules = [Rule(text, parse_expression(text, FIELDS, Place("test"), {})) for text in conditions]
    found = regions_of(compile_rules(rules, FIELDS), lambda outcome: outcome[:1], domains=domains or {})
    return sorted(found, key=lambda region: region.label or (99,))


@pytest.mark.parametrize(
    ("condition", "inside", "outside"),
    [
        ("country = 'US'", "country = US", "country blank or not US"),
        ("country IN ('US', 'CA')", "country in (CA, US)", "country blank or not in (CA, US)"),
        ("country <> 'US'", "country blank or not US", "country = US"),
        ("country <> 'US' AND country IS NOT NULL", "country not US, not blank", "country blank or = US"),
        ("country IS NULL", "country blank", "country not blank"),
        ("postal_code LIKE '94%'", "postal_code 94*", "postal_code blank or not 94*"),
        (
            "postal_code LIKE '94%' AND postal_code NOT LIKE '9410%' AND postal_code <> '945'",
            "postal_code 94* but not 9410* or 945",
            "postal_code blank or not in (94* but not 9410* or 945)",
        ),
        ("revenue >= 100 AND revenue < 200", "revenue >=100 and <200", "revenue blank or <100 or >=200"),
        ("revenue BETWEEN 100 AND 200", "revenue 100..200", "revenue blank or <100 or >200"),
        ("revenue = 7", "revenue 7", "revenue blank or <7 or >7"),
        ("created_on >= '2026-01-01'", "created_on >=2026-01-01", "created_on blank or <=2025-12-31"),
        (
            "created_on BETWEEN '2026-01-01' AND '2026-01-31'",
            "created_on 2026-01-01..2026-01-31",
            "created_on blank or <=2025-12-31 or >=2026-02-01",
        ),
        ("is_customer = TRUE", "is_customer = yes", "is_customer blank or = no"),
    ],
)
def test_what_a_condition_holds_and_what_it_leaves(condition: str, inside: str, outside: str) -> None:
    assert [str(box) for region in regions(condition) for box in region.boxes] == [inside, outside]


def test_values_that_cannot_occur_are_passed_over() -> None:
    bands = ("employees BETWEEN 0 AND 99", "employees BETWEEN 100 AND 199", "employees >= 200")
    *_, gap = regions(*bands, domains=DOMAINS)
    assert [str(box) for box in gap.boxes] == ["employees blank"]
    *_, gap = regions(*bands)
    assert [str(box) for box in gap.boxes] == ["employees blank or <0, >99 and <100 or >199 and <200"]
    *_, gap = regions("employees < 100", "employees >= 200", domains=DOMAINS)
    assert [str(box) for box in gap.boxes] == ["employees blank or 100..199"]


def test_of_a_closed_list_the_shorter_way_is_said() -> None:
    _, gap = regions("country IN ('CA', 'DE', 'FR')", domains=DOMAINS)
    assert str(gap.boxes[0]) == "country blank or = US"
    _, gap = regions("country = 'CA'", domains={"country": Domain(values=("CA", "DE", "FR", "US"), has_blank=False)})
    assert str(gap.boxes[0]) == "country not CA"


def test_a_long_list_is_counted() -> None:
    named = ", ".join(f"'{number:02}'" for number in range(12))
    inside, _ = regions(f"postal_code IN ({named})")
    assert str(inside.boxes[0]) == "postal_code in (00, 01, 02, 03, 04, 05, 06, 07 and 4 more)"
    assert inside.boxes[0].words(most=100).count(",") == 11


def test_open_fields_are_named_where_they_are_few() -> None:
    inside, _ = regions("country = 'US' AND employees >= 10", domains=DOMAINS)
    assert str(inside.boxes[0]) == "country = US, employees >=10"
    first, *_ = regions("country = 'US'", "employees >= 10", domains=DOMAINS)
    assert str(first.boxes[0]) == "country = US, any employees"


def test_no_restriction_is_every_record() -> None:
    [only] = regions("country = 'US' OR NOT country = 'US'")
    assert str(only.boxes[0]) == "every record"


def test_examples_are_values_of_their_cell() -> None:
    for condition in ("postal_code LIKE '9%' AND postal_code <> '9'", "revenue > 5 AND revenue < 6", "country <> 'X'"):
        inside, outside = regions(condition)
        assert parse_expression(condition, FIELDS, Place("test"), {}).holds(inside.witness())
        assert not parse_expression(condition, FIELDS, Place("test"), {}).holds(outside.witness())


def test_examples_of_a_flag_and_of_what_cannot_be() -> None:
    cells = FlagCells("is_customer")
    assert [example_in(cells, cell, Domain()) for cell in range(3)] == [(True, None), (True, False), (True, True)]
    assert example_in(cells, 0, Domain(has_blank=False))[0] is False
    every = np.ones(3, dtype=np.bool_)
    assert set_words(cells, every, every) == ""


def test_a_date_before_all_others_has_an_example() -> None:
    _, outside = regions("created_on >= '2026-01-01'")
    day = outside.boxes[0].witness()["created_on"]
    assert day is None or day < date(2026, 1, 1)  # type: ignore[operator]  # a date
