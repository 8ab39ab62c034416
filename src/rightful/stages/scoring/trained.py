"""Read a trained score: additive log-odds, so that every lead's probability splits into what each field added."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, isnan

from rightful.plan.trained_score import TrainedFeature, TrainedScore
from rightful.stages.scoring.interest import THOUSAND, ScorePart

__all__ = ["TRAINED_PART", "Contribution", "Likelihood", "likelihood_of", "trained_part"]

TRAINED_PART = "trained"
_SHOWN = 5
_LARGEST_LOG_ODDS = 30.0


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one field adds to the log-odds, and the value that it has."""

    field: str
    value: str
    log_odds: float


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Probability of conversion with what it is made of, in the order of the features."""

    probability: float
    contributions: tuple[Contribution, ...]


def likelihood_of(record: Mapping[str, object], trained: TrainedScore) -> Likelihood:
    """Say how likely a record converts.

    Args:
        record: Values by field; a field that the record lacks is blank.
        trained: Base and contributions, added in the order of its features.
    """
    contributions = tuple(_contribution(feature, record.get(feature.field)) for feature in trained.features)
    log_odds = sum((each.log_odds for each in contributions), trained.base)
    log_odds = max(-_LARGEST_LOG_ODDS, min(_LARGEST_LOG_ODDS, log_odds))
    return Likelihood(1 / (1 + exp(-log_odds)), contributions)


def trained_part(record: Mapping[str, object], trained: TrainedScore, most_points: float) -> ScorePart:
    """Turn the probability into points: ``most_points`` times the probability, to a thousandth.

    Returns:
        A part whose detail names the fields that moved the probability most.
    """
    found = likelihood_of(record, trained)
    strongest = sorted(
        (each for each in found.contributions if round(each.log_odds, 2)), key=lambda each: -abs(each.log_odds)
    )
    words = ", ".join(f"{each.field} = {each.value} {each.log_odds:+.2f}" for each in strongest[:_SHOWN])
    rest = len(strongest) - _SHOWN
    more = f", {rest} more" if rest > 0 else ""
    average = trained.conversions / trained.rows if trained.rows else 0.0
    detail = f"{found.probability:.1%} likely to convert (average {average:.1%})"
    points = round(found.probability * most_points * THOUSAND)
    return ScorePart(TRAINED_PART, points, f"{detail}: {words}{more}" if words else detail)


def _contribution(feature: TrainedFeature, value: object) -> Contribution:
    if isinstance(value, bool):
        value = "true" if value else "false"
    if value is None or value == "" or (isinstance(value, float) and isnan(value)):
        return Contribution(feature.field, "(blank)", feature.blank)
    if feature.is_number and isinstance(value, (int, float)):
        position = bisect_right(feature.edges, value)
        return Contribution(feature.field, _interval(feature.edges, position), feature.bins[position])
    text = str(value)
    if text in feature.levels:
        return Contribution(feature.field, text, feature.levels[text])
    return Contribution(feature.field, f"{text} (rare)", feature.other)


def _interval(edges: tuple[float, ...], position: int) -> str:
    if not edges:
        return "any number"
    if position == 0:
        return f"below {edges[0]:g}"
    if position == len(edges):
        return f"{edges[-1]:g} or more"
    return f"{edges[position - 1]:g} to below {edges[position]:g}"
