"""Withdraw a change set that was not applied."""

from __future__ import annotations

from rightful.errors import LedgerError, Mistake, Place
from rightful.ledger import ChangeSet, ChangeSetState, Ledger, StepState
from rightful.runs.changes.moved import frame_of
from rightful.runs.changes.occasion import Occasion

__all__ = ["withdraw", "withdrawn_because"]

_WITHDRAWN = "withdrawn: "
_NOT_YET = (ChangeSetState.PROPOSED, ChangeSetState.APPROVED)
_REMEDY = {
    ChangeSetState.APPLYING: "roll it back: `rightful rollback PLAN ID`",
    ChangeSetState.APPLIED: "roll it back: `rightful rollback PLAN ID`",
    ChangeSetState.ROLLING_BACK: "finish it: `rightful rollback PLAN ID`",
    ChangeSetState.ROLLED_BACK: "nothing, its changes are undone",
}


def withdraw(ledger: Ledger, change_set_id: str, occasion: Occasion, reason: str) -> ChangeSet:
    """Withdraw a change set, so that nobody applies it; withdrawing twice is withdrawing once.

    Its steps are skipped, and keep the reason; the audit chain has who did it and when, and no free text.

    Args:
        ledger: Who owns what.
        change_set_id: The change set.
        occasion: Who withdraws it, and when.
        reason: Why, for those who proposed and approved it.

    Raises:
        LedgerError: There is no such change set, it is applied at least in part, or the reason is blank.
    """
    change_set = ledger.change_set(change_set_id)
    if change_set.state is ChangeSetState.WITHDRAWN:
        return change_set
    place = Place(change_set_id)
    if change_set.state not in _NOT_YET:
        problem = f"it is {change_set.state.replace('_', ' ')}, and only what is not applied can be withdrawn"
        raise LedgerError(Mistake(place, problem, "proposed or approved change sets", _REMEDY[change_set.state]))
    if not reason.strip():
        raise LedgerError(Mistake(place, "the reason is blank", "a few words", "say why: `--reason TEXT`"))
    numbers = frame_of(ledger.steps(change_set_id))["number"].to_list()
    with ledger.write("withdraw", at=occasion.at, actor=occasion.actor, change_set_id=change_set_id) as entry:
        entry.set_state(change_set_id, ChangeSetState.WITHDRAWN)
        entry.mark_steps(change_set_id, numbers, StepState.SKIPPED, f"{_WITHDRAWN}{reason.strip()}")
    return ledger.change_set(change_set_id)


def withdrawn_because(ledger: Ledger, change_set: ChangeSet) -> str:
    """Give why a change set was withdrawn; empty where it was not."""
    if change_set.state is not ChangeSetState.WITHDRAWN:
        return ""
    details = frame_of(ledger.steps(change_set.change_set_id))["state_detail"]
    return str(details[0]).removeprefix(_WITHDRAWN) if len(details) else ""
