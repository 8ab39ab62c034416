"""A change set as files that people open: what it does in words, its steps and what is held back as tables."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from rightful.connectors import write_table
from rightful.runs.changes.explain import Explained, steps_lines, summary_lines
from rightful.runs.changes.steps import Proposal

__all__ = ["write_files"]

_STEPS_IN_WORDS = 2_000


def write_files(explained: Explained, proposal: Proposal, time_zone: ZoneInfo, folder: Path) -> Path:
    """Write ``explain.txt``, ``steps.csv`` and ``held.csv``, and give the first.

    Args:
        explained: The change set, as the ledger has it.
        proposal: What it was made of.
        time_zone: Of the days.
        folder: Where.
    """
    steps = explained.steps.drop("detail", "state", "state_detail", "position")
    values = proposal.steps.select("number", "value_usd")
    write_table(steps.join(values, on="number", how="left", maintain_order="left").to_arrow(), folder / "steps.csv")
    write_table(proposal.held.to_arrow(), folder / "held.csv")
    lines = [*summary_lines(explained, time_zone), "", *steps_lines(explained, time_zone, _STEPS_IN_WORDS)]
    path = folder / "explain.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
