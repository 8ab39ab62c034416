"""Read only the columns that are needed: a run of a million accounts has hundreds of them."""

from __future__ import annotations

import polars as pl

from rightful.crm import OBJECT_OF_TABLE, OBJECTS
from rightful.runs.run import Run, side_by_side

__all__ = ["TABLE_OF_OBJECT", "columns", "known_sum"]

TABLE_OF_OBJECT = {crm_object.name: crm_object.table for crm_object in OBJECTS}
"""Name of the table by the name of the object, as result tables have it."""


def columns(run: Run, table: str, *names: str) -> pl.LazyFrame:
    """Give the key and some columns of a CRM table, one row per record that stays, joining no more files than needed."""
    key = OBJECT_OF_TABLE[table].key
    scans = {path: pl.scan_parquet(path) for path in run.paths(table)}
    found = {path: [name for name in scan.collect_schema().names() if name in names] for path, scan in scans.items()}
    source, *stages = scans
    picked = [scans[path].select(key, *found[path]) for path in stages if found[path] or path == stages[-1]]
    if not picked:
        return scans[source].select(key, *found[source])
    added = side_by_side(key, picked)
    return scans[source].select(key, *found[source]).join(added, on=key, how="inner") if found[source] else added


def known_sum(name: str) -> pl.Expr:
    """Sum a column to the cent, for the last digits depend on how the work was split; None where no value is known."""
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum().round(2))
