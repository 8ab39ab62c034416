"""Time the desk in process: one lead after another, whole pipeline and durable commit, beside what a sync of the disk takes.

    python benchmarks/desk.py acme                                 # a plan that was run; its ledger is left alone
    python benchmarks/desk.py acme --leads 2000 --callers 16
    python benchmarks/desk.py acme --ledger postgresql://...       # on a database that is empty

Prints p50, p99 and p99.9 of the look (clean, segment, match, score, rules), of the whole answer, and of a bare sync of the same disk;
then what several callers at once get per second. CPU is that of the process, so that figures of a busy machine can be told from ours.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from rightful.crm import OBJECT_OF_TABLE, raw
from rightful.desk import Desk, Route, open_desk
from rightful.desk.look import look_at
from rightful.desk.pipeline import as_source
from rightful.runs.run import Run

_WARM = 50
_SYNCS = 200


def leads_of(run: Run, count: int) -> list[Route]:
    """Give leads of the run's book as new ones, in turn, until there are enough."""
    crm_object = OBJECT_OF_TABLE["leads"]
    names = [field.name for field in crm_object.source_fields if field.name not in {"owner_id", "account_id", "status"}]
    rows = pl.read_parquet(run.paths("leads")[0]).select([raw(name) for name in names]).rows()
    return [
        Route("lead", {"lead_id": f"bench-{number}", **dict(zip(names, rows[number % len(rows)], strict=True))})
        for number in range(count)
    ]


def timed(call: Callable[[int], object], numbers: Sequence[int]) -> tuple[list[float], float]:
    """Give how long each call took, in milliseconds, and the CPU milliseconds of one."""
    took, cpu = [], time.process_time()
    for number in numbers:
        started = time.perf_counter()
        call(number)
        took.append((time.perf_counter() - started) * 1e3)
    return sorted(took), (time.process_time() - cpu) * 1e3 / len(numbers)


def row(name: str, took: list[float], cpu: float | None) -> str:
    p50, p99, p999 = (took[min(len(took) - 1, int(len(took) * share))] for share in (0.5, 0.99, 0.999))
    return f"| {name} | {p50:.2f} | {p99:.2f} | {p999:.2f} | {'' if cpu is None else f'{cpu:.2f}'} |"


def syncs(folder: Path) -> list[float]:
    """Time a bare sync of a page on the disk that holds the ledger."""
    path = folder / "sync"
    handle = os.open(path, os.O_CREAT | os.O_RDWR)
    took, _ = timed(lambda number: (os.pwrite(handle, b"x" * 4096, number * 4096), os.fdatasync(handle)), range(_SYNCS))
    os.close(handle)
    path.unlink()
    return took


def together(desk: Desk, leads: Sequence[Route], callers: int) -> tuple[float, float, int]:
    """Let several callers route at once; give leads per second, CPU milliseconds of one, and writes."""
    before, started, cpu = desk.ledger.position.number, time.perf_counter(), time.process_time()

    def call(first: int) -> None:
        for number in range(first, len(leads), callers):
            desk.do(leads[number], key=f"together-{number}", actor="bench")

    threads = [threading.Thread(target=call, args=(first,)) for first in range(callers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    seconds = time.perf_counter() - started
    return len(leads) / seconds, (time.process_time() - cpu) * 1e3 / len(leads), desk.ledger.position.number - before


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("plan", type=Path)
    parser.add_argument("--leads", type=int, default=500)
    parser.add_argument("--callers", type=int, default=16)
    parser.add_argument("--ledger", default="")
    parser.add_argument("--folder", type=Path, default=None, help="where the ledger is; by default beside the plan")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=given.folder or given.plan) as name:
        url = given.ledger or f"sqlite:///{name}/ledger.sqlite"
        started = time.perf_counter()
        with open_desk(given.plan, ledger=url) as desk:
            opened = time.perf_counter() - started
            run = Run.latest(given.plan)
            leads = leads_of(run, given.leads + _WARM)
            for number in range(given.leads, given.leads + _WARM):
                desk.do(leads[number], key=f"warm-{number}", actor="bench")
            numbers = range(given.leads)
            sources = [as_source("leads", each.record, {}) for each in leads]
            now = desk._group.now  # noqa: SLF001 - measured within
            looked = timed(lambda number: look_at("lead", sources[number], now, 1_800_000_000_000_000), numbers)
            whole = timed(lambda number: desk.do(leads[number], key=f"one-{number}", actor="bench"), numbers)
            many = [
                Route("lead", {**each.record, "lead_id": f"many-{n}"}) for n, each in enumerate(leads[: given.leads])
            ]
            rate, cpu, writes = together(desk, many, given.callers)
            accounts = pl.scan_parquet(run.paths("accounts")[0]).select(pl.len()).collect().item()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(f"{accounts:,} accounts, {given.leads:,} leads; opened in {opened:.1f} s, at most {memory:.2f} GB\n")
        print("| milliseconds | p50 | p99 | p99.9 | CPU |\n| --- | ---: | ---: | ---: | ---: |")
        print(row("look: clean, segment, match, score, rules", *looked))
        print(row("answer: look, decide, durable commit", *whole))
        print(row("a bare sync of the disk", syncs(Path(name)), None))
        print(f"\n{given.callers} callers at once: {rate:,.0f} leads/s in {writes:,} writes, {cpu:.2f} ms CPU each")


if __name__ == "__main__":
    main()
