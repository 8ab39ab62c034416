"""`rightful diff`: what a change of plan changes, in what it decides and on the book."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rightful.cli.progress import shown_progress
from rightful.cli.show import echo_json
from rightful.connectors import write_table
from rightful.errors import Mistake, PlanError
from rightful.runs.difference.book import Counter, effect_of, run_both
from rightful.runs.difference.compare import compare_plans
from rightful.runs.difference.page import write_page
from rightful.runs.difference.revisions import NamedPlan, opened_plans
from rightful.runs.difference.text import difference_lines, effect_lines
from rightful.runs.run import Run

__all__ = ["diff_command"]


def diff_command(  # noqa: PLR0913, PLR0917 - an option each
    plan_a: Annotated[
        str,
        typer.Argument(
            metavar="PLAN_A",
            help="Folder of the first plan, or a revision of it such as main:acme.",
            show_default=False,
        ),
    ],
    plan_b: Annotated[
        str | None,
        typer.Argument(
            metavar="PLAN_B",
            help="The second plan; left out, the folder PLAN_A is compared with its last commit.",
            show_default=False,
        ),
    ] = None,
    git: Annotated[
        tuple[str, str] | None,
        typer.Option("--git", help="Two revisions of the folder PLAN_A to compare.", show_default=False),
    ] = None,
    book: Annotated[
        bool, typer.Option("--book", help="Run both plans over the book: who gains and loses what.")
    ] = False,
    run: Annotated[
        Path | None,
        typer.Option(help="A run of PLAN_A over the same book, to take in place of a new one.", show_default=False),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            help="UTC instant at which the book is read; by default that of --run or PLAN_B, else now.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder of moves.csv, diff.html, diff.json and both runs; by default below diffs/ of the plan.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Say what a change of plan changes: regions, settings, coverage; with --book who gains and loses what."""
    with opened_plans(*_named(plan_a, plan_b, git)) as (before, after):
        if book or run is not None:
            folder = out or _folder(before, after)
            _on_book(before, after, folder, run, as_of, as_json=as_json)
            return
        difference = compare_plans(before, after)
        if as_json:
            echo_json(difference.as_json())
        else:
            _print(difference_lines(difference))


def _named(plan_a: str, plan_b: str | None, git: tuple[str, str] | None) -> tuple[str, str]:
    if git is None:
        return (plan_a, plan_b) if plan_b is not None else (f"HEAD:{plan_a}", plan_a)
    if plan_b is not None:
        problem = f"two plans and two revisions of one were given: {plan_a}, {plan_b} and --git {' '.join(git)}"
        raise PlanError(Mistake(None, problem, "`PLAN_A PLAN_B`, or `PLAN_A --git REV_A REV_B`", "leave one out"))
    return f"{git[0]}:{plan_a}", f"{git[1]}:{plan_a}"


def _folder(before: NamedPlan, after: NamedPlan) -> Path:
    folder = next((each.folder for each in (after, before) if each.folder.is_dir()), Path())
    return folder / "diffs" / f"{before.plan.version[:8]}-{after.plan.version[:8]}"


def _on_book(
    before: NamedPlan, after: NamedPlan, folder: Path, run: Path | None, as_of: datetime | None, *, as_json: bool
) -> None:
    taken = Run.open(run) if run else None
    with shown_progress() as tell:
        runs = run_both(before, after, folder, as_of=as_of, run=taken, on_progress=tell)
        tell("Comparing", "", 0, 0)
        difference = compare_plans(before, after, Counter(runs.before))
        effect, moves = effect_of(runs, dict(difference.renamed))
        write_table(moves.to_arrow(), folder / "moves.csv")
        content = {**difference.as_json(), "book": asdict(effect)}
        (folder / "diff.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        write_page(difference, effect, moves, folder / "diff.html")
    if as_json:
        echo_json({"folder": str(folder), **content})
        return
    _print([*difference_lines(difference), *effect_lines(effect)])
    _print(["", f"Moves:   {folder / 'moves.csv'}", f"Page:    {folder / 'diff.html'}"])


def _print(lines: Iterable[str]) -> None:
    console = Console(highlight=False)
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
