"""Say what a change set does: in figures, then step by step, from the same list of steps that applying walks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from rightful.ledger import Approval, ChangeSet, Ledger
from rightful.runs.changes.moved import frame_of
from rightful.runs.changes.steps import ORDER
from rightful.runs.changes.summary import Held, Summary

__all__ = ["Explained", "explained", "sentence", "steps_lines", "summary_lines"]

_SENTENCES = {
    "assign": "assign {record} to {after}",
    "reassign": "reassign {record} from {before} to {after}",
    "move": "move {record} from {before} to {after}",
    "reroute": "re-route {record} from {before} to {after}",
    "hand_over": "hand {record} over from {before} to {after}",
    "stand_in": "let {after} stand in for {before} on {record} until {until}",
    "return": "return {record} from {before} to {after}",
    "end": "end the ownership of {record} by {before}",
    "keep": "keep {record} with {after}, and drop what was scheduled",
    "territory": "note {territory} for {record}, which stays with {after}",
}
_CAUSES = {
    "lock": "locked",
    "pin": "pinned",
    "exempt": "exempt from moving",
    "nobody": "the plan has nobody",
    "beside": "not decided by the plan",
    "gone": "no longer in the book",
    "merged": "merged into another record",
    "quarantined": "unreadable in the book",
    "differs": "the CRM and the ledger differ",
}
_COLUMNS = {
    "new owner": ("assign",),
    "other owner": ("reassign", "move", "reroute"),
    "later": ("hand_over",),
    "for a while": ("stand_in",),
    "and back": ("return",),
    "ended": ("end",),
    "schedule dropped": ("keep",),
    "territory noted": ("territory",),
}
_REPS, _HELD = 12, 5


@dataclass(frozen=True, slots=True)
class Explained:
    """A change set with everything that is known of it.

    Attributes:
        change_set: The change set.
        summary: What it comes to.
        approvals: Who approved it.
        steps: All steps, or those of one record or group, by number.
    """

    change_set: ChangeSet
    summary: Summary
    approvals: Sequence[Approval]
    steps: pl.DataFrame


def explained(ledger: Ledger, change_set_id: str, record_id: str = "") -> Explained:
    """Read a change set from the ledger.

    Args:
        ledger: The ledger.
        change_set_id: Which one.
        record_id: Only the steps of this record, or of the group of this account; empty for all.

    Raises:
        LedgerError: There is no such change set.
    """
    change_set = ledger.change_set(change_set_id)
    steps = frame_of(ledger.steps(change_set_id))
    if record_id:
        steps = steps.filter((pl.col("record_id") == record_id) | (pl.col("group_id") == record_id))
    return Explained(change_set, Summary.from_text(change_set.summary), ledger.approvals(change_set_id), steps)


def sentence(step: Mapping[str, Any], effective_at: datetime, time_zone: ZoneInfo) -> str:
    """Say what a step does.

    Args:
        step: A row of the ledger's steps.
        effective_at: When the change set takes effect; steps of another day say so.
        time_zone: Of the days.

    Example:
        >>> at = datetime.fromisoformat("2026-07-01T00:00+00:00")
        >>> step = {"kind": "reassign account", "object": "account", "record_id": "A1", "role": "owner", "valid_from": at,
        ...         "valid_to": None, "rep_id_before": "R1", "rep_id": "R2", "territory_id": "WEST"}
        >>> sentence(step, at, ZoneInfo("UTC"))
        'reassign account A1 from R1 to R2'
    """
    action, _, what = step["kind"].partition(" ")
    record = f"{step['object']} {step['record_id']}"
    words = _SENTENCES[action].format(
        record=f"the {step['role']} of {record}" if what == "team member" else record,
        before=step["rep_id_before"] or "nobody",
        after=step["rep_id"] or "nobody",
        territory=step["territory_id"] or "no territory",
        until=_day(step["valid_to"], time_zone) if step["valid_to"] else "",
    )
    if action == "stand_in" and not step["rep_id_before"]:
        words = words.replace(" for nobody", "", 1)
    return words if step["valid_from"] == effective_at else f"{words} on {_day(step['valid_from'], time_zone)}"


def _day(moment: datetime, time_zone: ZoneInfo) -> str:
    return f"{moment.astimezone(time_zone):%Y-%m-%d}"


def summary_lines(explained: Explained, time_zone: ZoneInfo) -> Iterator[str]:
    """Say in figures what a change set does."""
    change_set, summary = explained.change_set, explained.summary
    proposed, effective = (each.astimezone(time_zone) for each in (change_set.proposed_at, change_set.effective_at))
    yield f"{change_set.change_set_id} of {change_set.plan_name}: {change_set.state.replace('_', ' ')}"
    yield f"Proposed     {proposed:%Y-%m-%d %H:%M} by {change_set.proposed_by}, plan version {change_set.plan_version}"
    for approval in explained.approvals:
        yield f"Approved     {approval.approved_at.astimezone(time_zone):%Y-%m-%d %H:%M} by {approval.approved_by}"
    yield f"Takes effect {effective:%Y-%m-%d %H:%M} {time_zone.key}"
    yield f"Changes      {summary.records:,} records change hands, {summary.accounts:,} accounts among them"
    yield f"             {summary.pipeline_usd:,.0f} USD of open pipeline; {summary.groups:,} transactions"
    yield ""
    yield from _kinds(summary.kinds)
    yield from _rep_lines(summary)
    yield from _held_lines(summary)


def _kinds(kinds: Mapping[str, int]) -> Iterator[str]:
    """Count the steps in a table: what happens, by kind of record."""
    counts = {(what, action): count for kind, count in kinds.items() for action, _, what in [kind.partition(" ")]}
    rows = [what for what in (*ORDER, "team member") if any(what == each for each, _ in counts)]
    rows.sort(key=lambda what: (what != "account", what != "team member"))
    columns = {
        heading: actions for heading, actions in _COLUMNS.items() if any(action in actions for _, action in counts)
    }
    yield "".join([f"{'Steps':<16}", *(f"{heading:>{len(heading) + 4}}" for heading in columns)])
    for what in rows:
        cells = [sum(counts.get((what, action), 0) for action in actions) for actions in columns.values()]
        if any(cells):
            shown = (f"{cell:,}" if cell else "" for cell in cells)
            widths = zip(shown, columns, strict=True)
            yield f"{what:<16}{''.join(f'{cell:>{len(heading) + 4}}' for cell, heading in widths)}".rstrip()


def _rep_lines(summary: Summary) -> Iterator[str]:
    if not summary.reps:
        return
    yield ""
    yield f"{'Rep':<14}{'gains':>8}{'pipeline USD':>15}{'loses':>10}{'pipeline USD':>15}"
    for rep in summary.reps[:_REPS]:
        yield f"{rep.rep_id:<14}{rep.gains:>8,}{rep.gains_usd:>15,.0f}{rep.loses:>10,}{rep.loses_usd:>15,.0f}"
    if len(summary.reps) > _REPS:
        yield f"and {len(summary.reps) - _REPS} more reps"


def _held_lines(summary: Summary) -> Iterator[str]:
    for cause, count in summary.held_causes.items():
        yield ""
        yield f"Held back: {_CAUSES.get(cause, cause)}, {count:,}"
        first = [held for held in summary.held if held.cause == cause][:_HELD]
        yield from (f"  {_held(held)}" for held in first)
        if count > len(first):
            yield f"  and {count - len(first):,} more"


def _held(held: Held) -> str:
    would = f"; {held.would_rep_id} would get it" if held.would_rep_id and held.cause == "lock" else ""
    role = "" if held.rep_id else f" as {held.role}"
    return f"{held.object} {held.record_id} stays with {held.rep_id or 'nobody'}{role}: {held.reason}{would}"


def steps_lines(explained: Explained, time_zone: ZoneInfo, at_most: int | None) -> Iterator[str]:
    """Say what is done, step by step and transaction by transaction.

    Args:
        explained: The change set.
        time_zone: Of the days.
        at_most: Steps that are shown; None for all.
    """
    steps = explained.steps
    shown = steps.head(at_most) if at_most is not None else steps
    group = ""
    for step in shown.iter_rows(named=True):
        if step["group_id"] != group:
            group = step["group_id"]
            yield f"{group}"
        state = "" if step["state"] == "planned" and step["position"] is None else f" [{_state(step)}]"
        yield f"{step['number']:>7}. {sentence(step, explained.change_set.effective_at, time_zone)}: {step['reason']}{state}"
    if shown.height < steps.height:
        yield f"... {steps.height - shown.height:,} more steps"


def _state(step: Mapping[str, Any]) -> str:
    if step["state"] == "planned":
        return "recorded"
    return f"{step['state']}: {step['state_detail']}" if step["state_detail"] else str(step["state"])
