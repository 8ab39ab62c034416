"""One page that shows a run to people: a self-contained HTML file with charts, which loads nothing else."""

from __future__ import annotations

from rightful.runs.report.page import write_report

__all__ = ["write_report"]
