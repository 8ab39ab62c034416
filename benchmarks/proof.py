"""Measure the proof of a layer of territory rules: gaps, overlaps, rules that never decide, and the words for the first findings.

Usage: python benchmarks/proof.py [--rules 100 1000 10000] [--accounts 100000] [--plans territories scattered] [--winners 1] [--seed 1]

The plans are those of benchmarks/rules.py, each rule with a territory of its own: *territories* is of the usual kind, named
accounts, exceptions, countries cut into areas, sizes and industries; *scattered* throws patches at random over one another, which
makes a hundred thousand contests that no real plan has. With ``--winners`` a record may have several territories. CPU seconds
are those of all threads. Each step's time is what it adds.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from time import process_time
from typing import TypeVar

import numpy as np
import pyarrow as pa

from rightful.errors import Place
from rightful.plan.assignment import AssignmentSection
from rightful.plan.section import Scalar
from rightful.plan.territories import Layer, TerritoryRule
from rightful.rules import compile_rules
from rightful.rules.proofs import Domain
from rightful.rules.proofs.ground import ground_of
from rightful.rules.proofs.surface import Surface
from rightful.runs.proof.accounts import Accounts
from rightful.runs.proof.finding import Candidate
from rightful.runs.proof.gaps import gaps
from rightful.runs.proof.idle import idle
from rightful.runs.proof.layer import LayerProof, holding_of
from rightful.runs.proof.overlaps import overlaps
from rightful.runs.proof.values import unreachable
from rightful.stages.territories import LayerRules
from rules import FIELDS, PLANS, book

SHOWN = 20
DOMAINS = {"account_id": Domain(has_blank=False), "employees": Domain(is_whole=True, lowest=0)}
Result = TypeVar("Result")


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    started = process_time()
    result = work()
    return result, process_time() - started


def accounts(count: int, seed: int) -> Accounts | None:
    """Make the book, every account worth something."""
    if not count:
        return None
    worth = np.random.default_rng(seed).lognormal(10, 2, count)
    nobody = pa.table({"rep_id": pa.array([], pa.string())})
    return Accounts(book(count, seed), worth, worth * 10, "", datetime(2026, 1, 1, tzinfo=UTC), nobody, nobody)


def layer(plan: str, count: int, chosen: argparse.Namespace, made: Accounts | None) -> LayerProof:
    """Compile a plan of so many rules, each with its own territory."""
    rules = PLANS[plan](count, 1_000_000, chosen.seed)
    entries = tuple(
        TerritoryRule(territory=Scalar(f"T{number}", Place("rules.csv", number + 2, 1))) for number in range(count)
    )
    compiled = LayerRules(
        layer="geography",
        rules=compile_rules(rules, FIELDS),
        entries=entries,
        names=tuple(rule.key for rule in rules),
        fields=((),) * count,
        ancestors={},
        winners=chosen.winners,
        catch_all="",
        is_flat=True,
    )
    declared = Layer(layer="geography", rules=entries, winners=chosen.winners)
    section = AssignmentSection(layers=(declared,))
    holding = None if made is None else holding_of(made, compiled, declared, section, {})
    return LayerProof(declared, compiled, Surface(ground_of(compiled.rules), DOMAINS), holding)


def measure(plan: str, count: int, chosen: argparse.Namespace, made: Accounts | None) -> None:
    proof, compiling = timed(lambda: layer(plan, count, chosen, made))
    _, charting = timed(lambda: (proof.winners, proof.leaders and proof.leaders.chart))
    _, following = timed(lambda: proof.standings)
    found: list[Candidate] = []
    steps = []
    for look in (gaps, idle, overlaps, unreachable):
        some, seconds = timed(lambda look=look: list(look(proof)))
        found += some
        steps.append(seconds)
    ranked = sorted(found, key=lambda each: each.order)
    _, telling = timed(lambda: [each.finding() for each in ranked[:SHOWN]])
    seconds = [compiling, charting, following, *steps, telling]
    kinds = Counter(each.kind for each in found)
    counts = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items()))
    cells = "".join(f"{each:>10.2f}" for each in (*seconds, sum(seconds)))
    print(f"{plan:<12}{count:>8,}{cells}  {counts}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rules", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--plans", nargs="+", default=["territories"], choices=sorted(PLANS))
    parser.add_argument("--winners", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    made = accounts(chosen.accounts, chosen.seed)
    print(
        f"{platform.python_version()}, {os.cpu_count()} cores; CPU seconds; {chosen.accounts:,} accounts; seed {chosen.seed}"
    )
    names = ("compile", "winners", "follow", "gaps", "idle", "overlaps", "values", f"{SHOWN} told", "all")
    print(f"{'plan':<12}{'rules':>8}" + "".join(f"{name:>10}" for name in names) + "  findings")
    for plan in chosen.plans:
        for count in chosen.rules:
            measure(plan, count, chosen, made)


if __name__ == "__main__":
    main()
