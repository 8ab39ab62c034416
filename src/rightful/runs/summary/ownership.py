"""Measure who got what: records with a rep, exceptions, workload, balance and coverage."""

from __future__ import annotations

import polars as pl

from rightful.crm import OBJECTS
from rightful.runs.run import Run
from rightful.runs.summary.columns import columns, known_sum
from rightful.runs.summary.records import (
    Placed,
    RepLoad,
    Spread,
    Tally,
    TeamBalance,
    TerritoryCoverage,
    Unplaced,
)

__all__ = ["coverage", "exception_groups", "placed", "rep_loads", "team_balance"]

_EXAMPLES = 3
_LOADS = ("accounts", "annual_revenue_usd", "open_pipeline_usd", "leads")


def placed(run: Run) -> tuple[Placed, ...]:
    """Count the records that have a rep, per table; some contacts and tasks have theirs from routing."""
    found = []
    for crm_object in OBJECTS:
        names = [name for name in ("assigned_rep_id", "routed_rep_id") if name in crm_object.rule_fields]
        if names:
            with_rep = pl.any_horizontal(pl.col(names).is_not_null()).sum()
            counts = columns(run, crm_object.table, *names).select(pl.len(), with_rep=with_rep).collect()
            found.append(Placed(crm_object.table, *counts.row(0)))
    return tuple(found)


def exception_groups(run: Run) -> tuple[Unplaced, ...]:
    """Group the exceptions by kind of record and cause: most valuable first, then most records; last what needs nobody."""
    ranked = run.scan("exceptions").sort("value_usd", "record_id", descending=[True, False], nulls_last=True)
    groups = ranked.group_by("object", "stage", "cause").agg(
        pl.len().alias("records"),
        known_sum("value_usd").alias("value_usd"),
        pl.col("age_days").median().alias("median_age_days"),
        pl.col("age_days").max().alias("most_age_days"),
        pl.col("repair").drop_nulls().min().fill_null("").alias("repair"),
        pl.col("record_id").drop_nulls().head(_EXAMPLES).alias("examples"),
    )
    found = [Unplaced(**{**row, "examples": tuple(row["examples"])}) for row in groups.collect().to_dicts()]

    def order(each: Unplaced) -> tuple[bool, float, int, str, str, str]:
        value = each.value_usd or 0.0
        return (not each.needs_somebody, -value, -each.records, each.object, each.stage, each.cause)

    return tuple(sorted(found, key=order))


def _pipeline(run: Run, by: str) -> pl.LazyFrame:
    """Count and value open opportunities by owner or account."""
    frame = columns(run, "opportunities", "account_id", "assigned_rep_id", "is_closed", "amount_usd")
    is_open = pl.col("is_closed").fill_null(value=False).not_()
    return (
        frame.filter(is_open, pl.col(by).is_not_null())
        .group_by(by)
        .agg(pl.len().alias("open_opportunities"), known_sum("amount_usd").alias("open_pipeline_usd"))
    )


def _none_is_zero(worth: str, *, of: str) -> pl.Expr:
    """Give a sum, 0 where there is nothing to add up; unknown stays where there is something without a known value."""
    return pl.when(pl.col(of).fill_null(0) == 0).then(0.0).otherwise(pl.col(worth)).alias(worth)


