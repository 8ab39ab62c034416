"""Print plain data for machines."""

from __future__ import annotations

import json
from typing import Any

import typer

__all__ = ["echo_json"]


def echo_json(content: Any) -> None:
    """Print plain data as JSON."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
