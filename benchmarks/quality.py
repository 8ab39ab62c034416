"""Microseconds of CPU that cleaning takes per record, by table and step, on a generated book.

    python benchmarks/quality.py --accounts 5000

Another, smaller book is cleaned first, so that tables are loaded and caches are as full as they are in a long run's middle.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path
from time import process_time

import pyarrow as pa

from rightful.connectors import read_book
from rightful.crm import OBJECT_OF_TABLE, Kind, raw
from rightful.plan import Plan, load_plan
from rightful.sample import write_sample
from rightful.stages.lift import lift
from rightful.stages.quality.settings import Settings, habits_of, settings_for
from rightful.stages.quality.steps import steps_for

TABLES = ("accounts", "contacts", "leads")
WARM_UP_ACCOUNTS = 1000
WARM_UP_SEED = 99


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=5000)
    accounts = parser.parse_args().accounts
    with tempfile.TemporaryDirectory() as folder:
        warm_plan, warm = book(Path(folder) / "warm", WARM_UP_ACCOUNTS, WARM_UP_SEED)
        for table in TABLES:
            lift(steps_for(settings(table, warm_plan, warm[table])), warm[table])
        plan, tables = book(Path(folder) / "measured", accounts, 7)
        for table in TABLES:
            measure(table, settings(table, plan, tables[table]), tables[table])


def book(folder: Path, accounts: int, seed: int) -> tuple[Plan, Mapping[str, pa.Table]]:
    """Write a sample and read it."""
    write_sample(folder, accounts=accounts, leads=accounts * 2 // 5, seed=seed)
    plan = load_plan(folder)
    return plan, read_book(plan).tables


def settings(table: str, plan: Plan, records: pa.Table) -> Settings:
    """Give what cleaning a table needs to know, as the stage finds it."""
    fields = [field for field in OBJECT_OF_TABLE[table].source_fields if field.kind is not Kind.REFERENCE]
    habits = {
        field.name: habits_of(field, records[raw(field.name)].unique().to_pylist(), plan.quality.day_first)
        for field in fields
    }
    return settings_for(table, plan, habits)


def measure(table: str, chosen: Settings, records: pa.Table) -> None:
    """Print the time of each step of a table, and the sum."""
    total = 0.0
    for step in steps_for(chosen):
        started = process_time()
        records = lift([step], records)
        spent = (process_time() - started) / records.num_rows * 1e6
        total += spent
        if spent >= 0.5:
            print(f"{table:10} {step.adds[0][0]:24} {spent:7.1f} µs")
    print(f"{table:10} {'together':24} {total:7.1f} µs over {records.num_rows:,} records\n")


if __name__ == "__main__":
    main()
