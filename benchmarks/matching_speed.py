"""Measure how fast leads are matched, with Splink beside it: times, peak memory, growth, and one lead against the index on disk.

Usage: python benchmarks/matching_speed.py FOLDER [--sizes N [N ...]] [--splink PYTHON] [--every-lead]

FOLDER holds ``accounts.parquet`` and ``leads.parquet`` as the folders of the real data's ``lead_to_account`` do. With --sizes it is
measured with so many of its accounts, evenly picked, and at the end how times and memory grow with them. Each size runs in
a process of its own, whose peak memory is that of the matching job with its workers: cleaning, indexing, matching. PYTHON is
the interpreter of an environment that has Splink 5 (``uv venv splink && uv pip install -p splink "splink>=5,<6"``); it blocks on the
same cleaned columns, trains by expectation-maximisation without labels, and predicts, all of which is timed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from matching import PERSON, PLACE, RAW, account_facts
from rightful.engines import DuckDBEngine
from rightful.engines.account_index import AccountIndex
from rightful.plan import plan_from
from rightful.stages.lift import lift
from rightful.stages.matching import Matcher
from rightful.stages.matching.stage import account_schema, match_chunk

HERE = Path(__file__).parent
ONE_BY_ONE, WARM_UP = 2_000, 200
SHARED = ("phone", "street", "city", "postal_code", "country")
PLAN = plan_from({})


@contextmanager
def measured(into: dict[str, Any]) -> Iterator[None]:
    """Enter the peak memory of this process and its workers, each page counted once, while something runs."""
    done = threading.Event()
    peak = 0

    def watch() -> None:
        nonlocal peak
        me = psutil.Process()
        while not done.wait(0.2):
            now = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    now += process.memory_full_info().pss
                except psutil.Error:
                    continue
            peak = max(peak, now)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()
        into["peak_gb"] = peak / 1e9


@contextmanager
def timed(into: dict[str, Any], name: str) -> Iterator[None]:
    """Enter how long something took, on the clock and of the processors, those of the workers counted."""
    wall, busy, memory = perf_counter(), processor_seconds(), {"peak_gb": 0.0}
    with measured(memory):
        yield
    into[name], into[f"{name}_cpu"] = perf_counter() - wall, processor_seconds() - busy
    into["peak_gb"] = max(into.get("peak_gb", 0.0), memory["peak_gb"])
    told = f"{into[name]:.1f} s, {into[f'{name}_cpu']:.1f} s of the processors, {memory['peak_gb']:.1f} GB"
    print(f"  {name}: {told}", file=sys.stderr)


def processor_seconds() -> float:
    """Give what this process and its workers have used of the processors."""
    me = psutil.Process()
    times = [process.cpu_times() for process in (me, *me.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def cleaned(part: pa.Table, steps: tuple[Any, ...]) -> pa.Table:
    """Clean some rows as the quality stage does."""
    return lift(steps, part)


def read_raw(path: Path, rows: int = 0) -> pa.Table:
    """Read raw records, so many of them, evenly picked; all where 0."""
    raw = pq.read_table(path)
    if 0 < rows < len(raw):
        raw = raw.take(pa.array(np.arange(rows) * len(raw) // rows))
    return raw.rename_columns([RAW.get(name, name) for name in raw.column_names])


def ours(folder: Path, scratch: Path, size: int) -> dict[str, Any]:
    """Clean, index and match in the processes that a run has; then ask for single leads."""
    figures: dict[str, Any] = {}
    engine = DuckDBEngine(scratch / "engine", memory="1GB")
    with timed(figures, "cleaning"):
        people = engine.bring(read_raw(folder / "leads.parquet"))
        people = engine.map(people, partial(cleaned, steps=PERSON), "Cleaning leads")
        book = engine.bring(read_raw(folder / "accounts.parquet", size))
        book = engine.map(book, partial(cleaned, steps=PLACE), "Cleaning accounts")
    with timed(figures, "index"):
        matcher = Matcher.of(facts_of(engine.collect(book)), PLAN, each=engine.each)
    figures["accounts"] = len(matcher.index)
    with timed(figures, "matching"):
        found = engine.map(people, partial(match_leads, matcher=engine.share(matcher)), "Matching")
        matches = engine.collect(found.select("lead_id", "matched_account_id", "match_probability"))
    accounts = engine.collect(book)
    leads = engine.collect(people)
    figures["leads"] = len(leads)
    engine.close()
    for unit in ("", "_cpu"):
        figures[f"total{unit}"] = sum(figures[f"{part}{unit}"] for part in ("cleaning", "index", "matching"))
    pq.write_table(matches, scratch / "matches.parquet")
    pq.write_table(leads, scratch / "leads.parquet")
    for_splink(leads, "lead_id", scratch / "splink_leads.parquet")
    for_splink(accounts, "account_id", scratch / "splink_accounts.parquet")
    pq.write_table(accounts.select(["account_id"]), scratch / "accounts.parquet")
    write_accounts(matcher, scratch)
    return figures


def facts_of(accounts: pa.Table) -> pa.Table:
    """Give cleaned accounts with the facts that matching reads."""
    return account_facts(accounts).select(account_schema(PLAN.matching).names)


def match_leads(people: pa.Table, matcher: Any) -> pa.Table:
    """Match some leads, of which none has an account yet."""
    return match_chunk(people.append_column("account_id", pa.nulls(len(people), pa.string())), "leads", matcher)


def for_splink(table: pa.Table, key: str, path: Path) -> None:
    """Write cleaned records with what Splink blocks on."""
    columns = {name: table[name] for name in ("core_name", "domain", *SHARED)}
    label = pc.replace_substring(pc.list_element(pc.split_pattern(table["domain"], "."), 0), "-", "")
    columns |= {
        "unique_id": pc.binary_join_element_wise("L" if key == "lead_id" else "A", table[key].cast(pa.string()), ""),
        "label": label,
        "first_word": pc.list_element(pc.split_pattern(pc.fill_null(table["core_name"], ""), " "), 0),
        "name_start": pc.utf8_slice_codeunits(table["core_name"], 0, 3),
    }
    pq.write_table(pa.table(columns), path)


def f1_of(folder: Path, best: pa.Table, accounts: pa.Table) -> float:
    """Give F1 on the second half of the leads, at the threshold that is best on the first."""
    truth = pq.read_table(folder / "truth.parquet", columns=["lead_id", "entity_id"]).to_pydict()
    entities = pq.read_table(folder / "account_entities.parquet").to_pydict()
    present = set(accounts["account_id"].to_pylist())
    entity_of = {account: entity for account, entity in zip(*entities.values(), strict=True) if account in present}
    here = set(entity_of.values())
    given = {row["lead_id"]: (row["account_id"], row["probability"]) for row in best.to_pylist()}
    nobody = (None, -1.0)
    rows = [(*given.get(lead, nobody), entity) for lead, entity in zip(*truth.values(), strict=True)]
    score = np.array([-1.0 if each is None else each for _, each, _ in rows])
    is_right = np.array([bool(entity) and entity_of.get(account) == entity for account, _, entity in rows])
    has_account = np.array([entity in here for *_, entity in rows])
    half = len(rows) // 2

    def f1(part: slice, threshold: float) -> float:
        kept = (score[part] >= threshold) & (score[part] >= 0)
        return float(2 * (kept & is_right[part]).sum() / max(kept.sum() + has_account[part].sum(), 1))

    best_threshold = max(np.unique(score[:half].round(3)), key=lambda each: f1(slice(0, half), each))
    return f1(slice(half, None), best_threshold)


def write_accounts(matcher: Matcher, scratch: Path) -> None:
    """Write the index of a matcher to disk."""
    started = perf_counter()
    AccountIndex.store(scratch / "index", matcher, PLAN)
    print(f"  index written in {perf_counter() - started:.1f} s", file=sys.stderr)


def one_by_one(scratch: Path, *, every_lead: bool) -> dict[str, Any]:
    """Open the index from disk, ask for single leads, and compare the answers with the batch's; change accounts."""
    figures: dict[str, Any] = {}
    started = perf_counter()
    index = AccountIndex(scratch / "index", PLAN)
    figures["open"] = perf_counter() - started
    leads = pq.read_table(scratch / "leads.parquet")
    matches = pq.read_table(scratch / "matches.parquet").to_pylist()
    batch = {row["lead_id"]: (row["matched_account_id"], row["match_probability"]) for row in matches}
    times, busy, differ, asked = [], [], 0, 0
    for part in leads.to_batches(max_chunksize=10_000):
        for record in part.to_pylist():
            before, busy_before = perf_counter(), process_time()
            match = index.matcher.match_one("leads", record)
            busy.append(process_time() - busy_before)
            times.append(perf_counter() - before)
            differ += (match.account_id, match.probability) != batch[record["lead_id"]]
            asked += 1
        if asked >= ONE_BY_ONE + WARM_UP and not every_lead:
            break
    for name, seconds in (("one_ms", times), ("one_cpu_ms", busy)):
        figures[name] = [1e3 * float(np.quantile(seconds[WARM_UP:], each)) for each in (0.5, 0.95, 0.99)]
    figures["asked"], figures["differ"] = asked, differ
    figures["change_ms"] = 1e3 * change(index)
    return figures


