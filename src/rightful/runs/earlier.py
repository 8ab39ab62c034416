"""Take stages over from an earlier run: what two plans say alike is worked out once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rightful.plan import Plan
from rightful.runs.run import STAGE_NAMES, Run

__all__ = ["Earlier", "linked", "stages_alike"]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier run over the same book at the same instant, and the stages to take over from it.

    Attributes:
        run: The run.
        stages: The first stages in their order, the sources included; empty to take nothing over.
    """

    run: Run
    stages: tuple[str, ...]


def stages_alike(before: Plan, after: Plan) -> tuple[str, ...]:
    """Give the stages, from the first on, that two plans over the same book decide alike: they read the same words.

    Sources and quality are taken over together or not at all, for their counts belong together.
    """
    alike: list[str] = []
    for stage in STAGE_NAMES:
        if _READ[stage](before) != _READ[stage](after):
            break
        alike.append(stage)
    return tuple(alike) if len(alike) > 1 else ()


def linked(source: Path, target: Path) -> Path:
    """Put a file into another folder without copying it, where the disk can; runs never change their files."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        os.link(source, target)
        return target
    shutil.copyfile(source, target)
    return target


def _section(plan: Plan, name: str) -> Mapping[str, Any]:
    """Write a section as plain data, without the places in the files."""
    return dict(getattr(plan, name).model_dump(mode="json"))


def _quality(plan: Plan) -> object:
    general = plan.general
    # Duplicates are found by what names stand for as well.
    synonyms = plan.matching.spellings
    return (
        _section(plan, "quality"),
        general.time_zone,
        dict(general.currency_rates),
        general.default_currency,
        synonyms,
    )


def _assignment(plan: Plan) -> object:
    return _section(plan, "assignment"), dict(plan.lists), plan.general.time_zone


_READ: Mapping[str, Callable[[Plan], object]] = {
    "sources": lambda plan: (_section(plan, "sources"), plan.folder.resolve()),
    "quality": _quality,
    "segmentation": lambda plan: (_section(plan, "segmentation"), dict(plan.lists)),
    "hierarchy": lambda plan: _section(plan, "hierarchy"),
    "matching": lambda plan: (_section(plan, "matching"), dict(plan.lists)),
    "scoring": lambda plan: (_section(plan, "scoring"), dict(plan.lists)),
    "assignment": _assignment,
    "routing": lambda plan: (_section(plan, "routing"), _assignment(plan)),
}
"""What each stage reads of the plan."""
