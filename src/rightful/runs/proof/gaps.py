"""Gaps: regions of field values for which no rule of a layer holds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rightful.errors import Place
from rightful.plan.section import place_of
from rightful.rules.proofs.ground import NOTHING
from rightful.rules.proofs.regions import Box, Region
from rightful.runs.proof.finding import Candidate, Severity, Stake, Told
from rightful.runs.proof.layer import LayerProof

__all__ = ["gaps"]

_MOST_BOXES = 40


def gaps(proof: LayerProof) -> Iterator[Candidate]:
    """Find the gaps of a layer, one finding per box; boxes may overlap.

    Raises:
        ChartTooLargeError: There are too many cases.
    """
    chart = proof.winners.renamed(lambda value: int(value == NOTHING))
    region = Region("gap", proof.surface, chart, _MOST_BOXES)
    places = (_place(proof),)
    for box in region.boxes:
        stake = _stake(proof, box)
        subject = (box.words(most=1_000_000),)
        yield Candidate("gap", _severity(proof, stake), proof.name, subject, partial(_told, proof, box), stake, places)
    if not region.is_complete:
        told = partial(_rest, region)
        yield Candidate("gap", Severity.WARNING, proof.name, ("more",), told, _stake(proof, region), places)


def _place(proof: LayerProof) -> Place:
    for rule in range(len(proof.rules.entries)):
        return Place(proof.place(rule).file)
    return place_of(proof.layer.layer, "assignment.yaml")


def _stake(proof: LayerProof, part: Box | Region[str]) -> Stake | None:
    return None if proof.holding is None else proof.holding.where(part.mask)


def _severity(proof: LayerProof, stake: Stake | None) -> Severity:
    if proof.layer.catch_all or not proof.layer.is_required:
        return Severity.NOTE
    return Severity.ERROR if stake and stake.records else Severity.WARNING


def _told(proof: LayerProof, box: Box) -> Told:
    words = str(box)
    if proof.layer.catch_all:
        return Told(
            f"only the catch-all {str(proof.layer.catch_all)!r} takes: {words}",
            "nothing, if it is meant so; else add a rule",
            (words,),
            box.witness(),
        )
    if not proof.layer.is_required:
        return Told(f"no territory for: {words}", "nothing: the layer is not required", (words,), box.witness())
    repair = f"add a rule with {_cells(box)}, or a catch_all to the layer"
    return Told(f"no territory for: {words}", repair, (words,), box.witness())


def _rest(region: Region[str]) -> Told:
    message = f"no territory for many more records than {_MOST_BOXES} regions describe"
    return Told(message, "add a catch_all to the layer, then look where it takes records", (), region.witness())


def _cells(box: Box) -> str:
    """Write the box as cells of a table, shortly."""
    return f"`{box.words(most=4)}`" if box.restricted else "empty cells"
