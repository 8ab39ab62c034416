"""The plan's section ``sources.yaml``."""

from __future__ import annotations

from rightful.plan.section import Section

__all__ = ["SourcesSection"]


class SourcesSection(Section):
    """What people declare for this stage."""
