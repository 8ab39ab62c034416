"""The commands of change sets: propose, explain, approve, withdraw, apply, rollback, status, history."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from shlex import quote
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from rightful.cli.ledger import Actor, LedgerUrl, print_history
from rightful.cli.options import AsJson, PlanFolder
from rightful.cli.progress import shown_progress
from rightful.cli.show import echo_json
from rightful.cli.show_changes import (
    plain_change_set,
    plain_events,
    plain_standing,
    print_delivered,
    print_events,
    print_lines,
    print_standing,
    print_standings,
)
from rightful.errors import LedgerError, Mistake, Place
from rightful.ledger import Ledger, ledger_url, open_ledger
from rightful.plan import Plan, load_plan
from rightful.runs.changes import Occasion, apply, approve, propose, rollback, withdraw
from rightful.runs.changes.basis import basis_of, today_of
from rightful.runs.changes.explain import explained, steps_lines, summary_lines
from rightful.runs.changes.files import write_files
from rightful.runs.changes.places import folder_of, write_back_of
from rightful.runs.changes.status import events_of, standing_of

__all__ = [
    "apply_command",
    "approve_command",
    "explain_command",
    "history_command",
    "propose_command",
    "rollback_command",
    "status_command",
    "withdraw_command",
]

_SomeId = Annotated[str, typer.Argument(metavar="ID", help="Change set; left out, the newest one.", show_default=False)]
_STEPS = 30


@contextmanager
def _opened(folder: Path, url: str, actor: str) -> Iterator[tuple[Plan, Ledger, Occasion]]:
    plan, now = load_plan(folder), datetime.now(UTC)
    with open_ledger(ledger_url(folder, url)) as ledger:
        yield plan, ledger, Occasion(actor or getpass.getuser(), now, today_of(plan, now))


def propose_command(
    plan: PlanFolder,
    run_folder: Annotated[
        Path | None,
        typer.Option(
            "--run",
            help="Run to propose from; by default the newest if plan and book are still those it was made of, else a new one.",
            show_default=False,
        ),
    ] = None,
    effective: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Day on which it takes effect, in the plan's time zone; by default the plan's, else at once.",
            show_default=False,
        ),
    ] = None,
    actor: Actor = "",
    ledger: LedgerUrl = "",
    as_json: AsJson = False,
) -> None:
    """Propose what the plan would change: a change set, kept in the ledger and as files. No owner changes yet."""
    with _opened(plan, ledger, actor) as (loaded, opened, occasion), shown_progress() as tell:
        run = basis_of(loaded, occasion.at, run_folder, tell)
        tell("Comparing with the ledger", "", 0, 0)
        day: date | None = effective.date() if effective else None
        proposed = propose(loaded, run, opened, occasion, effective_on=day)
        if proposed.change_set is None:
            text = None
        else:
            found, zone = explained(opened, proposed.change_set.change_set_id), _zone(loaded)
            folder = folder_of(loaded, found.change_set.change_set_id)
            text = write_files(found, proposal=proposed.proposal, time_zone=zone, folder=folder)
    if proposed.change_set is None or text is None:
        _say_nothing_changes(proposed.imported, as_json=as_json)
        return
    if as_json:
        echo_json({"imported": proposed.imported, **plain_change_set(found, steps=False)})
        return
    if proposed.imported:
        typer.echo(f"The ledger is new: it took {proposed.imported:,} owners from the book.\n")
    print_lines(summary_lines(found, zone))
    name = found.change_set.change_set_id
    print_lines(
        [
            "",
            f"Files: {folder}",
            f"Next:  rightful explain {_path(plan)} {name}",
            f"       rightful approve {_path(plan)} {name}",
        ]
    )


def _say_nothing_changes(imported: int, *, as_json: bool) -> None:
    if as_json:
        echo_json({"imported": imported, "change_set_id": None})
    else:
        typer.echo("Nothing to change: everybody owns what the plan says.")


def explain_command(
    plan: PlanFolder,
    change_set: _SomeId = "",
    record: Annotated[
        str, typer.Option("--record", help="Only the steps of this record, or of all that moves with this account.")
    ] = "",
    show_all: Annotated[bool, typer.Option("--all", help=f"All steps, not the first {_STEPS}.")] = False,
    ledger: LedgerUrl = "",
    as_json: AsJson = False,
) -> None:
    """Explain a change set: figures, every step with its reason, and what is held back."""
    with _opened(plan, ledger, "") as (loaded, opened, _):
        found = explained(opened, change_set or _newest(opened), record)
    if as_json:
        echo_json(plain_change_set(found, steps=True))
        return
    if record and found.steps.is_empty():
        problem = f"the change set does nothing to {record!r}"
        raise LedgerError(
            Mistake(
                Place(found.change_set.change_set_id), problem, remedy=f"rightful why {_path(plan)} {quote(record)}"
            )
        )
    if not record:
        print_lines([*summary_lines(found, _zone(loaded)), ""])
    print_lines(steps_lines(found, _zone(loaded), None if show_all or record else _STEPS))


def approve_command(
    plan: PlanFolder, change_set: _SomeId = "", actor: Actor = "", ledger: LedgerUrl = "", as_json: AsJson = False
) -> None:
    """Approve a change set; above the plan's limits somebody else than its proposer has to."""
    with _opened(plan, ledger, actor) as (loaded, opened, occasion):
        approved = approve(opened, change_set or _newest(opened), occasion, loaded.changes.approval)
    name, state = approved.change_set_id, str(approved.state)
    if as_json:
        echo_json({"change_set_id": name, "state": state, "by": occasion.actor})
        return
    print_lines([f"{name}: {state}", f"Next: rightful apply {_path(plan)} {name}"])


