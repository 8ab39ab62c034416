"""The commands ``rightful replay`` and ``rightful events``: what would have happened, and the past to ask it of."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from rightful.cli.options import AsJson, PlanFolder
from rightful.cli.progress import shown_progress
from rightful.cli.show import echo_json
from rightful.plan import Plan, load_plan
from rightful.runs.replay import Against, Replay, ReplayOptions, Version, replay, write_events
from rightful.runs.replay.text import lines_of
from rightful.runs.run import Run
from rightful.stages.routing.hours import moment_of

__all__ = ["events_command", "replay_command"]


def replay_command(  # noqa: PLR0913, PLR0917 - an option each
    plan: PlanFolder,
    events: Annotated[
        Path,
        typer.Option(
            help="Past events: .csv, .parquet, .xlsx or .jsonl; `rightful events PLAN` makes some.", show_default=False
        ),
    ],
    against: Annotated[
        str,
        typer.Option(
            help="What to compare with: events (who got the leads in fact), plans (those that held by the events, replayed),"
            " or the folder of another plan; by default what the events tell.",
            show_default=False,
        ),
    ] = "",
    then: Annotated[
        list[str] | None,
        typer.Option(
            help="A version of the plan that holds later, as INSTANT=FOLDER; may be given several times.",
            show_default=False,
        ),
    ] = None,
    answer_minutes: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Working minutes that every answer is taken to need; by default each lead's own by the events, else 30.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the replay; by default below replays/ of the plan.", show_default=False),
    ] = None,
    memory: Annotated[str, typer.Option(help="Most memory of the tables before they spill to disk.")] = "3GB",
    as_json: AsJson = False,
) -> None:
    """Replay past events through the plan: who would have got which lead, how soon, and what differs from what happened."""
    loaded = load_plan(plan)
    versions = sorted((_version(each, loaded) for each in then or ()), key=lambda version: version.begins)
    options = ReplayOptions(_against(against), tuple(versions), answer_minutes, memory)
    with shown_progress() as tell:
        done = replay(loaded, events, options, out=out, on_progress=tell)
    if as_json:
        echo_json({"folder": str(done.folder), **done.comparison.as_json()})
        return
    _print(done)


def events_command(
    plan: PlanFolder,
    out: Annotated[
        Path | None,
        typer.Option(
            help="File to write: .csv, .parquet or .xlsx; by default events.csv in the plan's folder.",
            show_default=False,
        ),
    ] = None,
    run_folder: Annotated[
        Path | None, typer.Option("--run", help="Folder of a run; the newest by default.", show_default=False)
    ] = None,
    open_days: Annotated[
        float, typer.Option(min=0, help="Days for which leads that are closed today are taken to have been open.")
    ] = 14,
) -> None:
    """Write the leads of the newest run as past events, in order of arrival, to replay them."""
    loaded = load_plan(plan)
    path = out or plan / "events.csv"
    made = write_events(Run.open(run_folder) if run_folder else Run.latest(plan), loaded, path, open_days)
    left_out = f"; {made.undated:,} without a date are left out" if made.undated else ""
    typer.echo(
        f"{path}: {made.leads:,} leads, {made.with_rep:,} of them with an owner, {made.closed:,} closed later{left_out}"
    )
    typer.echo(f"Next: rightful replay {plan} --events {path}")


def _against(stated: str) -> Against:
    if stated == "events":
        return "events"
    if stated == "plans":
        return "plans"
    return load_plan(Path(stated)) if stated else None


def _version(text: str, plan: Plan) -> Version:
    """Read ``INSTANT=FOLDER``; an instant without a zone is in the plan's time zone."""
    instant, _, folder = text.partition("=")
    try:
        stated = datetime.fromisoformat(instant.strip())
    except ValueError:
        message = f"{text!r} is no INSTANT=FOLDER such as 2026-03-01=acme-spring"
        raise typer.BadParameter(message, param_hint="--then") from None
    zoned = stated if stated.tzinfo else stated.replace(tzinfo=ZoneInfo(plan.general.time_zone))
    return Version(moment_of(zoned), load_plan(Path(folder.strip())))


def _print(done: Replay) -> None:
    console = Console(highlight=False)
    for warning in done.warnings:
        console.print(f"warning: {warning}", markup=False, soft_wrap=True)
    for line in lines_of(done.comparison):
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"\nResults: {done.folder}", markup=False, soft_wrap=True)
    console.print(f"Page:    {done.folder / 'replay.html'}", markup=False, soft_wrap=True)
