"""Explain a record: what was done with it, stage by stage, in plain words and as data."""

from __future__ import annotations

from rightful.runs.why.explain import explain
from rightful.runs.why.explanation import Explanation, Part

__all__ = ["Explanation", "Part", "explain"]