def withdraw_command(
    plan: PlanFolder,
    reason: Annotated[str, typer.Option(help="Why, for those who proposed and approved it.", show_default=False)],
    change_set: _SomeId = "",
    actor: Actor = "",
    ledger: LedgerUrl = "",
    as_json: AsJson = False,
) -> None:
    """Withdraw a change set that is not applied, so that nobody applies it; what is applied is rolled back instead."""
    with _opened(plan, ledger, actor) as (_, opened, occasion):
        withdrawn = withdraw(opened, change_set or _newest(opened), occasion, reason)
    name, state = withdrawn.change_set_id, str(withdrawn.state)
    if as_json:
        echo_json({"change_set_id": name, "state": state, "by": occasion.actor, "reason": reason})
        return
    print_lines([f"{name}: {state}"])


def apply_command(
    plan: PlanFolder, change_set: _SomeId = "", actor: Actor = "", ledger: LedgerUrl = "", as_json: AsJson = False
) -> None:
    """Apply an approved change set, go on with one that was interrupted, or tell the CRM what has become due."""
    with _opened(plan, ledger, actor) as (loaded, opened, occasion), shown_progress() as tell:
        done = apply(
            loaded, opened, change_set or _newest(opened), occasion, write_back_of(loaded),
            lambda what, at, total: tell("Applying", what, at, total),
        )  # fmt: skip
    name, state = done.change_set.change_set_id, str(done.change_set.state)
    if as_json:
        echo_json({"change_set_id": name, "state": state, "recorded": done.recorded, **asdict(done.delivered)})
        return
    print_lines([f"{name}: {state}; {done.recorded:,} steps recorded in the ledger"])
    print_delivered(done.delivered, folder_of(loaded, name))


def rollback_command(
    plan: PlanFolder, change_set: _SomeId = "", actor: Actor = "", ledger: LedgerUrl = "", as_json: AsJson = False
) -> None:
    """Roll a change set back: all owners as before, except of records that somebody has edited since."""
    with _opened(plan, ledger, actor) as (loaded, opened, occasion), shown_progress() as tell:
        done = rollback(
            loaded, opened, change_set or _newest(opened), occasion, write_back_of(loaded),
            lambda what, at, total: tell("Rolling back", what, at, total),
        )  # fmt: skip
    name, state = done.change_set.change_set_id, str(done.change_set.state)
    if as_json:
        alone = [asdict(each) for each in done.left_alone]
        plain = {"change_set_id": name, "state": state, "restored": done.restored, "left_alone": alone}
        echo_json({**plain, **asdict(done.delivered)})
        return
    print_lines([f"{name}: {state.replace('_', ' ')}; {done.restored:,} steps undone"])
    if done.left_alone:
        print_lines([f"Left alone, {len(done.left_alone):,} records edited since:"])
        print_lines(f"  {each.object} {each.record_id} ({each.role}): {each.reason}" for each in done.left_alone)
    print_delivered(done.delivered, folder_of(loaded, name))


def status_command(plan: PlanFolder, change_set: _SomeId = "", ledger: LedgerUrl = "", as_json: AsJson = False) -> None:
    """Tell how far change sets have come: in the ledger, with the CRM, and what to do next; or one of them in detail."""
    with _opened(plan, ledger, "") as (loaded, opened, occasion):
        chosen = [opened.change_set(change_set)] if change_set else list(opened.change_sets())
        standings = [standing_of(opened, each, occasion.today) for each in chosen]
    if as_json:
        echo_json([plain_standing(each, plan) for each in standings])
    elif not standings:
        typer.echo(f"No change sets yet. Propose one: rightful propose {_path(plan)}")
    elif change_set:
        print_standing(standings[0], plan, _zone(loaded))
    else:
        print_standings(standings, plan)


def history_command(
    plan: PlanFolder,
    record: Annotated[
        str,
        typer.Argument(metavar="RECORD", help="Key of a record; left out, all change sets.", show_default=False),
    ] = "",
    ledger: LedgerUrl = "",
    as_json: AsJson = False,
) -> None:
    """Tell what was done: all change sets, by whom and when; or everything that the ledger ever knew of a record."""
    with _opened(plan, ledger, "") as (loaded, opened, _):
        if record:
            print_history(opened, record, as_json=as_json)
            return
        found = [(each, events_of(opened, each.change_set_id)) for each in opened.change_sets()]
    if as_json:
        echo_json([plain_events(each, events) for each, events in found])
    elif found:
        print_events(found, _zone(loaded))
    else:
        typer.echo(f"No change sets yet. Propose one: rightful propose {_path(plan)}")


def _newest(ledger: Ledger) -> str:
    change_sets = ledger.change_sets()
    if not change_sets:
        problem, remedy = "there is no change set yet", "propose one: `rightful propose PLAN`"
        raise LedgerError(Mistake(Place(ledger.store.name), problem, remedy=remedy))
    return change_sets[-1].change_set_id


def _path(plan: Path) -> str:
    return quote(str(plan))


def _zone(plan: Plan) -> ZoneInfo:
    return ZoneInfo(plan.general.time_zone)
