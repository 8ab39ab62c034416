"""Measure what reps, teams and territories hold under two plans: before, what came, what went, after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from rightful.runs.difference.effects import Holding, Measure, MovedShare, TeamChange, TerritoryFlow
from rightful.runs.difference.moves import accounts_of, opportunities_of
from rightful.runs.run import Run
from rightful.runs.summary.columns import columns
from rightful.runs.summary.ownership import rep_loads, team_balance

__all__ = [
    "Sides",
    "balance_of",
    "disruption_of",
    "flows_of",
    "rep_holdings",
    "sides_of",
    "team_holdings",
    "territory_holdings",
]

_NOTHING = Measure(0.0, 0.0, 0.0, 0.0)
_NO_TEAM = "no team"
_MOST_FLOWS = 7


@dataclass(frozen=True, slots=True)
class Side:
    """What a run gives: accounts and opportunities with owner and value, team members, placements and leads."""

    accounts: pl.DataFrame
    opportunities: pl.DataFrame
    members: pl.DataFrame
    placements: pl.DataFrame
    leads: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Sides:
    """Both runs, with the reps of the book.

    Attributes:
        before: The first run.
        after: The second run.
        reps: rep_id, name and team.
        weeks: Weeks in which the book's leads arrived, at least one.
    """

    before: Side
    after: Side
    reps: pl.DataFrame
    weeks: float


def sides_of(before: Run, after: Run, renamed: Mapping[str, str]) -> Sides:
    """Read what is measured of two runs; territories that only have another name get the new one."""
    names = pl.coalesce("name", "rep_id"), pl.col("team").fill_null(_NO_TEAM).replace("", _NO_TEAM)
    reps = columns(after, "reps", "name", "team").select("rep_id", *names).collect()
    return Sides(_side(before, renamed), _side(after, {}), reps, _weeks(after))


def _side(run: Run, renamed: Mapping[str, str]) -> Side:
    new_name = pl.col("territory_id").replace(dict(renamed))
    teams = run.scan("assignments").filter(pl.col("object") == "account", pl.col("rep_id").is_not_null())
    placements = run.scan("account_territories").filter("is_winner").select("account_id", "layer", "territory_id")
    return Side(
        accounts_of(run).with_columns(new_name),
        opportunities_of(run).with_columns(new_name),
        teams.select("rep_id", account_id="record_id").unique().collect(),
        placements.with_columns(new_name).collect(),
        columns(run, "leads", "routed_rep_id", "matched_account_id").collect(),
    )


def _weeks(run: Run) -> float:
    created = columns(run, "leads", "created_at").collect()["created_at"].drop_nulls()
    days = (created.max() - created.min()).total_seconds() / 86_400 if len(created) else 0.0  # type: ignore[operator, union-attr]  # instants
    return max(days / 7, 1.0)


def rep_holdings(sides: Sides) -> tuple[Holding, ...]:
    """Measure reps; those without any holding under either plan are left out."""
    parts = _parts(sides, pl.col("holder"), sides.reps)
    about = {key: (name, team) for key, name, team in sides.reps.iter_rows()}
    return _ranked(_holding(key, *about.get(key, (key, _NO_TEAM)), parts) for key in _keys(parts))


def team_holdings(sides: Sides) -> tuple[Holding, ...]:
    """Measure teams: what passes from one rep of a team to another neither comes nor goes."""
    parts = _parts(sides, pl.col("team"), sides.reps)
    return _ranked(_holding(key, key, "", parts) for key in _keys(parts))


def territory_holdings(sides: Sides) -> tuple[Holding, ...]:
    """Measure territories, by layer: open pipeline is that of opportunities in the territory, leads those of its accounts."""
    both = (sides.before, sides.after)
    accounts, revenue = _measured([_placed(side) for side in both])
    _, work = _measured([_work(side, "territory_id") for side in both])
    _, leads = _measured([_leads_of_accounts(side, sides.weeks) for side in both])
    held = {key.partition("\n")[2]: key for key in sorted(accounts, reverse=True)}
    pipeline = {held[territory]: measure for territory, measure in work.items() if territory in held}
    parts = dict(zip(_MEASURES, (accounts, revenue, pipeline, leads), strict=True))
    return _ranked(_territory(key, parts) for key in _keys(parts))


def _territory(key: str, parts: Mapping[str, Mapping[str, Measure]]) -> Holding:
    layer, _, territory = key.partition("\n")
    return replace(_holding(key, territory, layer, parts), key=territory)


def _measured(frames: Sequence[pl.DataFrame]) -> tuple[dict[str, Measure], dict[str, Measure]]:
    return _measures(frames[0], frames[1], pl.col("holder"))


def _places(side: Side) -> pl.DataFrame:
    """Give the territories of accounts, as holders that know their layer."""
    holder = pl.concat_str("layer", "territory_id", separator="\n")
    return side.placements.select("account_id", holder.alias("holder"))


def _placed(side: Side) -> pl.DataFrame:
    values = side.accounts.select("account_id", value=pl.col("annual_revenue_usd").fill_null(0.0))
    return _places(side).join(values, on="account_id", how="inner").rename({"account_id": "item"})


def _leads_of_accounts(side: Side, weeks: float) -> pl.DataFrame:
    leads = side.leads.filter(pl.col("matched_account_id").is_not_null())
    placed = leads.join(_places(side), left_on="matched_account_id", right_on="account_id", how="inner")
    return placed.select("holder", item="lead_id", value=pl.lit(1.0 / weeks))


def _parts(sides: Sides, holder: pl.Expr, reps: pl.DataFrame) -> dict[str, dict[str, Measure]]:
    """Measure accounts, revenue, pipeline and leads of each holder, a rep or a team."""
    both = (sides.before, sides.after)

    def measured(frames: list[pl.DataFrame]) -> tuple[dict[str, Measure], dict[str, Measure]]:
        named = [frame.join(reps, left_on="holder", right_on="rep_id", how="left") for frame in frames]
        teams = [frame.with_columns(pl.col("team").fill_null(_NO_TEAM)) for frame in named]
        return _measures(teams[0], teams[1], holder)

    accounts, revenue = measured([_held(side) for side in both])
    _, pipeline = measured([_work(side, "assigned_rep_id") for side in both])
    _, leads = measured([_leads(side, sides.weeks) for side in both])
    return dict(zip(_MEASURES, (accounts, revenue, pipeline, leads), strict=True))


_MEASURES = ("accounts", "annual_revenue_usd", "open_pipeline_usd", "leads_per_week")


def _held(side: Side) -> pl.DataFrame:
    values = side.accounts.select("account_id", value=pl.col("annual_revenue_usd").fill_null(0.0))
    return side.members.join(values, on="account_id", how="inner").rename({"rep_id": "holder", "account_id": "item"})


def _work(side: Side, holder: str) -> pl.DataFrame:
    is_held = pl.col("is_open"), pl.col(holder).is_not_null()
    value = pl.col("amount_usd").fill_null(0.0)
    return side.opportunities.filter(*is_held).select(holder=holder, item="opportunity_id", value=value)


def _leads(side: Side, weeks: float) -> pl.DataFrame:
    routed = side.leads.filter(pl.col("routed_rep_id").is_not_null())
    return routed.select(holder="routed_rep_id", item="lead_id", value=pl.lit(1.0 / weeks))


def _measures(
    before: pl.DataFrame, after: pl.DataFrame, holder: pl.Expr
) -> tuple[dict[str, Measure], dict[str, Measure]]:
    """Count and value what each holder has, gets and gives up; an item counts once for a holder."""
    first, second = (
        frame.select(holder.alias("key"), "item", "value").unique(["key", "item"]) for frame in (before, after)
    )
    both = first.join(second, on=["key", "item"], how="full", coalesce=True, suffix="_after")
    had, has = pl.col("value").is_not_null(), pl.col("value_after").is_not_null()
    sums = (
        both.sort("key", "item")
        .group_by("key", maintain_order=True)
        .agg(  # sums of floats depend on the order
            had.sum().alias("n_before"),
            (~had & has).sum().alias("n_gained"),
            (had & ~has).sum().alias("n_lost"),
            has.sum().alias("n_after"),
            pl.col("value").sum().alias("before"),
            pl.col("value_after").filter(~had).sum().alias("gained"),
            pl.col("value").filter(~has).sum().alias("lost"),
            pl.col("value_after").sum().alias("after"),
        )
    )
    counts, values = {}, {}
    for row in sums.iter_rows(named=True):
        counts[row["key"]] = Measure(*(float(row[f"n_{part}"]) for part in _PARTS))
        values[row["key"]] = Measure(*(round(float(row[part]), 6) for part in _PARTS))
    return counts, values


_PARTS = ("before", "gained", "lost", "after")


def _keys(parts: Mapping[str, Mapping[str, Measure]]) -> list[str]:
    return sorted({key for measures in parts.values() for key in measures})


def _holding(key: str, name: str, group: str, parts: Mapping[str, Mapping[str, Measure]]) -> Holding:
    return Holding(key, name, group, **{part: measures.get(key, _NOTHING) for part, measures in parts.items()})


def _ranked(holdings: Iterable[Holding]) -> tuple[Holding, ...]:
    def moved(holding: Holding) -> tuple[float, float, float, str, str]:
        accounts, revenue, pipeline = holding.accounts, holding.annual_revenue_usd, holding.open_pipeline_usd
        return (
            -(accounts.gained + accounts.lost),
            -(revenue.gained + revenue.lost),
            -(pipeline.gained + pipeline.lost),
            holding.group,
            holding.key,
        )

    return tuple(sorted(holdings, key=moved))


def balance_of(before: Run, after: Run) -> tuple[TeamChange, ...]:
    """Measure how evenly each team's active reps share their work under both plans."""
    first, second = ({each.team: each for each in team_balance(rep_loads(run))} for run in (before, after))
    return tuple(TeamChange(team, first.get(team), second.get(team)) for team in sorted({*first, *second}))


