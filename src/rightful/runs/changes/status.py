"""How far change sets have come: in the ledger, with the CRM, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from shlex import quote

import polars as pl

from rightful.ledger import ChangeSet, ChangeSetState, Event, Ledger, StepState
from rightful.runs.changes.deliver import Delivered, progress_of
from rightful.runs.changes.moved import frame_of
from rightful.runs.changes.rollback import LeftAlone, left_alone
from rightful.runs.changes.summary import Summary
from rightful.runs.changes.withdraw import withdrawn_because

__all__ = ["Failure", "Standing", "events_of", "next_step", "standing_of"]


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that the CRM refused, or did not look at."""

    number: int
    object: str
    record_id: str
    message: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a change set has come.

    Attributes:
        change_set: The change set.
        summary: What it comes to.
        steps: All its steps.
        recorded: Steps that are in the ledger.
        delivered: What the CRM knows.
        next_due_at: When the next scheduled step is due; None where none is.
        failures: What the CRM refused.
        left_alone: What a roll-back did not touch.
        withdrawn_because: Why it was withdrawn; empty where it was not.
    """

    change_set: ChangeSet
    summary: Summary
    steps: int
    recorded: int
    delivered: Delivered
    next_due_at: datetime | None
    failures: Sequence[Failure]
    left_alone: Sequence[LeftAlone]
    withdrawn_because: str = ""


def standing_of(ledger: Ledger, change_set: ChangeSet, today: datetime) -> Standing:
    """Look up how far a change set has come.

    Args:
        ledger: The ledger.
        change_set: The change set.
        today: Decides what is due.
    """
    steps = frame_of(ledger.steps(change_set.change_set_id))
    detail = pl.col("state_detail")
    is_failed = (pl.col("state") == str(StepState.FAILED)) | detail.str.starts_with("failed: ")
    failed = steps.filter(is_failed).select(
        "number", "object", "record_id", message=detail.str.strip_prefix("failed: ")
    )
    is_scheduled = (pl.col("state") == str(StepState.PLANNED)) & pl.col("position").is_not_null()
    scheduled = steps.filter(is_scheduled, pl.col("valid_from") > pl.lit(today, pl.Datetime("us", "UTC")))
    return Standing(
        change_set,
        Summary.from_text(change_set.summary),
        steps.height,
        steps.filter(pl.col("position").is_not_null()).height,
        progress_of(steps, today),
        scheduled["valid_from"].min() if scheduled.height else None,  # type: ignore[arg-type] # a column of instants
        tuple(Failure(**row) for row in failed.iter_rows(named=True)),
        left_alone(steps),
        withdrawn_because(ledger, change_set),
    )


def next_step(standing: Standing, plan_folder: str) -> str:
    """Say what to do next with a change set; empty where nothing is to be done."""
    plan_folder = quote(plan_folder)
    name, delivered = standing.change_set.change_set_id, standing.delivered
    match standing.change_set.state:
        case ChangeSetState.PROPOSED:
            return f"rightful approve {plan_folder} {name}"
        case ChangeSetState.APPROVED | ChangeSetState.APPLYING:
            return f"rightful apply {plan_folder} {name}"
        case ChangeSetState.ROLLING_BACK:
            return f"rightful rollback {plan_folder} {name}"
        case ChangeSetState.APPLIED | ChangeSetState.ROLLED_BACK if delivered.failed or delivered.waiting:
            verb = "apply" if standing.change_set.state is ChangeSetState.APPLIED else "rollback"
            return f"rightful {verb} {plan_folder} {name}"
        case ChangeSetState.APPLIED if standing.next_due_at:
            return f"rightful apply {plan_folder} {name} on {standing.next_due_at:%Y-%m-%d}"
        case _:
            return ""


def events_of(ledger: Ledger, change_set_id: str) -> tuple[tuple[Event, int], ...]:
    """Give what was done with a change set, in order; events of the same kind that follow each other are one, with their number."""
    found: list[tuple[Event, int]] = []
    for event in ledger.events(change_set_id):
        if found and (found[-1][0].event, found[-1][0].actor) == (event.event, event.actor):
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((event, 1))
    return tuple(found)
