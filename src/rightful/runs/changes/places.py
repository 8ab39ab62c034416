"""Where the files of a change set are."""

from __future__ import annotations

from pathlib import Path

from rightful.plan import Plan

__all__ = ["folder_of"]


def folder_of(plan: Plan, change_set_id: str) -> Path:
    """Give the folder of a change set's files."""
    return plan.folder / "changes" / change_set_id