def disruption_of(sides: Sides) -> tuple[MovedShare, ...]:
    """Measure how much of the book changes hands: the first role's rep, and the territory in the first layer."""
    accounts = _paired(sides.before.accounts, sides.after.accounts, "account_id", "assigned_rep_id")
    placed = _paired(sides.before.accounts, sides.after.accounts, "account_id", "territory_id")
    work = _paired(sides.before.opportunities, sides.after.opportunities, "opportunity_id", "assigned_rep_id")
    leads = _paired(sides.before.leads, sides.after.leads, "lead_id", "routed_rep_id")
    is_open = work.filter("is_open")
    return (
        _count("accounts with another owner", accounts),
        _value("their annual revenue", accounts, "annual_revenue_usd"),
        _value("their open pipeline", accounts, "open_pipeline_usd"),
        _count("customers with another owner", accounts.filter("is_customer")),
        _count("accounts with another territory", placed),
        _count("open opportunities with another owner", is_open),
        _value("value of open opportunities", is_open, "amount_usd"),
        _count("opportunities near closing", work.filter("is_near_closing")),
        _count("open renewals", work.filter("is_renewal")),
        _count("leads with another rep", leads),
    )


def flows_of(sides: Sides) -> tuple[TerritoryFlow, ...]:
    """Count the accounts that pass from one territory of the first layer to another."""
    placed = _paired(sides.before.accounts, sides.after.accounts, "account_id", "territory_id")
    moved = placed.filter("is_moved", pl.col("is_in_both").is_not_null())
    names = pl.col("was", "territory_id").fill_null("none")
    counts = moved.with_columns(names).group_by("was", "territory_id").len()
    ranked = counts.sort("len", "was", "territory_id", descending=[True, False, False])
    shown = [TerritoryFlow(*row) for row in ranked.head(_MOST_FLOWS).iter_rows()]
    rest = int(ranked.slice(_MOST_FLOWS)["len"].sum())
    return (*shown, *([TerritoryFlow("other", "other", rest)] if rest else []))


def _paired(before: pl.DataFrame, after: pl.DataFrame, key: str, owner: str) -> pl.DataFrame:
    """Put what the first plan gives beside the second; records that only one of them keeps count as moved."""
    first = before.select(key, pl.col(owner).alias("was"), pl.lit(value=True).alias("is_in_both"))
    joined = after.join(first, on=key, how="left")
    return joined.with_columns(is_moved=pl.col("was").ne_missing(pl.col(owner)))


def _count(what: str, frame: pl.DataFrame) -> MovedShare:
    return MovedShare(what, float(frame["is_moved"].sum()), float(frame.height))


def _value(what: str, frame: pl.DataFrame, column: str) -> MovedShare:
    moved = frame.filter("is_moved")[column].sum()
    return MovedShare(what, float(moved or 0), float(frame[column].sum() or 0), is_usd=True)
