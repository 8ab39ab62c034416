"""The accounts of a run, as far as a proof counts and weighs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import Mistake, Place, RunError
from rightful.runs.proof.finding import Stake
from rightful.runs.run import Run
from rightful.runs.summary.columns import columns

__all__ = ["Accounts", "accounts_of"]

Bools = npt.NDArray[np.bool_]
_ALWAYS = ("domain", "annual_revenue_usd", "parent_id", "hierarchy_depth", "region")


@dataclass(frozen=True)
class Accounts:
    """The accounts of a book, cleaned, as a run stored them.

    Attributes:
        table: account_id, domain, family and the fields that rules read.
        open_pipeline_usd: Per account its open opportunities.
        annual_revenue_usd: Per account its revenue, 0 where unknown.
        plan_version: Version of the plan that the run was made with.
        as_of: Instant at which the book was read.
        reps: The reps of the book.
        absences: Their absences.
    """

    table: pa.Table
    open_pipeline_usd: npt.NDArray[np.float64]
    annual_revenue_usd: npt.NDArray[np.float64]
    plan_version: str
    as_of: datetime
    reps: pa.Table
    absences: pa.Table

    def stake(self, inside: Bools) -> Stake:
        """Count and weigh some of the accounts."""
        rows = np.flatnonzero(inside)
        pipeline, revenue = self.open_pipeline_usd[rows], self.annual_revenue_usd[rows]
        best = rows[np.lexsort((rows, -revenue, -pipeline))[0]] if len(rows) else None
        return Stake(
            len(rows),
            len(rows) / self.table.num_rows if self.table.num_rows else 0.0,
            float(pipeline.sum()),
            float(revenue.sum()),
            None if best is None else self.table["account_id"][int(best)].as_py(),
        )


def accounts_of(run: Run, fields: Sequence[str]) -> Accounts:
    """Read the accounts of a run, ordered by key.

    Args:
        run: The run.
        fields: The fields of accounts that rules read, those of rules about families included.

    Raises:
        RunError: The run is of a version that had no such field.
    """
    known = OBJECT_OF_TABLE["accounts"].rule_fields
    wanted = sorted({*_ALWAYS, *(name for name in fields if name in known)} - {"account_id"})
    work = columns(run, "opportunities", "account_id", "is_closed", "amount_usd")
    pipeline = (
        work.filter(pl.col("is_closed").fill_null(value=False).not_())
        .group_by("account_id")
        .agg(pl.col("amount_usd").sum().alias("open_pipeline"))
    )
    frame = columns(run, "accounts", *wanted).join(pipeline, on="account_id", how="left").sort("account_id").collect()
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        problem = f"the run has no column {', '.join(missing)} of accounts"
        raise RunError(Mistake(Place(str(run.folder)), problem, remedy="run the plan again"))
    table = frame.to_arrow()
    return Accounts(
        table.select(["account_id", *wanted]),
        frame["open_pipeline"].fill_null(0).to_numpy().astype(np.float64),
        frame["annual_revenue_usd"].fill_null(0).to_numpy().astype(np.float64),
        run.manifest.plan_version,
        run.manifest.as_of,
        run.frame("reps").to_arrow(),
        run.frame("absences").to_arrow(),
    )
