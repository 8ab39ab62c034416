"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AsJson", "PlanFolder", "RunFolder"]

PlanFolder = Annotated[Path, typer.Argument(metavar="PLAN", help="Folder of the plan.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
RunFolder = Annotated[
    Path | None, typer.Option("--run", help="Folder of a run; the newest by default.", show_default=False)
]
