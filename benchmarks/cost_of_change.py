"""Measure what a change costs: lines of the plan that a person edits, and seconds until it is proven, proposed and applied.

Seconds are those of the processor, which other work on the machine hardly changes; the last column is the clock.

The sample plan with a book of so many reps is run and applied first; then each change is an edit of the plan's files, made on a copy
of all that, and goes the whole way by the commands that a person would use.

Usage: python benchmarks/cost_of_change.py [--reps 10 50 200 1000 5000] [--accounts-per-rep 20] [--most-accounts 20000] [--lines-only]
"""

from __future__ import annotations

import argparse
import csv
import difflib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from rightful.sample import write_sample

LEAST_REPS = 15
"""Reps of the smallest sample; fewer are made by putting several into one."""
RIGHTFUL = Path(sys.executable).parent / "rightful"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT.setdefault("PYTHONPYCACHEPREFIX", str(Path(tempfile.gettempdir()) / "rightful_compiled"))
SIZES = (10, 50, 200, 1_000, 5_000)


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a table of the plan or the book."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def executives(plan: Path) -> list[str]:
    """Give the account executives who are at work and cover something for good, those with the fewest rows of coverage first."""
    active = {row["rep_id"] for row in rows_of(plan / "book" / "reps.csv") if row["is_active"] == "true"}
    rows = [row for row in rows_of(plan / "coverage.csv") if row["role"] == "account_executive"]
    lasting = Counter(row["rep_id"] for row in rows if not row["ends_on"] and not row["covers"])
    return sorted(active & set(lasting), key=lambda rep: (lasting[rep], rep))


def append(path: Path, line: str) -> None:
    """Add a line to a file."""
    text = path.read_text("utf-8")
    path.write_text(f"{text.rstrip()}\n{line}\n", "utf-8")


