"""Apply a change set: record its steps in the ledger, account by account, and tell the CRM.

Every transaction takes whole groups (an account, or a family, with all that belongs to it), and notes in the same transaction which
steps it took. So a process may be killed at any moment: the next one goes on with what is left, and doing it twice is doing it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from rightful.connectors.writeback import WriteBack
from rightful.errors import LedgerError, Mistake, Place
from rightful.ledger import ASSIGN, ChangeSet, ChangeSetState, Ledger, StepState
from rightful.plan import Plan
from rightful.runs.changes.deliver import Delivered, deliver
from rightful.runs.changes.moved import frame_of, moved_in_book, moved_in_ledger, refuse_moved
from rightful.runs.changes.occasion import Occasion
from rightful.runs.changes.places import folder_of

__all__ = ["Applied", "Tell", "apply", "batches_of"]

Tell = Callable[[str, int, int], None]
"""Called with (what is being done, done, in all)."""
_ROWS_AT_ONCE = 5_000
_RETRIES = 20


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did.

    Attributes:
        change_set: The change set as it stands now.
        recorded: Steps recorded in the ledger this time.
        delivered: What the CRM was told, and what it answered.
    """

    change_set: ChangeSet
    recorded: int
    delivered: Delivered


def apply(
    plan: Plan,
    ledger: Ledger,
    change_set_id: str,
    occasion: Occasion,
    write_back: WriteBack | None,
    tell: Tell = lambda *_: None,
) -> Applied:
    """Apply an approved change set, or go on with one that was interrupted; on one that is applied, tell the CRM what is due.

    Args:
        plan: The plan; it says where the book is, to see whether it moved.
        ledger: The ledger.
        change_set_id: Which one.
        occasion: Who applies it, and when.
        write_back: Where the CRM is told; None for the ledger alone.
        tell: Told how far it has come, between transactions.

    Raises:
        LedgerError: It is not approved, or ledger or book moved since the proposal: naming what moved; nothing was changed then.
    """
    change_set = ledger.change_set(change_set_id)
    _refuse_states(change_set)
    recorded = 0
    if change_set.state is not ChangeSetState.APPLIED:
        recorded = _record(plan, ledger, change_set, occasion, tell)
    delivered = deliver(ledger, change_set_id, occasion, write_back, plan.changes.write_back.rows_at_most, tell)
    return Applied(ledger.change_set(change_set_id), recorded, delivered)


def _refuse_states(change_set: ChangeSet) -> None:
    if change_set.state is ChangeSetState.PROPOSED:
        problem, remedy = "it is not approved", f"approve it: `rightful approve PLAN {change_set.change_set_id}`"
    elif change_set.state in (ChangeSetState.APPROVED, ChangeSetState.APPLYING, ChangeSetState.APPLIED):
        return
    else:
        problem, remedy = f"it is {change_set.state.replace('_', ' ')}", "propose again: `rightful propose PLAN`"
    raise LedgerError(Mistake(Place(change_set.change_set_id), problem, "an approved change set", remedy))


def _record(plan: Plan, ledger: Ledger, change_set: ChangeSet, occasion: Occasion, tell: Tell) -> int:
    steps = frame_of(ledger.steps(change_set.change_set_id))
    waiting = steps.filter(pl.col("position").is_null())
    base = ledger.position.number
    moved = moved_in_ledger(ledger, change_set, waiting)
    moved += moved_in_book(plan, change_set, folder_of(plan, change_set.change_set_id) / "book", waiting)
    refuse_moved(change_set.change_set_id, moved)
    done, total = steps.height - waiting.height, steps.height
    batches = list(batches_of(waiting))
    for number, batch in enumerate(batches):
        tell("steps", done, total)
        base = _record_batch(ledger, change_set, batch, occasion, base, is_last=number == len(batches) - 1)
        change_set = replace(change_set, state=ChangeSetState.APPLYING)
        done += batch.height
    tell("steps", done, total)
    return waiting.height


def batches_of(steps: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Cut steps into batches of whole groups, about 5,000 steps each, in the order of their numbers."""
    sizes = steps.group_by("group_id", maintain_order=True).len()
    batch = (sizes["len"].cum_sum() - 1) // _ROWS_AT_ONCE
    numbered = steps.join(sizes.select("group_id", batch=batch), on="group_id", how="left", maintain_order="left")
    for part in numbered.partition_by("batch", maintain_order=True):
        yield part.drop("batch")


def _record_batch(
    ledger: Ledger, change_set: ChangeSet, batch: pl.DataFrame, occasion: Occasion, base: int, *, is_last: bool
) -> int:
    """Record a batch in one transaction; where others write as well, look again what moved, and try again."""
    for _ in range(_RETRIES):
        try:
            return _write(ledger, change_set, batch, occasion, base, is_last=is_last)
        except LedgerError:
            position = ledger.position.number
            if position == base:
                raise
            base = position
            refuse_moved(change_set.change_set_id, moved_in_ledger(ledger, change_set, batch))
    problem = "others write to the ledger all the time"
    raise LedgerError(
        Mistake(Place(change_set.change_set_id), problem, remedy="apply it again: it goes on where it is")
    )


def _write(
    ledger: Ledger, change_set: ChangeSet, batch: pl.DataFrame, occasion: Occasion, base: int, *, is_last: bool
) -> int:
    name = change_set.change_set_id
    is_told = pl.col("detail").str.json_path_match("$.crm") == "true"
    with ledger.write(
        "apply",
        at=occasion.at,
        actor=occasion.actor,
        change_set_id=name,
        plan_version=change_set.plan_version,
        expect=base,
    ) as entry:
        entry.assign(batch.select(ASSIGN.names).to_arrow())
        for state, detail, part in (
            (StepState.PLANNED, "", batch.filter(is_told)),
            (StepState.CONFIRMED, "in the ledger alone", batch.filter(~is_told)),
        ):
            if part.height:
                entry.mark_steps(name, part["number"].to_list(), state, detail, is_recorded=True)
        if change_set.state is ChangeSetState.APPROVED:
            entry.set_state(name, ChangeSetState.APPLYING)
        if is_last:
            entry.set_state(name, ChangeSetState.APPLIED)
        return entry.position
