from __future__ import annotations

import pyarrow as pa
import pytest

from ledgers import day
from rightful.errors import LedgerError
from rightful.ledger.shapes import ASSIGN, instant_of, micros_of, shaped


def test_instants_are_exact_before_and_after_1970() -> None:
    for moment in (day(0.1), day(-40_000), day(100_000)):
        assert instant_of(micros_of(moment)) == moment


def test_columns_left_out_get_their_defaults() -> None:
    table = pa.table(
        {
            "record_id": ["A"], "object": ["account"], "role": ["owner"], "rep_id": ["ann"],
            "valid_from": pa.array([day(0)], pa.timestamp("ns", "UTC")), "method": ["rule"], "reason": ["why"],
        }
    )  # fmt: skip
    assert shaped(table, ASSIGN, "rows").to_pylist() == [
        {
            "object": "account", "record_id": "A", "role": "owner", "seat": 1, "territory_id": None, "rep_id": "ann",
            "share": 1.0, "valid_from": day(0), "valid_to": None, "method": "rule", "reason": "why",
        }
    ]  # fmt: skip


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(LedgerError) as told:
        shaped(pa.table({"owner": ["ann"]}), ASSIGN, "rows")
    said = str(told.value)
    assert "rows has the unknown column 'owner'" in said
    assert all(
        f"1 rows without {name}" in said for name in ("object", "record_id", "role", "valid_from", "method", "reason")
    )