def replace(path: Path, before: str, after: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text("utf-8")
    assert before in text, f"{path.name} has no {before!r}"
    path.write_text(text.replace(before, after), "utf-8")


def rep_leaves(plan: Path) -> None:
    """Give the territories of the executive who has the fewest to the next one."""
    leaver, successor, *_ = executives(plan)
    replace(plan / "coverage.csv", f",{leaver},", f",{successor},")


def territory_splits(plan: Path) -> None:
    """Take the largest accounts of a territory out, into one of their own below it, with a rep of its own."""
    append(plan / "territories.csv", 'dach.enterprise.large,"DACH, Large Enterprise",dach.enterprise,geography')
    append(plan / "geography.csv", "dach.enterprise.large,large ones,,,,,,,,,employees >= 5000")
    append(plan / "coverage.csv", f"dach.enterprise.large,account_executive,{executives(plan)[0]},1,,,")


def product_launches(plan: Path) -> None:
    """Cover a product line that had no specialist."""
    specialist = next(row["rep_id"] for row in rows_of(plan / "coverage.csv") if row["role"] == "product_specialist")
    append(plan / "territories.csv", "platform,Platform,,overlay")
    append(plan / "products.csv", 'platform,buys the platform,"Platform*, Analytics;Platform*, Automation;Platform*",')
    append(plan / "coverage.csv", f"platform,product_specialist,{specialist},1,,,")
    replace(
        plan / "assignment.yaml",
        "    Automation: product_specialist\n",
        "    Automation: product_specialist\n    Platform: product_specialist\n",
    )


def region_reorganises(plan: Path) -> None:
    """Let two countries go from one region to another."""
    replace(plan / "regions.csv", '"DE, AT, CH"', "DE")
    replace(plan / "regions.csv", '"ES, PT, IT"', '"ES, PT, IT, AT, CH"')


CHANGES: dict[str, Callable[[Path], None]] = {
    "a rep leaves": rep_leaves,
    "a territory splits": territory_splits,
    "a product launches": product_launches,
    "a region reorganises": region_reorganises,
}


def edited_lines(before: Path, after: Path) -> int:
    """Count the lines of the plan's files that were added, deleted or rewritten."""
    lines = 0
    for path in sorted(after.iterdir()):
        if path.suffix in (".csv", ".yaml"):
            texts = [(folder / path.name).read_text("utf-8").splitlines() for folder in (before, after)]
            matcher = difflib.SequenceMatcher(None, *texts, autojunk=False)
            lines += sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal")
    return lines


def put_together(plan: Path, reps: int) -> None:
    """Let fewer reps do the work: of the largest role, again and again, the last one's goes to the first one."""
    people = rows_of(plan / "book" / "reps.csv")
    roles: dict[str, list[str]] = {}
    for row in people:
        if row["is_active"] == "true":
            roles.setdefault(row["role"], []).append(row["rep_id"])
    takes = {row["rep_id"]: roles[row["role"]][0] for row in people if row["is_active"] != "true"}
    while len(people) - len(takes) > reps:
        role = max(roles, key=lambda name: (len(roles[name]), name))
        takes[roles[role].pop()] = roles[role][0]
    for path in [*plan.glob("*.csv"), *plan.glob("book/*.csv")]:
        head, *lines = path.read_text("utf-8").splitlines()
        kept = [line for line in lines if not (path.name == "reps.csv" and line.split(",")[0] in takes)]
        named = [re.sub(r"R\d{5}", lambda found: takes.get(found[0], found[0]), line) for line in kept]
        if path.name == "coverage.csv":
            named = [line for line in named if not re.search(r",(R\d{5}),.*,\1$", line)]
        if path.name.startswith(("pool_", "coverage")):
            named = list(dict.fromkeys(named))
        path.write_text("\n".join([head, *named]) + "\n", "utf-8")


def base_plan(folder: Path, reps: int, accounts: int) -> Path:
    """Write the sample plan with so many reps."""
    plan = folder / "base"
    write_sample(plan, accounts=accounts, leads=accounts // 4, reps=max(reps, LEAST_REPS))
    if reps < LEAST_REPS:
        put_together(plan, reps)
    return plan


def command(*words: str, allowed: Sequence[int] = (0,)) -> tuple[float, float]:
    """Run a command, with its modules compiled as an installation keeps them; give seconds of the clock and of the processor."""
    usage, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run([str(RIGHTFUL), *words], capture_output=True, text=True, check=False, env=ENVIRONMENT)
    wall, after = perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in allowed:
        sys.exit(f"rightful {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return wall, after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime


def applied(plan: Path) -> list[tuple[float, float]]:
    """Prove, propose, approve and apply; give what each took."""
    name = str(plan)
    return [
        command("prove", name, allowed=(0, 1)),
        command("propose", name, "--as", "planner"),
        command("approve", name, "--as", "head_of_sales"),
        command("apply", name, "--as", "planner"),
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, nargs="+", default=SIZES)
    parser.add_argument("--accounts-per-rep", type=int, default=20)
    parser.add_argument("--most-accounts", type=int, default=20_000)
    parser.add_argument("--lines-only", action="store_true", help="count the edits, and run nothing")
    options = parser.parse_args()
    print("  reps  accounts  change                lines   prove  propose  approve  apply   in all  by the clock")
    for reps in options.reps:
        accounts = min(max(300, reps * options.accounts_per_rep), options.most_accounts)
        with tempfile.TemporaryDirectory() as name:
            base = base_plan(Path(name), reps, accounts)
            if not options.lines_only:
                command("run", str(base))
                applied(base)
            for what, edit in CHANGES.items():
                plan = Path(name) / "changed"
                shutil.copytree(base, plan)
                edit(plan)
                row = f"{reps:>6,}  {accounts:>8,}  {what:<22}{edited_lines(base, plan):>5}"
                if not options.lines_only:
                    took = applied(plan)
                    row += "".join(f"{cpu:>{width}.1f}" for (_, cpu), width in zip(took, (8, 9, 9, 7), strict=True))
                    row += f"{sum(cpu for _, cpu in took):>9.1f}{sum(wall for wall, _ in took):>14.1f}"
                print(row, flush=True)
                shutil.rmtree(plan)


if __name__ == "__main__":
    main()
