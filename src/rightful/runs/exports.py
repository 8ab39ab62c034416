"""What people open: CSV files, and a workbook on request, with the columns that matter to them and names beside keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from rightful.connectors import write_table
from rightful.runs.run import Run

__all__ = ["EXPORTS", "export"]

EXPORTS: dict[str, tuple[str, ...]] = {
    "accounts": (
        "account_id", "name", "domain", "country", "state", "city", "industry", "employees", "annual_revenue_usd",
        "account_type", "region", "segment", "ultimate_parent_id", "score", "grade", "rating", "territory_id",
        "assigned_rep_id", "owner_id", "territory_reason", "assignment_reason", "quality_reason",
    ),
    "leads": (
        "lead_id", "first_name", "last_name", "company", "title", "email", "phone", "country", "state", "region",
        "segment", "persona", "matched_account_id", "match_probability", "match_method", "score", "grade", "rating",
        "routed_rep_id", "routing_method", "pool_id", "sla_due_at", "routing_reason", "match_reason", "quality_reason",
    ),
    "contacts": (
        "contact_id", "first_name", "last_name", "title", "email", "phone", "account_id", "matched_account_id", "persona",
        "score", "grade", "rating", "buying_center_id", "assigned_rep_id", "routed_rep_id", "assignment_reason",
        "routing_reason", "quality_reason",
    ),
    "opportunities": (
        "opportunity_id", "name", "account_id", "amount_usd", "stage", "is_closed", "close_on", "territory_id",
        "assigned_rep_id", "owner_id", "territory_reason", "assignment_reason",
    ),
    "orders": (
        "order_id", "account_id", "amount_usd", "ordered_on", "territory_id", "assigned_rep_id", "owner_id",
        "assignment_reason",
    ),
    "tasks": (
        "task_id", "subject", "account_id", "is_closed", "due_on", "assigned_rep_id", "routed_rep_id", "owner_id",
        "assignment_reason", "routing_reason",
    ),
    "buying_centers": ("buying_center_id", "name", "account_id", "assigned_rep_id", "assignment_reason"),
}  # fmt: skip
"""Columns of each file for people; a column ending in ``rep_id`` gets the rep's name beside it."""
_WHOLE = (
    "assignments",
    "exceptions",
    "quarantine",
    "merges",
    "merge_fields",
    "duplicate_links",
    "found_buying_centers",
    "hierarchy_findings",
)


def export(run: Run, formats: tuple[str, ...] = ("csv",)) -> Iterator[Path]:
    """Write the tables that people open into the run's folder.

    Args:
        run: The run.
        formats: ``csv`` (a file per table), ``xlsx`` (a workbook per table), or both.

    Yields:
        Each file as it is written.
    """
    reps = run.scan("reps").select("rep_id", "name").collect()
    for table in (*EXPORTS, *_WHOLE):
        if table not in run.names:
            continue
        frame = run.scan(table)
        if table in EXPORTS:
            frame = frame.select(EXPORTS[table]).sort(EXPORTS[table][0])
        named = _with_names(frame.collect(), reps)
        for each in formats:
            path = run.folder / f"{table}.{each}"
            write_table(named.to_arrow(), path)
            yield path


def _with_names(frame: pl.DataFrame, reps: pl.DataFrame) -> pl.DataFrame:
    for column in [name for name in frame.columns if name.endswith("rep_id")]:
        name = column.removesuffix("_id")
        position = frame.columns.index(column) + 1
        joined = frame.join(
            reps.rename({"name": name}), left_on=column, right_on="rep_id", how="left", maintain_order="left"
        )
        frame = frame.insert_column(position, joined[name])
    return frame
