"""Read past records: from a file in the plan's folder, else the leads of a run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from rightful.connectors.csv_file import open_csv
from rightful.connectors.excel_file import open_excel
from rightful.connectors.extract import Source
from rightful.connectors.parquet_file import open_parquet
from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import BookError, Mistake, Place
from rightful.plan import Plan
from rightful.plan.scoring import Training
from rightful.runs.run import Run

__all__ = ["Values", "read_past"]

Values = dict[str, list[Any]]
"""Columns by name, all equally long; None is blank."""

_TEACHING = (
    "job_function",
    "job_level",
    "is_free_email",
    "is_disposable_email",
    "legal_form",
    "state",
    "country",
    "employees",
    "annual_revenue_usd",
    "industry",
    "lead_source",
    "status",
    "product_interest",
    "region",
    "industry_group",
    "segment",
    "persona",
)
"""Fields of a run's leads to learn from: what a person's role and company are, never who the person is. Links to accounts are
left out, for conversion makes them; so is everything that matching says, for the same reason."""


def read_past(plan: Plan, run: Run | None) -> tuple[str, Values]:
    """Read the records that the plan's ``training`` names.

    Args:
        plan: Its ``training.file`` wins, unless a run is given.
        run: Run whose leads are read; None: the file, and without one the newest run.

    Returns:
        What the records are called, and their columns.

    Raises:
        BookError: The file cannot be read.
        RunError: No file is named, and the plan was not run yet.
    """
    training = plan.scoring.training
    if run is not None:
        return f"leads of run {run.folder.name}", _leads(run, training)
    if training.file:
        return training.file, _file(plan, training.file)
    newest = Run.latest(plan.folder)
    return f"leads of the newest run, {newest.folder.name}", _leads(newest, training)


def _file(plan: Plan, name: str) -> Values:
    """Read a file of past records as texts."""
    path = plan.folder / name
    try:
        opened = _opened(plan, name)
        extract = opened.read(range(len(opened.headers)))
    except OSError as error:
        raise BookError(Mistake(Place(str(path)), f"cannot be read: {error.strerror or error}")) from error
    return {header: extract.columns[place].to_pylist() for place, header in enumerate(opened.headers) if header}


def _opened(plan: Plan, name: str) -> Source:
    path = plan.folder / name
    match path.suffix.casefold():
        case ".csv":
            return open_csv(path, name, None, None)
        case ".parquet":
            return open_parquet(path, name)
        case ".xlsx":
            return open_excel(path, name, None, "leads")
    problem = f"training.file is {name!r}, of a kind that cannot be read"
    raise BookError(Mistake(Place(name), problem, ".csv, .parquet, .xlsx", "save it as one of them"))


def _leads(run: Run, training: Training) -> Values:
    """Read the leads of a run, without those too young to have an outcome."""
    leads = OBJECT_OF_TABLE["leads"].rule_fields
    named = [name for name in (training.label, training.time or "created_at") if name in leads]
    youngest = run.manifest.as_of - timedelta(days=training.min_age_days)
    # The young that converted go too: to keep them alone would teach that the young always convert.
    is_ripe = pl.col("created_at").is_null() | (pl.col("created_at") <= youngest)
    frame = run.scan("leads").filter(is_ripe).select(list(dict.fromkeys([*_TEACHING, *named]))).collect()
    return {name: frame[name].to_list() for name in frame.columns}
