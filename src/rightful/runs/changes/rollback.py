"""Roll a change set back: every record has its owner of before again, except those that somebody has touched since."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rightful.connectors.writeback import WriteBack
from rightful.errors import LedgerError, Mistake, Place
from rightful.ledger import ASSIGN, ChangeSet, ChangeSetState, Ledger, StepState
from rightful.plan import Plan
from rightful.runs.changes.apply import Tell, batches_of
from rightful.runs.changes.book import book_now, kept_book, moved_between
from rightful.runs.changes.deliver import CONFIRMED, TO_SEND, Delivered, deliver
from rightful.runs.changes.moved import frame_of
from rightful.runs.changes.occasion import Occasion
from rightful.runs.changes.places import folder_of
from rightful.runs.changes.steps import SEAT

__all__ = ["LeftAlone", "RolledBack", "left_alone", "rollback"]

_MAY = (ChangeSetState.APPLYING, ChangeSetState.APPLIED, ChangeSetState.ROLLING_BACK, ChangeSetState.ROLLED_BACK)
_EDITED, _NEVER = "edited since: ", "never applied"


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A record that rolling back did not touch, and why."""

    object: str
    record_id: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What rolling back did.

    Attributes:
        change_set: The change set as it stands now.
        restored: Steps undone this time.
        left_alone: Records edited since the change, in the ledger or in the CRM; of this time and before.
        delivered: What the CRM was told.
    """

    change_set: ChangeSet
    restored: int
    left_alone: tuple[LeftAlone, ...]
    delivered: Delivered


def rollback(
    plan: Plan,
    ledger: Ledger,
    change_set_id: str,
    occasion: Occasion,
    write_back: WriteBack | None,
    tell: Tell = lambda *_: None,
) -> RolledBack:
    """Roll back a change set that was applied, in whole or in part, or go on with a roll-back that was interrupted.

    What held before holds again: from the instant at which the change took effect where that is still to come or is now, else
    from today on; for in between the new owners did own the records. Schedules of before come back as well.

    Raises:
        LedgerError: The change set was never applied.
    """
    change_set = ledger.change_set(change_set_id)
    if change_set.state not in _MAY:
        problem = f"it is {change_set.state.replace('_', ' ')}, so there is nothing to roll back"
        raise LedgerError(Mistake(Place(change_set_id), problem, "a change set that was applied"))
    restored = 0
    if change_set.state is not ChangeSetState.ROLLED_BACK:
        restored = _restore(plan, ledger, change_set, occasion, tell)
    delivered = deliver(ledger, change_set_id, occasion, write_back, plan.changes.write_back.rows_at_most, tell)
    steps = frame_of(ledger.steps(change_set_id))
    return RolledBack(ledger.change_set(change_set_id), restored, left_alone(steps), delivered)


def left_alone(steps: pl.DataFrame) -> tuple[LeftAlone, ...]:
    """Give the records that a roll-back left alone."""
    edited = steps.filter(pl.col("state") == str(StepState.SKIPPED), pl.col("state_detail").str.starts_with(_EDITED))
    rows = edited.select("object", "record_id", "role", reason="state_detail").unique(maintain_order=True)
    return tuple(LeftAlone(**row) for row in rows.iter_rows(named=True))


def _restore(plan: Plan, ledger: Ledger, change_set: ChangeSet, occasion: Occasion, tell: Tell) -> int:
    steps = frame_of(ledger.steps(change_set.change_set_id))
    done = pl.col("state").is_in([str(StepState.RESTORED), str(StepState.SKIPPED)])
    waiting = steps.filter(~done)
    recorded = waiting.filter(pl.col("position").is_not_null())
    edited = _edited(plan, ledger, change_set, recorded)
    undo = _Undo(ledger, change_set, edited, occasion)
    count = 0
    batches = list(batches_of(waiting)) or [waiting]
    for number, batch in enumerate(batches):
        tell("steps", count, waiting.height)
        undo.restore(batch, is_first=number == 0, is_last=number == len(batches) - 1)
        count += batch.height
    tell("steps", count, waiting.height)
    return recorded.join(edited, on=SEAT, how="anti").height


def _edited(plan: Plan, ledger: Ledger, change_set: ChangeSet, recorded: pl.DataFrame) -> pl.DataFrame:
    """Give the seats that somebody else touched since the step was recorded: in the ledger, or the owner in the CRM's book."""
    since = frame_of(ledger.moved_since(change_set.base_position)).rename({"position": "moved_at"})
    last = recorded.group_by(SEAT, maintain_order=True).agg(pl.col("position").max())
    in_ledger = last.join(since, on=SEAT).filter(pl.col("moved_at") > pl.col("position"))
    in_ledger = in_ledger.select(*SEAT, why=pl.format("entry {} of the ledger", "moved_at"))
    folder = folder_of(plan, change_set.change_set_id) / "book"
    then = {table: frame for table, frame in kept_book(folder).items() if "owner_id_raw" in frame.columns}
    told = recorded.filter(pl.col("detail").str.json_path_match("$.crm") == "true")
    if not then or told.is_empty():
        return in_ledger
    ours: dict[tuple[str, str], list[str | None]] = {}
    for row in recorded.select("object", "record_id", "rep_id", "rep_id_before").iter_rows(named=True):
        ours.setdefault((row["object"], row["record_id"]), []).extend((row["rep_id"], row["rep_id_before"]))
    moved = moved_between(then, book_now(plan, recorded.select("object", "record_id").unique()), ours)
    rows = [(each.object, each.record_id, f"owner {each.now} in the CRM") for each in moved if each.what == "owner_id"]
    in_crm = pl.DataFrame(rows, {"object": pl.String, "record_id": pl.String, "why": pl.String}, orient="row")
    by_hand = told.select(SEAT).unique().join(in_crm, on=["object", "record_id"]).select(*SEAT, "why")
    return pl.concat([in_ledger, by_hand]).unique(SEAT, keep="first", maintain_order=True)