def change(index: AccountIndex) -> float:
    """Give the median seconds of an account that comes, on disk when it returns."""
    times = []
    for number in range(200):
        account = {
            "account_id": f"new {number}",
            "core_name": f"new company {number}",
            "domain": f"new{number}.example",
        }
        before = perf_counter()
        index.upsert(account)
        times.append(perf_counter() - before)
    return float(np.median(times))


def splink_best(scratch: Path) -> pa.Table:
    """Give Splink's likeliest account of each lead, by the ids of the book."""
    best = pq.read_table(scratch / "splink.parquet")
    ids = [pc.utf8_slice_codeunits(best[name], 1, None) for name in ("lead_id", "account_id")]
    return pa.table({"lead_id": ids[0], "account_id": ids[1], "probability": best["probability"]})


def in_process(*arguments: str, python: str = sys.executable) -> dict[str, Any]:
    """Run a part of this benchmark in a process of its own."""
    done = subprocess.run([python, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=[0], help="with so many of the accounts each time")
    parser.add_argument("--splink", help="interpreter of an environment that has Splink 5")
    parser.add_argument("--every-lead", action="store_true", help="ask for every lead singly too, and compare")
    parser.add_argument("--part", choices=["ours", "one"], help=argparse.SUPPRESS)
    parser.add_argument("--scratch", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part == "ours":
        print(json.dumps(ours(options.folder, options.scratch, options.sizes[0])))
    elif options.part == "one":
        print(json.dumps(one_by_one(options.scratch, every_lead=options.every_lead)))
    else:
        growth([measure(options.folder, size, options.splink, every_lead=options.every_lead) for size in options.sizes])


HEAD = "                 cleaning    index  matching     total  processors  peak memory     F1"
LINE = (
    "  {name:9}  {cleaning:9.1f} s {index:6.1f} s {matching:7.1f} s {total:7.1f} s {total_cpu:9.1f} s {peak_gb:9.1f} GB"
    " {f1:9.3f}"
)


def measure(folder: Path, size: int, splink: str | None, *, every_lead: bool) -> dict[str, Any]:
    """Measure one size, print its figures and give them."""
    scratch = Path(tempfile.mkdtemp(prefix="matching-"))
    try:
        part = (str(Path(__file__)), str(folder), "--scratch", str(scratch), "--sizes", str(size), "--part")
        found = in_process(*part, "ours")
        accounts = pq.read_table(scratch / "accounts.parquet")
        best = pq.read_table(scratch / "matches.parquet").rename_columns(["lead_id", "account_id", "probability"])
        print(f"{found['leads']:,} leads x {found['accounts']:,} accounts\n{HEAD}", flush=True)
        print(LINE.format(name="Rightful", f1=f1_of(folder, best, accounts), **found), flush=True)
        if splink:
            other = in_process(str(HERE / "matching_splink.py"), str(folder), str(scratch), python=splink)
            other |= {"cleaning": found["cleaning"], "index": other["training"], "matching": other["predicting"]}
            other["total"] = other["cleaning"] + other["training"] + other["predicting"]
            other["total_cpu"] = found["cleaning_cpu"] + other["cpu"]
            print(LINE.format(name="Splink", f1=f1_of(folder, splink_best(scratch), accounts), **other))
            print("             (the same cleaning; its training in the column of the index)", flush=True)
        one = in_process(*part, "one", *(["--every-lead"] if every_lead else []))
        (p50, p95, p99), (cpu50, cpu95, _) = one["one_ms"], one["one_cpu_ms"]
        print(
            f"  one lead: p50 {p50:.2f} ms, p95 {p95:.2f} ms, p99 {p99:.2f} ms (of the processor: {cpu50:.2f}, {cpu95:.2f} ms);"
            f" index opened in {one['open']:.2f} s"
        )
        print(f"  an account put in, on disk: {one['change_ms']:.1f} ms")
        print(f"  single answers other than the batch's: {one['differ']:,} of {one['asked']:,}", flush=True)
        return {**found, "one": cpu50}
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def growth(sizes: list[dict[str, Any]]) -> None:
    """Print how figures grow from each size to the next: 0 is not at all, 1 is in proportion to the accounts."""
    for less, more in itertools.pairwise(sizes):
        ratio = np.log(more["accounts"] / less["accounts"])
        names = ("cleaning_cpu", "index_cpu", "matching_cpu", "total_cpu", "peak_gb", "one")
        exponents = [f"{name.removesuffix('_cpu')} {np.log(more[name] / less[name]) / ratio:.2f}" for name in names]
        print(f"growth from {less['accounts']:,} to {more['accounts']:,} accounts: {', '.join(exponents)}")


if __name__ == "__main__":
    main()
