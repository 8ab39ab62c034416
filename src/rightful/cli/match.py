"""The commands ``match evaluate``, ``match review`` and ``match stale``: what matches are worth, and which people should look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rightful.cli.options import AsJson, PlanFolder, RunFolder
from rightful.cli.show import echo_json
from rightful.plan import load_plan
from rightful.runs.matches import (
    Doubt,
    Labels,
    MatchEvaluation,
    StaleMatch,
    evaluate_matches,
    read_labels,
    review_queue,
    run_before,
    stale_matches,
    write_review,
)
from rightful.runs.matches.figures import CalibrationBin, Score, Threshold
from rightful.runs.matches.train import (
    ARTEFACT,
    MatchTraining,
    crm_labels,
    save_weights,
    train_matching,
    train_without_labels,
)
from rightful.runs.run import Run

__all__ = ["match_app"]

match_app = typer.Typer(
    help="What matches are worth, and which of them people should look at.", no_args_is_help=True, rich_markup_mode=None
)

_Least = Annotated[
    float | None, typer.Option(min=0, max=1, show_default=False, help="Least value; below it the exit code is 1.")
]
_SHOWN_WRONG = 10


@match_app.command("evaluate")
def evaluate_command(  # noqa: PLR0913, PLR0917 - the options of the command line
    plan: PlanFolder,
    labels: Annotated[
        Path,
        typer.Argument(
            metavar="LABELS",
            help="File with the columns record_id and account_id (`none`: belongs to no account); object where it is no lead.",
            show_default=False,
        ),
    ],
    run_folder: RunFolder = None,
    by: Annotated[str, typer.Option(help="Field to split the figures by.")] = "segment",
    precision: Annotated[
        list[float] | None,
        typer.Option(
            min=0,
            max=1,
            help="Precision for which to find the threshold; several times for several.",
            show_default=False,
        ),
    ] = None,
    min_precision: _Least = None,
    min_recall: _Least = None,
    as_json: AsJson = False,
) -> None:
    """Hold labels against the matches of a run: precision, recall and F1 with intervals, thresholds, calibration."""
    loaded = load_plan(plan)
    run = Run.open(run_folder) if run_folder else Run.latest(plan)
    told = read_labels(labels, loaded, run)
    found = evaluate_matches(run, told, by=by, wanted=tuple(precision or (0.95, 0.98, 0.99)))
    if as_json:
        echo_json({"unanswered": told.unanswered, "unknown": told.unknown, **asdict(found)})
    else:
        _print(found, told, by, loaded.matching.strong)
    below = [
        f"{name} is {value:.3f}, below {least:g}"
        for name, value, least in (
            ("precision", found.overall.precision, min_precision),
            ("recall", found.overall.recall, min_recall),
        )
        if least is not None and value < least
    ]
    for line in below:
        typer.echo(line, err=True)
    if below:
        raise typer.Exit(1)


@match_app.command("stale")
def stale_command(
    plan: PlanFolder,
    before: Annotated[
        Path | None,
        typer.Option(help="Folder of the earlier run; the one before by default.", show_default=False),
    ] = None,
    run_folder: RunFolder = None,
    most: Annotated[int, typer.Option(min=0, help="Most matches to list; 0 lists all.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the matches of an earlier run that no longer hold, and links whose evidence has changed since, with what changed."""
    run = Run.open(run_folder) if run_folder else Run.latest(plan)
    earlier = Run.open(before) if before else run_before(run)
    found = stale_matches(run, earlier)
    if as_json:
        echo_json([asdict(match) for match in found])
        return
    console = Console(highlight=False)
    console.print(f"{len(found):,} matches of {earlier.folder.name} are stale.", markup=False, soft_wrap=True)
    for match in found[: most or None]:
        console.print(_stale_line(match), markup=False, soft_wrap=True)
    if len(found) > len(found[: most or None]):
        console.print(f"... and {len(found) - most:,} more; --most 0 lists all")


