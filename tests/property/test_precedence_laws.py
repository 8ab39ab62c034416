"""Laws of precedence: what the chart of winners says is what placing one record at a time says."""

from __future__ import annotations

from itertools import product

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import Place
from rightful.plan.assignment import AssignmentSection
from rightful.plan.section import Written
from rightful.plan.territories import Layer, Territory, TerritoryRule
from rightful.rules.proofs.ground import NOTHING, ground_of
from rightful.rules.proofs.precedence import winner_chart
from rightful.stages.territories import compile_layer

PARENTS = {"world": "", "eu": "world", "de": "eu", "fr": "eu", "us": "world", "banks": "", "big": ""}
COUNTRIES = (None, "DE", "FR", "US", "CA")
INDUSTRIES = (None, "Banking", "Software")
SIZES = (None, 10.0, 100.0, 1000.0)
RECORDS = [
    {"country": country, "industry": industry, "employees": size}
    for country, industry, size in product(COUNTRIES, INDUSTRIES, SIZES)
]
TABLE = pa.table(
    {
        name: pa.array([record[name] for record in RECORDS], pa.float64() if name == "employees" else pa.string())
        for name in RECORDS[0]
    }
)


def written(text: str) -> Written:
    return Written(text, Place("rules.csv"))


@st.composite
def territory_rules(draw: st.DrawFn) -> TerritoryRule:
    cells = {
        "country": draw(st.sampled_from(("", "", "DE", "DE, FR", "!US", "US, CA", "(blank)"))),
        "industry": draw(st.sampled_from(("", "", "Banking", "!Banking"))),
        "employees": draw(st.sampled_from(("", "", ">=100", "<1000", "10..100"))),
    }
    return TerritoryRule(
        territory=draw(st.sampled_from(sorted(PARENTS))),
        kind=draw(st.sampled_from(("include", "include", "include", "exclude", "override"))),
        priority=draw(st.sampled_from((10, 100, 100))),
        inherited=draw(st.booleans()),
        cells={name: written(text) for name, text in cells.items() if text},
    )


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.lists(territory_rules(), max_size=9))
def test_the_winner_is_the_first_placement(rules: list[TerritoryRule]) -> None:
    section = AssignmentSection(
        territories=tuple(Territory(territory=name, parent=parent) for name, parent in PARENTS.items()),
        layers=(Layer(layer="geography", rules=tuple(rules)),),
    )
    layer = compile_layer(section.layers[0], section, {})
    ground = ground_of(layer.rules)
    chart = winner_chart(ground, layer.precedence())
    winners = chart.values_of(ground.classes_of(TABLE), TABLE.num_rows).tolist()
    territories = [None if winner == NOTHING else layer.entries[winner].territory for winner in winners]
    placed = [layer.place(layer.rules.decide(record)) for record in RECORDS]
    assert territories == [placements[0].territory_id if placements else None for placements in placed]
    names = [None if winner == NOTHING else layer.names[winner] for winner in winners]
    assert names == [placements[0].rule if placements else None for placements in placed]
