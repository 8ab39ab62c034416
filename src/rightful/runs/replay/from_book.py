"""Make a file of events from the leads of a run: the past as far as the book knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import polars as pl

from rightful.connectors import write_table
from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.runs.run import Run

__all__ = ["EventsOfBook", "write_events"]

LEAD = OBJECT_OF_TABLE["leads"]
_LATER = ("status", "is_converted", "account_id", "owner_id", "created_at")
"""Fields of leads that tell what became of them: when they came, nobody knew."""


@dataclass(frozen=True, slots=True)
class EventsOfBook:
    """What was written.

    Attributes:
        leads: Leads that arrive.
        with_rep: Leads of which the book knows the owner.
        closed: Leads that are closed later.
        undated: Leads left out because nobody knows when they came.
    """

    leads: int
    with_rep: int
    closed: int
    undated: int


def write_events(run: Run, plan: Plan, path: Path, open_days: float) -> EventsOfBook:
    """Write the leads of a run as events, in order of arrival, with who owns them today; and when closed ones were done with.

    Args:
        run: The run; of merged leads only the survivor came.
        plan: Its ``routing.yaml`` says which statuses are closed.
        path: File to write: .csv, .parquet or .xlsx.
        open_days: The book knows that a lead is closed, not since when: so many days after it came.
    """
    leads = run.frame("leads")
    dated = leads.filter(pl.col("created_at").is_not_null()).sort("created_at", "lead_id")
    given = [field.name for field in LEAD.source_fields if field.name not in _LATER]
    arrivals = dated.select(
        pl.lit("lead").alias("kind"),
        pl.col("created_at").alias("at"),
        "lead_id",
        *(pl.col(f"{name}_raw").alias(name) for name in given),
        pl.col("owner_id").alias("actual_rep_id"),
    )
    statuses = [status.strip().casefold() for status in plan.routing.closed.statuses]
    is_closed = pl.col("is_converted").fill_null(value=False) | pl.col("status").str.to_lowercase().is_in(statuses)
    done = pl.col("created_at") + timedelta(days=open_days)
    closings = dated.filter(is_closed).select(
        pl.lit("closed").alias("kind"),
        pl.min_horizontal(done, pl.lit(run.manifest.as_of).dt.cast_time_unit("us")).alias("at"),
        "lead_id",
    )
    events = pl.concat([arrivals, closings], how="diagonal").sort(
        "at", "kind", "lead_id", descending=[False, True, False]
    )
    write_table(events.to_arrow(), path)
    with_rep = arrivals["actual_rep_id"].drop_nulls().len()
    return EventsOfBook(len(dated), with_rep, len(closings), len(leads) - len(dated))
