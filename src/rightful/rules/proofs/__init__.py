"""Proofs about rules: the exact regions of field values that rules leave open, decide, fight over or decide differently."""

from rightful.rules.proofs.chart import ChartTooLargeError
from rightful.rules.proofs.domain import Domain, Domains
from rightful.rules.proofs.precedence import IN_ORDER, Precedence, winner_chart
from rightful.rules.proofs.regions import Box, Region, changed_regions, regions_of

__all__ = [
    "IN_ORDER",
    "Box",
    "ChartTooLargeError",
    "Domain",
    "Domains",
    "Precedence",
    "Region",
    "changed_regions",
    "regions_of",
    "winner_chart",
]
