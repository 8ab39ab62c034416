"""Hierarchy: parents, ultimate parents and families of accounts, with what they roll up to."""

from __future__ import annotations

from rightful.stages.hierarchy.path import ancestors
from rightful.stages.hierarchy.run import STAGE

__all__ = ["STAGE", "ancestors"]
