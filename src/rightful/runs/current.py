"""Begin a ledger: the owners whom the book names today are the first thing that it knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import polars as pl

from rightful.crm import OBJECTS
from rightful.errors import LedgerError, Mistake, Place
from rightful.ledger import Ledger
from rightful.plan import Plan
from rightful.runs.run import Run
from rightful.runs.summary.columns import columns

__all__ = ["current_owners", "import_current"]


def import_current(ledger: Ledger, run: Run, plan: Plan, *, at: datetime, actor: str) -> int:
    """Record the owners that a run read from the book, as of its instant; give how many records it is.

    Args:
        ledger: A ledger that knows no owner yet.
        run: Run whose book is read.
        plan: The plan; its first role is that of owners.
        at: When it is recorded.
        actor: Who imports.

    Raises:
        LedgerError: The ledger knows owners already.
    """
    if not ledger.is_empty:
        problem = "this ledger knows owners already, and an import is for a new one"
        raise LedgerError(Mistake(Place(ledger.store.name), problem, remedy="changes come in by `rightful apply`"))
    owners = current_owners(run, plan)
    counts = dict(owners.group_by("object").len().sort("object").iter_rows())
    with ledger.write(
        "import", at=at, actor=actor, plan_version=run.manifest.plan_version, expect=ledger.position.number
    ) as entry:
        entry.assign(owners.to_arrow())
        entry.note(**{f"records:{name.replace(' ', '_')}": count for name, count in counts.items()})
    return owners.height


def current_owners(run: Run, plan: Plan) -> pl.DataFrame:
    """Give who owns the book's records today, one row per record; nobody where the book names nobody.

    Returns:
        object, record_id, role, territory_id (that which the run gives the record, where it gives it to the same rep; else null:
        the book knows none), rep_id, valid_from (the run's instant), method, reason.
    """
    return pl.concat(_owners(run, plan)).sort("object", "record_id")


def _owners(run: Run, plan: Plan) -> Iterator[pl.DataFrame]:
    text = pl.String()
    for crm_object in OBJECTS:
        if "owner_id" not in crm_object.rule_fields:
            continue
        named = pl.col("owner_id").is_not_null()
        is_assigned = "assigned_rep_id" in crm_object.rule_fields
        stays = named & (pl.col("assigned_rep_id") == pl.col("owner_id")) if is_assigned else pl.lit(value=False)
        territory = pl.col("territory_id") if is_assigned else pl.lit(None, text)
        read = ("owner_id", "assigned_rep_id", "territory_id") if is_assigned else ("owner_id",)
        yield (
            columns(run, crm_object.table, *read)
            .select(
                pl.lit(crm_object.name).alias("object"),
                pl.col(crm_object.key).alias("record_id"),
                pl.lit(plan.assignment.roles[0]).alias("role"),
                pl.when(stays).then(territory).alias("territory_id"),
                pl.col("owner_id").alias("rep_id"),
                pl.lit(run.manifest.as_of).cast(pl.Datetime("us", "UTC")).alias("valid_from"),
                pl.lit("imported").alias("method"),
                pl.when(named)
                .then(pl.lit("owner in the book"))
                .otherwise(pl.lit("nobody in the book"))
                .alias("reason"),
            )
            .collect()
        )
