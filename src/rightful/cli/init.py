"""The command ``rightful init``: a plan with a sample book."""

from __future__ import annotations

from shlex import quote
from typing import Annotated

import typer

from rightful.cli.options import PlanFolder
from rightful.sample import write_sample

__all__ = ["init_command"]


def init_command(
    folder: PlanFolder,
    accounts: Annotated[int, typer.Option(help="Accounts in the sample book, 200 or more.")] = 5_000,
    leads: Annotated[int, typer.Option(help="Leads in the sample book, 50 or more.")] = 2_000,
    reps: Annotated[int, typer.Option(help="Reps in the sample book, 15 or more.")] = 60,
    seed: Annotated[int, typer.Option(help="The same seed gives the same book.")] = 7,
) -> None:
    """Write a plan folder with a sample book, to try things on and to start from."""
    made = write_sample(folder, accounts=accounts, leads=leads, reps=reps, seed=seed)
    counts = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in made.rows.items())
    typer.echo(f"{folder}: a plan with {made.territories} territories and a book of {counts}")
    typer.echo(f"Next: rightful run {quote(str(folder))}")
