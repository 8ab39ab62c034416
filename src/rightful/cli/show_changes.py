"""Print change sets: text for people, JSON for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from rightful.ledger import ChangeSet, Event
from rightful.runs.changes.deliver import Delivered
from rightful.runs.changes.explain import Explained
from rightful.runs.changes.status import Standing, next_step

__all__ = [
    "plain_change_set",
    "plain_events",
    "plain_standing",
    "print_delivered",
    "print_events",
    "print_lines",
    "print_standing",
    "print_standings",
]

_FAILURES = 20


def print_delivered(delivered: Delivered, folder: Path) -> None:
    """Print what the CRM was told, and what it said."""
    if delivered.batches:
        typer.echo(f"For the CRM: {delivered.sent:,} records in {len(delivered.batches)} files in {folder}")
    for count, words in (
        (delivered.confirmed, "confirmed by the CRM, or in the ledger alone"),
        (
            delivered.waiting,
            "sent, and not answered yet: put the loader's answers beside the files, then do this again",
        ),
        (
            delivered.failed,
            "refused or not looked at by the CRM: see `rightful status`; doing this again sends them again",
        ),
        (delivered.scheduled, "scheduled: do this again on their day, the CRM is told then"),
    ):
        if count:
            typer.echo(f"  {count:,} steps {words}")


def print_standings(standings: Sequence[Standing], plan: Path) -> None:
    """Print how far change sets have come, a row each, and what to do next."""
    table = Table("change set", "state", box=None, pad_edge=False, padding=(0, 2, 0, 0), collapse_padding=True)
    for heading in ("records", "in ledger", "confirmed", "waiting", "failed", "later"):
        table.add_column(heading, justify="right")
    for each in standings:
        delivered = each.delivered
        figures = (each.summary.records, each.recorded, delivered.confirmed, delivered.waiting)
        table.add_row(
            each.change_set.change_set_id,
            each.change_set.state.replace("_", " "),
            *(f"{figure:,}" for figure in (*figures, delivered.failed, delivered.scheduled)),
        )
    console = Console(highlight=False)
    console.print(table)
    todo = [words for each in standings if (words := next_step(each, str(plan)))]
    print_lines(
        ["", *(f"{'Next:' if number == 0 else '     '} {words}" for number, words in enumerate(todo))] if todo else []
    )


def print_standing(standing: Standing, plan: Path, zone: ZoneInfo) -> None:
    """Print how far a change set has come, and what failed."""
    change_set, delivered = standing.change_set, standing.delivered
    effective = change_set.effective_at.astimezone(zone)
    print_lines(
        [
            f"{change_set.change_set_id}: {change_set.state.replace('_', ' ')}, proposed by {change_set.proposed_by}",
            f"Takes effect {effective:%Y-%m-%d %H:%M} {zone.key}",
            f"In the ledger {standing.recorded:,} of {standing.steps:,} steps",
            f"With the CRM  {delivered.confirmed:,} confirmed, {delivered.waiting:,} waiting, {delivered.failed:,} failed",
            f"Scheduled     {delivered.scheduled:,} steps",
        ]
    )
    if standing.withdrawn_because:
        print_lines([f"Withdrawn     {standing.withdrawn_because}"])
    if standing.next_due_at:
        print_lines([f"Next due      {standing.next_due_at.astimezone(zone):%Y-%m-%d %H:%M}"])
    for failure in standing.failures[:_FAILURES]:
        print_lines([f"  failed: {failure.object} {failure.record_id} (step {failure.number}): {failure.message}"])
    if len(standing.failures) > _FAILURES:
        print_lines([f"  and {len(standing.failures) - _FAILURES:,} more failed"])
    print_lines(
        f"  left alone: {each.object} {each.record_id} ({each.role}): {each.reason}" for each in standing.left_alone
    )
    words = next_step(standing, str(plan))
    print_lines([f"Next: {words}"] if words else [])


def print_lines(lines: Iterable[str]) -> None:
    """Print lines as they are."""
    for line in lines:
        typer.echo(line)


def plain_change_set(found: Explained, *, steps: bool) -> dict[str, Any]:
    """Give a change set as plain data, with its steps if they are wanted."""
    change_set = asdict(found.change_set)
    change_set["summary"] = asdict(found.summary)
    content = {**change_set, "approvals": [asdict(each) for each in found.approvals]}
    if steps:
        content["steps"] = found.steps.to_dicts()
    return dict(_plain(content))


def plain_standing(standing: Standing, plan: Path) -> dict[str, Any]:
    """Give how far a change set has come as plain data."""
    content = asdict(standing)
    content["next"] = next_step(standing, str(plan))
    return dict(_plain(content))


def _plain(value: Any) -> Any:
    """Turn instants into text, so that JSON can hold them."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def print_events(found: Sequence[tuple[ChangeSet, Sequence[tuple[Event, int]]]], zone: ZoneInfo) -> None:
    """Print what was done with change sets, by whom and when."""
    table = Table("when", "change set", "what", "by", "entries", box=None, pad_edge=False)
    for each, events in found:
        for event, entries in events:
            when = f"{event.recorded_at.astimezone(zone):%Y-%m-%d %H:%M}"
            table.add_row(when, each.change_set_id, event.event, event.actor or "forgotten", f"{entries:,}")
    Console(highlight=False).print(table)


def plain_events(change_set: ChangeSet, events: Sequence[tuple[Event, int]]) -> dict[str, Any]:
    """Give what was done with a change set as plain data."""
    told = [
        {"event": event.event, "at": event.recorded_at.isoformat(), "by": event.actor, "entries": entries}
        for event, entries in events
    ]
    return {"change_set_id": change_set.change_set_id, "state": str(change_set.state), "events": told}
