"""The command line: thin commands over the Python API."""

from __future__ import annotations

from rightful.cli.app import main

__all__ = ["main"]
