"""The whole run at growing sizes: seconds and peak memory per stage, and how they grow.

    python benchmarks/run_size.py                          # 10,000, 100,000 and 1,000,000 accounts, 200,000 leads
    python benchmarks/run_size.py --accounts 10000 --leads 2000 --full

The book is the sample's: messy accounts and leads, reps and the whole plan. Without ``--full`` it has no contacts,
opportunities, orders, tasks and activities, whose number would otherwise grow with the accounts and be most of the work.
Memory is that of the process and its workers together, sampled ten times a second; pages that they share count twice.
The growth exponent compares a size with the one before: 1 is linear.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import tempfile
import threading
import time
from pathlib import Path

import psutil

from rightful.plan import load_plan
from rightful.runs.pipeline import STAGES, Output, run_plan
from rightful.sample import write_sample

PEOPLE_AND_WORK = ("contacts", "opportunities", "orders", "tasks", "activities", "buying_centers")


class Meter:
    """Samples the memory of this process and its children, by the step that is running."""

    def __init__(self) -> None:
        self.step = "start"
        self.peaks: dict[str, float] = {}
        self._process = psutil.Process(os.getpid())
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def tell(self, title: str, _label: str, _done: int, _total: int) -> None:
        self.step = title

    def stop(self) -> None:
        self._is_done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._is_done.wait(0.1):
            total = 0
            for process in (self._process, *self._process.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.Error:
                    continue
            self.peaks[self.step] = max(self.peaks.get(self.step, 0.0), total / 1e9)


def measured(accounts: int, leads: int, folder: Path, *, is_full: bool) -> tuple[dict[str, float], dict[str, float]]:
    """Run one size; give seconds by stage and peak gigabytes by step."""
    write_sample(folder, accounts=accounts, leads=leads)
    if not is_full:
        for table in PEOPLE_AND_WORK:
            path = folder / "book" / f"{table}.csv"
            header = path.read_text(encoding="utf-8-sig").split("\n", 1)[0]
            path.write_text(header + "\n", encoding="utf-8")
    meter = Meter()
    started = time.perf_counter()
    run = run_plan(load_plan(folder), out=folder / "run", output=Output(), on_progress=meter.tell)
    seconds = time.perf_counter() - started
    meter.stop()
    times: dict[str, float] = json.loads((run.folder / "timings.json").read_text())
    times["results"] = seconds - sum(times.values())
    times["all"] = seconds
    return times, meter.peaks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--leads", type=int, default=200_000)
    parser.add_argument("--full", action="store_true", help="with contacts, opportunities, orders, tasks, activities")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {options.leads:,} leads")
    titles = {"sources": "Reading the book", "results": "Writing results"} | {
        stage.name: stage.title for stage in STAGES
    }
    before: tuple[int, dict[str, float]] | None = None
    for accounts in options.accounts:
        folder = Path(tempfile.mkdtemp(prefix="rightful-size-")) / "book"
        try:
            times, peaks = measured(accounts, options.leads, folder, is_full=options.full)
        finally:
            shutil.rmtree(folder.parent, ignore_errors=True)
        print(f"\n{accounts:,} accounts\n{'stage':<14}{'seconds':>9}{'peak GB':>9}{'growth':>8}")
        for stage in ("sources", *(each.name for each in STAGES), "results", "all"):
            peak = max(peaks.values()) if stage == "all" else peaks.get(titles[stage], 0.0)
            growth = ""
            if before and before[1][stage] > 0:
                growth = f"{math.log(times[stage] / before[1][stage]) / math.log(accounts / before[0]):.2f}"
            print(f"{stage:<14}{times[stage]:>9.1f}{peak:>9.2f}{growth:>8}", flush=True)
        before = (accounts, times)


if __name__ == "__main__":
    main()
