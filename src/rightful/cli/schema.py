"""The command ``rightful schema``: what the plan's files may hold."""

from __future__ import annotations

from typing import Annotated

import typer

from rightful.cli.show import echo_json
from rightful.plan.schema import plan_schema

__all__ = ["schema_command"]


def schema_command(
    section: Annotated[str, typer.Argument(help="Section, such as quality; all sections when left out.")] = "",
) -> None:
    """Print the JSON Schema of the plan's files, for completion in editors."""
    echo_json(plan_schema(section))
