"""The command ``rightful check``: all mistakes of plan and book, and the quick proof."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import typer

from rightful.cli.options import AsJson, PlanFolder
from rightful.cli.show import echo_json
from rightful.plan import Plan
from rightful.runs.check import Checked, check_folder
from rightful.runs.matches.gate import GateFound
from rightful.runs.proof import Severity
from rightful.runs.proof.exchange import as_json as proof_as_json
from rightful.runs.proof.text import short_lines

__all__ = ["check_command"]

_MOST_FINDINGS = 5


def check_command(plan: PlanFolder, as_json: AsJson = False) -> None:
    """Check plan and book: all mistakes at once, each with its place, what is allowed and what to do."""
    loaded, checked = check_folder(plan)
    _print(loaded, checked, plan, as_json=as_json)
    if checked.errors or (checked.gate and checked.gate.failures):
        raise typer.Exit(1)


def _print(plan: Plan | None, checked: Checked, folder: Path, *, as_json: bool) -> None:
    """Print the mistakes of a plan and its book; the plan is None where it has errors itself."""
    name, version = (plan.name, plan.version) if plan else (folder.name, None)
    if as_json:
        mistakes = [{**asdict(mistake), "message": str(mistake)} for mistake in checked.mistakes]
        proof = proof_as_json(checked.proof, _MOST_FINDINGS, Severity.WARNING) if checked.proof else None
        gate = asdict(checked.gate) if checked.gate else None
        told = {
            "plan": name,
            "version": version,
            "rows": checked.rows,
            "mistakes": mistakes,
            "proof": proof,
            "gate": gate,
        }
        echo_json(told)
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
    if checked.gate is not None:
        _print_gate(checked.gate)
    if checked.proof is not None:
        for line in short_lines(checked.proof, _MOST_FINDINGS, folder):
            typer.echo(line)


def _print_gate(gate: GateFound) -> None:
    score = gate.score
    worth = (
        f": precision {score.precision:.3f}, recall {score.recall:.3f} of {score.records:,} records" if score else ""
    )
    typer.echo(f"Matches by {gate.file}{worth}: {'; '.join(gate.failures) or 'as good as the gate wants'}")


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
