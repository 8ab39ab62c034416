"""Run two plans over one book, and measure what the second does to it against the first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE, OBJECTS
from rightful.errors import Mistake, Place, RunError
from rightful.plan import Plan
from rightful.plan.routing import account_column
from rightful.rules.proofs.regions import Region
from rightful.runs.difference.effects import BookEffect
from rightful.runs.difference.holdings import (
    balance_of,
    disruption_of,
    flows_of,
    rep_holdings,
    sides_of,
    team_holdings,
    territory_holdings,
)
from rightful.runs.difference.moves import moves_of, opportunities_of
from rightful.runs.difference.records import Affected
from rightful.runs.difference.revisions import NamedPlan
from rightful.runs.earlier import Earlier, stages_alike
from rightful.runs.pipeline import Output, Progress, planned_as_of, run_after, run_plan
from rightful.runs.run import Run

__all__ = ["BookRuns", "Counter", "effect_of", "run_both"]

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class BookRuns:
    """The runs of two plans over one book.

    Attributes:
        before: Run of the first plan.
        after: Run of the second plan.
        taken_over: Stages that the second run took from the first.
    """

    before: Run
    after: Run
    taken_over: tuple[str, ...]


def run_both(
    before: NamedPlan,
    after: NamedPlan,
    out: Path,
    *,
    as_of: datetime | None = None,
    run: Run | None = None,
    on_progress: Progress | None = None,
) -> BookRuns:
    """Run both plans over the book of the second; stages on which they agree are worked out once.

    Args:
        before: The first plan.
        after: The second plan; its sources say where the book is, in the folder of today where the plan is a revision.
        out: Folder of both runs.
        as_of: Instant at which the book is read; by default that of the run given, else of the second plan, else now.
        run: A run of the first plan over the same book, which then need not be made again.
        on_progress: Told how far the work has come.

    Raises:
        BookError: The book cannot be read.
        RunError: The run given is none of the first plan, or was made at another instant.
    """
    folder = _book_folder(before, after)
    first, second = (replace(each.plan, folder=folder, sources=after.plan.sources) for each in (before, after))
    if run is None:
        moment = as_of or planned_as_of(after.plan) or datetime.now(UTC).replace(microsecond=0)
        run = run_plan(
            first,
            out=out / "before",
            as_of=moment,
            output=Output((), has_report=False),
            on_progress=_titled("First plan", on_progress),
        )
    else:
        _refuse_other_run(run, before.plan, as_of)
    stages = stages_alike(first, second)
    made = run_after(second, Earlier(run, stages), out / "after", on_progress=_titled("Second plan", on_progress))
    return BookRuns(run, made, stages)


def _titled(plan: str, on_progress: Progress | None) -> Progress | None:
    if on_progress is None:
        return None
    tell = on_progress
    return lambda title, label, done, total: tell(f"{plan}: {title[:1].lower()}{title[1:]}", label, done, total)


def _book_folder(before: NamedPlan, after: NamedPlan) -> Path:
    """Find where the book lies: with the second plan of today, else with the first, else in the revision itself."""
    candidates = (after.folder, before.folder, after.plan.folder)
    return next((folder for folder in candidates if folder.is_dir()), after.plan.folder)


def _refuse_other_run(run: Run, plan: Plan, as_of: datetime | None) -> None:
    """Refuse a run of another plan, of another instant, or with other columns than runs have now."""
    place = Place(str(run.folder))
    if run.manifest.plan_version != plan.version:
        problem = f"this run is of plan version {run.manifest.plan_version}, the first plan is version {plan.version}"
        raise RunError(Mistake(place, problem, "a run of the first plan", "run the first plan, or leave --run out"))
    if as_of is not None and (as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)) != run.manifest.as_of:
        problem = f"this run is as of {run.manifest.as_of:%Y-%m-%dT%H:%M:%SZ}, not as of {as_of:%Y-%m-%dT%H:%M:%S}"
        raise RunError(Mistake(place, problem, remedy="leave --as-of out"))
    for crm_object in OBJECTS:
        missing = set(crm_object.rule_fields).difference(run.scan(crm_object.table).collect_schema().names())
        if missing:
            problem = f"this run is of another version of Rightful: its {crm_object.table} lack {min(missing)}"
            raise RunError(Mistake(place, problem, remedy="run the first plan again, or leave --run out"))


def effect_of(runs: BookRuns, renamed: dict[str, str]) -> tuple[BookEffect, pl.DataFrame]:
    """Measure what the second plan does to the book; also gives the list of moves.

    Args:
        runs: Both runs.
        renamed: New names of territories that only have another name.
    """
    sides = sides_of(runs.before, runs.after, renamed)
    moves = moves_of(runs.before, runs.after, renamed)
    stuck = (run.scan("exceptions").select(pl.len()).collect().item() for run in (runs.before, runs.after))
    first, second = stuck
    effect = BookEffect(
        as_of=runs.after.manifest.as_of.isoformat(),
        moves=moves.height,
        disruption=disruption_of(sides),
        reps=rep_holdings(sides),
        teams=team_holdings(sides),
        territories=territory_holdings(sides),
        flows=flows_of(sides),
        balance=balance_of(runs.before, runs.after),
        exceptions=(first, second),
        taken_over=runs.taken_over,
    )
    return effect, moves


class Counter:
    """Counts the book's records in regions, as the first plan's run reads them; columns are loaded once."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._columns: dict[tuple[str, str], pa.ChunkedArray] = {}
        self._worth: dict[str, dict[str, Any]] = {}

    def __call__(self, table: str, region: Region[Any]) -> Affected:
        """Count the records of a table in a region."""
        key = OBJECT_OF_TABLE[table].key
        fields = [cells.field for cells in region.surface.ground.cells]
        loaded = {name: self._column(table, name) for name in (key, *fields)}
        known = {name: column for name, column in loaded.items() if column is not None}
        mask = region.mask(pa.table(known))
        ids = known[key].filter(pa.array(mask)).to_pylist()
        worth = self._values(table)
        found = {name: _total(values, mask) for name, values in worth.items()}
        share = len(ids) / len(mask) if len(mask) else 0.0
        return Affected(len(ids), share, found.get("revenue"), found.get("pipeline"), tuple(sorted(ids)[:_EXAMPLES]))

    def _column(self, table: str, name: str) -> pa.ChunkedArray | None:
        """Give a column in the order of the table's keys; None for one that the table does not have, which is blank."""
        if (table, name) not in self._columns:
            self._columns[table, name] = self._read(table, name)
        return self._columns[table, name]

    def _read(self, table: str, name: str) -> pa.ChunkedArray | None:
        crm_object = OBJECT_OF_TABLE[table]
        frame = self._run.scan(table).sort(crm_object.key)
        if name == crm_object.key or name in crm_object.rule_fields:
            return _arrow(frame.select(name).collect())
        if name == "object":
            return _arrow(
                frame.select(crm_object.key)
                .with_columns(pl.lit(crm_object.name).alias("object"))
                .select("object")
                .collect()
            )
        return self._lent(frame, name)

    def _lent(self, frame: pl.LazyFrame, name: str) -> pa.ChunkedArray | None:
        """Give a field of the matched account, as rules of routing see it."""
        fields = OBJECT_OF_TABLE["accounts"].rule_fields
        own = next((field for field in fields if account_column(field) == name), None)
        if own is None or "matched_account_id" not in frame.collect_schema().names():
            return None
        accounts = self._run.scan("accounts").select("account_id", pl.col(own).alias("lent"))
        joined = frame.join(
            accounts, left_on="matched_account_id", right_on="account_id", how="left", maintain_order="left"
        )
        return _arrow(joined.select("lent").collect())

    def _values(self, table: str) -> dict[str, Any]:
        """Give what records are worth, in the order of their keys: an account's revenue and pipeline, an opportunity's amount."""
        if table not in self._worth:
            self._worth[table] = self._read_values(table)
        return self._worth[table]

    def _read_values(self, table: str) -> dict[str, Any]:
        if table not in ("accounts", "opportunities"):
            return {}
        work = opportunities_of(self._run).with_columns(value=pl.when("is_open").then("amount_usd"))
        if table == "opportunities":
            return {"pipeline": work.sort("opportunity_id")["value"].to_numpy()}
        pipeline = work.group_by("account_id").agg(pl.col("value").sum())
        accounts = self._run.scan("accounts").select("account_id", "annual_revenue_usd").collect()
        joined = accounts.join(pipeline, on="account_id", how="left").sort("account_id")
        return {"revenue": joined["annual_revenue_usd"].to_numpy(), "pipeline": joined["value"].to_numpy()}


def _arrow(frame: pl.DataFrame) -> pa.ChunkedArray:
    return frame.to_arrow().column(0)


def _total(values: np.ndarray[Any, Any], mask: np.ndarray[Any, Any]) -> float | None:
    inside = values[mask]
    return float(np.nansum(inside)) if len(inside) and not np.isnan(inside).all() else None
