"""Deduplication at growing sizes: seconds, peak memory and growth for accounts and for leads, and with one name thousands of times.

    python benchmarks/generated_leads.py FOLDER --accounts 1000000 --leads 1000000
    python benchmarks/duplicates_size.py FOLDER [--sizes 10000 100000 1000000]

FOLDER holds ``accounts.parquet`` and ``leads.parquet`` as the folders of the real data's ``lead_to_account`` do. Records are cleaned
before, as the quality stage does; what is measured is evidence and clusters, in a process of its own for each size, of so
many records, evenly picked. Memory is the peak of that process, the cleaned records among it. The growth exponent compares a
size with the one before: 1 is linear. ``crowded`` gives a tenth of the accounts one name, one phone and one domain.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from matching import PERSON, PLACE, RAW
from rightful.plan.duplicates import DuplicateRules
from rightful.stages.lift import lift
from rightful.stages.linkage import ACCOUNT_FIELDS, OTHER_NAME, PERSON_FIELDS, alike_accounts, alike_people
from rightful.stages.quality.duplicates import find_clusters
from rightful.stages.quality.links import by_evidence, strongest

ACCOUNTS = [*(field.name for field in ACCOUNT_FIELDS), OTHER_NAME]
PEOPLE = [field.name for field in PERSON_FIELDS]
CROWD = {"core_name": "acme hospital", "phone": "+14155552671", "domain": "acme.com"}
PART = 50_000


def clean(folder: Path, scratch: Path) -> None:
    """Clean both tables and write what evidence reads, part by part."""
    for name, steps, columns in (("accounts", PLACE, ACCOUNTS), ("leads", PERSON, PEOPLE)):
        raw = pq.read_table(folder / f"{name}.parquet")
        raw = raw.rename_columns([RAW.get(column, column) for column in raw.column_names])
        parts = [lift(steps, raw.slice(start, PART)).select(columns) for start in range(0, len(raw), PART)]
        pq.write_table(pa.concat_tables(parts), scratch / f"{name}.parquet")


def measure(path: Path, kind: str, size: int) -> dict[str, float]:
    """Find the duplicates of so many records."""
    records = pq.read_table(path)
    records = records.take(pa.array(np.arange(size) * len(records) // size))
    if kind == "crowded":
        for name, value in CROWD.items():
            column = records[name].to_pylist()
            column[::10] = [value] * len(column[::10])
            records = records.set_column(records.column_names.index(name), name, pa.array(column, pa.string()))
    started, began = perf_counter(), process_time()
    alike = alike_people(records) if kind == "leads" else alike_accounts(records)
    found = find_clusters(len(records), strongest(by_evidence(alike)), frozenset(), DuplicateRules())
    return {
        "seconds": perf_counter() - started,
        "cpu": process_time() - began,
        "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "pairs": len(alike),
        "clusters": len(found.groups),
    }


def main() -> None:
    """Measure each size in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--kinds", nargs="+", choices=("accounts", "crowded", "leads"), default=["accounts", "crowded", "leads"]
    )
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.folder, options.one, options.sizes[0])))
        return
    print(
        f"{'kind':10s}{'records':>12s}{'seconds':>9s}{'CPU s':>8s}{'growth':>8s}{'peak GB':>9s}{'pairs':>10s}{'clusters':>10s}"
    )
    with TemporaryDirectory() as scratch:
        clean(options.folder, Path(scratch))
        for kind in options.kinds:
            path = Path(scratch, "leads.parquet" if kind == "leads" else "accounts.parquet")
            last: tuple[int, float] | None = None
            for size in options.sizes:
                command = [sys.executable, __file__, str(path), "--one", kind, "--sizes", str(size)]
                done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                growth = math.log(done["cpu"] / last[1]) / math.log(size / last[0]) if last else math.nan
                last = size, done["cpu"]
                print(
                    f"{kind:10s}{size:12,d}{done['seconds']:9.1f}{done['cpu']:8.1f}{growth:8.2f}{done['gb']:9.2f}"
                    f"{done['pairs']:10,.0f}{done['clusters']:10,.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
