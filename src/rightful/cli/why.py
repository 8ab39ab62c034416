"""The command ``rightful why``: the whole way of a record."""

from __future__ import annotations

from typing import Annotated

import typer

from rightful.cli.options import AsJson, PlanFolder, RunFolder
from rightful.cli.show import echo_json
from rightful.runs.run import Run
from rightful.runs.why import explain

__all__ = ["why_command"]


def why_command(
    plan: PlanFolder,
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Key of any record.", show_default=False)],
    run_folder: RunFolder = None,
    as_json: AsJson = False,
) -> None:
    """Explain a record of the newest run: what was cleaned, segment, match, score, territory and rep, and why."""
    found = Run.open(run_folder) if run_folder else Run.latest(plan)
    explanation = explain(found, record_id)
    if as_json:
        echo_json(explanation.as_json())
        return
    for line in explanation.lines():
        typer.echo(line)
