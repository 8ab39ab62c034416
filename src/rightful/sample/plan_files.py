"""The plan of the sample: hand-written files from ``plan/``, and the tables that depend on the team and the book."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from rightful.sample.book import SampleBook
from rightful.sample.decisions import (
    corrections,
    manual_links,
    named_accounts,
    never_match,
    parents,
    pins,
    strategic_domains,
)
from rightful.sample.places import countries
from rightful.sample.shifts import holidays, pool_members, triage_members
from rightful.sample.territories import Row, coverage, geography, sales_regions, territory_tree

__all__ = ["write_plan"]

_GEOGRAPHY = """Which account belongs to which territory. Cells under field names are conditions; a blank cell is any.
A child inherits the conditions of the territories above it, so that rules of segments name the segment alone.
kind: include; exclude takes away what an include gives; override comes first and is not bound by the territories above.
family: how the family of an account placed by this row behaves; blank: as assignment.yaml says."""
_COVERAGE = """Who works which territory in which role. A rep may work several territories, a territory may have several reps.
weight: share of the territory's accounts relative to the other reps. A blank rep_id is a vacancy.
covers: the rep, or `vacancy`, for whom this one stands in between the two dates."""
_POOL = "Members of a pool; their order decides ties. weight: turns relative to the others."
_PINS = """Records that stay with a rep whatever the rules say. ends_on is the last day; a pin that has ended does nothing.
pin_class: a run can pass over a class of pins, to see what they cost."""


def write_plan(book: SampleBook, folder: Path, as_of: date) -> int:
    """Write the plan's files beside the book.

    Returns:
        The number of territories.
    """
    values = {"as_of": as_of.isoformat(), "currency_rates": _currency_rates(), "head": book.team.reps[0].rep_id}
    for name, template in _hand_written(resources.files("rightful.sample") / "plan"):
        text = template
        for key, value in values.items():
            text = text.replace(f"{{{key}}}", value)
        _write(folder / name, text)
    for name, comment, table in _tables(book, as_of):
        _write(folder / name, _csv(comment, table))
    return len(territory_tree())


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def _hand_written(folder: Traversable, under: str = "") -> Iterable[tuple[str, str]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            yield from _hand_written(each, f"{under}{each.name}/")
        elif each.name.endswith((".yaml", ".csv", ".txt", ".md")):
            yield f"{under}{each.name}", each.read_text("utf-8")


def _currency_rates() -> str:
    rates = sorted(set(countries().select("currency", "usd_per_unit").iter_rows()))
    return "".join(f"  {currency}: {rate:g}\n" for currency, rate in rates)


def _csv(comment: str, table: Sequence[Row]) -> str:
    text = io.StringIO()
    text.write("".join(f"# {line}\n" for line in comment.splitlines()))
    writer = csv.DictWriter(text, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()


def _tables(book: SampleBook, as_of: date) -> Iterable[tuple[str, str, Sequence[Row]]]:
    """Give the tables that are made: name of the file, comment at its top, rows."""
    return (
        (
            "territories.csv",
            "The territory tree. `type`: what opportunities prefer, see assignment.yaml.",
            territory_tree(),
        ),
        ("geography.csv", _GEOGRAPHY, geography()),
        (
            "regions.csv",
            "Sales regions by country, the United States by state. First row that holds wins.",
            sales_regions(),
        ),
        ("coverage.csv", _COVERAGE, coverage(book.team, as_of)),
        ("named_accounts.csv", "Accounts that this list places, by id or by domain.", named_accounts(book)),
        ("lists/strategic_domains.csv", "Domains whose segment is `strategic`.", strategic_domains(book)),
        ("pins.csv", _PINS, pins(book, as_of)),
        ("corrections.csv", "Values that a person put right; they are cleaned like any other.", corrections(book)),
        ("parents.csv", "Parents that people have decided; `none` is the top of a family.", parents(book)),
        ("pool_amer.csv", _POOL, pool_members(book.team, "amer")),
        ("pool_emea.csv", _POOL, pool_members(book.team, "emea")),
        ("pool_triage.csv", _POOL, triage_members(book.team)),
        ("holidays.csv", "Days without work. Blank countries: all reps.", holidays(as_of)),
        ("manual_links.csv", "Leads whose account a person has decided.", manual_links(book)),
        ("never_match.csv", "Namesakes: these never belong together.", never_match(book)),
    )
