from __future__ import annotations

import polars as pl

from rightful.crm import OBJECT_OF_TABLE
from rightful.runs.exports import EXPORTS
from rightful.runs.run import Run


def test_every_exported_column_exists() -> None:
    for table, columns in EXPORTS.items():
        known = set(OBJECT_OF_TABLE[table].rule_fields)
        assert set(columns) <= known, table
        assert columns[0] == OBJECT_OF_TABLE[table].key


def test_a_file_holds_every_record_that_stays_with_names_beside_keys(messy_run: Run) -> None:
    for table in EXPORTS:
        file = pl.read_csv(messy_run.folder / f"{table}.csv", infer_schema=False)
        assert file.height == messy_run.frame(table).height, table
        assert file[EXPORTS[table][0]].is_sorted()
    accounts = pl.read_csv(messy_run.folder / "accounts.csv", infer_schema=False)
    named = dict(accounts.select("assigned_rep_id", "assigned_rep").drop_nulls().iter_rows())
    assert named == {"R1": "Rita Roe"}


def test_every_result_table_has_a_file(messy_run: Run) -> None:
    for table in ("assignments", "exceptions", "quarantine", "merges", "found_buying_centers", "hierarchy_findings"):
        file = pl.read_csv(messy_run.folder / f"{table}.csv", infer_schema=False)
        assert file.height == messy_run.frame(table).height, table
