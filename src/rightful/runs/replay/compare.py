"""Compare two courses of the same leads: who got which, answers in time, load per rep and week, fallbacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

__all__ = ["Comparison", "Move", "RepWeeks", "Side", "Week", "compare", "weekly_load", "with_both"]

_SIDES = ("before", "after")


@dataclass(frozen=True, slots=True)
class Side:
    """One course of the leads.

    Attributes:
        name: What decided: a plan, or the events themselves.
        with_rep: Leads that a rep got.
        waiting: Leads that still waited at the last event; None where nobody knows.
        without: Leads that neither a rep got nor wait; None where nobody knows.
        methods: Leads by the method that decided, the most frequent first; empty where nobody knows.
        with_deadline: Leads with a deadline that have been answered or should have been; those that still wait do not count. Where
            the events tell of answers, both sides count the leads that somebody had in fact, so that like is compared with like.
        in_time: Of them, those answered in time.
        answer_minutes: Median of the minutes from arrival to answer; None where no answer is known.
    """

    name: str
    with_rep: int
    waiting: int | None
    without: int | None
    methods: dict[str, int]
    with_deadline: int
    in_time: int
    answer_minutes: float | None

    @property
    def fallback(self) -> int | None:
        """Leads that a fallback got; None where nobody knows."""
        return self.methods.get("fallback", 0) if self.methods else None


@dataclass(frozen=True, slots=True)
class Move:
    """Leads that one rep got before and another one after; None is nobody."""

    before: str | None
    after: str | None
    leads: int


@dataclass(frozen=True, slots=True)
class RepWeeks:
    """Leads of a rep, and those of the busiest week, before and after."""

    rep_id: str
    name: str | None
    team: str | None
    before: int
    after: int
    busiest_before: int
    busiest_after: int


@dataclass(frozen=True, slots=True)
class Week:
    """Leads that came in a week from Monday, and of them those that another rep gets; fallbacks before and after."""

    monday: date
    leads: int
    changed: int
    fallback_before: int
    fallback_after: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two courses of the same leads.

    Attributes:
        leads: How many there are.
        first_at: When the first event happened.
        last_at: When the last one did.
        events: Events by kind.
        before: What the other course is compared with; None where nothing is known of it.
        after: The course by the plan that is tried.
        same: Leads whose rep is the same in both.
        changed: Leads that another rep gets.
        gained: Leads that a rep gets, and nobody had before.
        lost: Leads that nobody gets, and a rep had before.
        moves: From whom to whom, most leads first.
        reps: Each rep who gets a lead in either, most leads after first.
        weeks: Week by week.
        quarantined: Rows of the events that were set aside.
    """

    leads: int
    first_at: datetime
    last_at: datetime
    events: dict[str, int]
    before: Side | None
    after: Side
    same: int
    changed: int
    gained: int
    lost: int
    moves: tuple[Move, ...] = field(repr=False)
    reps: tuple[RepWeeks, ...] = field(repr=False)
    weeks: tuple[Week, ...] = field(repr=False)
    quarantined: int = 0

    def as_json(self) -> dict[str, Any]:
        """Give it as plain data."""
        content = asdict(self)
        content |= {"first_at": self.first_at.isoformat(), "last_at": self.last_at.isoformat()}
        content["weeks"] = [{**asdict(week), "monday": week.monday.isoformat()} for week in self.weeks]
        return content


