"""The plan's section ``quality.yaml``."""

from __future__ import annotations

from rightful.plan.section import Section

__all__ = ["QualitySection"]


class QualitySection(Section):
    """What people declare for this stage."""
