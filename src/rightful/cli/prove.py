"""``rightful prove``: what a plan leaves uncovered, decides twice, or never decides."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from rightful.cli.show import echo_json
from rightful.errors import PlanError
from rightful.plan import Plan, load_plan
from rightful.runs.proof import Severity, prove
from rightful.runs.proof.exchange import as_json, as_sarif, read_baseline, write_baseline
from rightful.runs.proof.prove import newest_run
from rightful.runs.proof.text import lines_of
from rightful.runs.run import Run

__all__ = ["prove_command"]

_PLAN_DOES_NOT_LOAD = 2


def prove_command(  # noqa: PLR0913, PLR0917 - the options of the command line
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Folder of the plan.", show_default=False)],
    run_folder: Annotated[
        Path | None,
        typer.Option("--run", help="Run whose accounts are counted; the newest by default.", show_default=False),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="File of accepted findings, which stay quiet.", show_default=False)
    ] = None,
    written: Annotated[
        Path | None,
        typer.Option("--write-baseline", help="Accept all findings: write them to this file.", show_default=False),
    ] = None,
    fail_on: Annotated[Severity, typer.Option(help="Least severity that makes the exit code 1.")] = Severity.WARNING,
    least: Annotated[Severity, typer.Option(help="Least severity that is shown.")] = Severity.WARNING,
    most: Annotated[int, typer.Option(min=0, help="Most findings that are shown; 0 shows all.")] = 20,
    as_json_text: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF for code review.")] = False,
) -> None:
    """Prove the plan: gaps, overlaps, rules that never decide, values that do not occur, holes of coverage in time.

    Exact, by the rules themselves. Exit codes: 0 no new finding of that severity; 1 there are; 2 the plan does not load.
    """
    loaded, accepted = _loaded(plan, baseline)
    run = Run.open(run_folder) if run_folder else newest_run(plan)
    proof = prove(loaded, run, accepted)
    if sarif:
        echo_json(as_sarif(proof, plan, most, least))
    elif as_json_text:
        echo_json(as_json(proof, most, least))
    else:
        for line in lines_of(proof, most, least):
            typer.echo(line)
        if run is None:
            typer.echo(
                f"\nWithout a run nothing is counted and no dates are looked at: `rightful run {quote(str(plan))}` makes one"
            )
    if written is not None:
        typer.echo(f"{written}: {write_baseline(proof, written)} findings are accepted", err=True)
    elif proof.at_least(fail_on):
        raise typer.Exit(1)


def _loaded(plan: Path, baseline: Path | None) -> tuple[Plan, frozenset[str]]:
    try:
        return load_plan(plan), read_baseline(baseline) if baseline else frozenset()
    except PlanError as error:
        for mistake in error.mistakes:
            typer.echo(str(mistake), err=True)
        raise typer.Exit(_PLAN_DOES_NOT_LOAD) from error
