"""Measure matching: accuracy against a labelled benchmark folder, time, memory, and the answer to one lead.

Usage: python benchmarks/matching.py FOLDER [--leads N] [--out MATCHES.parquet]

FOLDER holds ``accounts.parquet``, ``leads.parquet``, ``truth.parquet`` and ``account_entities.parquet``, as the folders of the
real data's ``lead_to_account`` do. Columns are cleaned with the functions of the quality stage first; that is timed apart.
A match is right when the account belongs to the lead's true entity. The threshold is the plan's; nothing is fitted here.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rightful.plan import plan_from
from rightful.stages.lift import Step, lift
from rightful.stages.matching import Matcher
from rightful.stages.quality.countries import clean_country
from rightful.stages.quality.email import clean_email
from rightful.stages.quality.phone import clean_phone
from rightful.stages.quality.readings import read_company_core
from rightful.stages.quality.subdivisions import clean_state
from rightful.stages.quality.web import clean_web_address

TEXT = pa.string()
ONE_BY_ONE = 500
NEWEST = date(2026, 6, 30)


def _core(name: str | None) -> tuple[str | None, str | None]:
    return read_company_core("name", name)[1:3]


def _mail(email: str | None) -> tuple[str | None, bool | None]:
    found = clean_email(email)
    return found.registrable_domain, found.is_free


def _blank_to_null(text: str | None) -> tuple[str | None]:
    return (text or None,)


PLACE = (
    Step(("country_raw",), (("country", TEXT),), lambda text: (clean_country(text).code,)),
    Step(
        ("state_raw", "country"),
        (("state", TEXT),),
        lambda text, country: (clean_state(text, country).state or text or None,),
    ),
    Step(("phone_raw", "country"), (("phone", TEXT),), lambda text, country: (clean_phone(text, country).e164,)),
    *(Step((f"{name}_raw",), ((name, TEXT),), _blank_to_null) for name in ("street", "city", "postal_code")),
    Step(("website",), (("domain", TEXT),), lambda text: (clean_web_address(text).registrable_domain,)),
    Step(("name_raw",), (("core_name", TEXT), ("other_name", TEXT)), _core),
)
PERSON = (
    *PLACE,
    Step(("email",), (("email_domain", TEXT), ("is_free_email", pa.bool_())), _mail),
    Step(
        ("domain", "email_domain", "is_free_email"),
        (("domain", TEXT),),
        lambda web, mail, is_free: (web or (None if is_free else mail),),
    ),
)
RAW = {"company": "name_raw", "name": "name_raw", "zip": "postal_code_raw"}
RAW |= {name: f"{name}_raw" for name in ("country", "state", "phone", "street", "city")}


@dataclass(frozen=True, slots=True)
class Scores:
    """Accuracy over some leads."""

    precision: float
    recall: float
    f1: float
    calibration_error: float


def clean_accounts(folder: Path) -> pa.Table:
    """Read and clean accounts, with what tie-breakers read."""
    raw = pq.read_table(folder / "accounts.parquet")
    return account_facts(lift(PLACE, raw.rename_columns([RAW.get(name, name) for name in raw.column_names])))


def account_facts(raw: pa.Table) -> pa.Table:
    """Add what tie-breakers read to accounts."""
    days = raw["last_activity_days"].to_pylist()
    nothing = pa.nulls(len(raw))
    return (
        raw.append_column(
            "account_type", [["customer" if each else "prospect" for each in raw["is_customer"].to_pylist()]]
        )
        .append_column("open_opportunities", raw["open_opps"])
        .append_column("owner_is_active", raw["owner_active"])
        .append_column("last_activity_on", pa.array([NEWEST - timedelta(each) for each in days], pa.date32()))
        .append_column("contacts", nothing.cast(pa.int64()))
        .append_column("created_on", nothing.cast(pa.date32()))
        .append_column("ultimate_parent_id", raw["account_id"])
    )


def clean_leads(folder: Path, most: int | None) -> pa.Table:
    """Read and clean leads."""
    raw = pq.read_table(folder / "leads.parquet").slice(0, most)
    cleaned = lift(PERSON, raw.rename_columns([RAW.get(name, name) for name in raw.column_names]))
    return cleaned.append_column("account_id", pa.nulls(len(raw), TEXT))


def scores(matches: list[dict[str, Any]], entity: dict[str, str], truth: dict[str, str]) -> Scores:
    """Compare decisions with the truth; calibration over all records that have a likeliest account."""
    given = [row for row in matches if row["matched_account_id"]]
    right = sum(entity[row["matched_account_id"]] == truth[row["lead_id"]] for row in given)
    precision = right / max(len(given), 1)
    recall = right / max(sum(bool(truth[row["lead_id"]]) for row in matches), 1)
    probability = np.array([row["match_probability"] for row in given])
    is_right = np.array([entity[row["matched_account_id"]] == truth[row["lead_id"]] for row in given])
    bins = np.minimum((probability * 10).astype(int), 9)
    error = sum(
        abs(probability[bins == each].mean() - is_right[bins == each].mean()) * (bins == each).sum()
        for each in np.unique(bins)
    )
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return Scores(precision, recall, f1, float(error) / max(len(given), 1))


def by_kind(matches: list[dict[str, Any]], entity: dict[str, str], truth: pa.Table) -> Iterator[str]:
    """Say for each kind of lead how many are decided rightly."""
    wanted = dict(zip(truth["lead_id"].to_pylist(), truth["entity_id"].to_pylist(), strict=True))
    kinds = dict(zip(truth["lead_id"].to_pylist(), truth["kind"].to_pylist(), strict=True))
    for kind in sorted(set(kinds.values())):
        rows = [row for row in matches if kinds[row["lead_id"]] == kind]
        right = sum(entity.get(row["matched_account_id"] or "", "") == wanted[row["lead_id"]] for row in rows)
        yield f"  {kind:16s} right {right / max(len(rows), 1):.4f}  ({len(rows)})"


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--leads", type=int, help="only the first so many leads")
    parser.add_argument("--out", type=Path, help="write lead_id, account_id and probability of the likeliest accounts")
    options = parser.parse_args()
    started = perf_counter()
    accounts, leads = clean_accounts(options.folder), clean_leads(options.folder, options.leads)
    cleaned = perf_counter()
    matcher = Matcher.of(accounts, plan_from({}))
    indexed = perf_counter()
    found = matcher.match("leads", leads)
    matched = perf_counter()
    print(f"{len(leads):,} leads x {len(accounts):,} accounts")
    print(f"cleaning {cleaned - started:.1f} s, index {indexed - cleaned:.1f} s, matching {matched - indexed:.1f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    truth = pq.read_table(options.folder / "truth.parquet")
    entities = pq.read_table(options.folder / "account_entities.parquet").to_pydict()
    entity = dict(zip(entities["account_id"], entities["entity_id"], strict=True))
    wanted = dict(zip(truth["lead_id"].to_pylist(), truth["entity_id"].to_pylist(), strict=True))
    rows = found.matches.to_pylist()
    result = scores(rows, entity, wanted)
    print(f"precision {result.precision:.4f}  recall {result.recall:.4f}  F1 {result.f1:.4f}", end="  ")
    print(f"calibration error {result.calibration_error:.4f}")
    print("\n".join(by_kind(rows, entity, truth)))
    times = []
    for record in leads.slice(0, ONE_BY_ONE).to_pylist():
        before = perf_counter()
        matcher.match_one("leads", record)
        times.append(perf_counter() - before)
    print(f"one lead: p50 {1e3 * np.quantile(times, 0.5):.1f} ms, p95 {1e3 * np.quantile(times, 0.95):.1f} ms")
    if options.out:
        best = found.candidates.select(["record_id", "account_id", "probability"])
        pq.write_table(best.rename_columns(["lead_id", "account_id", "probability"]), options.out)


if __name__ == "__main__":
    main()
