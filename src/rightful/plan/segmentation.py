"""The plan's section ``segmentation.yaml``."""

from __future__ import annotations

from rightful.plan.section import Section

__all__ = ["SegmentationSection"]


class SegmentationSection(Section):
    """What people declare for this stage."""
