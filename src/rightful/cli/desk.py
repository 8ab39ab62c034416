"""The commands ``rightful desk ...``: look after what the desk has written."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rightful.cli.ledger import LedgerUrl
from rightful.cli.options import AsJson, PlanFolder, RunFolder
from rightful.cli.show import echo_json
from rightful.desk.again import tell_again
from rightful.desk.commands import Requeue
from rightful.desk.desk import now_micros, open_desk
from rightful.desk.retention import retain
from rightful.ledger import ledger_url, open_ledger
from rightful.plan import load_plan
from rightful.runs.run import Run

__all__ = ["desk_app"]

desk_app = typer.Typer(no_args_is_help=True, help="Look after what the desk has written.")


@desk_app.command("verify")
def verify_command(
    plan: PlanFolder,
    run_folder: RunFolder = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option("--earlier", metavar="FOLDER", help="A plan that was in force before; once for each."),
    ] = None,
    ledger: LedgerUrl = "",
) -> None:
    """Tell a new desk everything that this one was told, and compare the answers: none may differ."""
    run = Run.open(run_folder) if run_folder else Run.latest(plan)
    with open_ledger(ledger_url(plan, ledger)) as opened:
        told = tell_again(opened, run, load_plan(plan), [load_plan(each) for each in earlier or ()])
    if told.since is not None:
        typer.echo(
            f"commands before {told.since:%Y-%m-%d %H:%M} UTC are kept no longer: told again from how the desk stood then"
        )
    for difference in told.differences:
        typer.echo(difference)
    typer.echo(f"{told.commands:,} commands told again, {len(told.differences):,} answers differ")
    if told.differences:
        raise typer.Exit(1)


@desk_app.command("retain")
def retain_command(plan: PlanFolder, ledger: LedgerUrl = "", as_json: AsJson = False) -> None:
    """Drop what `keep` in desk.yaml keeps no longer, as ``serve`` does every hour."""
    with open_ledger(ledger_url(plan, ledger)) as opened:
        dropped = retain(opened, load_plan(plan), now_micros(), actor=getpass.getuser())
    if as_json:
        echo_json(asdict(dropped))
        return
    typer.echo(
        f"dropped {dropped.requests:,} commands, {dropped.decisions:,} explanations, {dropped.messages:,} messages"
        f" and {dropped.timers:,} timers"
    )


@desk_app.command("messages")
def messages_command(plan: PlanFolder, ledger: LedgerUrl = "", as_json: AsJson = False) -> None:
    """List messages that could not be delivered and were given up."""
    with open_desk(plan, ledger=ledger) as desk:
        dead = desk.dead_letters()
    if as_json:
        echo_json([each.as_json() for each in dead])
        return
    for each in dead:
        typer.echo(f"{each.message_id}  {each.event}  {each.target}  {each.attempts} attempts: {each.detail}")
    typer.echo(f"{len(dead):,} messages were given up")


@desk_app.command("deliver")
def deliver_command(
    plan: PlanFolder,
    again: Annotated[
        list[str] | None, typer.Option("--again", metavar="ID", help="A message that was given up, to be tried again.")
    ] = None,
    ledger: LedgerUrl = "",
) -> None:
    """Send the messages that are due, as ``serve`` does all the time."""
    with open_desk(plan, ledger=ledger) as desk:
        for message_id in again or ():
            command = Requeue(message_id)
            desk.do(command, key=f"requeue:{message_id}:{now_micros()}", actor=getpass.getuser())
        typer.echo(f"{desk.deliver_due():,} messages were taken")
