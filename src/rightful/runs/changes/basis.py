"""The run from which a change set is proposed: the newest one, if plan and book are still those it was made of; else a new one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rightful.errors import Mistake, Place, RunError
from rightful.plan import Plan
from rightful.runs.changes.book import is_of_book
from rightful.runs.pipeline import Progress, planned_as_of, run_plan
from rightful.runs.run import Run

__all__ = ["basis_of", "today_of"]


def today_of(plan: Plan, now: datetime) -> datetime:
    """Give the instant that decides what is due: the plan's ``as_of`` where it names one, else now."""
    return planned_as_of(plan) or now


def basis_of(plan: Plan, now: datetime, run_folder: Path | None = None, on_progress: Progress | None = None) -> Run:
    """Give the run of a plan from which to propose.

    Args:
        plan: The plan.
        now: The newest run counts if it is of this instant's day, where the plan names no ``as_of``.
        run_folder: A run that somebody names.
        on_progress: Told how far a new run has come.

    Raises:
        RunError: The run that somebody names is of another version of the plan.
        BookError: The book cannot be read.
    """
    if run_folder:
        run = Run.open(run_folder)
        if run.manifest.plan_version != plan.version:
            problem = f"this run is of plan version {run.manifest.plan_version}, the plan is {plan.version} now"
            raise RunError(
                Mistake(Place(str(run_folder)), problem, remedy="leave out --run: the plan is run anew then")
            )
        return run
    try:
        newest = Run.latest(plan.folder)
    except RunError:
        return run_plan(plan, on_progress=on_progress)
    is_current = newest.manifest.plan_version == plan.version and _is_of_day(plan, newest, now)
    if is_current and is_of_book(plan, newest):
        return newest
    return run_plan(plan, on_progress=on_progress)


def _is_of_day(plan: Plan, run: Run, now: datetime) -> bool:
    zone = ZoneInfo(plan.general.time_zone)
    stated = planned_as_of(plan)
    as_of = run.manifest.as_of
    return as_of == stated if stated else as_of.astimezone(zone).date() == now.astimezone(zone).date()
