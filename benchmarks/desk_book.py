"""Books and rules for the desk's benchmarks: made once, kept, and looked up again.

A book is the sample's, with all its disorder, so many accounts and reps, and 2,000 leads; contacts, opportunities, orders, tasks and
activities are left out. It is run by the sample's plan, and its index is made, as `rightful run` and `rightful index` do.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rightful.desk.account_index import index_of_run
from rightful.desk.view import survivors_of_run
from rightful.plan import load_plan
from rightful.runs.pipeline import Output, run_plan
from rightful.runs.run import Run
from rightful.sample import write_sample

__all__ = ["Scene", "scene_of"]

_LEFT_OUT = ("contacts", "opportunities", "orders", "tasks", "activities", "buying_centers")
_LEADS = 2_000
_COUNTRIES = (
    "US",
    "CA",
    "MX",
    "BR",
    "GB",
    "IE",
    "DE",
    "AT",
    "CH",
    "FR",
    "BE",
    "NL",
    "ES",
    "IT",
    "SE",
    "PL",
    "JP",
    "IN",
)
_LEVELS = ("C-Level", "VP", "Director", "Manager", "Individual")
_POOLS = ("sdr_amer", "sdr_emea", "sdr_apac", "enterprise_desk")
_MOST_EMPLOYEES = 20_000


@dataclass(frozen=True, slots=True)
class Scene:
    """What a desk is opened with: a plan, and the run whose book it uses."""

    plan: Path
    run: Path


def scene_of(folder: Path, accounts: int, reps: int, rules: int) -> Scene:
    """Give a book of a size under so many rules of routing; what is there already is taken."""
    plan = folder / f"accounts-{accounts}"
    if not (plan / "runs" / "LATEST").exists():
        started = time.perf_counter()
        print(f"making a book of {accounts:,} accounts and {reps:,} reps ...", flush=True)
        _make(plan, accounts, reps)
        print(f"made in {time.perf_counter() - started:.0f} s", flush=True)
    return Scene(_with_rules(plan, folder / f"accounts-{accounts}-rules-{rules}", rules), Run.latest(plan).folder)


def _make(plan: Path, accounts: int, reps: int) -> None:
    write_sample(plan, accounts=accounts, leads=_LEADS, reps=reps)
    for table in _LEFT_OUT:
        path = plan / "book" / f"{table}.csv"
        header = path.read_text(encoding="utf-8-sig").split("\n", 1)[0]
        path.write_text(header + "\n", encoding="utf-8")
    loaded = load_plan(plan)
    run = run_plan(loaded, output=Output((), has_report=False))
    index_of_run(run, loaded, survivors_of_run(run))


def _with_rules(plan: Path, into: Path, rules: int) -> Path:
    """Copy a plan's files, and put rules before those that choose a pool: countries, a band of employees, some with a level."""
    if into.exists():
        return into
    shutil.copytree(plan, into, ignore=shutil.ignore_patterns("book", "runs", "truth", "history", "ledger.sqlite*"))
    dice, path = Random(rules), into / "pool_rules.csv"  # chance in a benchmark, no secret
    note, header, *others = path.read_text(encoding="utf-8").splitlines()
    made = [_rule(number, dice) for number in range(rules - len(others))]
    path.write_text("\n".join([note, header, *made, *others, ""]), encoding="utf-8")
    return into


def _rule(number: int, dice: Random) -> str:
    low = dice.randrange(_MOST_EMPLOYEES)
    countries = ", ".join(f"'{code}'" for code in dice.sample(_COUNTRIES, dice.randint(1, 3)))
    when = f"country IN ({countries}) AND employees >= {low} AND employees < {low + dice.randint(10, 200)}"
    if dice.random() < 1 / 3:
        when += f" AND job_level = '{dice.choice(_LEVELS)}'"
    return f'made {number},{dice.choice(_POOLS)},,,"{when}"'
