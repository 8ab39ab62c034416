"""Laws of segmentation: one record and a table are decided alike, and as the rules plainly read."""

from __future__ import annotations

from functools import cache
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import plan_from
from rightful.plan.segmentation import Band, SegmentedTable
from rightful.rules import RuleKind
from rightful.stages.columns import arrow_type
from rightful.stages.segmentation import Segmentation, Segmenter
from rightful.stages.segmentation.bands import band_rows

PLANS = (
    "",
    """
region:
  - {name: DACH, when: "country IN ('DE', 'CH') AND NOT state = 'BY'"}
  - {name: West, state: "C*, !CO"}
segment:
  lists: [{name: Strategic, list: strategic, field: domain}]
  rules: [{name: Regional bank, region: DACH, industry: "!Software"}]
  bands:
    - {field: employees, edges: {SMB: 1, Mid: 100, Large: 1000}, when_range_spans: unknown}
    - {field: annual_revenue_usd, edges: {SMB: 0, Large: 1e6}, when_range_spans: lower}
contacts: {from_account: [region], segment: [{name: Titled, when: title IS NOT NULL}]}
""",
    "segment: {bands: {field: employees, edges: {A: 0, B: 10, C: 1000}}}\nregion: {copy: [country, state]}\nleads: {region: []}",
)

TEXTS = {
    "country": st.sampled_from(["DE", "CH", "US", "BR", ""]),
    "state": st.sampled_from(["CA", "CO", "BY", ""]),
    "industry": st.sampled_from(["Software", "Banking", ""]),
    "domain": st.sampled_from(["acme.com", "b.com"]),
    "title": st.just("CEO"),
    "job_level": st.just("VP"),
    "account_region": st.sampled_from(["APAC", "unknown"]),
}
AMOUNTS = st.one_of(
    st.sampled_from([0.0, 1.0, 99.0, 99.5, 100.0, 999.0, 1000.0, 1e6, -3.0, float("nan")]),
    st.integers(0, 2000).map(float),
)
NUMBERS = {
    "employees": AMOUNTS,
    "employees_low": AMOUNTS,
    "employees_high": AMOUNTS,
    "annual_revenue_usd": AMOUNTS,
    "annual_revenue_low_usd": AMOUNTS,
    "annual_revenue_high_usd": AMOUNTS,
}
RECORD = st.fixed_dictionaries({name: st.none() | values for name, values in {**TEXTS, **NUMBERS}.items()})


@cache
def segmenter(table: SegmentedTable, number: int) -> Segmenter:
    plan = plan_from({"segmentation.yaml": PLANS[number], "lists/strategic.txt": "acme.com"})
    return Segmenter.of(table, plan.segmentation, plan.lists)


def table_of(table: SegmentedTable, records: list[dict[str, Any]]) -> pa.Table:
    known = OBJECT_OF_TABLE[table].rule_fields
    kinds = {name: arrow_type(known[name].kind) for name in {**TEXTS, **NUMBERS} if name in known}
    if table == "contacts":
        kinds["account_region"] = pa.string()
    columns = {name: pa.array([record[name] for record in records], kind) for name, kind in kinds.items()}
    keys = pa.array([str(number) for number in range(len(records))])
    return pa.table({OBJECT_OF_TABLE[table].key: keys, **columns})


@settings(deadline=None, max_examples=60)
@given(
    table=st.sampled_from(["accounts", "leads", "contacts"]),
    number=st.integers(0, len(PLANS) - 1),
    records=st.lists(RECORD, max_size=12),
)
def test_the_desk_decides_like_the_batch(table: SegmentedTable, number: int, records: list[dict[str, Any]]) -> None:
    given_table = table_of(table, records)
    batch = segmenter(table, number).decide_table(given_table).to_pylist()
    for row, decided in zip(given_table.to_pylist(), batch, strict=True):
        alone = segmenter(table, number).decide(row)
        names = ["region", "industry_group", "segment", *([] if table == "accounts" else ["persona"])]
        assert {name: decided[name] for name in names} == {name: getattr(alone, name) for name in names}
        assert decided["segmentation_reason"] == alone.reason
        assert all(decided[name] for name in names), "unknown is a value, never a null"


@settings(deadline=None, max_examples=60)
@given(number=st.integers(0, len(PLANS) - 1), record=RECORD)
def test_the_compiled_rules_decide_as_the_rules_plainly_read(number: int, record: dict[str, Any]) -> None:
    found: Segmentation = segmenter("accounts", number).decide(record)
    values = dict(record)
    for output in segmenter("accounts", number).outputs:
        first = next((row for row in output.rows if row.when.holds(values)), None)
        values[output.name] = getattr(found, output.name)
        if first is not None:
            assert values[output.name] == first.name


@settings(deadline=None)
@given(
    edges=st.lists(st.integers(0, 50), min_size=1, max_size=5, unique=True).map(sorted),
    low=st.integers(0, 60),
    width=st.integers(0, 30),
    policy=st.sampled_from(["middle", "lower", "unknown"]),
)
def test_a_range_within_a_band_is_in_it_and_none_is_in_a_band_it_does_not_touch(
    edges: list[int], low: int, width: int, policy: str
) -> None:
    fields = dict.fromkeys(("n", "n_low", "n_high"), RuleKind.NUMBER)
    bands = Band(field="n", edges={str(edge): edge for edge in edges}, when_range_spans=policy)  # type: ignore[arg-type]
    record = {"n": low + width / 2, "n_low": float(low), "n_high": float(low + width)}
    found = next((row.name for row in band_rows(bands, fields) if row.when.holds(record)), None)
    touched = {str(max((edge for edge in edges if edge <= n), default=None)) for n in range(low, low + width + 1)}
    if len(touched) == 1:
        assert str(found) in touched
    elif policy == "unknown":
        assert found is None
    else:
        assert str(found) in touched
