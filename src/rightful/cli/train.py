"""The command ``rightful train``: learn from past conversions, say what it is worth, and how to switch it on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rightful.cli.progress import shown_progress
from rightful.cli.show import echo_json
from rightful.plan import Plan, load_plan
from rightful.runs.run import Run
from rightful.runs.train import TrainingRecord, save, train
from rightful.runs.train_report import how_to_use, reasons, record_as_json, summary_lines, write_report

__all__ = ["train_command"]


def train_command(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Folder of the plan.", show_default=False)],
    run_folder: Annotated[
        Path | None,
        typer.Option(
            "--run", help="Learn from the leads of this run, whatever file the plan names.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Train a score from past conversions; measured on the newest, with columns that tell the outcome left out."""
    loaded = load_plan(plan, training="trained_score")
    with shown_progress() as tell:
        record = train(loaded, Run.open(run_folder) if run_folder else None, tell)
        tell("Writing results", "", 0, 0)
        path = save(record, plan)
        report = write_report(record, plan)
    if as_json:
        echo_json({"score": str(path), "report": str(report), **record_as_json(record)})
        return
    _print(record, loaded)
    Console(highlight=False).print(f"\nScore:   {path}\nReport:  {report}", markup=False, soft_wrap=True)


def _print(record: TrainingRecord, plan: Plan) -> None:
    console = Console(highlight=False)
    for line in summary_lines(record):
        console.print(line, markup=False, soft_wrap=True)
    for title, table in (
        ("Lift, most likely first:", _lift(record)),
        ("Calibration, least likely first:", _calibration(record)),
    ):
        console.print("\n".join(["", title, *_aligned(table)]), markup=False)
    if record.findings:
        console.print("\nColumns not used, and why:", markup=False)
        for column, why in reasons(record):
            console.print(f"  {column}: {why}", markup=False, soft_wrap=True)
    console.print(f"\n{how_to_use(record, plan)}", markup=False, soft_wrap=True)


def _lift(record: TrainingRecord) -> list[tuple[str, ...]]:
    rows = [
        (
            f"{row.tenth}",
            f"{row.rows:,}",
            f"{row.conversions:,}",
            f"{row.actual_share:.1%}",
            f"{row.lift:.2f}",
            f"{row.captured_share:.1%}",
        )
        for row in record.evaluation.lift
    ]
    return [("tenth", "records", "converted", "share", "lift", "of all conversions"), *rows]


def _calibration(record: TrainingRecord) -> list[tuple[str, ...]]:
    rows = [
        (
            f"{row.rows:,}",
            f"{row.predicted_share:.1%}",
            f"{row.actual_share:.1%}",
            f"{row.low_share:.1%} to {row.high_share:.1%}",
        )
        for row in record.evaluation.calibration
    ]
    return [("records", "said", "happened", "95 % interval"), *rows]


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Put cells under one another, each to the right of its column."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(["", *(cell.rjust(width) for cell, width in zip(row, widths, strict=True))]) for row in rows]
