"""Measure what matching, scoring and routing decided."""

from __future__ import annotations

import polars as pl

from rightful.runs.run import Run
from rightful.runs.summary.columns import columns
from rightful.runs.summary.records import Grades, MatchCount, Tally

__all__ = ["LETTERS", "PEOPLE", "grades", "is_review", "matches", "routing_method", "routing_methods", "tally"]

PEOPLE = ("leads", "contacts")
LETTERS = (*(f"{letter}{sign}" for letter in "ABCD" for sign in ("+", "", "-")), "F")
"""Grades, best first."""


def is_review() -> pl.Expr:
    """Tell the records whose account is likely, but not likely enough: a person should look."""
    return pl.col("matched_account_id").is_null() & pl.col("match_reason").str.starts_with("Review").fill_null(
        value=False
    )


def tally(frame: pl.DataFrame, name: str, missing: str) -> tuple[Tally, ...]:
    """Count the values of a column, most first; nulls go under the name given for them."""
    counts = frame.group_by(pl.col(name).fill_null(missing)).agg(pl.len().alias("records"))
    rows = sorted(counts.iter_rows(), key=lambda row: (-row[1], row[0]))
    return tuple(Tally(*row) for row in rows)


def matches(run: Run) -> tuple[MatchCount, ...]:
    """Count leads and contacts by match."""
    return tuple(_matches(run, table) for table in PEOPLE)


def _matches(run: Run, table: str) -> MatchCount:
    frame = columns(run, table, "matched_account_id", "match_method", "match_reason").collect()
    matched = frame["matched_account_id"].count()
    review = frame.filter(is_review()).height
    methods = tally(frame, "match_method", "none")
    return MatchCount(table, frame.height, matched, review, frame.height - matched - review, methods)


def grades(run: Run) -> tuple[Grades, ...]:
    """Count grades and scores of leads, contacts and accounts."""
    return tuple(_grades(run, table) for table in (*PEOPLE, "accounts"))


def _grades(run: Run, table: str) -> Grades:
    frame = columns(run, table, "grade", "score").collect()
    found = {each.name: each.records for each in tally(frame, "grade", "none")}
    given = tuple(Tally(letter, found.get(letter, 0)) for letter in (*LETTERS, *sorted(set(found) - set(LETTERS))))
    return Grades(table, frame.height, given, _score_bands(frame["score"]))


def _score_bands(scores: pl.Series) -> tuple[Tally, ...]:
    """Count scores in bands of ten; exactly 0 (no interest known) is a band of its own."""
    tens = (scores.filter(scores > 0) / 10.0).ceil().clip(1, 10).cast(pl.Int64).value_counts()
    found = dict(tens.iter_rows())
    bands = [Tally("0", int((scores == 0).sum() or 0))]
    bands += [Tally(f"{10 * ten - 10}–{10 * ten}", found.get(ten, 0)) for ten in range(1, 11)]
    unscored = scores.null_count()
    return (*bands, *([Tally("none", unscored)] if unscored else []))


def routing_method(table: str) -> pl.Expr:
    """Give the method by which a person got a rep; ``kept`` where one has a rep whom routing left in place."""
    reps = ("routed_rep_id",) if table == "leads" else ("routed_rep_id", "assigned_rep_id")
    is_kept = (pl.col("routing_method") == "none") & pl.any_horizontal(pl.col(reps).is_not_null())
    return pl.when(is_kept).then(pl.lit("kept")).otherwise(pl.col("routing_method")).alias("routing_method")


def routing_methods(run: Run) -> dict[str, tuple[Tally, ...]]:
    """Count by which method leads and contacts got a rep."""
    wanted = ("routing_method", "routed_rep_id", "assigned_rep_id")
    return {
        table: tally(columns(run, table, *wanted).select(routing_method(table)).collect(), "routing_method", "none")
        for table in PEOPLE
    }
