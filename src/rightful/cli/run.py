"""The command ``rightful run``: the whole plan over its book."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer
from rich.console import Console

from rightful.cli.options import AsJson, PlanFolder
from rightful.cli.progress import shown_progress
from rightful.cli.show import echo_json
from rightful.plan import load_plan
from rightful.runs.pipeline import Output, run_plan
from rightful.runs.run import Run
from rightful.runs.summary import Summary, lines_of, summarise

__all__ = ["run_command"]


def run_command(
    plan: PlanFolder,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            help="UTC instant at which the book is read; by default the plan's, else now.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the run; by default below runs/ of the plan.", show_default=False)
    ] = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write workbooks beside the CSV files.")] = False,
    memory: Annotated[str, typer.Option(help="Most memory of the tables before they spill to disk.")] = "3GB",
    as_json: AsJson = False,
) -> None:
    """Run the plan over its book: clean, segment, match, score, assign and route every record."""
    loaded = load_plan(plan)
    output = Output(("csv", "xlsx") if xlsx else ("csv",))
    with shown_progress() as tell:
        done = run_plan(loaded, out=out, as_of=as_of, output=output, on_progress=tell, memory=memory)
    _print(done, summarise(done), plan, as_json=as_json)


def _print(run: Run, summary: Summary, plan_folder: Path, *, as_json: bool) -> None:
    """Print what a run did and where its results are."""
    if as_json:
        echo_json({"folder": str(run.folder), **summary.as_json()})
        return
    console = Console(highlight=False)
    for line in lines_of(summary):
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"\nResults: {run.folder}", markup=False, soft_wrap=True)
    console.print(f"Report:  {run.folder / 'report.html'}", markup=False, soft_wrap=True)
    console.print(f"Ask:     rightful why {quote(str(plan_folder))} ID", markup=False, soft_wrap=True)