@dataclass(frozen=True, slots=True)
class _Undo:
    """A roll-back under way."""

    ledger: Ledger
    change_set: ChangeSet
    edited: pl.DataFrame
    occasion: Occasion

    def restore(self, batch: pl.DataFrame, *, is_first: bool, is_last: bool) -> None:
        """Restore the seats of a batch in one transaction, except those that were edited."""
        change_set, occasion, name = self.change_set, self.occasion, self.change_set.change_set_id
        recorded = batch.filter(pl.col("position").is_not_null())
        mine = recorded.join(self.edited, on=SEAT, how="anti", maintain_order="left")
        rows = _before(self.ledger, change_set, mine, occasion)
        with self.ledger.write("rollback", at=occasion.at, actor=occasion.actor, change_set_id=name) as entry:
            if is_first and change_set.state is not ChangeSetState.ROLLING_BACK:
                entry.set_state(name, ChangeSetState.ROLLING_BACK)
            if rows.height:
                entry.assign(rows.to_arrow())
            for detail, numbers in _marks(mine, occasion):
                entry.mark_steps(name, numbers, StepState.RESTORED, detail, is_recorded=True)
            for detail, numbers in _skips(batch, recorded, self.edited):
                entry.mark_steps(name, numbers, StepState.SKIPPED, detail)
            if is_last:
                entry.set_state(name, ChangeSetState.ROLLED_BACK)


def _before(ledger: Ledger, change_set: ChangeSet, steps: pl.DataFrame, occasion: Occasion) -> pl.DataFrame:
    """Give what has to be recorded so that seats have their timelines of before again.

    Each row holds for ever, until the next one of the same seat takes its place: in order they give the whole timeline. Where
    nothing of the change is over yet, the row that it cut becomes whole again.
    """
    today = pl.lit(occasion.today, pl.Datetime("us", "UTC"))
    begins = steps.group_by(SEAT, maintain_order=True).agg(changed_at=pl.col("valid_from").min())
    begins = begins.with_columns(begin=pl.max_horizontal("changed_at", today))
    record_ids = begins["record_id"].unique().to_list()
    known = frame_of(ledger.ownership(known_at=change_set.proposed_at, record_ids=record_ids))
    rows = begins.join(known, on=SEAT, how="left").filter(
        pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("begin"))
    )
    starts_late = pl.col("valid_from").min().over(SEAT) > pl.col("begin")
    nobody = rows.filter(starts_late).unique(SEAT, keep="first", maintain_order=True)
    nothing = pl.lit(None, pl.String)
    nobody = nobody.with_columns(valid_from="begin", rep_id=nothing, territory_id=nothing, share=pl.lit(1.0))
    whole = pl.concat([nobody, rows]).with_columns(
        valid_from=pl.when(pl.col("begin") == pl.col("changed_at"))
        .then(pl.coalesce("valid_from", "begin"))
        .otherwise(pl.max_horizontal("valid_from", "begin")),
        valid_to=pl.lit(None, pl.Datetime("us", "UTC")),
        share=pl.col("share").fill_null(1.0),
        method=pl.col("method").fill_null("none"),
        reason=pl.col("reason").fill_null("nobody owned it before"),
    )
    return whole.select(ASSIGN.names).sort(*SEAT, "valid_from")


def _marks(steps: pl.DataFrame, occasion: Occasion) -> list[tuple[str, list[int]]]:
    """Say of each undone step whether the CRM has to be told: of a seat the first step, if it may have been sent."""
    due = pl.col("valid_from") <= pl.lit(occasion.today, pl.Datetime("us", "UTC"))
    may_be_sent = due | (pl.col("state") != str(StepState.PLANNED))
    is_first = pl.col("number") == pl.col("number").min().over(SEAT)
    told = steps.filter(is_first & may_be_sent)["number"].to_list()
    others = steps.filter(~(is_first & may_be_sent))["number"].to_list()
    return [(detail, numbers) for detail, numbers in ((TO_SEND, told), (CONFIRMED, others)) if numbers]


def _skips(batch: pl.DataFrame, recorded: pl.DataFrame, edited: pl.DataFrame) -> list[tuple[str, list[int]]]:
    never = batch.join(recorded, on="number", how="anti")["number"].to_list()
    skips = [(_NEVER, never)] if never else []
    touched = recorded.join(edited, on=SEAT).group_by("why", maintain_order=True).agg("number")
    return [*skips, *((f"{_EDITED}{row['why']}", row["number"]) for row in touched.iter_rows(named=True))]
