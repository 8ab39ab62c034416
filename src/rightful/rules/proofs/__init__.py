"""Proofs about rules: the exact regions of field values that rules leave open, decide, fight over or decide differently."""

from rightful.rules.proofs.chart import ChartTooLargeError
from rightful.rules.proofs.domain import Domain, Domains
from rightful.rules.proofs.regions import Box, Region, changed_regions, regions_of

__all__ = ["Box", "ChartTooLargeError", "Domain", "Domains", "Region", "changed_regions", "regions_of"]
