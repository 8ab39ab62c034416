"""Measure hierarchy: parents proposed from names and domains, parents stated, and the time of a large book.

    python benchmarks/hierarchy.py FOLDER [--accounts 1000000]

FOLDER holds the real data's folders ``ipeds_hd``, ``lead_to_account`` and ``maven_crm``. A proposed link is right when both
accounts have the same true top; recall is over the links that the true families need (their accounts less one each). Methods are
the plan's defaults without the CRM's own link; nothing is fitted.
"""

from __future__ import annotations

import argparse
import csv
import resource
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan.hierarchy import HierarchySection
from rightful.stages.columns import arrow_type
from rightful.stages.hierarchy.accounts import COLUMNS, Accounts
from rightful.stages.hierarchy.hierarchy import Hierarchy
from rightful.stages.quality.readings import read_company_core
from rightful.stages.quality.web import clean_web_address

METHODS = {
    "domain": ["domain"],
    "site_name": ["site_name"],
    "domain + site_name": ["domain", "site_name"],
    "domain + site_name + legal_name": ["domain", "site_name", "legal_name"],
}
Row = Mapping[str, object]


def accounts_of(rows: Sequence[Row]) -> Accounts:
    """Make accounts of a few columns; the others are null."""
    fields = OBJECT_OF_TABLE["accounts"].rule_fields
    kinds = {name: arrow_type(fields[name].kind) if name in fields else pa.string() for name in COLUMNS}
    return Accounts.of(
        pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in kinds.items()})
    )


def account(key: str, name: str, website: str = "") -> dict[str, object]:
    """Clean name and website as the quality stage does."""
    core = read_company_core("name", name)[1]
    domain = clean_web_address(website).registrable_domain if website else None
    return {"account_id": key, "name": name, "core_name": core, "domain": domain}


def tops(accounts: Accounts, methods: list[str]) -> np.ndarray:
    """Settle the accounts and give each one's top by position."""
    section = HierarchySection.model_validate({"methods": methods, "apply_proposals": True})
    return Hierarchy.of(accounts, section, {}, frozenset()).family.tops


def print_scores(label: str, accounts: Accounts, truth: Mapping[str, str], methods: Mapping[str, list[str]]) -> None:
    """Print precision and recall of links to the top; ``truth`` gives the family of each account that has one."""
    ids = accounts.ids.to_pylist()
    family = [truth.get(key, "") for key in ids]
    needed = sum(size - 1 for size in Counter(family[at] for at in range(len(ids)) if family[at]).values())
    for name, each in methods.items():
        found = [(at, top) for at, top in enumerate(tops(accounts, each).tolist()) if at != top]
        right = sum(bool(family[at]) and family[at] == family[top] for at, top in found)
        precision, recall = right / max(len(found), 1), right / max(needed, 1)
        print(f"{label:24s}{name:34s}{len(found):8,d}{precision:11.3f}{recall:8.3f}")


def institutions(folder: Path) -> tuple[Accounts, dict[str, str]]:
    """Read the institutions that say which system they belong to, and that system."""
    with (folder / "ipeds_hd" / "hd2019.csv").open(encoding="latin1", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["F1SYSTYP"] == "1"]
    accounts = accounts_of([account(row["UNITID"], row["INSTNM"], row["WEBADDR"]) for row in rows])
    return accounts, {row["UNITID"]: row["F1SYSCOD"] for row in rows}


def acquired(folder: Path) -> tuple[Accounts, dict[str, str]]:
    """Read accounts whose parents acquired them: names and domains say little of it."""
    part = folder / "lead_to_account" / "dev100k"
    rows = pq.read_table(part / "accounts.parquet", columns=["account_id", "name", "website"]).to_pylist()
    parent = dict(zip(*pq.read_table(part / "hierarchy.parquet").to_pydict().values(), strict=True))
    top = {}
    for key in parent:
        step, seen = key, {key}
        while step in parent and parent[step] not in seen:
            step = parent[step]
            seen.add(step)
        top[key] = top[step] = step
    return accounts_of([account(row["account_id"], row["name"], row["website"]) for row in rows]), top


def subsidiaries(folder: Path) -> tuple[Accounts, dict[str, str]]:
    """Read the accounts of a small CRM that name their parent."""
    with (folder / "maven_crm" / "accounts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    made = [account(row["account_id"], row["account"]) | {"parent_name": row["subsidiary_of"] or None} for row in rows]
    parents = {row["subsidiary_of"] for row in rows} - {""}
    truth = {row["account_id"]: row["subsidiary_of"] or row["account"] for row in rows}
    return accounts_of(made), {key: name for key, name in truth.items() if name in parents}


def print_size(accounts: int) -> None:
    """Print the time of a generated book: half of it states parents by number, a tenth shares a domain."""
    rng = np.random.default_rng(7)
    numbers = np.arange(accounts)
    parent = rng.integers(0, accounts, accounts)
    rows = [
        {
            "account_id": f"A{number:08d}",
            "name": f"House {number // 7}-Site {number}",
            "core_name": f"house {number // 7} site {number}",
            "domain": f"house{number // 10}.com" if number % 10 == 0 or number % 10 == 1 else None,
            "company_number": f"{number:09d}",
            "parent_company_number": f"{above:09d}" if number % 2 else None,
            "employees": float(number % 500),
        }
        for number, above in zip(numbers.tolist(), parent.tolist(), strict=True)
    ]
    table = accounts_of(rows)
    started, began = perf_counter(), process_time()
    tops(table, ["parent_account_id", "company_number", "parent_name", "domain", "site_name"])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = f"{perf_counter() - started:.1f} s ({process_time() - began:.1f} s of CPU)"
    print(f"\n{accounts:,} accounts settled in {seconds}; peak memory {memory:,.0f} MB, the generated rows among it")


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--accounts", type=int, default=1_000_000, help="accounts of the generated book; 0 leaves it out"
    )
    options = parser.parse_args()
    print(f"{'accounts':24s}{'methods':34s}{'links':>8s}{'precision':>11s}{'recall':>8s}")
    print_scores("ipeds_hd systems", *institutions(options.folder), METHODS)
    print_scores("dev100k hierarchy", *acquired(options.folder), METHODS)
    print_scores("maven_crm", *subsidiaries(options.folder), {"parent_name": ["parent_name"]})
    if options.accounts:
        print_size(options.accounts)


if __name__ == "__main__":
    main()
