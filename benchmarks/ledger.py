"""The ledger alone: import, a change of 5 %, questions and the audit, in seconds, CPU seconds and peak memory.

    python benchmarks/ledger.py                      # 1,000,000 seats, SQLite
    python benchmarks/ledger.py --seats 100000 --ledger postgresql://rightful@127.0.0.1/rightful

CPU seconds are those of this process: of PostgreSQL's server they are not. A database given by URL has to be empty.
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from rightful.ledger import ASSIGN, Ledger, open_ledger
from rightful.ledger.audit import audit

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SHARE = 0.05
PER_ENTRY = 1_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seats", type=int, default=1_000_000)
    parser.add_argument("--ledger", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite"
        with open_ledger(given.ledger or path) as ledger:
            measure_all(ledger, given.seats)
        if not given.ledger:
            print(f"\nSQLite {sqlite3.sqlite_version}, {path.stat().st_size / 1e6:,.0f} MB on disk")


def measure_all(ledger: Ledger, seats: int) -> None:
    """Measure one step after another."""
    print(f"{'step':<44} {'seconds':>8} {'CPU':>8} {'peak MB':>8}")
    changed = int(seats * SHARE)
    entries = -(-changed // PER_ENTRY)
    measure(f"import {seats:,} seats", lambda: write(ledger, owners(0, seats, "R", BEGIN), 0))
    moved = owners(seats // 3, changed, "N", BEGIN + timedelta(days=30))
    measure(f"move {changed:,} seats in {entries:,} entries", lambda: change(ledger, moved))
    measure("what moved since the import", lambda: ledger.moved_since(1))
    measure("everything on a date", lambda: ledger.ownership(BEGIN + timedelta(days=31)))
    measure("everything, as known before", lambda: ledger.ownership(BEGIN + timedelta(days=31), BEGIN))
    known = BEGIN + timedelta(days=5)
    measure(
        "100 records, one by one", lambda: [ledger.ownership(known, known, record_ids=[f"A{n:08}"]) for n in range(100)]
    )
    measure("audit", lambda: audit(ledger))


def measure(step: str, work: Callable[[], object]) -> None:
    """Do something and print what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{step:<44} {wall:>8.1f} {cpu:>8.1f} {peak:>8,.0f}", flush=True)


def owners(begin: int, count: int, rep: str, since: datetime) -> pa.Table:
    """Make owners of accounts."""
    numbers = range(begin, begin + count)
    columns = {
        "object": ["account"] * count,
        "record_id": [f"A{number:08}" for number in numbers],
        "role": ["account_executive"] * count,
        "seat": [1] * count,
        "territory_id": [f"T{number % 200}" for number in numbers],
        "rep_id": [f"{rep}{number % 1000}" for number in numbers],
        "share": [1.0] * count,
        "valid_from": [since] * count,
        "valid_to": [None] * count,
        "method": ["rule"] * count,
        "reason": ["account_executive of the territory"] * count,
    }
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in ASSIGN}, schema=ASSIGN)


def write(ledger: Ledger, rows: pa.Table, number: int) -> None:
    """Write one entry."""
    with ledger.write(
        "apply", at=BEGIN + timedelta(days=number), actor="benchmark", change_set_id=f"c{number}"
    ) as entry:
        entry.assign(rows)


def change(ledger: Ledger, rows: pa.Table) -> None:
    """Write a change, so many seats per entry."""
    for number, at in enumerate(range(0, rows.num_rows, PER_ENTRY), 1):
        write(ledger, rows.slice(at, PER_ENTRY), number)


if __name__ == "__main__":
    main()