@match_app.command("train")
def train_command(
    plan: PlanFolder,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="File of labels, as `match evaluate` reads; without it the links of the CRM.", show_default=False
        ),
    ] = None,
    run_folder: RunFolder = None,
    without_labels: Annotated[
        bool, typer.Option("--without-labels", help="Learn from the book alone, by expectation and maximisation.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fit what each finding is worth to your own records; weights that foretell no better are not kept."""
    loaded = load_plan(plan, training="trained_weights")
    run = Run.open(run_folder) if run_folder else Run.latest(plan)
    if without_labels:
        trained = train_without_labels(loaded, run)
    elif labels is not None:
        trained = train_matching(loaded, run, read_labels(labels, loaded, run).labels)
    else:
        trained = train_matching(loaded, run, crm_labels(run), has_strangers=False)
    path = save_weights(trained, plan) if trained.is_better else None
    if as_json:
        told = {"weights": str(path) if path else None, "records": trained.records}
        shown = {"before": trained.before, "after": trained.after}
        echo_json({**told, **{name: asdict(each) if each else None for name, each in shown.items()}})
        return
    _print_training(trained, path, loaded.matching.strong)


def _print_training(trained: MatchTraining, path: Path | None, strong: float) -> None:
    console = Console(highlight=False)
    console.print(f"Learned from {trained.records:,} records")
    if trained.before and trained.after:
        table = _table(
            f"likeliest, from {strong:g} on", "records", "matched", "right", "precision", "recall", "F1", "95 %"
        )
        for foretold in (trained.before, trained.after):
            table.add_row(*_cells(foretold.score))
        console.print(table)
        console.print("Each record is judged by weights that were fitted to the others.")
        console.print(_thresholds(trained.after.thresholds, "Thresholds of the trained weights"))
        console.print(_calibration(trained.before.calibration, "Calibration before"))
        console.print(_calibration(trained.after.calibration, "Calibration after"))
    if path is None:
        console.print("The weights before foretell these records as well: nothing was written.")
    else:
        console.print(f"Weights: {path}\nTo use them, say in matching.yaml: trained_weights: {ARTEFACT}", markup=False)


@match_app.command("review")
def review_command(
    plan: PlanFolder,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the queue to this CSV file, with a column for the answers.", show_default=False),
    ] = None,
    run_folder: RunFolder = None,
    most: Annotated[int, typer.Option(min=0, help="Most records to list; 0 lists all.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the leads and contacts whose match is uncertain; a file of answers is what `match evaluate` reads."""
    loaded = load_plan(plan)
    run = Run.open(run_folder) if run_folder else Run.latest(plan)
    doubts = review_queue(run, loaded.matching, most)
    if out is not None:
        write_review(doubts, out)
    if as_json:
        echo_json([asdict(doubt) for doubt in doubts])
    elif out is not None:
        typer.echo(f"{out}: {len(doubts):,} records; fill the column account_id: an account, or `none`")
        typer.echo(f"Next: rightful match evaluate {plan} {out}")
    else:
        _print_doubts(doubts)


def _print(found: MatchEvaluation, labels: Labels, by: str, strong: float) -> None:
    console = Console(highlight=False)
    skipped = [
        (labels.unanswered, "without an answer"),
        (labels.unknown, "of records or accounts that the run does not have"),
        (found.linked, "decided by a link"),
    ]
    said = ", ".join(f"{count:,} {what}" for count, what in skipped if count)
    console.print(
        f"{found.overall.records:,} labelled records{f'; not counted: {said}' if said else ''}", soft_wrap=True
    )
    table = _table(by, "records", "matched", "right", "precision", "recall", "F1", "95 %")
    for score in (found.overall, *found.parts):
        table.add_row(*_cells(score))
    console.print(table)
    console.print(_thresholds(found.thresholds, f"Thresholds; the plan's is {strong:g}"))
    console.print(_calibration(found.calibration, "Calibration"))
    if found.wrong:
        console.print(f"Matched wrongly, the most certain first ({len(found.wrong):,} in all):")
    for name, record_id, account_id, probability in found.wrong[:_SHOWN_WRONG]:
        console.print(f"  {name} {record_id} to {account_id} ({probability:.2f})", markup=False)


def _thresholds(rows: Sequence[Threshold], title: str) -> Table:
    table = _table("wanted precision", "strong", "precision", "recall", title=title)
    for row in rows:
        reached = [
            f"{value:.3f}" if value is not None else "not reached" for value in (row.strong, row.precision, row.recall)
        ]
        table.add_row(f"{row.wanted_precision:g}", *reached)
    return table


def _calibration(bins: Sequence[CalibrationBin], title: str) -> Table:
    table = _table("probability said", "records", "right", "95 %", title=title)
    for each in bins:
        low, high = each.right_interval
        table.add_row(f"{each.said:.2f}", f"{each.records:,}", f"{each.right:.2f}", f"{low:.2f}-{high:.2f}")
    return table


def _cells(score: Score) -> tuple[str, ...]:
    low, high = score.f1_interval
    return (
        score.name,
        *(f"{count:,}" for count in (score.records, score.matched, score.right)),
        *(f"{share:.3f}" for share in (score.precision, score.recall, score.f1)),
        f"{low:.2f}-{high:.2f}",
    )


def _table(*headers: str, title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, header in enumerate(headers):
        table.add_column(header, justify="right" if place else "left", no_wrap=True)
    return table


def _print_doubts(doubts: tuple[Doubt, ...]) -> None:
    console = Console(highlight=False)
    if not doubts:
        console.print("No match is uncertain.")
    for doubt in doubts:
        who = ", ".join(value for value in (doubt.company, doubt.email_domain, doubt.city, doubt.country) if value)
        state = "matched to" if doubt.decided == doubt.likeliest_account_id else "likeliest"
        console.print(f"{doubt.object} {doubt.record_id}  {who}", markup=False, soft_wrap=True)
        name = doubt.likeliest_name or ""
        account = f"  {state} {doubt.likeliest_account_id} {name} ({doubt.probability:.2f}): {doubt.evidence}"
        console.print(account, markup=False, soft_wrap=True)
        if doubt.others:
            console.print(f"  next: {doubt.others}", markup=False, soft_wrap=True)


def _stale_line(match: StaleMatch) -> str:
    before = match.account_before + _sure(match.probability_before)
    now = {"moved": f"now {match.account_now}", "lost": "now none", "kept": "kept by its link"}[match.state]
    sure = "" if match.state == "kept" else _sure(match.probability_now)
    return f"{match.object} {match.record_id}: was {before}, {now}{sure}; {'; '.join(match.changes)}"


def _sure(probability: float | None) -> str:
    return "" if probability is None else f" ({probability:.2f})"
