"""Measure routing: time and peak memory for many leads over three pools with hours, caps, stickiness and capacities.

Usage: python benchmarks/routing.py [--leads 200000] [--reps 60]
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import narwhals as nw
import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE, OBJECTS, raw
from rightful.engines import DuckDBEngine
from rightful.plan import plan_from
from rightful.stages.columns import arrow_type
from rightful.stages.routing import STAGE
from rightful.stages.stage import Book

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
ROUTING = """
pool_rules:
  - {pool: us, country: US}
  - {pool: emea, country: "DE, FR, GB"}
  - {pool: rest}
pools:
  - {pool: us, members_when: "country = 'US'", sticky_by: [domain], member_caps: {day: 500}}
  - {pool: emea, members_when: "country = 'DE'", when_all_away: queue}
  - {pool: rest, members_when: "country = 'IN'", choose_by: least_loaded}
sla: [{minutes: 240}]
"""
ZONES = {"US": "America/New_York", "DE": "Europe/Berlin", "IN": "Asia/Kolkata"}
ACCOUNTS = 1_000


def table(name: str, rows: int, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    """Make a table of the contract with the given columns; the others are null."""
    crm_object = OBJECT_OF_TABLE[name]
    kinds = {raw(field.name): pa.string() for field in crm_object.source_fields}
    kinds |= {key: arrow_type(field.kind) for key, field in crm_object.rule_fields.items()}
    return pa.table(
        {key: pa.array(columns[key], kind) if key in columns else pa.nulls(rows, kind) for key, kind in kinds.items()}
    )


def tables(leads: int, reps: int) -> dict[str, pa.Table]:
    """Draw leads of half a year, four in ten of them with an account, and reps of three countries."""
    dice = random.Random(1)
    countries = [list(ZONES)[number % 3] for number in range(reps)]
    return {crm_object.table: table(crm_object.table, 0, {}) for crm_object in OBJECTS} | {
        "accounts": table(
            "accounts",
            ACCOUNTS,
            {
                "account_id": [f"A{number}" for number in range(ACCOUNTS)],
                "assigned_rep_id": [
                    f"R{dice.randrange(reps)}" if dice.random() < 0.7 else None for _ in range(ACCOUNTS)
                ],
            },
        ),
        "leads": table(
            "leads",
            leads,
            {
                "lead_id": [f"L{number}" for number in range(leads)],
                "country": [dice.choice(("US", "DE", "IN", "FR")) for _ in range(leads)],
                "domain": [f"d{dice.randrange(leads // 3 + 1)}.com" for _ in range(leads)],
                "created_at": [AS_OF - timedelta(seconds=dice.randrange(180 * 86_400)) for _ in range(leads)],
                "matched_account_id": [
                    f"A{dice.randrange(ACCOUNTS)}" if dice.random() < 0.4 else None for _ in range(leads)
                ],
            },
        ),
        "reps": table(
            "reps",
            reps,
            {
                "rep_id": [f"R{number}" for number in range(reps)],
                "country": countries,
                "time_zone": [ZONES[country] for country in countries],
                "working_hours": ["Mon-Fri 08:30-12:00 13:00-17:30"] * reps,
                "capacity": [1e6] * reps,
            },
        ),
    }


def main() -> None:
    """Run the stage once and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=200_000)
    parser.add_argument("--reps", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = DuckDBEngine(Path(folder), memory="2GB")
        book = Book({name: engine.bring(each) for name, each in tables(options.leads, options.reps).items()}, AS_OF)
        wall, cpu = perf_counter(), process_time()
        result = STAGE.run(book, plan_from({"routing.yaml": ROUTING}), engine)
        routed = engine.collect(result.added["leads"].group_by("routing_method").agg(nw.len().alias("leads")))
        wall, cpu = perf_counter() - wall, process_time() - cpu
        engine.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    methods = ", ".join(
        f"{row['routing_method']} {row['leads']:,}" for row in routed.sort_by("routing_method").to_pylist()
    )
    print(
        f"{options.leads:,} leads, {options.reps} reps: {wall:.1f} s ({cpu:.1f} s of processor), {memory:,} MB: {methods}"
    )


if __name__ == "__main__":
    main()