def rep_loads(run: Run) -> tuple[RepLoad, ...]:
    """Count what each rep holds, by team, then most accounts first."""
    reps = columns(run, "reps", "name", "team", "role", "is_active", "capacity").select(
        "rep_id",
        pl.coalesce("name", "rep_id").alias("name"),
        pl.col("team", "role").fill_null(""),
        pl.col("is_active").fill_null(value=True),
        "capacity",
    )
    teams = run.scan("assignments").filter(pl.col("object") == "account", pl.col("rep_id").is_not_null())
    held = teams.select("rep_id", account_id="record_id").unique()
    accounts = (
        held.join(columns(run, "accounts", "annual_revenue_usd"), on="account_id", how="left")
        .group_by("rep_id")
        .agg(pl.len().alias("accounts"), known_sum("annual_revenue_usd"))
    )
    leads = columns(run, "leads", "routed_rep_id").group_by(rep_id="routed_rep_id").agg(pl.len().alias("leads"))
    pipeline = _pipeline(run, "assigned_rep_id").rename({"assigned_rep_id": "rep_id"})
    joined = reps.join(accounts, on="rep_id", how="left").join(pipeline, on="rep_id", how="left")
    filled = joined.join(leads, on="rep_id", how="left").with_columns(
        pl.col("accounts", "open_opportunities", "leads").fill_null(0),
        _none_is_zero("annual_revenue_usd", of="accounts"),
        _none_is_zero("open_pipeline_usd", of="open_opportunities"),
    )
    names = RepLoad.__dataclass_fields__
    ordered = filled.select(*names).sort("team", "accounts", "rep_id", descending=[False, True, False]).collect()
    return tuple(RepLoad(*row) for row in ordered.iter_rows())


def team_balance(loads: tuple[RepLoad, ...]) -> tuple[TeamBalance, ...]:
    """Measure how evenly the active reps of each team share their work; reps without a team are one team."""
    teams: dict[str, list[RepLoad]] = {}
    for load in loads:
        if load.is_active:
            teams.setdefault(load.team or "no team", []).append(load)
    return tuple(
        TeamBalance(team, len(reps), *(_spread([getattr(rep, name) for rep in reps]) for name in _LOADS))
        for team, reps in sorted(teams.items())
    )


def _spread(loads: list[float | None]) -> Spread:
    values = [load for load in loads if load is not None]
    if not values:
        return Spread(None, None, None, None)
    series = pl.Series(values, dtype=pl.Float64)
    low, middle, high = (float(each) for each in (min(values), series.quantile(0.5, "linear") or 0, max(values)))
    mean = sum(values) / len(values)
    deviation = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    return Spread(low, middle, high, deviation / mean if mean and len(values) > 1 else None)


def coverage(run: Run) -> tuple[TerritoryCoverage, ...]:
    """Measure what lies in each territory and who covers it: the primary layer first, then most accounts first."""
    facts = columns(run, "accounts", "account_type", "annual_revenue_usd", "territory_id").rename(
        {"territory_id": "primary"}
    )
    facts = facts.join(_pipeline(run, "account_id"), on="account_id", how="left")
    placements = run.scan("account_territories").filter("is_winner").select("account_id", "layer", "territory_id")
    territories = (
        placements.join(facts, on="account_id", how="inner")
        .group_by("layer", "territory_id")
        .agg(
            pl.len().alias("accounts"),
            (pl.col("account_type") == "customer").sum().alias("customers"),
            known_sum("annual_revenue_usd"),
            known_sum("open_pipeline_usd"),
            pl.col("open_opportunities").sum(),
            (pl.col("territory_id") == pl.col("primary")).sum().alias("primary"),
        )
        .collect()
    )
    reps = _reps_by_territory(run)
    share_primary = (pl.col("primary").sum() / pl.col("accounts").sum()).over("layer")
    worth = _none_is_zero("open_pipeline_usd", of="open_opportunities")
    ordered = territories.with_columns(share_primary.alias("primary"), worth).sort(
        "primary", "layer", "accounts", "territory_id", descending=[True, False, True, False]
    )
    return tuple(
        TerritoryCoverage(**row, reps=reps.get(row["territory_id"], ()))
        for row in ordered.drop("primary", "open_opportunities").to_dicts()
    )


def _reps_by_territory(run: Run) -> dict[str, tuple[Tally, ...]]:
    held = run.scan("assignments").filter(pl.col("object") == "account", pl.col("territory_id").is_not_null())
    counts = held.group_by("territory_id", "role").agg(pl.col("rep_id").n_unique().alias("reps"))
    found: dict[str, tuple[Tally, ...]] = {}
    for territory, role, reps in counts.sort("territory_id", "role").collect().iter_rows():
        found[territory] = (*found.get(territory, ()), Tally(role, reps))
    return found
