"""Print what commands found: text for people, JSON for machines."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import Any

import typer
from rich.console import Console

from rightful.plan import Plan
from rightful.runs.check import Checked
from rightful.runs.proof import Severity
from rightful.runs.proof.exchange import as_json as proof_as_json
from rightful.runs.proof.text import short_lines
from rightful.runs.run import Run
from rightful.runs.summary import Summary
from rightful.runs.why import Explanation

__all__ = ["echo_json", "print_checked", "print_explanation", "print_run"]

_MOST_FINDINGS = 5


def echo_json(content: Any) -> None:
    """Print plain data as JSON."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))


def print_checked(plan: Plan | None, checked: Checked, folder: Path, *, as_json: bool) -> None:
    """Print the mistakes of a plan and its book; the plan is None where it has errors itself."""
    name, version = (plan.name, plan.version) if plan else (folder.name, None)
    if as_json:
        mistakes = [{**asdict(mistake), "message": str(mistake)} for mistake in checked.mistakes]
        proof = proof_as_json(checked.proof, _MOST_FINDINGS, Severity.WARNING) if checked.proof else None
        echo_json({"plan": name, "version": version, "rows": checked.rows, "mistakes": mistakes, "proof": proof})
        return
    for mistake in checked.mistakes:
        typer.echo(f"{mistake.severity}: {mistake}")
    if checked.errors:
        rows = "a run needs these mended"
    else:
        counts = [f"{count:,} {table.replace('_', ' ')}" for table, count in checked.rows.items()]
        rows = ", ".join(counts) or "an empty book"
    found = f"{_many(checked.errors, 'error')}, {_many(len(checked.mistakes) - checked.errors, 'warning')}"
    typer.echo(f"{name}{f' (version {version})' if version else ''}: {found}; {rows}")
    if checked.proof is not None:
        for line in short_lines(checked.proof, _MOST_FINDINGS, folder):
            typer.echo(line)


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def print_run(run: Run, summary: Summary, plan_folder: Path, *, as_json: bool) -> None:
    """Print what a run did and where its results are."""
    if as_json:
        echo_json({"folder": str(run.folder), **summary.as_json()})
        return
    console = Console(highlight=False)
    for line in summary.lines():
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"\nResults: {run.folder}", markup=False, soft_wrap=True)
    console.print(f"Report:  {run.folder / 'report.html'}", markup=False, soft_wrap=True)
    console.print(f"Ask:     rightful why {quote(str(plan_folder))} ID", markup=False, soft_wrap=True)


def print_explanation(explanation: Explanation, *, as_json: bool) -> None:
    """Print the way of a record."""
    if as_json:
        echo_json(explanation.as_json())
        return
    for line in explanation.lines():
        typer.echo(line)
