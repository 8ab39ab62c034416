from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from rightful.rules import Range, Rule, RuleKind, all_of, compile_rules
from rightful.rules import diagram as diagrams
from rightful.rules.compile import Compiled, compiled

FIELDS = dict.fromkeys(("one", "other", "third"), RuleKind.NUMBER)


def corners(count: int) -> list[Rule]:
    """Make rules that overlap freely in all fields: behind every level stand nearly all combinations."""
    chance = np.random.default_rng(7)
    lows = chance.integers(0, 90, (count, len(FIELDS))).tolist()
    return [
        Rule(str(number), all_of([Range(name, low, low + 9) for name, low in zip(FIELDS, some, strict=True)]))
        for number, some in enumerate(lows)
    ]


def test_what_fits_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = corners(40)
    whole = compiled(rules, FIELDS, max_nodes=250_000)
    assert isinstance(whole, Compiled)
    nodes = sum(part.node_count for part in whole.parts if isinstance(part, diagrams.Diagram))
    monkeypatch.setattr(diagrams, "_FORECAST_FROM", 1)
    monkeypatch.setattr(diagrams, "_FORECAST_BY", 2)
    assert not compile_rules(rules, FIELDS, max_nodes=4 * nodes).is_bounded


def test_a_level_that_grows_out_of_bounds_is_given_up_from_some_of_its_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = corners(120)
    asked: list[int] = []
    forecast = diagrams._Builder._forecast

    def noted(builder: diagrams._Builder, layer: diagrams._Layer, number: int, size: int) -> None:
        try:
            forecast(builder, layer, number, size)
        except diagrams.DiagramTooLargeError:
            asked.append(number)
            raise

    monkeypatch.setattr(diagrams, "_FORECAST_FROM", 16)
    monkeypatch.setattr(diagrams, "_FORECAST_BY", 4)
    monkeypatch.setattr(diagrams._Builder, "_forecast", noted)
    bounded = compile_rules(rules, FIELDS, max_nodes=300)
    assert asked
    assert bounded.is_bounded
    table = pa.table({name: np.random.default_rng(1).integers(0, 99, 500).astype(float) for name in FIELDS})
    by_rules = [
        next((number for number, rule in enumerate(rules) if rule.when.holds(record)), -1)
        for record in table.to_pylist()
    ]
    assert bounded.first_table(table).tolist() == by_rules
