"""Segmentation: region, industry group, segment and persona by the plan's rules; unknown is a value, never a drop."""

from __future__ import annotations

from rightful.stages.segmentation.decide import Segmentation, Segmenter
from rightful.stages.segmentation.run import STAGE

__all__ = ["STAGE", "Segmentation", "Segmenter"]
