"""Measure rules: the diagram against SQL CASE in DuckDB and when/then in Polars, on the same made book in the same run.

Usage: python benchmarks/rules.py [--accounts 1000000] [--rules 10 100 1000 10000] [--seed 1]

The plan is of the usual kind: regions by country, subregions by state or postal code, bands of employees, industries, named
accounts, a catch-all. Every contender gives the first rule that matches each account, from the same Arrow table in memory, and
all must agree on every account. Records per second include encoding: from Arrow columns to rule numbers; CPU seconds are those of
all threads, and say more on a busy machine. The best of three is taken where one takes less than three seconds. A contender whose
time would pass ``--patience`` seconds, judged by a tenth of the accounts or by its last size, is left out, and the table says so.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import TypeVar

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from rightful.rules import (
    ANY,
    Blank,
    Condition,
    Flag,
    Not,
    OneOf,
    Prefix,
    Range,
    Rule,
    RuleKind,
    RuleSet,
    all_of,
    any_of,
    compile_rules,
)
from rightful.rules.conditions import And, Or

FIELDS = {
    "account_id": RuleKind.TEXT,
    "country": RuleKind.TEXT,
    "state": RuleKind.TEXT,
    "postal_code": RuleKind.TEXT,
    "industry": RuleKind.TEXT,
    "employees": RuleKind.NUMBER,
    "is_customer": RuleKind.FLAG,
}
COUNTRIES = tuple(f"{first}{second}" for first in "ABCDEFGHIJ" for second in "ABCDEF")
STATES = tuple(f"S{number:02}" for number in range(50))
INDUSTRIES = tuple(f"Industry {number}" for number in range(40))
EDGES = (0, 50, 200, 1_000, 5_000, 20_000)

Result = TypeVar("Result")
Numbers = npt.NDArray[np.int32]


def book(count: int, seed: int) -> pa.Table:
    """Make accounts: a few percent of every field blank, sizes and countries skewed as in life."""
    chance = np.random.default_rng(seed)

    def some(values: Sequence[object], skew: float) -> list[object]:
        places = (len(values) * chance.random(count) ** skew).astype(int)
        return np.array(values, dtype=object)[places].tolist()

    columns = {
        "row": list(range(count)),
        "account_id": [f"A{number:07}" for number in range(count)],
        "country": some(COUNTRIES, 3),
        "state": some(STATES, 1),
        "postal_code": [f"{number:05}" for number in chance.integers(0, 100_000, count).tolist()],
        "industry": some(INDUSTRIES, 1.5),
        "employees": np.exp(chance.normal(4, 2, count)).round().tolist(),
        "is_customer": (chance.random(count) < 0.2).tolist(),
    }
    for name in ("country", "state", "postal_code", "industry", "employees"):
        for place in np.flatnonzero(chance.random(count) < 0.04).tolist():
            columns[name][place] = None
    kinds = {"row": pa.int64(), "employees": pa.float64(), "is_customer": pa.bool_()}
    return pa.table({name: pa.array(values, kinds.get(name, pa.string())) for name, values in columns.items()})


def territories(count: int, accounts: int, seed: int) -> list[Rule]:
    """Make the usual plan: named accounts, some exceptions, every country cut into areas, sizes and industries, a catch-all."""
    chance = Random(seed)
    conditions = [_named(chance, accounts) for _ in range(count // 10)]
    conditions += [_patch(chance) for _ in range(count // 20)]
    patches = count - len(conditions) - 1
    each = patches // len(COUNTRIES) + 1
    for country in COUNTRIES:
        conditions += _cut(country, min(each, patches), chance)
        patches -= min(each, patches)
    conditions.append(ANY)
    return [Rule(f"rule {number}", condition) for number, condition in enumerate(conditions)]


def scattered(count: int, accounts: int, seed: int) -> list[Rule]:
    """Make a hard plan: named accounts, then patches thrown at random over one another, a catch-all."""
    chance = Random(seed)
    conditions = [_named(chance, accounts) for _ in range(count // 10)]
    conditions += [_patch(chance) for _ in range(count - len(conditions) - 1)]
    return [Rule(f"rule {number}", condition) for number, condition in enumerate([*conditions, ANY])]


PLANS = {"territories": territories, "scattered": scattered}


def _named(chance: Random, accounts: int) -> Condition:
    return OneOf("account_id", frozenset(f"A{chance.randrange(accounts):07}" for _ in range(20)))


def _cut(country: str, count: int, chance: Random) -> list[Condition]:
    """Cut a country into this many patches: areas of states or of postal codes, sizes and industries within."""
    bands = (0, 200, 5_000, None) if count >= 9 else (0, None)
    groups = [frozenset(INDUSTRIES[start::5]) for start in range(5)] if count >= 45 else []
    areas = max(1, count // ((len(bands) - 1) * max(1, len(groups))))
    has_states = chance.random() < 0.5 and areas <= len(STATES)
    prefixes = [f"{number:02}" for number in range(100)]
    cut: list[Condition] = []
    for area in range(areas):
        place: Condition = OneOf("state", frozenset(STATES[area::areas]))
        if not has_states:
            place = any_of(Prefix("postal_code", prefix) for prefix in prefixes[area::areas])
        for low, high in itertools.pairwise(bands):
            size = Range("employees", low, high, includes_high=False)
            for industries in groups or [frozenset(INDUSTRIES)]:
                parts = [OneOf("country", frozenset({country})), place, size]
                parts += [OneOf("industry", industries)] if groups else []
                cut.append(all_of(parts))
    return [*cut, *([OneOf("country", frozenset({country}))] * (count - len(cut)))][:count]


def _patch(chance: Random) -> Condition:
    """Make a patch: one to four countries, and by chance states or a postal prefix, a size, industries, a branch."""
    parts: list[Condition] = [OneOf("country", frozenset(chance.sample(COUNTRIES, chance.choice((1, 1, 1, 2, 4)))))]
    place = chance.random()
    if place < 0.35:
        parts.append(OneOf("state", frozenset(chance.sample(STATES, chance.choice((1, 2, 5))))))
    elif place < 0.85:
        width = chance.choice((2, 3, 3))
        parts.append(Prefix("postal_code", f"{chance.randrange(10**width):0{width}}"))
    if chance.random() < 0.6:
        band = chance.randrange(len(EDGES))
        high = EDGES[band + 1] if band + 1 < len(EDGES) else None
        parts.append(Range("employees", EDGES[band], high, includes_high=False))
    if chance.random() < 0.4:
        industries = OneOf("industry", frozenset(chance.sample(INDUSTRIES, chance.choice((1, 3, 8)))))
        parts.append(Not(industries) if chance.random() < 0.2 else industries)
    if chance.random() < 0.1:
        parts.append(any_of([Flag("is_customer", is_set=True), Blank("industry", RuleKind.TEXT)]))
    return all_of(parts)


def sql_case(rules: Sequence[Rule]) -> str:
    """Write rules as one SQL CASE; a negation holds for a blank, so SQL's unknown counts as false inside it."""
    branches = " ".join(f"WHEN {_sql(rule.when)} THEN {number}" for number, rule in enumerate(rules))
    return f"CASE {branches} ELSE -1 END"


