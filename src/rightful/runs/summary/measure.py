"""Measure a run from its stored tables."""

from __future__ import annotations

import json

from rightful.runs.run import STAGE_NAMES, Run, StageTime
from rightful.runs.summary.cells import cleaning, field_quality
from rightful.runs.summary.decisions import grades, matches, routing_methods
from rightful.runs.summary.ownership import coverage, exception_groups, placed, rep_loads, team_balance
from rightful.runs.summary.records import Summary

__all__ = ["summarise"]


def summarise(run: Run) -> Summary:
    r"""Summarise a run in figures, read from its stored tables.

    Example:
        >>> summary = summarise(Run.latest(Path("acme")))  # doctest: +SKIP
        >>> print("\n".join(lines_of(summary)))  # doctest: +SKIP
    """
    loads, notes = rep_loads(run), cleaning(run)
    return Summary(
        plan_name=run.manifest.plan_name,
        plan_version=run.manifest.plan_version,
        as_of=run.manifest.as_of,
        rows=run.manifest.counts,
        cleaning=notes,
        fields=field_quality(run, notes),
        matches=matches(run),
        grades=grades(run),
        placed=placed(run),
        exceptions=exception_groups(run),
        reps=loads,
        teams=team_balance(loads),
        territories=coverage(run),
        routing=routing_methods(run),
        times=_times(run),
    )


def _times(run: Run) -> tuple[StageTime, ...]:
    path = run.folder / "timings.json"
    seconds = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return tuple(StageTime(stage, float(seconds[stage])) for stage in STAGE_NAMES if stage in seconds)
