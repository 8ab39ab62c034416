"""Where the files of a change set are, and where the CRM is told."""

from __future__ import annotations

from pathlib import Path

from rightful.connectors.writeback import FilesWriteBack, WriteBack
from rightful.plan import Plan

__all__ = ["folder_of", "write_back_of"]


def folder_of(plan: Plan, change_set_id: str) -> Path:
    """Give the folder of a change set's files."""
    return plan.folder / "changes" / change_set_id


def write_back_of(plan: Plan) -> WriteBack | None:
    """Give where the CRM is told by the plan; None where it is not. Batches of a change set lie in its folder."""
    target = plan.changes.write_back
    return FilesWriteBack(plan.folder / "changes", target.format) if target.target == "files" else None
