"""Time a desk in process: one lead after another, then leads at rising rates, each timed from the moment at which it should have come.

    python benchmarks/desk_inside.py PLAN                                # a plan that was run; its ledger is left alone
    python benchmarks/desk_inside.py PLAN --ledger-in /dev/shm           # without what a disk takes
    python benchmarks/desk_inside.py PLAN --ledger postgresql://...      # on a database that is empty

`look` is what needs no lock: clean, segment, match, score, rules, and their words. `answer` is all of it with the durable commit. CPU is
that of the process, so that figures of a busy machine can be told from ours; the time of a bare sync of the same disk is beside.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl

from rightful.crm import OBJECT_OF_TABLE, raw
from rightful.desk import Desk, Route, open_desk
from rightful.desk.look import look_at
from rightful.desk.pipeline import as_source
from rightful.errors import DeskBusy
from rightful.runs.run import Run

__all__ = ["leads_of", "shares", "sync_milliseconds"]

_CALLERS = 32
_MOMENT = 1_800_000_000_000_000
_KEPT = {"owner_id", "account_id", "status"}
_SYNCS = 200


def leads_of(run: Run) -> Iterator[Route]:
    """Give leads of the run's book as new ones, in turn and for ever."""
    names = [field.name for field in OBJECT_OF_TABLE["leads"].source_fields if field.name not in _KEPT]
    rows = pl.read_parquet(run.paths("leads")[0]).select([raw(name) for name in names]).rows()
    for number in count():
        yield Route("lead", {"lead_id": f"bench-{number}", **dict(zip(names, rows[number % len(rows)], strict=True))})


def shares(took: Sequence[float]) -> list[float]:
    """Give p50, p99, p99.9 and the largest of times."""
    ordered = sorted(took) or [0.0]
    return [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99, 0.999, 1)]


def sync_milliseconds(folder: Path) -> list[float]:
    """Time bare syncs of 4 kB on the disk that holds a folder."""
    path = folder / "sync"
    handle = os.open(path, os.O_CREAT | os.O_RDWR)
    took = []
    for number in range(_SYNCS):
        os.pwrite(handle, b"x" * 4096, number * 4096)
        started = time.perf_counter()
        os.fdatasync(handle)
        took.append((time.perf_counter() - started) * 1e3)
    os.close(handle)
    path.unlink()
    return took


def timed(call: Callable[[int], object], times: int) -> tuple[list[float], float]:
    """Give how long each call took, in milliseconds, and the CPU milliseconds of one."""
    took, cpu = [], time.process_time()
    for number in range(times):
        started = time.perf_counter()
        call(number)
        took.append((time.perf_counter() - started) * 1e3)
    return shares(took), (time.process_time() - cpu) * 1e3 / times


def at_rate(desk: Desk, leads: Iterator[Route], rate: float, seconds: float) -> dict[str, Any]:
    """Let leads come at random moments of a Poisson process, whether or not those before were answered."""
    dice, lock, took, refused = random.Random(int(rate)), threading.Lock(), [], [0]
    begun, cpu = time.perf_counter(), time.process_time()
    due = begun

    def call() -> None:
        nonlocal due
        while True:
            with lock:
                due = mine = due + dice.expovariate(rate)
                lead = next(leads)
            if mine > begun + seconds:
                return
            time.sleep(max(0.0, mine - time.perf_counter()))
            try:
                desk.do(lead, key=f"{rate:g}-{lead.record['lead_id']}", actor="bench")
            except DeskBusy:
                refused[0] += 1
            else:
                took.append((time.perf_counter() - mine) * 1e3)

    callers = [threading.Thread(target=call) for _ in range(_CALLERS)]
    for each in callers:
        each.start()
    for each in callers:
        each.join()
    passed = time.perf_counter() - begun
    return {
        "rate": rate,
        "answers": len(took),
        "refused": refused[0],
        "ms": shares(took),
        "cpu_share": (time.process_time() - cpu) / passed,
    }


def measured(given: argparse.Namespace, url: str, folder: Path) -> dict[str, Any]:
    started, cpu = time.perf_counter(), time.process_time()
    with open_desk(given.plan, ledger=url, run=given.run) as desk:
        opened, opened_cpu = time.perf_counter() - started, time.process_time() - cpu
        leads = leads_of(Run.open(given.run) if given.run else Run.latest(given.plan))
        first = timed(lambda _: desk.do(next(leads), key="first", actor="bench"), 1)
        timed(lambda number: desk.do(next(leads), key=f"warm-{number}", actor="bench"), 50)
        sources = [as_source("leads", next(leads).record, {}) for _ in range(given.leads)]
        now = desk._group.now  # noqa: SLF001 - measured within
        look = timed(lambda number: look_at("lead", sources[number], now, _MOMENT), given.leads)
        before = desk.ledger.position.number
        answer = timed(lambda number: desk.do(next(leads), key=f"one-{number}", actor="bench"), given.leads)
        assert desk.ledger.position.number - before == given.leads, "each answer is a write of its own"
        rates = [at_rate(desk, leads, rate, given.seconds) for rate in given.rates]
    return {
        "open_s": opened,
        "open_cpu_s": opened_cpu,
        "first_ms": first[0][0],
        "look": look,
        "answer": answer,
        "rates": rates,
        "sync": shares(sync_milliseconds(folder)),
        "most_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    }


def row(name: object, figures: Sequence[float]) -> str:
    return f"| {name} | " + " | ".join(f"{each:.2f}" for each in figures) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--run", type=Path, help="the run whose book is used; by default the plan's newest")
    parser.add_argument("--leads", type=int, default=500)
    parser.add_argument("--rates", type=float, nargs="*", default=[50, 100, 300, 1000])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--ledger", default="", help="URL of an empty database")
    parser.add_argument("--ledger-in", type=Path, help="folder of a new SQLite file; by default the plan's")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=given.ledger_in or given.plan) as name:
        found = measured(given, given.ledger or f"sqlite:///{name}/ledger.sqlite", Path(name))
    if given.json:
        print(json.dumps(found))
        return
    print(
        f"opened in {found['open_s']:.1f} s, first decision {found['first_ms']:.1f} ms, at most {found['most_gb']:.2f} GB"
    )
    print("\n| milliseconds | p50 | p99 | p99.9 | most | CPU |\n|---|---|---|---|---|---|")
    for name in ("look", "answer"):
        print(row(name, [*found[name][0], found[name][1]]))
    print(row("a bare sync of the disk", found["sync"]))
    for each in found["rates"]:
        print(row(f"{each['rate']:g} leads/s: {each['answers']:,} answers, {each['refused']:,} refused", each["ms"]))


if __name__ == "__main__":
    main()
