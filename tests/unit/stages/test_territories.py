"""Which rules of a layer win for a record."""

from __future__ import annotations

from rightful.plan import plan_from
from rightful.stages.territories import compile_layer

PLAN = """
territories:
  - {{territory: emea}}
  - {{territory: dach, parent: emea}}
  - {{territory: berlin, parent: dach}}
layers:
  - layer: geography
    catch_all: house
    winners: {winners}
    rules: {rules}
"""
RULES = """
      - {territory: emea, country: "DE, FR"}
      - {territory: dach, country: DE}
      - {territory: berlin, city: Berlin}
      - {territory: dach, kind: exclude, account_type: partner}
      - {territory: emea, kind: override, account_type: customer}
"""


def placed(winners: int = 1, rules: str = RULES, **record: object) -> list[tuple[str, str]]:
    section = plan_from({"assignment.yaml": PLAN.format(rules=rules, winners=winners)}).assignment
    layer = compile_layer(section.layers[0], section, {})
    return [(each.territory_id, each.method) for each in layer.place(layer.rules.decide(record))]


def test_the_lowest_territory_of_a_branch_wins() -> None:
    assert placed(country="DE", city="Berlin") == [("berlin", "rule")]
    assert placed(country="DE") == [("dach", "rule")]
    assert placed(country="FR", city="Berlin") == [("emea", "rule")]  # berlin has to be in dach as well


def test_an_exclusion_takes_the_territories_below_away_too() -> None:
    assert placed(country="DE", city="Berlin", account_type="partner") == [("emea", "rule")]


def test_an_override_wins_over_includes_below_it_and_is_not_bound_by_those_above() -> None:
    assert placed(country="DE", city="Berlin", account_type="customer") == [("emea", "override")]
    assert placed(country="US", account_type="customer") == [("emea", "override")]
    assert placed(country="DE", account_type="customer", winners=2) == [("emea", "override"), ("dach", "rule")]


def test_what_no_rule_places_goes_to_the_catch_all() -> None:
    assert placed(country="US") == [("house", "catch_all")]


def test_the_smaller_priority_wins_among_branches_then_the_upper_row() -> None:
    rules = """
      - {territory: north, country: DE}
      - {territory: south, country: DE}
      - {territory: first, country: DE, city: Bonn, priority: 5}
"""
    assert placed(rules=rules, country="DE", city="Bonn", winners=2) == [("first", "rule"), ("north", "rule")]
    assert placed(rules=rules, country="DE") == [("north", "rule")]
