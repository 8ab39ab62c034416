"""Finished runs made of a few values, as folders of Parquet files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rightful.crm import OBJECTS, STAGE_ORDER, CrmObject, raw
from rightful.runs.accounting import RowCount
from rightful.runs.run import Manifest, Run
from rightful.stages.columns import schema_of
from rightful.stages.matching.outcome import CANDIDATE_SCHEMA

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
RunOf = Callable[..., Run]
Rows = Sequence[Mapping[str, Any]]


def _schema(stage: str, *texts: str, **others: pa.DataType) -> tuple[str, pa.Schema]:
    return stage, pa.schema([*((name, pa.string()) for name in texts), *others.items()])


RESULTS = {
    "quarantine": _schema("tables", "object", "record_id", "source_file", "reason", "detail", source_line=pa.int64()),
    "merges": _schema("quality", "object", "record_id", "survivor_id", "reason", "detail"),
    "account_territories": _schema(
        "assignment", "account_id", "layer", "territory_id", "rule", "method", "reason", is_winner=pa.bool_()
    ),
    "assignments": _schema(
        "assignment",
        *("object", "record_id", "role", "territory_id", "rep_id", "method", "reason"),
        is_primary=pa.bool_(),
    ),
    "exceptions": _schema(
        "tables",
        *("object", "record_id", "stage", "cause", "detail", "repair"),
        age_days=pa.float64(),
        value_usd=pa.float64(),
    ),
    "match_candidates": ("matching", CANDIDATE_SCHEMA),
    "hierarchy_findings": _schema("hierarchy", "account_id", "finding", "detail"),
}


@pytest.fixture
def run_of(tmp_path: Path) -> RunOf:
    """Give a function that stores a run: ``run_of(accounts=[{...}], exceptions=[{...}])``; what is left out is null."""

    def make(**rows: Rows) -> Run:
        plan_folder = tmp_path / "acme"
        folder = plan_folder / "runs" / "first"
        counts = []
        for crm_object in OBJECTS:
            given = rows.pop(crm_object.table, ())
            _store_object(folder, crm_object, given)
            counts.append(RowCount(crm_object.table, len(given), 0, 0, len(given)))
        for name, (stage, schema) in RESULTS.items():
            _store(folder / stage / f"{name}.parquet", rows.pop(name, ()), schema)
        assert not rows, f"unknown tables {sorted(rows)}"
        manifest = Manifest("Acme", "0123456789abcdef", AS_OF, tuple(counts))
        (folder / "manifest.json").write_text(json.dumps(manifest.as_json()))
        (folder / "timings.json").write_text('{"sources": 0.5, "quality": 2.25}')
        (plan_folder / "runs" / "LATEST").write_text("first")
        return Run.latest(plan_folder)

    return make


def _store_object(folder: Path, crm_object: CrmObject, rows: Rows) -> None:
    known = {*crm_object.raw_columns, *crm_object.rule_fields}
    unknown = {name for row in rows for name in row} - known
    assert not unknown, f"{crm_object.table} has no column {sorted(unknown)}"
    delivered = [(raw(field.name), pa.string()) for field in crm_object.source_fields]
    place = [("source_file", pa.string()), ("source_line", pa.int64())]
    source = pa.schema([(crm_object.key, pa.string()), *delivered, *place])
    _store(folder / "sources" / f"{crm_object.table}.parquet", rows, source)
    for stage in STAGE_ORDER[1:]:
        if crm_object.fields_of(stage):
            _store(folder / stage / f"{crm_object.table}.parquet", rows, schema_of(crm_object, stage))


def _store(path: Path, rows: Rows, schema: pa.Schema) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = [pa.array([row.get(field.name) for row in rows], field.type) for field in schema]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path)