def with_both(leads: pl.DataFrame, before: pl.DataFrame | None, after: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Put both courses beside the leads: ``before_rep_id``, ``after_rep_id`` and so on; each with the week of its decision.

    Args:
        leads: lead_id and arrived_at, in the order of arrival.
        before: What ``Record.frame`` or ``Actual.frame`` gave; None where nothing is known.
        after: What ``Record.frame`` gave.
        zone: Time zone of weeks.
    """
    sides = {"before": before if before is not None else pl.DataFrame({"rep_id": [None] * len(leads)}), "after": after}
    named = [frame.rename({name: f"{side}_{name}" for name in frame.columns}) for side, frame in sides.items()]
    both = pl.concat([leads, *named], how="horizontal")
    both = both.with_columns(pl.col("before_rep_id").cast(pl.String), _monday(pl.col("arrived_at"), zone).alias("week"))
    for side in _SIDES:
        when = pl.col("arrived_at")
        if f"{side}_decided_at" in both.columns:
            when = pl.coalesce(f"{side}_decided_at", when)
        both = both.with_columns(_monday(when, zone).alias(f"{side}_week"))
    return both


def _monday(moment: pl.Expr, zone: str) -> pl.Expr:
    day = moment.dt.convert_time_zone(zone).dt.date()
    return day - pl.duration(days=day.dt.weekday() - 1)


def weekly_load(both: pl.DataFrame) -> pl.DataFrame:
    """Give the leads that each rep got in each week, before and after: week, rep_id, before, after."""
    sides = [
        both.drop_nulls(f"{side}_rep_id")
        .group_by(pl.col(f"{side}_week").alias("week"), pl.col(f"{side}_rep_id").alias("rep_id"))
        .agg(pl.len().alias(side))
        for side in _SIDES
    ]
    joined = sides[0].join(sides[1], on=["week", "rep_id"], how="full", coalesce=True)
    return joined.with_columns(pl.col(_SIDES).fill_null(0).cast(pl.Int64)).sort("week", "rep_id")


def moved(both: pl.DataFrame) -> pl.DataFrame:
    """Give the leads whose rep differs; nobody differs from somebody."""
    return both.filter(pl.col("before_rep_id").ne_missing(pl.col("after_rep_id")))


def compare(both: pl.DataFrame, names: tuple[str | None, str], reps: pl.DataFrame, last_at: datetime) -> dict[str, Any]:
    """Count what differs.

    Args:
        both: What ``with_both`` gave.
        names: What decided before, None where nothing is known, and after.
        reps: rep_id, name and team of every rep.
        last_at: Moment of the last event: a deadline after it is not missed yet.

    Returns:
        The fields of ``Comparison`` that come of the leads.
    """
    before, after = names
    differs = moved(both) if before else both.clear()
    had, has = pl.col("before_rep_id").is_not_null(), pl.col("after_rep_id").is_not_null()
    return {
        "leads": len(both),
        "before": _side(both, "before", before, last_at) if before else None,
        "after": _side(both, "after", after, last_at),
        "same": len(both) - len(differs),
        "changed": len(differs.filter(had & has)),
        "gained": len(differs.filter(~had & has)),
        "lost": len(differs.filter(had & ~has)),
        "moves": tuple(_moves(differs)),
        "reps": tuple(_reps(both, reps)),
        "weeks": tuple(_weeks(both, differs)),
    }


def _side(both: pl.DataFrame, side: str, name: str, last_at: datetime) -> Side:
    has_rep, is_replayed = pl.col(f"{side}_rep_id").is_not_null(), f"{side}_method" in both.columns
    waits = _waits(both, side)
    answered = _comparable(both)
    due, answer = pl.col(f"{side}_sla_due_at"), pl.col(f"{side}_answer_at")
    counted = answered.filter(_was_to_be_answered(both, side, last_at))
    wait = (answer - pl.col("arrived_at")).dt.total_seconds() / 60
    known = answered.select(wait.alias("minutes")).drop_nulls()["minutes"]
    return Side(
        name=name,
        with_rep=len(both.filter(has_rep)),
        waiting=len(both.filter(~has_rep & waits)) if is_replayed else None,
        without=len(both.filter(~has_rep & ~waits)) if is_replayed else None,
        methods=_methods(both[f"{side}_method"]) if is_replayed else {},
        with_deadline=len(counted),
        in_time=len(counted.filter(answer <= due)),
        answer_minutes=round(float(known.median()), 1) if len(known) else None,  # type: ignore[arg-type]
    )


def _comparable(both: pl.DataFrame) -> pl.DataFrame:
    """Give the leads whose answers are compared: where the events tell of answers, those that somebody had in fact."""
    tells = "before_answer_at" in both.columns and both["before_answer_at"].null_count() < len(both)
    if "before_method" in both.columns or not tells:
        return both
    return both.filter(pl.col("before_sla_due_at").is_not_null() | pl.col("before_answer_at").is_not_null())


def _was_to_be_answered(both: pl.DataFrame, side: str, last_at: datetime) -> pl.Expr:
    """Tell whether a lead with a deadline was answered, or should have been until the last event."""
    due, answer = pl.col(f"{side}_sla_due_at"), pl.col(f"{side}_answer_at")
    if f"{side}_method" in both.columns:
        return pl.col(f"{side}_has_deadline") & (
            answer.is_not_null() | (due.is_null() & ~_waits(both, side)) | (due <= last_at)
        )
    if both[f"{side}_answer_at"].null_count() == len(both):  # then nobody knows whether any was in time
        return pl.lit(False)  # noqa: FBT003 - a column of one value
    return pl.col("after_has_deadline") & due.is_not_null() & (answer.is_not_null() | (due <= last_at))


def _waits(both: pl.DataFrame, side: str) -> pl.Expr:
    method = f"{side}_method"
    return pl.col(method) == "queue" if method in both.columns else pl.lit(False)  # noqa: FBT003 - a column of one value


def _methods(methods: pl.Series) -> dict[str, int]:
    counts = methods.drop_nulls().value_counts().sort(["count", methods.name], descending=[True, False])
    return dict(counts.iter_rows())


def _moves(differs: pl.DataFrame) -> Iterable[Move]:
    pair = ["before_rep_id", "after_rep_id"]
    counts = differs.group_by(pair).agg(pl.len().alias("leads"))
    ordered = counts.sort("leads", *pair, descending=[True, False, False], nulls_last=True)
    return (Move(*row) for row in ordered.iter_rows())


def _reps(both: pl.DataFrame, reps: pl.DataFrame) -> Iterable[RepWeeks]:
    load = weekly_load(both)
    of_rep = load.group_by("rep_id").agg(
        pl.col("before").sum(),
        pl.col("after").sum(),
        pl.col("before").max().alias("busiest_before"),
        pl.col("after").max().alias("busiest_after"),
    )
    named = of_rep.join(reps.select("rep_id", "name", "team"), on="rep_id", how="left")
    ordered = named.select("rep_id", "name", "team", "before", "after", "busiest_before", "busiest_after")
    return (
        RepWeeks(*row) for row in ordered.sort("after", "before", "rep_id", descending=[True, True, False]).iter_rows()
    )


def _weeks(both: pl.DataFrame, differs: pl.DataFrame) -> Iterable[Week]:
    fallbacks = [
        (pl.col(f"{side}_method") == "fallback").sum().alias(side)
        if f"{side}_method" in both.columns
        else pl.lit(0).alias(side)
        for side in _SIDES
    ]
    of_week = both.group_by("week").agg(pl.len().alias("leads"), *fallbacks)
    changed = differs.group_by("week").agg(pl.len().alias("changed"))
    joined = of_week.join(changed, on="week", how="left").with_columns(pl.col("changed").fill_null(0)).sort("week")
    return (Week(*row) for row in joined.select("week", "leads", "changed", "before", "after").iter_rows())
