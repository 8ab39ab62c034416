"""Write what a replay found: tables for programs, files for people, and the page."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from rightful.connectors import write_table
from rightful.runs.replay.compare import Comparison, moved, weekly_load
from rightful.runs.replay.events import Events
from rightful.runs.replay.page import write_page

__all__ = ["write_results"]

_SHOWN = ("company", "country")
_CHANGED = (
    "lead_id", "arrived_at", *_SHOWN, "before_rep_id", "before_rep", "after_rep_id", "after_rep", "before_method", "after_method",
    "before_pool_id", "after_pool_id", "before_answer_at", "after_answer_at", "before_sla_due_at", "after_sla_due_at",
    "before_reason", "after_reason",
)  # fmt: skip
"""Columns of ``changed.csv``; those of which the events know nothing are left out."""


def write_results(
    folder: Path, events: Events, both: pl.DataFrame, comparison: Comparison, people: pl.DataFrame
) -> None:
    """Write the results into the folder of a replay.

    Args:
        folder: Holds ``decisions.parquet`` already.
        events: What happened.
        both: Both courses of each lead.
        comparison: What differs.
        people: rep_id and name of every rep.
    """
    write_table(both.to_arrow(), folder / "leads.parquet")
    load = weekly_load(both)
    write_table(load.to_arrow(), folder / "load.parquet")
    write_table(_named(load, "rep_id", "rep", people).to_arrow(), folder / "load.csv")
    changed = (
        _changed(folder, events, both, people) if comparison.before else both.clear().select("lead_id", "arrived_at")
    )
    write_table(changed.to_arrow(), folder / "changed.csv")
    write_table(events.quarantine, folder / "quarantine.csv")
    text = json.dumps(comparison.as_json(), indent=2, ensure_ascii=False) + "\n"
    (folder / "replay.json").write_text(text, encoding="utf-8")
    write_page(comparison, folder / "replay.html")


def _changed(folder: Path, events: Events, both: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """List the leads whose rep differs, with names and reasons."""
    raw = {name: events.leads[f"{name}_raw"].to_pylist() for name in _SHOWN}
    rows = moved(both.with_columns(pl.Series(name, values, pl.String) for name, values in raw.items()))
    for side, name in (("before", "decisions_before"), ("after", "decisions")):
        rows = _named(rows, f"{side}_rep_id", f"{side}_rep", people)
        if f"{side}_sequence" in rows.columns:
            reasons = pl.scan_parquet(folder / f"{name}.parquet").select("sequence", "reason")
            wanted = rows.lazy().select(pl.col(f"{side}_sequence").alias("sequence"))
            found = reasons.join(wanted, on="sequence", how="semi").collect()
            renamed = found.rename({"sequence": f"{side}_sequence", "reason": f"{side}_reason"})
            rows = rows.join(renamed, on=f"{side}_sequence", how="left", maintain_order="left")
    return rows.select(name for name in _CHANGED if name in rows.columns)


def _named(frame: pl.DataFrame, key: str, name: str, people: pl.DataFrame) -> pl.DataFrame:
    names = people.select(pl.col("rep_id").alias(key), pl.col("name").alias(name))
    return frame.join(names, on=key, how="left", maintain_order="left")
