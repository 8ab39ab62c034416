"""Put the figures and charts of a run onto one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from rightful.runs.proof import Proof
from rightful.runs.proof.text import summary_of
from rightful.runs.report.charts import Column, Part
from rightful.runs.report.facts import BINS, Bin, Facts, facts_of
from rightful.runs.report.places import US_TILES, country_name, us_tiles
from rightful.runs.report.sheet import MOST_ROWS, fill_page
from rightful.runs.run import Run
from rightful.runs.summary import Summary
from rightful.runs.summary.figures import count, dollars, share
from rightful.runs.summary.records import FieldQuality, RepLoad, TerritoryCoverage

__all__ = ["write_report"]

_LEAST_IN_US = 50
"""Accounts in the United States from which on a map of its states tells something."""

_REASONS = {
    "taken_from": "taken from a duplicate",
    "words": "read from words",
    "picklist": "read from a picklist",
    "unknown": "not known",
}
"""Codes that say too little by themselves."""


def write_report(run: Run, summary: Summary, path: Path, proof: Proof | None = None) -> None:
    """Write the report of a run: one HTML file that loads nothing else, for screen and paper, light and dark.

    Tables are cut after 30 rows and say how many follow, so the page stays small however large the book is.
    """
    path.write_text(page_of(run, summary, proof), encoding="utf-8")


def page_of(run: Run, summary: Summary, proof: Proof | None = None) -> str:
    """Make the page as text."""
    filters = {"because": because, "plain": plain, "ticks": ticks}
    return fill_page("rightful.runs.report", "report.html.j2", _content(run, summary, proof), filters)


def _content(run: Run, summary: Summary, proof: Proof | None) -> dict[str, Any]:
    facts = facts_of(run, summary)
    return {
        "summary": summary,
        "facts": facts,
        "headline": headline(summary),
        "layers": _layers(summary.territories),
        "quality": _quality_by_table(summary.fields),
        "busiest": _busiest(summary.reps),
        "team_values": _team_values(summary.reps),
        "probabilities": {table: _columns(bins) for table, bins in facts.probabilities.items()},
        "proof": proof,
        "proven": summary_of(proof) if proof else "",
        "findings": proof.findings(MOST_ROWS) if proof else (),
        "us": us_tiles(facts.us_states) if _is_us(facts) else None,
        "command": command_of(run),
        "country_name": country_name,
    }


def headline(summary: Summary) -> tuple[tuple[str, str, str], ...]:
    """Give the cards on top: what, its figure, and what stands below."""
    read, kept = (sum(getattr(row, part) for row in summary.rows) for part in ("read", "kept"))
    merged, aside = (sum(getattr(row, part) for row in summary.rows) for part in ("merged", "quarantined"))
    tidied, filled = (sum(getattr(each, part) for each in summary.fields) for part in ("tidied", "filled_in"))
    owners = {each.table: each for each in summary.placed}
    matched = next(each for each in summary.matches if each.table == "leads")
    open_cases = [each for each in summary.exceptions if each.needs_somebody]
    stuck, value = sum(each.records for each in open_cases), sum(each.value_usd or 0 for each in open_cases)
    idle = sum(each.records for each in summary.exceptions) - stuck
    accounts, work, leads = owners["accounts"], owners["opportunities"], owners["leads"]
    return (
        ("Exceptions", count(stuck), _worth(stuck, value, idle)),
        ("Accounts with owner", share(accounts.with_rep, accounts.records), _of(accounts.with_rep, accounts.records)),
        ("Opportunities with owner", share(work.with_rep, work.records), _of(work.with_rep, work.records)),
        ("Leads with a rep now", share(leads.with_rep, leads.records), _of(leads.with_rep, leads.records)),
        ("Leads with an account", share(matched.matched, matched.records), f"{count(matched.review)} to review"),
        ("Cells put in order", count(tidied + filled), f"{count(filled)} of them were blank"),
        ("Rows read", count(read), f"{count(kept)} kept, {count(merged)} merged, {count(aside)} in quarantine"),
    )


def _worth(stuck: int, value: float, idle: int) -> str:
    if not stuck:
        return f"every record has a rep, but for {count(idle)} that need none" if idle else "every record has a rep"
    worth = f"worth {dollars(value)}" if value else "no known value"
    return f"{worth}; {count(idle)} more need nobody" if idle else worth


def _of(part: int, whole: int) -> str:
    return f"{count(part)} of {count(whole)}"


def _layers(territories: Sequence[TerritoryCoverage]) -> dict[str, list[TerritoryCoverage]]:
    layers: dict[str, list[TerritoryCoverage]] = {}
    for territory in territories:
        layers.setdefault(territory.layer, []).append(territory)
    return layers


def _quality_by_table(fields: Sequence[FieldQuality]) -> dict[str, list[FieldQuality]]:
    tables: dict[str, list[FieldQuality]] = {}
    for quality in fields:
        tables.setdefault(quality.table, []).append(quality)
    return tables


def _busiest(reps: Sequence[RepLoad]) -> list[RepLoad]:
    """Put the reps who hold most accounts first, then those with most open work and leads."""
    return sorted(reps, key=lambda rep: (-rep.accounts, -rep.open_opportunities, -rep.leads, rep.rep_id))


def _team_values(reps: Sequence[RepLoad]) -> dict[str, list[float]]:
    """Give the accounts of each active rep, by team."""
    values: dict[str, list[float]] = {}
    for rep in reps:
        if rep.is_active:
            values.setdefault(rep.team or "no team", []).append(rep.accounts)
    return values


def _columns(bins: Sequence[Bin]) -> tuple[Column, ...]:
    width = 100 // BINS
    return tuple(
        Column(
            f"{at * width}–{(at + 1) * width}%",
            (
                Part("matched", each.matched, "a"),
                Part("to review", each.review, "c"),
                Part("not matched", each.unmatched, "quiet"),
            ),
            edge="" if at % 4 else f"{at * width}%",
        )
        for at, each in enumerate(bins)
    )


def _is_us(facts: Facts) -> bool:
    return sum(place.accounts for place in facts.us_states if place.code in US_TILES) >= _LEAST_IN_US


def command_of(run: Run) -> str:
    """Give the command that repeats the run; where the plan is stands for itself, so that the page is the same everywhere."""
    return f"rightful run PLAN --as-of {run.manifest.as_of:%Y-%m-%dT%H:%M:%SZ}"


def plain(code: str) -> str:
    """Write a code as words."""
    return code.replace("_", " ")


def because(code: str) -> str:
    """Write a code of ``quality_reason`` as words."""
    return _REASONS.get(code, plain(code))


def ticks(words: str) -> Markup:
    """Set what stands between backticks as code."""
    parts = words.split("`")
    marked = (Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts))
    return Markup("").join(marked) if len(parts) % 2 else escape(words)
