from __future__ import annotations

import numpy as np
import pytest

from rightful.errors import Place
from rightful.rules import Rule, RuleKind, RuleSet, compile_rules, parse_expression
from rightful.rules.proofs import IN_ORDER, ChartTooLargeError, Domain, Precedence, regions_of, winner_chart
from rightful.rules.proofs import follow as following
from rightful.rules.proofs import ground as grounds
from rightful.rules.proofs.chart import lowest
from rightful.rules.proofs.ground import NOTHING, ground_of
from rightful.rules.proofs.leaders import Leaders
from rightful.rules.proofs.narrower import Narrower
from rightful.rules.proofs.standing import reached, standings
from rightful.rules.proofs.surface import Surface

FIELDS = {"country": RuleKind.TEXT, "industry": RuleKind.TEXT, "employees": RuleKind.NUMBER}


def compiled(*conditions: str) -> RuleSet:
    return compile_rules([Rule(each, parse_expression(each, FIELDS, Place("t"), {})) for each in conditions], FIELDS)


def surface(*conditions: str, **domains: Domain) -> Surface:
    return Surface(ground_of(compiled(*conditions)), domains)


def winners(*conditions: str, precedence: Precedence = IN_ORDER, **domains: Domain) -> list[list[int]]:
    on = surface(*conditions, **domains)
    found = standings(on, winner_chart(on.ground, precedence), precedence)
    assert [standing.wins for standing in found] == [each.rule in each.winners.tolist() for each in found]
    return [standing.winners.tolist() for standing in found]


def test_a_rule_meets_the_rules_before_it_where_both_hold() -> None:
    assert winners("country = 'US'", "industry = 'Banking'", "employees > 5") == [[0], [0, 1], [0, 1, 2]]


def test_a_rule_that_others_hide_together_never_wins() -> None:
    found = winners("country = 'US' AND employees < 10", "country = 'US' AND NOT employees < 10", "country = 'US'")
    assert found == [[0], [1], [0, 1]]


def test_a_rule_that_nobody_can_meet_meets_nobody() -> None:
    assert winners("TRUE", "employees > 9 AND employees < 5") == [[0], []]
    assert winners("TRUE", "country = 'UK'", country=Domain(values=("GB", "US"))) == [[0], []]


def test_rules_that_branch_are_followed_branch_by_branch() -> None:
    many = " OR ".join(f"(country = 'C{number}' AND employees = {number})" for number in range(100))
    found = winners("country = 'C7'", "employees = 8", many)
    assert found == [[0], [0, 1], [0, 1, 2]]


def test_what_is_taken_away_is_not_claimed() -> None:
    taken = Precedence(silent=frozenset({0}), taken_by={1: frozenset({0})})
    assert winners("country = 'US'", "country = 'US'", "TRUE", precedence=taken) == [[2], [], [2]]


def test_a_rule_steps_back_for_those_that_it_yields_to() -> None:
    yields = Precedence(yields_to={0: frozenset({2})})
    found = winners("country = 'US'", "industry = 'Banking'", "employees > 5 AND country = 'US'", precedence=yields)
    assert found == [[0, 1, 2], [0, 1], [1, 2]]


def test_narrower_rules() -> None:
    rules = ["country = 'US'", "country IN ('US', 'CA')", "country = 'US' AND employees > 5", "TRUE", "employees > 7"]
    narrower = Narrower(surface(*rules))
    every = np.arange(len(rules))
    found = {
        (one, other)
        for one in every
        for other in every
        if one != other and narrower.are_narrower(np.array([one]), np.array([other]))[0]
    }
    assert found == {(0, 1), (2, 0), (2, 1), (0, 3), (1, 3), (2, 3), (4, 3)}


def test_rules_that_no_diagram_holds_are_charted_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    conditions = [f"country = 'C{number % 7}' AND employees > {number}" for number in range(30)]
    ground = ground_of(compiled(*conditions))
    whole = ground.first()
    monkeypatch.setattr(grounds, "_LIMITS", grounds.Limits(nodes=9, edges=200, states=400))
    bounded = compile_rules(
        [Rule(each, parse_expression(each, FIELDS, Place("t"), {})) for each in conditions], FIELDS, max_nodes=1
    )
    assert bounded.is_bounded
    halves = ground_of(bounded).first()
    counts = [np.arange(classes.count, dtype=np.int32) for classes in ground.classes]
    every = [each.reshape(-1) for each in np.meshgrid(*counts, indexing="ij")]
    values = [chart.values_of(every, len(every[0])).tolist() for chart in (whole, halves)]
    assert values[0] == values[1]


def test_too_many_cases_are_an_error_and_no_half_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = compiled("country = 'US' AND employees > 5", "industry = 'Banking' AND employees < 9")
    one, other = ground_of(rules).first([0]), ground_of(rules).first([1])
    with pytest.raises(ChartTooLargeError):
        lowest(one, other, most_edges=3)
    monkeypatch.setattr(grounds, "_LIMITS", grounds.Limits(nodes=1, edges=1, states=1))
    bounded = compile_rules(rules.rules, FIELDS, max_nodes=1)
    with pytest.raises(ChartTooLargeError):
        regions_of(bounded, lambda outcome: outcome)


def test_rules_are_followed_alike_in_any_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    conditions = [
        f"country IN ('C{number % 5}', 'C{number % 3}') AND employees > {number} AND employees < {3 * number + 9}"
        for number in range(20)
    ]
    whole = winners(*conditions, "TRUE", "industry = 'Banking'")
    monkeypatch.setattr(following, "_CHAINS_AT_ONCE", 7)
    assert winners(*conditions, "TRUE", "industry = 'Banking'") == whole
    monkeypatch.setattr(following, "_STEPS_AT_ONCE", 1)
    assert winners(*conditions, "TRUE", "industry = 'Banking'") == whole
    monkeypatch.setattr(grounds, "_AT_ONCE", 3)
    assert winners(*conditions, "TRUE", "industry = 'Banking'") == whole


def test_the_first_few_rules_of_other_groups_win_together() -> None:
    on = surface("country = 'US'", "country IN ('US', 'CA')", "employees > 5", "TRUE")
    leaders = Leaders(on.ground, IN_ORDER, (0, 0, 1, 2), most=2)
    found = sorted(leaders.winners(number) for number in reached(on, leaders.chart).tolist())
    assert found == [(0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3,)]


def test_charts_of_the_same_answer_are_the_same() -> None:
    ground = ground_of(compiled("country = 'US' OR employees > 5", "TRUE"))
    chart = ground.first([0])
    assert chart.values.tolist() == [0, NOTHING]
    both = lowest(chart, ground.first([1]))
    assert both.values.tolist() == [0, 1]
