"""Commands, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rightful.errors import RightfulError
from rightful.plan import load_plan
from rightful.plan.schema import plan_schema

__all__ = ["main"]

app = typer.Typer(
    name="rightful",
    help="Territory management automation: every revenue record with its rightful owner, and why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

PlanFolder = Annotated[Path, typer.Argument(help="Folder of the plan.", show_default=False)]


@app.command()
def check(plan: PlanFolder) -> None:
    """Check a plan: all mistakes at once, each with its place, what is allowed and what to do."""
    loaded = load_plan(plan)
    typer.echo(f"{loaded.name}: no mistakes (plan version {loaded.version})")


@app.command()
def schema(
    section: Annotated[str, typer.Argument(help="Section, such as quality; all sections when left out.")] = "",
) -> None:
    """Print the JSON Schema of the plan's files, for completion in editors."""
    typer.echo(json.dumps(plan_schema(section), indent=2))


def main() -> None:
    """Run the command line. Exit codes: 0 all well, 1 mistakes found, 2 wrong use of the command line."""
    try:
        app()
    except RightfulError as error:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        for mistake in error.mistakes:
            console.print(str(mistake), markup=False)
        sys.exit(1)
