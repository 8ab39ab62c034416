"""What moved since a proposal, in the ledger and in the book: a change set is applied to what was looked at, or not at all."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import LedgerError, Mistake, Place
from rightful.ledger import ChangeSet, Ledger
from rightful.plan import Plan
from rightful.runs.changes.book import Moved, book_now, digest_of, kept_book, moved_between
from rightful.runs.changes.steps import SEAT

__all__ = ["frame_of", "moved_in_book", "moved_in_ledger", "refuse_moved"]

_SHOWN = 10


def frame_of(table: pa.Table) -> pl.DataFrame:
    """Give a table of the ledger as a data frame."""
    return pl.DataFrame(pl.from_arrow(table))


def moved_in_ledger(ledger: Ledger, change_set: ChangeSet, waiting: pl.DataFrame) -> list[Moved]:
    """Find the seats whose owner, now or scheduled, is not what it was at the proposal.

    Args:
        ledger: The ledger.
        change_set: The change set.
        waiting: Its steps that are not recorded yet.
    """
    since = frame_of(ledger.moved_since(change_set.base_position))
    candidates = waiting.select(SEAT).unique().join(since, on=SEAT, how="semi")
    if candidates.is_empty():
        return []
    record_ids = candidates["record_id"].unique().to_list()
    then = _timelines(ledger.ownership(known_at=change_set.proposed_at, record_ids=record_ids))
    now = _timelines(ledger.ownership(record_ids=record_ids))
    both = candidates.join(then, on=SEAT, how="left").join(now, on=SEAT, how="left", suffix="_now").sort(SEAT)
    differs = both.filter(pl.col("words").ne_missing(pl.col("words_now"))).with_columns(
        pl.col("words", "words_now").fill_null("nobody")
    )
    return [
        Moved(row["object"], row["record_id"], row["role"], row["words"], row["words_now"])
        for row in differs.iter_rows(named=True)
    ]


def _timelines(rows: pa.Table) -> pl.DataFrame:
    """Give the timeline of each seat in words; what is over does not count as moved."""
    begin = pl.col("valid_from").dt.strftime("%Y-%m-%d %H:%M")
    rep, territory = pl.col("rep_id").fill_null("nobody"), pl.col("territory_id").fill_null("no territory")
    return (
        frame_of(rows)
        .sort(*SEAT, "valid_from")
        .group_by(SEAT, maintain_order=True)
        .agg(words=pl.format("{} ({}) from {}", rep, territory, begin).str.join(", then "))
    )


def moved_in_book(plan: Plan, change_set: ChangeSet, folder: Path, waiting: pl.DataFrame) -> list[Moved]:
    """Find the records whose rows in the book are not what they were at the proposal.

    Args:
        plan: Says where the book is.
        change_set: The change set.
        folder: Where the rows of the proposal are kept.
        waiting: Its steps that are not recorded yet.

    Raises:
        LedgerError: The rows of the proposal are not there any more, or not as they were.
    """
    then = kept_book(folder)
    if digest_of(then) != change_set.book_digest:
        problem = "the rows of the book at the proposal are missing, or were changed"
        raise LedgerError(Mistake(Place(str(folder)), problem, remedy="propose again"))
    if not then:
        return []
    touched = waiting.select("object", "record_id").unique()
    then = {
        table: frame.join(touched, left_on=OBJECT_OF_TABLE[table].key, right_on="record_id", how="semi")
        for table, frame in then.items()
    }
    ours = {
        (row["object"], row["record_id"]): row["rep_id"]
        for row in waiting.group_by("object", "record_id").agg("rep_id").iter_rows(named=True)
    }
    return moved_between(then, book_now(plan, touched), ours)


def refuse_moved(change_set_id: str, moved: list[Moved]) -> None:
    """Refuse to go on where something moved.

    Raises:
        LedgerError: Naming what moved.
    """
    if not moved:
        return
    shown = [f"  {each}" for each in moved[:_SHOWN]]
    more = [f"  and {len(moved) - _SHOWN:,} more"] if len(moved) > _SHOWN else []
    problem = f"{len(moved):,} things moved since the proposal; nothing was changed"
    mistake = Mistake(Place(change_set_id), problem, remedy="propose again: `rightful propose PLAN`")
    details = [Mistake(None, line) for line in (*shown, *more)]
    raise LedgerError([mistake, *details])