def _sql(condition: Condition) -> str:
    match condition:
        case And(parts):
            return "(" + (" AND ".join(map(_sql, parts)) or "TRUE") + ")"
        case Or(parts):
            return "(" + (" OR ".join(map(_sql, parts)) or "FALSE") + ")"
        case Not(part):
            return f"(NOT coalesce({_sql(part)}, FALSE))"
    return f"({condition})"


def polars_case(rules: Sequence[Rule]) -> pl.Expr:
    """Write rules as one chain of when/then."""
    chain: pl.Expr = pl.lit(-1, pl.Int32)
    for number, rule in reversed(list(enumerate(rules))):
        chain = pl.when(_polars(rule.when)).then(pl.lit(number, pl.Int32)).otherwise(chain)
    return chain


def _polars(condition: Condition) -> pl.Expr:
    match condition:
        case And(parts):
            return pl.all_horizontal([_polars(part) for part in parts]) if parts else pl.lit(value=True)
        case Or(parts):
            return pl.any_horizontal([_polars(part) for part in parts])
        case Not(part):
            return ~_polars(part).fill_null(value=False)
        case OneOf(field, values):
            return pl.col(field).is_in(sorted(values))
        case Prefix(field, prefix):
            return pl.col(field).str.starts_with(prefix)
        case Range(field, low, high, _, _):  # the plan's ranges hold their low end and not their high one
            above = pl.col(field) >= low
            return above if high is None else above & (pl.col(field) < high)
        case Flag(field, is_set):
            return pl.col(field) if is_set else ~pl.col(field)
        case Blank(field):
            return pl.col(field).is_null()
    raise TypeError(condition)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one contender took for one number of rules."""

    name: str
    rules: int
    compile_seconds: float | None = None
    seconds: float | None = None
    cpu_seconds: float | None = None
    size_bytes: int | None = None
    record_microseconds: float | None = None
    note: str = ""


def measure_rightful(rules: Sequence[Rule], accounts: pa.Table) -> tuple[Measured, Numbers]:
    """Compile, decide the table, and decide single records."""
    begun = process_time()
    compiled, ruleset = _timed(lambda: compile_rules(rules, FIELDS))
    compile_cpu = process_time() - begun
    seconds, cpu, found = _best(lambda: ruleset.first_table(accounts))
    note = f"{ruleset.size.nodes} nodes, {ruleset.size.parts} part(s){', bitsets' if ruleset.is_bounded else ''}, compile CPU {compile_cpu:.2f} s"
    single = one_record(ruleset, accounts, found)
    return Measured("Rightful", len(rules), compiled, seconds, cpu, ruleset.size.size_bytes, single, note), found


def one_record(ruleset: RuleSet, accounts: pa.Table, found: Numbers) -> float:
    """Give the median microseconds of one decision over 5,000 accounts; each must agree with the table's."""
    step = max(1, accounts.num_rows // 5_000)
    records = accounts.take(pa.array(range(0, accounts.num_rows, step))).to_pylist()
    ruleset.decide(records[0])
    times = []
    for number, record in enumerate(records):
        begun = perf_counter()
        outcome = ruleset.decide(record)
        times.append(perf_counter() - begun)
        assert (outcome[0] if outcome else -1) == found[number * step]
    return median(times) * 1e6


def duckdb_decider(rules: Sequence[Rule], threads: int) -> Callable[[pa.Table], Numbers]:
    """Give the function that decides a table by SQL CASE in DuckDB."""
    query = f"SELECT row, {sql_case(rules)}::INTEGER AS rule FROM accounts"  # noqa: S608 - our own rules
    connection = duckdb.connect(config={"threads": threads})
    connection.execute(f"SET max_expression_depth = {10 * len(rules) + 1_000}")

    def decide(accounts: pa.Table) -> Numbers:
        connection.register("accounts", accounts)
        answer = connection.sql(query).to_arrow_table()  # several threads give rows in any order
        found = np.empty(accounts.num_rows, dtype=np.int32)
        found[answer["row"].to_numpy() - accounts["row"][0].as_py()] = answer["rule"].to_numpy()
        return found

    return decide


def polars_decider(rules: Sequence[Rule]) -> Callable[[pa.Table], Numbers]:
    """Give the function that decides a table by when/then in Polars."""
    expression = polars_case(rules)
    return lambda accounts: pl.from_arrow(accounts).select(rule=expression)["rule"].to_numpy()  # type: ignore[union-attr]


class Peer:
    """A contender that is left out once it takes too long."""

    def __init__(
        self, name: str, most_rules: int, decider: Callable[[Sequence[Rule]], Callable[[pa.Table], Numbers]]
    ) -> None:
        self.name, self.most_rules, self._decider = name, most_rules, decider
        self._per_rule_and_record = 0.0

    def measure(self, rules: Sequence[Rule], accounts: pa.Table, expected: Numbers, patience: float) -> Measured:
        """Decide the table once, unless it would take longer than patience lasts."""
        if len(rules) > self.most_rules:
            return Measured(self.name, len(rules), note=f"left out above {self.most_rules} rules")
        foreseen = self._per_rule_and_record * len(rules) * accounts.num_rows
        if foreseen > patience:
            return Measured(self.name, len(rules), note=f"left out: by its last size, about {foreseen:,.0f} s")
        built, decide = _timed(lambda: self._decider(rules))
        sample = accounts.slice(0, max(1, accounts.num_rows // 10))
        seconds, found = _timed(lambda: decide(sample))
        if seconds * 10 > patience:
            assert np.array_equal(found, expected[: len(found)]), f"{self.name} disagrees"
            return Measured(self.name, len(rules), built, note=f"left out: a tenth took {seconds:,.0f} s")
        seconds, cpu, found = _best(lambda: decide(accounts))
        assert np.array_equal(found, expected), f"{self.name} disagrees"
        self._per_rule_and_record = seconds / len(rules) / accounts.num_rows
        return Measured(self.name, len(rules), built, seconds, cpu)


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    begun = perf_counter()
    result = work()
    return perf_counter() - begun, result


def _best(work: Callable[[], Numbers]) -> tuple[float, float, Numbers]:
    """Give wall seconds, CPU seconds and the answer; the best of three where one is short."""
    times = []
    while True:
        begun = process_time()
        seconds, found = _timed(work)
        times.append((seconds, process_time() - begun))
        if seconds > 3 or len(times) == 3:
            return min(times)[0], min(cpu for _, cpu in times), found


def row(measured: Measured, count: int) -> str:
    """Write a row of the table."""

    def shown(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    rate = None if measured.seconds is None else count / measured.seconds
    cells = (
        f"{measured.rules:,}",
        measured.name,
        shown(measured.compile_seconds, ".3f"),
        shown(measured.seconds, ".2f"),
        shown(measured.cpu_seconds, ".2f"),
        shown(rate, ",.0f"),
        shown(measured.size_bytes, ","),
        shown(measured.record_microseconds, ".1f"),
        measured.note,
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--rules", type=int, nargs="+", default=[10, 100, 1_000, 10_000])
    parser.add_argument("--plan", choices=PLANS, default="territories")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=60)
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count() or 1, help="of DuckDB and Polars; Rightful uses one"
    )
    options = parser.parse_args()
    accounts = book(options.accounts, options.seed)
    peers = (
        Peer("DuckDB CASE", 2_000, lambda rules: duckdb_decider(rules, options.threads)),
        Peer("Polars when/then", 2_000, polars_decider),
    )
    versions = f"DuckDB {duckdb.__version__}, Polars {pl.__version__}, pyarrow {pa.__version__}, numpy {np.__version__}"
    print(f"{options.accounts:,} accounts; Python {platform.python_version()}, {versions}; {os.cpu_count()} cores\n")
    print("| rules | contender | compile s | decide s | CPU s | records/s | bytes | one record µs | |")
    print("|--:|---|--:|--:|--:|--:|--:|--:|---|")
    for count in sorted(options.rules):
        rules = PLANS[options.plan](count, options.accounts, options.seed)
        measured, found = measure_rightful(rules, accounts)
        print(row(measured, options.accounts), flush=True)
        for peer in peers:
            print(row(peer.measure(rules, accounts, found, options.patience), options.accounts), flush=True)


if __name__ == "__main__":
    main()
