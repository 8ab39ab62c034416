"""Laws of a layer's proof: each finding is true, and each truth is found, by brute force over all elementary values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import Place
from rightful.plan.assignment import AssignmentSection
from rightful.plan.section import Scalar, Written
from rightful.plan.territories import Layer, Territory, TerritoryRule
from rightful.rules import RuleKind, compile_rules
from rightful.rules.proofs import Domain
from rightful.rules.proofs.ground import ground_of
from rightful.rules.proofs.regions import Region
from rightful.rules.proofs.surface import Surface
from rightful.runs.proof.accounts import Accounts
from rightful.runs.proof.finding import Candidate
from rightful.runs.proof.gaps import gaps
from rightful.runs.proof.idle import idle
from rightful.runs.proof.layer import LayerProof, holding_of
from rightful.runs.proof.overlaps import overlaps
from rightful.stages.territories import LayerRules, compile_layer

PARENTS = {"world": "", "eu": "world", "de": "eu", "us": "world", "banks": "", "big": ""}
COUNTRIES = (None, "DE", "FR", "US", "CA")
INDUSTRIES = (None, "Banking", "Software")
SIZES = (None, 9.0, 10.0, 99.0, 100.0, 101.0, 1000.0)
DOMAINS = {
    "country": Domain(values=("DE", "FR", "US", "CA")),
    "industry": Domain(values=("Banking", "Software")),
    "employees": Domain(is_whole=True, lowest=0),
}
RECORDS = [
    {"country": country, "industry": industry, "employees": size}
    for country, industry, size in product(COUNTRIES, INDUSTRIES, SIZES)
]
KINDS = {"country": pa.string(), "industry": pa.string(), "employees": pa.float64()}
TABLE = pa.table(
    {
        "account_id": [f"A{number:03}" for number in range(len(RECORDS))],
        **{name: pa.array([record[name] for record in RECORDS], kind) for name, kind in KINDS.items()},
    }
)
FIELDS = {"country": RuleKind.TEXT, "industry": RuleKind.TEXT, "employees": RuleKind.NUMBER}
NOBODY = pa.table({"rep_id": pa.array([], pa.string())})
WORTH = np.arange(len(RECORDS), dtype=np.float64)
ACCOUNTS = Accounts(TABLE, WORTH, WORTH * 2, "", datetime(2026, 1, 1, tzinfo=UTC), NOBODY, NOBODY)
"""A book in which every combination of elementary values is one account."""


def name_of(text: str, row: int) -> Scalar:
    return Scalar(text, Place("rules.csv", row, 1))


@st.composite
def territory_rules(draw: st.DrawFn) -> TerritoryRule:
    cells = {
        "country": draw(st.sampled_from(("", "", "DE", "DE, FR", "!US", "US, CA", "(blank)", "UK"))),
        "industry": draw(st.sampled_from(("", "", "Banking", "!Banking"))),
        "employees": draw(st.sampled_from(("", "", ">=100", "<1000", "10..99"))),
    }
    when = draw(
        st.sampled_from((None, None, None, "employees = 10 OR country = 'DE'", "employees < 5 AND employees > 9"))
    )
    place = Place("rules.csv")
    return TerritoryRule(
        territory=draw(st.sampled_from(sorted(PARENTS))),
        kind=draw(st.sampled_from(("include", "include", "include", "exclude", "override"))),
        priority=draw(st.sampled_from((10, 100, 100))),
        inherited=draw(st.booleans()),
        when=Written(when, place) if when else None,
        cells={name: Written(text, place) for name, text in cells.items() if text},
    )


def proof_of(rules: list[TerritoryRule], winners: int, has_bitsets: bool = False) -> LayerProof:  # noqa: FBT001, FBT002 - drawn
    section = AssignmentSection(
        territories=tuple(Territory(territory=name, parent=parent) for name, parent in PARENTS.items()),
        layers=(Layer(layer="geography", rules=tuple(rules), winners=winners),),
    )
    layer = compile_layer(section.layers[0], section, {})
    if has_bitsets:
        layer = replace(layer, rules=compile_rules(layer.rules.rules, FIELDS, max_nodes=1))
    holding = holding_of(ACCOUNTS, layer, section.layers[0], section, {})
    return LayerProof(section.layers[0], layer, Surface(ground_of(layer.rules), DOMAINS), holding)


def holding(rules: LayerRules) -> list[tuple[int, ...]]:
    """Say by the conditions' own reading which rules hold for each record."""
    return [
        tuple(number for number, rule in enumerate(rules.rules.rules) if rule.when.holds(record)) for record in RECORDS
    ]


