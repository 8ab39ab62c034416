"""The index of a run's accounts: made once, kept beside the run, opened by every desk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rightful.desk.prepare import book_of, engine_beside
from rightful.engines.account_index import AccountIndex, fingerprint_of
from rightful.errors import EngineError
from rightful.plan import Plan
from rightful.runs.run import Run
from rightful.stages.matching.stage import account_columns

__all__ = ["index_of_run", "made_index"]

_READ = ("accounts", "contacts", "opportunities", "reps")


def index_of_run(run: Run, plan: Plan, survivors: Mapping[str, str]) -> AccountIndex:
    """Open the index of a run's accounts; where there is none that fits the plan, make it.

    Args:
        run: Its accounts are indexed.
        plan: Its synonyms and filters are what an index depends on.
        survivors: Merged account -> survivor.
    """
    try:
        return AccountIndex(_folder(run, plan), plan)
    except EngineError:  # it holds nothing that the run and the ledger do not
        return made_index(run, plan, survivors)


def made_index(run: Run, plan: Plan, survivors: Mapping[str, str]) -> AccountIndex:
    """Make the index of a run's accounts, whatever was there before."""
    with engine_beside(run) as engine:
        accounts = engine.collect(account_columns(book_of(run, engine, _READ), plan.matching))
    return AccountIndex.create(_folder(run, plan), accounts, plan, survivors)


def _folder(run: Run, plan: Plan) -> Path:
    """Give each set of synonyms and filters a folder of its own: two plans of one book may be in force, one after the other."""
    return run.folder / "desk" / f"accounts-{fingerprint_of(plan)[:12]}"
