"""Who may approve a change set."""

from __future__ import annotations

from rightful.errors import LedgerError, Mistake, Place
from rightful.ledger import ChangeSet, ChangeSetState, Ledger
from rightful.plan.changes import ApprovalPolicy
from rightful.runs.changes.occasion import Occasion
from rightful.runs.changes.summary import Summary

__all__ = ["approve", "refusal"]


def refusal(summary: Summary, proposed_by: str, approver: str, policy: ApprovalPolicy) -> str:
    """Say why somebody may not approve a change set; empty where they may.

    Below the limits anybody may, the proposer too. Above, it takes somebody else, and one of ``approvers`` where they are named.

    Args:
        summary: What the change set comes to.
        proposed_by: Who proposed it.
        approver: Who wants to approve it.
        policy: What the plan says.
    """
    above = _above(summary, policy)
    if not above:
        return ""
    if approver == proposed_by:
        return f"{approver} proposed it, and cannot approve it alone: {above}"
    if policy.approvers and approver not in policy.approvers:
        return f"{approver} is not among the approvers of large change sets: {above}"
    return ""


def _above(summary: Summary, policy: ApprovalPolicy) -> str:
    records, pipeline = policy.own_records_at_most, policy.own_pipeline_at_most_usd
    if records is not None and summary.records > records:
        return f"{summary.records:,} records change hands, more than {records:,}"
    if pipeline is not None and summary.pipeline_usd > pipeline:
        return f"{summary.pipeline_usd:,.0f} USD of open pipeline change hands, more than {pipeline:,.0f}"
    return ""


def approve(ledger: Ledger, change_set_id: str, occasion: Occasion, policy: ApprovalPolicy) -> ChangeSet:
    """Approve a change set; approving twice is approving once.

    Raises:
        LedgerError: There is no such change set, it is past approving, or this person may not approve it.
    """
    change_set = ledger.change_set(change_set_id)
    if change_set.state is ChangeSetState.APPROVED:
        return change_set
    why_not = refusal(Summary.from_text(change_set.summary), change_set.proposed_by, occasion.actor, policy)
    if why_not:
        others = ", ".join(policy.approvers) or f"anybody but {change_set.proposed_by}"
        remedy = "ask one of them: `rightful approve PLAN ID --as NAME`"
        raise LedgerError(Mistake(Place(change_set_id), why_not, others, remedy))
    with ledger.write("approve", at=occasion.at, actor=occasion.actor, change_set_id=change_set_id) as entry:
        entry.set_state(change_set_id, ChangeSetState.APPROVED)
        entry.approve(change_set_id, occasion.actor)
    return ledger.change_set(change_set_id)
