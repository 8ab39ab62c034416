"""Rules that never decide anything: dead ones, which no record can meet, and shadowed ones, which others always beat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rightful.rules.conditions import OneOf
from rightful.rules.proofs.chart import paired
from rightful.rules.proofs.precedence import winner_chart
from rightful.rules.proofs.regions import Region
from rightful.rules.proofs.standing import Standing, reached
from rightful.rules.rule import atoms_in
from rightful.runs.proof.finding import Candidate, Severity, Stake, Told
from rightful.runs.proof.layer import LayerProof

__all__ = ["idle", "unproven_exclusions"]

_MOST_EXCLUSIONS = 40
_MOST_NAMED = 3


def idle(proof: LayerProof) -> Iterator[Candidate]:
    """Find the rules of a layer that never decide.

    Raises:
        ChartTooLargeError: There are too many cases.
    """
    for standing in proof.standings:
        rule = standing.rule
        is_exclusion = proof.rules.entries[rule].kind == "exclude"
        if not len(standing.winners) and _is_dead(proof, rule):
            told = partial(_dead, proof, rule)
            yield Candidate("dead", Severity.ERROR, proof.name, proof.subject(rule), told, None, (proof.place(rule),))
        elif not standing.wins and not is_exclusion:
            yield _shadowed(proof, standing)
    yield from _exclusions(proof)


def _is_dead(proof: LayerProof, rule: int) -> bool:
    """Tell whether no record meets a rule, apart from what exclusions take away."""
    chart = proof.ground.where(proof.ground.formulas[rule], inside=1, outside=0)
    return 1 not in reached(proof.surface, chart).tolist()


def unproven_exclusions(proof: LayerProof) -> int:
    """Count the exclusions that were not looked at: each takes a chart of its own."""
    return max(0, len(_working_exclusions(proof)) - _MOST_EXCLUSIONS)


def _dead(proof: LayerProof, rule: int) -> Told:
    return Told(
        f"no record can meet rule {proof.called(rule)}: {_why_dead(proof, rule)}",
        "correct its conditions, or delete it",
    )


def _why_dead(proof: LayerProof, rule: int) -> str:
    when = proof.ground.rules[rule].when
    for atom in atoms_in(when):
        domain = proof.surface.domains.get(atom.field)
        if isinstance(atom, OneOf) and domain and domain.values is not None and not atom.values & set(domain.values):
            named = ", ".join(sorted(atom.values)[:_MOST_NAMED])
            return f"{atom.field} is never {named} once it is cleaned"
    has_above = bool(proof.rules.ancestors.get(str(proof.rules.entries[rule].territory)))
    inherited = ", with what the territories above it ask for" if has_above else ""
    return f"its conditions exclude one another{inherited}"


def _shadowed(proof: LayerProof, standing: Standing) -> Candidate:
    rule = standing.rule
    severity = Severity.WARNING
    told = partial(_hidden, proof, standing)
    places = (proof.place(rule), *(proof.place(each) for each in standing.winners.tolist()[:_MOST_NAMED]))
    return Candidate("shadowed", severity, proof.name, proof.subject(rule), told, _stake(proof, rule), places)


def _region(proof: LayerProof, rule: int) -> Region[int]:
    chart = proof.ground.where(proof.ground.formulas[rule], inside=1, outside=0)
    return Region(rule, proof.surface, chart, 3)


def _stake(proof: LayerProof, rule: int) -> Stake | None:
    return None if proof.holding is None else proof.holding.of_rules.get(rule) or Stake.nothing()


def _hidden(proof: LayerProof, standing: Standing) -> Told:
    region = _region(proof, standing.rule)
    called = proof.called(standing.rule)
    winners = standing.winners.tolist()
    if not winners:
        return Told(
            f"rule {called} never decides: an exclusion takes away all that it includes",
            "delete it, or narrow the exclusion",
            _words(region),
            region.witness(),
            not region.is_complete,
        )
    named = "; ".join(proof.called(each) for each in winners[:_MOST_NAMED])
    more = f" and {len(winners) - _MOST_NAMED} more" if len(winners) > _MOST_NAMED else ""
    territories = {str(proof.rules.entries[each].territory) for each in winners}
    if territories == {str(proof.rules.entries[standing.rule].territory)}:
        repair = "delete it: the rules before it give the same territory"
    else:
        repair = "move it above them, give it a smaller priority, or delete it"
    message = f"rule {called} never decides: always before it is {named}{more}"
    return Told(message, repair, _words(region), region.witness(), not region.is_complete)


def _words(region: Region[int]) -> tuple[str, ...]:
    return tuple(str(box) for box in region.boxes)


def _working_exclusions(proof: LayerProof) -> Sequence[int]:
    return [
        standing.rule
        for standing in proof.standings
        if proof.rules.entries[standing.rule].kind == "exclude"
        and (len(standing.winners) or not _is_dead(proof, standing.rule))
    ]


def _exclusions(proof: LayerProof) -> Iterator[Candidate]:
    """Find the exclusions that take nothing away: without them the same rules would win."""
    for rule in _working_exclusions(proof)[:_MOST_EXCLUSIONS]:
        if not _matters(proof, rule):
            told = partial(_needless, proof, rule, str(proof.rules.entries[rule].territory))
            subject, places = proof.subject(rule), (proof.place(rule),)
            yield Candidate("shadowed", Severity.WARNING, proof.name, subject, told, None, places)


def _matters(proof: LayerProof, rule: int) -> bool:
    """Tell whether others would win somewhere without an exclusion."""
    if proof.leaders is None:
        chart, without = proof.winners, winner_chart(proof.ground, proof.precedence.without(rule))
    else:
        chart, without = proof.leaders.chart, proof.leaders.without(rule)
    differing = paired(chart, without, lambda one, other: int(one != other))
    return 1 in reached(proof.surface, differing, proof.ground.formulas[rule]).tolist()


def _needless(proof: LayerProof, rule: int, territory: str) -> Told:
    region = _region(proof, rule)
    return Told(
        f"exclusion {proof.called(rule)} takes nothing away: no rule of {territory!r} would win there",
        "delete it, or correct its conditions",
        _words(region),
        region.witness(),
        not region.is_complete,
    )
