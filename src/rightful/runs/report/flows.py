"""Where accounts and leads went, step by step: the same records counted at every step."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rightful.runs.accounting import RowCount
from rightful.runs.run import Run
from rightful.runs.summary.columns import columns
from rightful.runs.summary.decisions import is_review, routing_method
from rightful.runs.summary.records import Summary

__all__ = ["Link", "account_flow", "lead_flow"]

_MOST_METHODS = 7


@dataclass(frozen=True, slots=True)
class Link:
    """Records that went from a node of one step to a node of the next; steps count from 0."""

    step: int
    source: str
    target: str
    records: int


def account_flow(run: Run, summary: Summary) -> tuple[Link, ...]:
    """Follow accounts: rows read, kept, how their territory was found, how their owner was."""
    primary = next((each.layer for each in summary.territories), "")
    found = (
        run.scan("account_territories")
        .filter("is_winner", pl.col("layer") == primary)
        .group_by("account_id")
        .agg(pl.col("method").min().alias("territory"))
    )
    owners = (
        run.scan("assignments")
        .filter("is_primary", pl.col("object") == "account", pl.col("rep_id").is_not_null())
        .group_by(account_id="record_id")
        .agg(pl.col("method").min().alias("owner"))
    )
    accounts = (
        columns(run, "accounts").join(found, on="account_id", how="left").join(owners, on="account_id", how="left")
    )
    steps = accounts.select(
        pl.concat_str(pl.lit("by "), pl.col("territory")).fill_null("no territory").alias("middle"),
        pl.concat_str(pl.lit("owner by "), pl.col("owner")).fill_null("exception").alias("last"),
    )
    return _links(_row_count(summary, "accounts"), steps.collect())


def lead_flow(run: Run, summary: Summary) -> tuple[Link, ...]:
    """Follow leads: rows read, kept, with an account or not, how their rep was found."""
    middle = (
        pl.when(pl.col("matched_account_id").is_not_null())
        .then(pl.lit("has account"))
        .when(is_review())
        .then(pl.lit("to review"))
        .otherwise(pl.lit("no account"))
    )
    last = pl.when(pl.col("routed_rep_id").is_null()).then(pl.lit("exception")).otherwise(routing_method("leads"))
    leads = columns(run, "leads", "matched_account_id", "match_reason", "routed_rep_id", "routing_method")
    steps = leads.select(middle.alias("middle"), last.fill_null("other").alias("last"))
    return _links(_row_count(summary, "leads"), steps.collect())


def _row_count(summary: Summary, table: str) -> RowCount:
    return next(each for each in summary.rows if each.table == table)


def _links(rows: RowCount, steps: pl.DataFrame) -> tuple[Link, ...]:
    """Link rows read to records kept, those to the middle step, and that to the last; rare last nodes are put together."""
    ranked = steps.group_by("last").agg(pl.len()).sort("len", "last", descending=[True, False])["last"].to_list()
    rare = [name for name in ranked[_MOST_METHODS:] if name != "exception"]
    steps = steps.with_columns(pl.col("last").replace(rare, ["other"] * len(rare)))
    first = [("read", "kept", rows.kept), ("read", "merged", rows.merged), ("read", "quarantined", rows.quarantined)]
    second = _counts(steps.select(pl.lit("kept").alias("from"), "middle"))
    third = _counts(steps)
    return tuple(
        Link(step, source, target, records)
        for step, links in enumerate((first, second, third))
        for source, target, records in links
        if records
    )


def _counts(pairs: pl.DataFrame) -> list[tuple[str, str, int]]:
    counts = pairs.group_by(pairs.columns).agg(pl.len().alias("records"))
    return list(counts.sort("records", *pairs.columns, descending=[True, *(False for _ in pairs.columns)]).iter_rows())
