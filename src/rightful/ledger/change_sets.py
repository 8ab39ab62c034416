"""Change sets as the ledger keeps them: what is proposed, by whom, who approved it, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["NEXT_STATES", "Approval", "ChangeSet", "ChangeSetState", "Event", "StepState"]


class ChangeSetState(StrEnum):
    """How far a change set has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    APPLYING = "applying"
    APPLIED = "applied"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    WITHDRAWN = "withdrawn"


NEXT_STATES: dict[ChangeSetState, frozenset[ChangeSetState]] = {
    ChangeSetState.PROPOSED: frozenset({ChangeSetState.APPROVED, ChangeSetState.APPLYING, ChangeSetState.WITHDRAWN}),
    ChangeSetState.APPROVED: frozenset({ChangeSetState.APPLYING, ChangeSetState.WITHDRAWN}),
    ChangeSetState.APPLYING: frozenset({ChangeSetState.APPLIED, ChangeSetState.ROLLING_BACK}),
    ChangeSetState.APPLIED: frozenset({ChangeSetState.ROLLING_BACK}),
    ChangeSetState.ROLLING_BACK: frozenset({ChangeSetState.ROLLED_BACK}),
    ChangeSetState.ROLLED_BACK: frozenset(),
    ChangeSetState.WITHDRAWN: frozenset(),
}
"""Which states may follow which."""


class StepState(StrEnum):
    """How far a step has come with the CRM: planned, sent to it, confirmed or failed by it, left alone, or undone."""

    PLANNED = "planned"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    SKIPPED = "skipped"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What applying a plan would change, or has changed.

    Attributes:
        change_set_id: Its identifier, a code.
        state: How far it has come.
        plan_name: Name of the plan.
        plan_version: Version of the plan's files.
        base_position: Position of the ledger from which it was computed.
        book_digest: Digest of the book from which it was computed.
        proposed_at: When it was proposed.
        proposed_by: Who proposed it.
        effective_at: When its changes become current.
        summary: What it comes to, as text that only its maker reads.
    """

    change_set_id: str
    state: ChangeSetState
    plan_name: str
    plan_version: str
    base_position: int
    book_digest: str
    proposed_at: datetime
    proposed_by: str
    effective_at: datetime
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a change set, when, and in which entry of the audit chain."""

    change_set_id: str
    position: int
    approved_by: str
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the audit chain that is about a change set: what was done, when, and by whom (None where that was forgotten)."""

    position: int
    recorded_at: datetime
    event: str
    actor: str | None
