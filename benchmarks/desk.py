"""Time the desk: in process and over HTTP at rising rates, on a disk, without one and on PostgreSQL, and how it grows.

    python benchmarks/desk.py FOLDER                         # 1,000,000 accounts, 1,000 rules, 500 reps; FOLDER keeps the books
    python benchmarks/desk.py FOLDER --accounts 10000 --growth-accounts 1000 10000 --seconds 5      # a quick look
    python benchmarks/desk.py FOLDER --postgresql postgresql://...                                  # an empty database

Books that FOLDER does not have are made and run first, which takes minutes. Each measurement is a process of its own, so that memory
is that of one desk. Load is open: leads come at random moments of a Poisson process, answered or not, and are timed from the moment
at which they should have come. The time of a bare sync of the same disk stands beside, for no durable answer can be quicker.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from desk_book import Scene, scene_of
from desk_inside import row

HERE = Path(__file__).parent
MEMORY = Path("/dev/shm")  # noqa: S108 - a file system without a disk, for comparison


def inside(scene: Scene, *arguments: object) -> dict[str, Any]:
    """Measure a desk in process."""
    command = [sys.executable, str(HERE / "desk_inside.py"), str(scene.plan), "--run", str(scene.run), "--json"]
    done = subprocess.run([*command, *map(str, arguments)], check=True, text=True, stdout=subprocess.PIPE)
    return dict(json.loads(done.stdout))


def show_inside(title: str, found: Mapping[str, Any], *, has_disk: bool) -> None:
    """Print what was measured in process on one store."""
    print(f"\n{title}\n\n| milliseconds | p50 | p99 | p99.9 | most | CPU |\n|---|---|---|---|---|---|")
    print(row("look", [*found["look"][0], found["look"][1]]))
    print(row("answer, one caller", [*found["answer"][0], found["answer"][1]]))
    for each in found["rates"]:
        name = f"{each['rate']:g} leads/s: {each['answers']:,} answered, {each['refused']:,} refused"
        print(row(name, each["ms"])[:-1] + f"| {each['cpu_share']:.0%} of a core |")
    if has_disk:
        print(row("a bare sync of the disk", found["sync"])[:-1] + "|  |", flush=True)


def show_growth(name: str, scenes: Mapping[int, Scene], leads: int) -> None:
    """Print how the cost of one lead grows, in CPU time, which says more on a busy machine."""
    print(f"\n| {name} | look, ms CPU | answer, ms CPU | answer, p50 ms | opened, s CPU | first, ms | most GB |")
    print("|---|---|---|---|---|---|---|")
    for number, scene in scenes.items():
        options = ("--rates", "--leads", leads, *memory_option())
        inside(scene, *options)  # what is made once beside the run is made now
        found = inside(scene, *options)
        look, answer = found["look"], found["answer"]
        figures = [look[1], answer[1], answer[0][0], found["open_cpu_s"], found["first_ms"], found["most_gb"]]
        print(row(f"{number:,}", figures), flush=True)


def memory_option() -> Sequence[object]:
    return ("--ledger-in", MEMORY) if MEMORY.is_dir() else ()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--reps", type=int, default=500)
    parser.add_argument("--rates", type=float, nargs="+", default=[50, 100, 300, 1000])
    parser.add_argument("--seconds", type=float, default=20, help="how long each rate lasts")
    parser.add_argument("--leads", type=int, default=1_000, help="leads that one caller sends, one after another")
    parser.add_argument("--postgresql", default="", help="URL of an empty database")
    parser.add_argument("--growth-accounts", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--growth-rules", type=int, nargs="*", default=[10, 100, 1_000, 10_000])
    given = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")

    def scene(accounts: int, rules: int) -> Scene:
        return scene_of(given.folder, accounts, given.reps, rules)

    subject = scene(given.accounts, given.rules)
    print(
        f"{given.accounts:,} accounts, {given.rules:,} rules, {given.reps:,} reps; load in the minute before: {os.getloadavg()[0]:.1f}"
    )
    load = ["--rates", *given.rates, "--seconds", given.seconds, "--leads", given.leads]
    inside(subject, "--rates", "--leads", 10)  # what is made once beside the run is made now
    found = inside(subject, *load)
    print(f"opened in {found['open_s']:.1f} s ({found['open_cpu_s']:.1f} s CPU), first decision after {found['first_ms']:.0f} ms,"
          f" at most {found['most_gb']:.2f} GB, of which the index and columns on the disk are a part")  # fmt: skip
    show_inside("In process, SQLite on the disk:", found, has_disk=True)
    if MEMORY.is_dir():
        show_inside("In process, SQLite without a disk:", inside(subject, *load, *memory_option()), has_disk=False)
    if given.postgresql:
        on_server = inside(subject, *load, "--ledger", given.postgresql)
        show_inside("In process, PostgreSQL:", on_server, has_disk=True)
    print("\nOver HTTP, SQLite on the disk:\n", flush=True)
    served = [str(HERE / "desk_http.py"), str(subject.plan), "--run", str(subject.run), "--seconds", str(given.seconds)]
    subprocess.run([sys.executable, *served, "--rates", *map(str, given.rates)], check=True)
    show_growth("rules", {number: scene(given.accounts, number) for number in given.growth_rules}, given.leads)
    show_growth("accounts", {number: scene(number, given.rules) for number in given.growth_accounts}, given.leads)


if __name__ == "__main__":
    main()
