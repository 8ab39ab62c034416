"""``rightful index``: the accounts that leads are matched with, ready on disk for the desk."""

from __future__ import annotations

from typing import Annotated

import typer

from rightful.cli.options import AsJson, PlanFolder, RunFolder
from rightful.cli.show import echo_json
from rightful.desk.account_index import index_of_run, made_index
from rightful.desk.view import survivors_of_run
from rightful.plan import load_plan
from rightful.runs.run import Run

__all__ = ["index_command"]


def index_command(
    plan: PlanFolder,
    run_folder: RunFolder = None,
    anew: Annotated[bool, typer.Option("--anew", help="Make it anew from the run, without later changes.")] = False,
    fold: Annotated[
        bool, typer.Option("--fold", help="Make a new edition of the accounts of now, if enough changed.")
    ] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Read every byte and compare checksums.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make ready, or look at, the index of a run's accounts that matches single leads in milliseconds."""
    loaded = load_plan(plan)
    run = Run.open(run_folder) if run_folder else Run.latest(plan)
    make = made_index if anew else index_of_run
    index = make(run, loaded, survivors_of_run(run))
    if fold and index.needs_fold:
        index.fold()
    if verify:
        index.verify()
    size = sum(path.stat().st_size for path in index.folder.rglob("*") if path.is_file())
    shown = {
        "folder": str(index.folder),
        "edition": index.edition,
        "accounts": index.accounts,
        "changes": index.changes,
        "bytes": size,
        "needs_fold": index.needs_fold,
    }
    if as_json:
        echo_json(shown)
        return
    typer.echo(f"{index.accounts:,} accounts, edition {index.edition}, {index.changes:,} changes since")
    typer.echo(f"{size / 1e6:,.1f} MB in {index.folder}")
    if verify:
        typer.echo("Every byte is as it was written.")
    if index.needs_fold:
        typer.echo(f"So much changed that a new edition is worth making: rightful index {plan} --fold")
