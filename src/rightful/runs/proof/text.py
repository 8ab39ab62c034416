"""A proof as a person reads it at the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from rightful.runs.proof.finding import KINDS, Finding, Proof, Severity, Stake
from rightful.runs.summary.figures import count, dollars, share, short

__all__ = ["lines_of", "short_lines", "summary_of", "worth"]

_MOST_REGIONS = 3
_LONGEST = 400


def lines_of(proof: Proof, most: int, least: Severity) -> Iterator[str]:
    """Give a proof as lines: what it is of, the findings, what was left out.

    Args:
        proof: The proof.
        most: How many findings are shown; 0 for all.
        least: Findings of less severity are counted, and not shown.
    """
    yield f"{proof.plan_name} (version {proof.plan_version[:8]}): {summary_of(proof)}"
    if proof.book:
        yield f"Counted on {count(proof.accounts)} accounts of {proof.book}"
    for note in proof.unproven:
        yield f"Mind: {note}"
    for finding in proof.findings(most, least):
        yield ""
        yield from _block(finding)
    left = proof.at_least(least) - most if most else 0
    if left > 0:
        yield ""
        yield f"and {count(left)} more: `--most 0` shows all"
    hidden = len(proof.candidates) - proof.at_least(least)
    if hidden:
        kinds = Counter(each.kind for each in proof.candidates if each.severity.rank > least.rank)
        yield ""
        yield f"Not shown: {_listed(kinds)} of less severity; `--least note` shows them"


def short_lines(proof: Proof, most: int, folder: Path) -> Iterator[str]:
    """Give the worst findings, one line each, and where to see all."""
    yield f"Proof: {summary_of(proof)}"
    for note in proof.unproven:
        yield f"  mind: {note}"
    for finding in proof.findings(most, Severity.WARNING):
        who = f" ({count(finding.stake.records)} accounts)" if finding.stake and finding.stake.records else ""
        yield f"  {finding.severity}: {finding.kind} in {finding.where}: {short(_one_line(finding.message), 200)}{who}"
    if proof.candidates:
        yield f"  All of them, with regions and places: rightful prove {quote(str(folder))}"


def summary_of(proof: Proof) -> str:
    """Count the findings by severity, in words."""
    counts = [(severity, proof.count(severity)) for severity in Severity]
    found = ", ".join(_many(number, severity) for severity, number in counts if number)
    accepted = f"; {count(proof.accepted)} accepted by the baseline" if proof.accepted else ""
    gone = f"; {count(proof.gone)} of the baseline are gone" if proof.gone else ""
    return (found or "nothing found") + accepted + gone


def worth(stake: Stake) -> str:
    """Say what of the book a finding concerns."""
    if not stake.records:
        return "no account of the book"
    who = f"{count(stake.records)} account{'' if stake.records == 1 else 's'}"
    value = [f"{dollars(stake.open_pipeline_usd)} open pipeline"] if stake.open_pipeline_usd else []
    value += [f"{dollars(stake.annual_revenue_usd)} revenue"] if stake.annual_revenue_usd else []
    example = f"such as {stake.example}"
    return ", ".join([f"{who} ({share(stake.share, 1)})", *value, example])


def _block(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity.upper()} {finding.kind} in {finding.where}: {short(_one_line(finding.message), _LONGEST)}"
    for region in finding.regions[:_MOST_REGIONS]:
        if region not in finding.message:
            yield f"    where {short(_one_line(region), _LONGEST)}"
    if finding.has_more or len(finding.regions) > _MOST_REGIONS:
        yield "    and in more regions"
    if finding.stake is not None:
        yield f"    {worth(finding.stake)}"
    places = ", ".join(f"{place.file}:{place.line}" if place.line else place.file for place in finding.places)
    if places:
        yield f"    at {places}"
    yield f"    {finding.repair[:1].upper()}{finding.repair[1:]}"


def _listed(kinds: Counter[str]) -> str:
    return ", ".join(_many(kinds[kind], kind) for kind in KINDS if kinds[kind])


_PLURALS = {"vacancy": "vacancies", "shadowed": "shadowed", "dead": "dead", "unreachable": "unreachable"}


def _many(number: int, what: str) -> str:
    return f"{count(number)} {what if number == 1 else _PLURALS.get(what, f'{what}s')}"


def _one_line(words: str) -> str:
    """Blank out control characters: names in a plan or a CRM may hold them, and a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in words)
