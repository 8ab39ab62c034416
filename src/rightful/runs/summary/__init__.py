"""What a run came to, in figures: for a person at the terminal, for the report, for machines."""

from __future__ import annotations

from rightful.runs.summary.measure import summarise
from rightful.runs.summary.records import Summary
from rightful.runs.summary.text import lines_of

__all__ = ["Summary", "lines_of", "summarise"]
