"""The command ``merge preview``: what a run would merge and whose values would survive, before anything is changed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from rightful.cli.options import AsJson, PlanFolder
from rightful.cli.progress import shown_progress
from rightful.cli.show import echo_json
from rightful.plan import load_plan
from rightful.runs.merges import DuplicatePair, Merge, MergePreview, preview_merges, write_pairs

__all__ = ["merge_app"]

merge_app = typer.Typer(help="Records that are one and the same.", no_args_is_help=True, rich_markup_mode=None)

_Object = Literal["account", "contact", "lead"]


@merge_app.callback()
def _merge() -> None:
    """Records that are one and the same."""


@merge_app.command("preview")
def preview_command(
    plan: PlanFolder,
    object_name: Annotated[
        _Object | None, typer.Option("--object", help="Only records of this kind.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write the pairs that a person should decide to this CSV file; the plan's `decisions` reads it. Needs --object.",
            show_default=False,
        ),
    ] = None,
    most: Annotated[int, typer.Option(min=0, help="Most merges and most pairs to list; 0 lists all.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what a run would merge, whose value each field would get and why, and what it would leave to you; nothing is changed."""
    if out is not None and object_name is None:
        raise typer.BadParameter(
            "a file of answers is for records of one kind: name it with --object", param_hint="--out"
        )
    loaded = load_plan(plan)
    with shown_progress() as tell:
        found = preview_merges(loaded, lambda label, done, total: tell("Looking for duplicates", label, done, total))
    shown = MergePreview(
        tuple(merge for merge in found.merges if object_name in {None, merge.object}),
        tuple(pair for pair in found.pairs if object_name in {None, pair.object}),
    )
    if out is not None:
        open_pairs = tuple(
            pair for pair in shown.pairs if pair.outcome in {"possible", "cut"} and pair.object == pair.other_object
        )
        write_pairs(open_pairs, out)
    if as_json:
        echo_json(asdict(shown))
    elif out is not None:
        typer.echo(f"{out}: {len(open_pairs):,} pairs; fill the column is_same: yes or no")
        typer.echo(f"Next: name it as decisions under duplicates in {plan / 'quality.yaml'}")
    else:
        _print(shown, most)


def _print(found: MergePreview, most: int) -> None:
    console = Console(highlight=False)
    gone = sum(len(merge.merged) for merge in found.merges)
    lines = [f"{gone:,} records would go into {len(found.merges):,} others."]
    for merge in found.merges[: most or None]:
        lines += _merge_lines(merge)
    if len(found.merges) > len(found.merges[: most or None]):
        lines.append(f"... and {len(found.merges) - most:,} more; --most 0 lists all")
    lines += ["", f"{len(found.pairs):,} pairs would stay two."]
    lines += [_pair_line(pair) for pair in found.pairs[: most or None]]
    if len(found.pairs) > len(found.pairs[: most or None]):
        lines.append(f"... and {len(found.pairs) - most:,} more; --most 0 lists all")
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


def _merge_lines(merge: Merge) -> list[str]:
    lines = ["", f"{merge.object} {merge.survivor_id} stays"]
    lines += [f"  {record_id} goes into it: {why}" for record_id, why in merge.merged]
    for field in merge.fields:
        value = "(blank)" if field.value is None else field.value
        lines.append(f"    {field.field} = {value}  of {field.taken_from} by {field.rule}  (not {field.other_values})")
    return lines


def _pair_line(pair: DuplicatePair) -> str:
    one, other = f"{pair.object} {pair.record_id}", f"{pair.other_object} {pair.other_id}"
    return f"  {one} and {other}: {pair.outcome} ({pair.probability:.2f}): {pair.evidence}"