def chosen(rules: LayerRules, held: tuple[int, ...]) -> tuple[int, ...]:
    return rules.ranked(held)[: rules.winners]


def subjects(candidates: Iterable[Candidate], kind: str) -> list[tuple[str, ...]]:
    return sorted(each.subject for each in candidates if each.kind == kind)


LAW = settings(max_examples=25, deadline=None, derandomize=True)
LAYERS = st.tuples(st.lists(territory_rules(), max_size=8), st.sampled_from((1, 1, 2, 3)), st.booleans())
Drawn = tuple[list[TerritoryRule], int, bool]


@LAW
@given(LAYERS)
def test_gaps_are_all_records_without_a_territory_and_no_others(layer: Drawn) -> None:
    proof = proof_of(*layer)
    bare = [not chosen(proof.rules, held) for held in holding(proof.rules)]
    found = list(gaps(proof))
    assert bool(found) == any(bare)
    boxes = Region("gap", proof.surface, proof.winners.renamed(lambda value: int(value >= 1 << 40))).boxes
    assert len(boxes) == len(found)
    inside = [box.mask(TABLE) for box in boxes]
    assert np.logical_or.reduce([np.zeros(len(RECORDS), dtype=bool), *inside]).tolist() == bare
    for candidate, mask in zip(found, inside, strict=True):
        assert candidate.stake == ACCOUNTS.stake(mask)
        assert candidate.stake is not None
        assert candidate.stake.records > 0
        witness = candidate.tell().witness
        assert witness is not None
        numbers = tuple(number for number, rule in enumerate(proof.ground.rules) if rule.when.holds(witness))
        assert chosen(proof.rules, numbers) == ()


@LAW
@given(LAYERS)
def test_idle_rules_are_those_that_never_decide(layer: Drawn) -> None:
    proof = proof_of(*layer)
    held = holding(proof.rules)
    deciding = {rule for each in held for rule in chosen(proof.rules, each)}
    met = {rule for each in held for rule in each}
    dead, shadowed = [], []
    for number, entry in enumerate(proof.rules.entries):
        if number not in met:
            dead.append(proof.subject(number))
        elif entry.kind == "exclude":
            without = [tuple(rule for rule in each if rule != number) for each in held]
            if all(chosen(proof.rules, a) == chosen(proof.rules, b) for a, b in zip(held, without, strict=True)):
                shadowed.append(proof.subject(number))
        elif number not in deciding:
            shadowed.append(proof.subject(number))
    found = list(idle(proof))
    assert subjects(found, "dead") == sorted(dead)
    assert subjects(found, "shadowed") == sorted(shadowed)


@LAW
@given(LAYERS)
def test_overlaps_are_all_records_claimed_too_often(layer: Drawn) -> None:
    proof = proof_of(*layer)
    room = proof.layer.winners
    ranked = [proof.rules.ranked(each) for each in holding(proof.rules)]
    contested = {each[room - 1] for each in ranked if len(each) > room}
    found = list(overlaps(proof))
    assert {candidate.subject[:3] for candidate in found} == {proof.subject(rule) for rule in contested}
    for candidate in found:
        told = candidate.tell()
        assert told.witness is not None
        numbers = tuple(number for number, rule in enumerate(proof.ground.rules) if rule.when.holds(told.witness))
        best = proof.rules.ranked(numbers)
        assert len(best) > room
        assert proof.subject(best[room - 1]) == candidate.subject[:3]
    in_book = {candidate.subject[:3] for candidate in found if candidate.stake and candidate.stake.records}
    assert in_book == {candidate.subject[:3] for candidate in found}


def test_an_override_wins_over_the_territories_below_it_and_that_is_a_contest() -> None:
    rules = [
        TerritoryRule(territory=name_of("de", 2), kind="include"),
        TerritoryRule(territory=name_of("eu", 3), kind="override"),
    ]
    [contest] = overlaps(proof_of(rules, 1))
    assert contest.subject[:2] == ("eu", "override")
    assert contest.tell().message.endswith("as an override")


def test_an_exclusion_matters_where_it_lets_another_one_win_in_its_place() -> None:
    # Excluded from `de`, a record no longer makes `eu` step back: `eu` wins over `banks`, and not the other way round.
    rules = [
        TerritoryRule(territory=name_of("eu", 2), priority=1),
        TerritoryRule(territory=name_of("banks", 3), priority=10),
        TerritoryRule(territory=name_of("de", 4), priority=100),
        TerritoryRule(territory=name_of("de", 5), kind="exclude"),
    ]
    assert [each for each in idle(proof_of(rules, 1)) if each.subject[1] == "exclude"] == []
