"""Call the command line as a person would, in this process (quick) or in one of its own (to be killed)."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from dataclasses import dataclass
from unittest.mock import patch

from rightful.cli import main

__all__ = ["Done", "call", "start"]


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended: its exit code, and what it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that it said, on either stream."""
        return self.out + self.err


def call(*arguments: object) -> Done:
    """Call the command line; an exception that it does not turn into a message comes through."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", ["rightful", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as done:
            return Done(int(done.code or 0), out.getvalue(), err.getvalue())
    return Done(0, out.getvalue(), err.getvalue())


def start(*arguments: object) -> subprocess.Popen[str]:
    """Start the command line in a process of its own."""
    command = [sys.executable, "-c", "from rightful.cli import main; main()", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
