"""List the records whose rep changes between two runs over one book, with the reasons of both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from rightful.crm import OBJECT_OF_TABLE
from rightful.runs.run import Run
from rightful.runs.summary.columns import columns

__all__ = ["CLOSING_DAYS", "MOVES", "accounts_of", "moves_of", "opportunities_of"]

CLOSING_DAYS = 30
"""Open opportunities expected to close within so many days are near closing."""

MOVES = (
    "object", "record_id", "name", "account_id", "role", "territory_before", "territory_after", "rep_before",
    "rep_name_before", "rep_after", "rep_name_after", "annual_revenue_usd", "open_pipeline_usd", "is_customer",
    "is_near_closing", "is_renewal", "reason_before", "reason_after",
)  # fmt: skip
"""Columns of the list of moves."""

_ROUTED = {"lead": "leads", "contact": "contacts", "task": "tasks"}
_ROUTING = "routing"
_KEYS = ["object", "record_id", "role"]


def moves_of(before: Run, after: Run, renamed: Mapping[str, str]) -> pl.DataFrame:
    """List the records with another rep, one row per record and role.

    Args:
        before: Run of the first plan.
        after: Run of the second plan.
        renamed: New names of territories that only have another name.

    Returns:
        ``MOVES``, most open pipeline and revenue first. Value columns are null where nothing is known: revenue is an account's,
        pipeline an account's open opportunities or the opportunity itself.
    """
    first, second = _owners(before).with_columns(pl.col("territory").replace(dict(renamed))), _owners(after)
    both = first.join(second, on=_KEYS, how="full", coalesce=True, suffix="_after")
    moved = both.filter(pl.col("rep").ne_missing(pl.col("rep_after")))
    named = moved.rename({"rep": "rep_before", "territory": "territory_before", "reason": "reason_before"})
    facts = _facts(after)
    reps = columns(after, "reps", "name").collect()
    found = named.join(facts, on=["object", "record_id"], how="left")
    for side in ("before", "after"):
        names = reps.rename({"rep_id": f"rep_{side}", "name": f"rep_name_{side}"})
        found = found.join(names, on=f"rep_{side}", how="left")
    flags = pl.col("is_customer", "is_near_closing", "is_renewal").fill_null(value=False)
    order = ["open_pipeline_usd", "annual_revenue_usd", *_KEYS]
    return (
        found.with_columns(flags)
        .select(MOVES)
        .sort(order, descending=[True, True, False, False, False], nulls_last=True)
    )


def _owners(run: Run) -> pl.DataFrame:
    """Give who has what, from assignment and from routing."""
    names = ("object", "record_id", "role", "territory", "rep", "reason")
    assigned = run.frame("assignments").rename({"territory_id": "territory", "rep_id": "rep"}).select(names)
    routed = [
        columns(run, table, "routed_rep_id", "routing_reason")
        .collect()
        .filter(pl.col("routed_rep_id").is_not_null())
        .select(
            pl.lit(kind).alias("object"),
            pl.col(OBJECT_OF_TABLE[table].key).alias("record_id"),
            pl.lit(_ROUTING).alias("role"),
            pl.lit(None, pl.String).alias("territory"),
            pl.col("routed_rep_id").alias("rep"),
            pl.col("routing_reason").alias("reason"),
        )
        for kind, table in _ROUTED.items()
    ]
    return pl.concat([assigned, *routed])


def accounts_of(run: Run) -> pl.DataFrame:
    """Give accounts with their owner, territory and value."""
    wanted = ("name", "account_type", "annual_revenue_usd", "territory_id", "assigned_rep_id")
    pipeline = opportunities_of(run).filter("is_open").group_by("account_id").agg(pl.col("amount_usd").sum())
    accounts = columns(run, "accounts", *wanted).collect()
    joined = accounts.join(pipeline, on="account_id", how="left").rename({"amount_usd": "open_pipeline_usd"})
    return joined.sort("account_id").with_columns(
        is_customer=(pl.col("account_type") == "customer").fill_null(value=False)
    )


def opportunities_of(run: Run) -> pl.DataFrame:
    """Give opportunities with what is open, near closing, and a renewal."""
    wanted = ("name", "account_id", "amount_usd", "is_closed", "close_on", "opportunity_type", "territory_id")
    frame = columns(run, "opportunities", *wanted, "assigned_rep_id").collect().sort("opportunity_id")
    day = run.manifest.as_of.date()
    is_open = pl.col("is_closed").fill_null(value=False).not_()
    return frame.with_columns(
        is_open=is_open,
        is_near_closing=(is_open & _is_between(day, day + timedelta(days=CLOSING_DAYS))).fill_null(value=False),
        is_renewal=(is_open & pl.col("opportunity_type").str.contains("(?i)renew")).fill_null(value=False),
    )


def _is_between(first: date, last: date) -> pl.Expr:
    return pl.col("close_on").is_between(first, last)


def _facts(run: Run) -> pl.DataFrame:
    """Give the name, account and value of each record that a move may be of."""
    accounts = accounts_of(run).select(
        pl.lit("account").alias("object"),
        pl.col("account_id").alias("record_id"),
        "name",
        "account_id",
        "annual_revenue_usd",
        "open_pipeline_usd",
        "is_customer",
        pl.lit(value=False).alias("is_near_closing"),
        pl.lit(value=False).alias("is_renewal"),
    )
    customers = accounts.select("account_id", "is_customer")
    worth = pl.when("is_open").then("amount_usd")
    opportunities = opportunities_of(run).select(
        pl.lit("opportunity").alias("object"),
        pl.col("opportunity_id").alias("record_id"),
        "name",
        "account_id",
        pl.lit(None, pl.Float64).alias("annual_revenue_usd"),
        worth.alias("open_pipeline_usd"),
        "is_near_closing",
        "is_renewal",
    )
    others = [
        _others(run, "lead", pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)),
        _others(run, "contact", pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)),
        _others(run, "order", pl.lit(None, pl.String)),
        _others(run, "task", pl.col("subject")),
        _others(run, "buying center", pl.col("name")),
    ]
    rest = pl.concat([opportunities, *others], how="diagonal").join(customers, on="account_id", how="left")
    return pl.concat([accounts, rest], how="diagonal")


def _others(run: Run, kind: str, name: pl.Expr) -> pl.DataFrame:
    crm_object = next(each for each in OBJECT_OF_TABLE.values() if each.name == kind)
    account = "matched_account_id" if "matched_account_id" in crm_object.rule_fields else "account_id"
    wanted = [
        each for each in ("first_name", "last_name", "subject", "name", account) if each in crm_object.rule_fields
    ]
    return (
        columns(run, crm_object.table, *wanted)
        .select(
            pl.lit(kind).alias("object"),
            pl.col(crm_object.key).alias("record_id"),
            name.alias("name"),
            pl.col(account).alias("account_id"),
        )
        .collect()
    )
