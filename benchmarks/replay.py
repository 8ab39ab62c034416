"""Measure a replay: seconds of processor and peak memory for past events through the sample plan, against who got the leads in fact.

Nine events in ten are leads over half a year; the others are closings, absences and changed capacities.

Usage: python benchmarks/replay.py [--events 1000000] [--accounts 20000] [--reps 200]
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from rightful.plan import load_plan
from rightful.runs.replay import Replay, replay
from rightful.sample import write_sample

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 180
SAMPLE_LEADS = 20_000
HEADERS = {
    "FirstName": "first_name", "LastName": "last_name", "Company": "company", "Title": "title", "Email": "email",
    "Phone": "phone", "Website": "website", "City": "city", "State": "state", "PostalCode": "postal_code",
    "Country": "country", "NumberOfEmployees": "employees", "Industry": "industry", "LeadSource": "lead_source",
    "Product_Interest__c": "product_interest",
}  # fmt: skip
COLUMNS = (
    "kind",
    "at",
    "lead_id",
    *HEADERS.values(),
    "rep_id",
    "ends_at",
    "capacity",
    "actual_rep_id",
    "first_response_at",
)


def rows(events: int, leads: Sequence[dict[str, str]], reps: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Draw events in order of time; every lead is a person of its own, four companies in five occur once only."""
    dice = random.Random(1)
    open_leads: list[str] = []
    for number in range(events):
        at = START + timedelta(seconds=number * DAYS * 86_400 / events)
        kind = dice.choices(("lead", "closed", "absence", "capacity"), (90, 8, 1.5, 0.5))[0]
        if kind == "lead" or not open_leads:
            lead = {name: leads[number % len(leads)][header] for header, name in HEADERS.items()}
            lead["email"] = f"p{number}.{lead['email']}" if lead["email"] else ""
            if number >= len(leads) and dice.random() < 0.5:
                lead["company"] = f"{lead['company']} {number}"
            open_leads.append(f"E{number:07}")
            yield {
                "kind": "lead",
                "at": at.isoformat(),
                "lead_id": open_leads[-1],
                "actual_rep_id": dice.choice(reps),
                "first_response_at": (at + timedelta(minutes=dice.expovariate(1 / 240))).isoformat(),
                **lead,
            }
        elif kind == "closed":
            place = dice.randrange(len(open_leads))
            open_leads[place], open_leads[-1] = open_leads[-1], open_leads[place]
            yield {"kind": kind, "at": at.isoformat(), "lead_id": open_leads.pop()}
        elif kind == "absence":
            back = at + timedelta(days=dice.choice((1, 1, 2, 7, 14)))
            yield {"kind": kind, "at": at.isoformat(), "rep_id": dice.choice(reps), "ends_at": back.isoformat()}
        else:
            yield {
                "kind": kind,
                "at": at.isoformat(),
                "rep_id": dice.choice(reps),
                "capacity": dice.choice((200, 5000, "")),
            }


def write(folder: Path, events: int, accounts: int, reps: int) -> None:
    """Write the plan, its book and the events."""
    write_sample(folder, accounts=accounts, leads=SAMPLE_LEADS, reps=reps)
    with (folder / "book" / "leads.csv").open(encoding="utf-8", newline="") as file:
        leads = list(csv.DictReader(file))
    with (folder / "book" / "reps.csv").open(encoding="utf-8", newline="") as file:
        people = [row["rep_id"] for row in csv.DictReader(file)]
    with (folder / "events.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows(events, leads, people))


def measured(folder: Path) -> tuple[Replay, dict[str, float]]:
    """Replay, and give seconds of the clock by step."""
    times: dict[str, float] = {}
    last = ["", perf_counter()]

    def tell(title: str, _label: str, _done: int, _total: int) -> None:
        if title != last[0]:
            now = perf_counter()
            times[str(last[0])] = now - float(last[1])
            last[:] = [title, now]

    done = replay(load_plan(folder), folder / "events.csv", on_progress=tell)
    tell("", "", 0, 0)
    times.pop("", None)
    return done, times


def main() -> None:
    """Write, replay and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--reps", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "acme"
        write(folder, options.events, options.accounts, options.reps)
        cpu, wall = process_time(), perf_counter()
        done, times = measured(folder)
        cpu, wall = process_time() - cpu, perf_counter() - wall
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = done.comparison
        size = sum(path.stat().st_size for path in done.folder.iterdir()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{options.events:,} events ({', '.join(f'{count:,} {kind}' for kind, count in found.events.items())})")
    print(f"{options.accounts:,} accounts, {options.reps:,} reps; {found.changed:,} leads get another rep")
    print(
        f"{wall:.0f} s, {cpu + children.ru_utime + children.ru_stime:.0f} s of processor, {peak:,.0f} MB, {size:.0f} MB written"
    )
    for title, seconds in times.items():
        print(f"  {title:<45}{seconds:>7.1f} s")


if __name__ == "__main__":
    main()
