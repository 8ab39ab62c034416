"""A change set on a large ledger: import, propose, apply and roll back, in seconds, CPU seconds and peak memory.

    python benchmarks/change_set.py                    # 1,000,000 owned records, 5 % of them change hands, SQLite
    python benchmarks/change_set.py --records 100000 --share 0.2
    python benchmarks/change_set.py --ledger postgresql+psycopg://localhost/rightful

The book is made up: accounts with contacts and opportunities, shared among 200 reps. In the run the accounts of some reps, with all
that belongs to them, go to other reps. The run is written as if the stages had made it, for they are measured elsewhere; everything
from there on is what a person gets: the book is read again to see whether it moved, and files for the CRM are written.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import polars as pl

from rightful.connectors import read_book
from rightful.crm import OBJECTS
from rightful.ledger import open_ledger
from rightful.plan import Plan, load_plan
from rightful.runs.changes import Occasion, apply, approve, propose, rollback
from rightful.runs.changes.places import write_back_of
from rightful.runs.current import import_current
from rightful.runs.run import Manifest, Run
from rightful.stages.assignment.exceptions import ASSIGNMENTS

T = TypeVar("T")
AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
REPS = 200


def write_book(folder: Path, records: int) -> None:
    """Write a plan and its book: of ten records four are accounts, four contacts and two opportunities."""
    accounts = records * 4 // 10
    number = pl.int_range(accounts, eager=True).alias("number")
    rep = (number % REPS).cast(pl.String)
    ids = pl.select(pl.format("A{}", number)).to_series()
    owner = pl.select(pl.format("R{}", rep)).to_series()
    frame = pl.DataFrame({"account_id": ids, "name": ids, "country": "US", "owner_id": owner})
    contacts = pl.DataFrame(
        {"contact_id": ids.str.replace("A", "C"), "last_name": ids, "account_id": ids, "owner_id": owner}
    )
    half = accounts // 2
    work = pl.DataFrame(
        {
            "opportunity_id": ids.str.replace("A", "O")[:half],
            "account_id": ids[:half],
            "amount": "1000",
            "owner_id": owner[:half],
        }
    )
    (folder / "book").mkdir(parents=True)
    for name, table in (("accounts", frame), ("contacts", contacts), ("opportunities", work)):
        table.write_csv(folder / "book" / f"{name}.csv")
    (folder / "plan.yaml").write_text("name: Large\nas_of: 2026-06-30\n")
    (folder / "changes.yaml").write_text("approval: {own_records_at_most: null}\n")


def write_run(plan: Plan, share: float) -> Run:
    """Write a run in which the first reps' records go to the reps after them."""
    folder = plan.folder / "runs" / "made-up"
    movers = round(REPS * share)
    tables = {name: pl.DataFrame(pl.from_arrow(table)) for name, table in read_book(plan).tables.items()}
    assignments = []
    for crm_object in OBJECTS:
        frame = tables[crm_object.table]
        _write(frame, folder / "sources" / f"{crm_object.table}.parquet")
        if "owner_id" not in crm_object.rule_fields:
            continue
        rep = pl.col("owner_id_raw").str.slice(1).cast(pl.Int64)
        after = pl.when(rep < movers).then(pl.format("R{}", REPS - 1 - rep)).otherwise("owner_id_raw")
        account = pl.col("account_id" if crm_object.table == "accounts" else "account_id_raw")
        cleaned = {
            "owner_id": pl.col("owner_id_raw"), "matched_account_id": account, "account_id": account,
            "amount_usd": pl.lit(1000.0), "annual_revenue_usd": pl.lit(1e6), "ultimate_parent_id": account,
            "routed_rep_id": pl.lit(None, pl.String), "routing_method": pl.lit(None, pl.String),
            "routing_reason": pl.lit(None, pl.String), "territory_id": pl.lit("T1"), "assigned_rep_id": after,
        }  # fmt: skip
        has = {
            name: each for name, each in cleaned.items() if name in crm_object.rule_fields and name != crm_object.key
        }
        key = pl.col(crm_object.key)
        made = frame.select(key, **has)
        _write(made, folder / "quality" / f"{crm_object.table}.parquet")
        assignments.append(
            made.filter(pl.col("assigned_rep_id").is_not_null()).select(
                object=pl.lit(crm_object.name), record_id=key, role=pl.lit(plan.assignment.roles[0]),
                territory_id="territory_id", rep_id="assigned_rep_id", method=pl.lit("rule"), reason=pl.lit("by the rules"),
                is_primary=pl.lit(value=True), ends_on=pl.lit(None, pl.Date), next_rep_id=pl.lit(None, pl.String),
            ) if "assigned_rep_id" in made.columns else pl.DataFrame(pl.from_arrow(ASSIGNMENTS.empty_table()))
        )  # fmt: skip
    text = pl.String
    empty = {
        "found_buying_centers": {"buying_center_id": text, "account_id": text},
        "account_territories": {"account_id": text, "method": text},
        "merges": {"object": text, "record_id": text, "survivor_id": text},
        "quarantine": {"object": text, "record_id": text, "reason": text},
    }
    _write(pl.concat(assignments), folder / "assignment" / "assignments.parquet")
    for name, schema in empty.items():
        _write(pl.DataFrame(schema=schema), folder / "assignment" / f"{name}.parquet")
    manifest = Manifest.of(plan, AS_OF, ())
    (folder / "manifest.json").write_text(json.dumps(manifest.as_json()))
    return Run.open(folder)


def _write(frame: pl.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path)


def measured(label: str, work: Callable[[], T]) -> T:
    """Do something, and print what it took."""
    started, cpu = time.perf_counter(), time.process_time()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)
    print(f"{label:<34}{time.perf_counter() - started:>9.1f}{time.process_time() - cpu:>9.1f}{peak:>9.2f}", flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--ledger", default="", help="URL of an empty database; by default an SQLite file")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="rightful-change-"))
    try:
        write_book(folder, options.records)
        plan = load_plan(folder)
        run = write_run(plan, options.share)
        print(
            f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {options.records:,} records"
        )
        print(f"{'':<34}{'seconds':>9}{'CPU s':>9}{'peak GB':>9}")
        now = datetime.now(UTC)
        by = {name: Occasion(name, now, AS_OF) for name in ("ann", "bob")}
        with open_ledger(options.ledger or folder / "ledger.sqlite") as ledger:
            measured("import of the owners", lambda: import_current(ledger, run, plan, at=now, actor="ann"))
            made = measured("propose", lambda: propose(plan, run, ledger, by["ann"])).change_set
            if made is None:
                print("nothing to change")
                return
            name = made.change_set_id
            approve(ledger, name, by["bob"], plan.changes.approval)
            done = measured(
                "apply, with files for the CRM", lambda: apply(plan, ledger, name, by["bob"], write_back_of(plan))
            )
            undone = measured(
                "roll back, with files", lambda: rollback(plan, ledger, name, by["bob"], write_back_of(plan))
            )
        print(f"{done.recorded:,} steps in {len(done.delivered.batches)} files; {undone.restored:,} undone")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
