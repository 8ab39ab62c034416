"""Propose a change set: what applying a run of a plan would change in the ledger, kept there without changing any owner."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import pyarrow as pa

from rightful.ledger import ChangeSet, ChangeSetState, Ledger
from rightful.plan import Plan
from rightful.runs.changes.book import book_of_run, digest_of, keep_book
from rightful.runs.changes.occasion import Occasion
from rightful.runs.changes.ownership import desired
from rightful.runs.changes.places import folder_of
from rightful.runs.changes.policy import effective_instant, policy_of
from rightful.runs.changes.steps import Proposal, steps_of
from rightful.runs.changes.summary import summary_of
from rightful.runs.current import import_current
from rightful.runs.run import Run

__all__ = ["Proposed", "propose"]

_OVER = (ChangeSetState.ROLLED_BACK, ChangeSetState.WITHDRAWN, ChangeSetState.APPLIED)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was proposed.

    Attributes:
        change_set: The change set; None where nothing is to be changed.
        proposal: Its steps, and what is held back.
        imported: Owners that the ledger took from the book, for it knew none yet.
    """

    change_set: ChangeSet | None
    proposal: Proposal
    imported: int


def propose(plan: Plan, run: Run, ledger: Ledger, occasion: Occasion, *, effective_on: date | None = None) -> Proposed:
    """Propose what a run of a plan would change.

    No owner changes. A ledger that knows no owners yet takes those of the book first. The same proposal twice is one.

    Args:
        plan: The plan.
        run: A run of it.
        ledger: Who owns what.
        occasion: Who proposes, and when.
        effective_on: Day on which it shall take effect; by default the plan's, else the run's instant.

    Raises:
        RunError: The day is over.
        LedgerError: Somebody wrote to the ledger meanwhile.
    """
    effective_at = effective_instant(plan, run.manifest.as_of, effective_on)
    imported = import_current(ledger, run, plan, at=occasion.at, actor=occasion.actor) if ledger.is_empty else 0
    base = ledger.position.number
    before = pl.DataFrame(pl.from_arrow(ledger.ownership(objects=[str(name) for name in plan.changes.objects])))
    wanted = desired(run, plan.assignment.roles[0], map(str, plan.changes.objects))
    proposal = steps_of(before, wanted, policy_of(plan, run, effective_at))
    if proposal.steps.is_empty():
        return Proposed(None, proposal, imported)
    change_set_id, is_known = _identifier(ledger, plan, proposal, effective_at)
    if is_known:
        return Proposed(ledger.change_set(change_set_id), proposal, imported)
    rows = book_of_run(run, touched(proposal.steps))
    keep_book(rows, folder_of(plan, change_set_id) / "book")
    summary = summary_of(proposal, run, plan)
    with ledger.write(
        "propose",
        at=occasion.at,
        actor=occasion.actor,
        change_set_id=change_set_id,
        plan_version=plan.version,
        expect=base,
    ) as entry:
        change_set = ChangeSet(
            change_set_id=change_set_id,
            state=ChangeSetState.PROPOSED,
            plan_name=plan.name,
            plan_version=plan.version,
            base_position=base,
            book_digest=digest_of(rows),
            proposed_at=entry.recorded_at,
            proposed_by=occasion.actor,
            effective_at=effective_at,
            summary=summary.as_text(),
        )
        entry.add_change_set(change_set, as_ledger_steps(proposal.steps))
    return Proposed(change_set, proposal, imported)


def touched(steps: pl.DataFrame) -> pl.DataFrame:
    """Give object and record_id of the records that steps touch."""
    return steps.select("object", "record_id").unique(maintain_order=True)


def as_ledger_steps(steps: pl.DataFrame) -> pa.Table:
    """Give steps as the ledger keeps them: value, and whether the CRM has to be told, as JSON in ``detail``."""
    value = pl.coalesce(pl.col("value_usd").round(2).cast(pl.String), pl.lit("null"))
    told = pl.when("is_in_crm").then(pl.lit("true")).otherwise(pl.lit("false"))
    detail = pl.concat_str(pl.lit('{"crm": '), told, pl.lit(', "value_usd": '), value, pl.lit("}"))
    return steps.with_columns(detail=detail).drop("value_usd", "is_in_crm").to_arrow()


def _identifier(ledger: Ledger, plan: Plan, proposal: Proposal, effective_at: datetime) -> tuple[str, bool]:
    """Name a change set by what is in it: the same steps have the same name, and a number where that was done with before."""
    digest = hashlib.sha256(f"{plan.version}\0{effective_at.isoformat()}".encode())
    for row in proposal.steps.drop("value_usd").iter_rows():
        digest.update(repr(row).encode())
    name = f"CS-{digest.hexdigest()[:8]}"
    known = {each.change_set_id: each.state for each in ledger.change_sets()}
    number, candidate = 1, name
    while candidate in known and known[candidate] in _OVER:
        number += 1
        candidate = f"{name}-{number}"
    return candidate, candidate in known
