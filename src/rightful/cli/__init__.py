"""The command line, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import sys

from rightful.cli.app import app
from rightful.errors import BookError, EngineError, PlanError, RightfulError, RunError

__all__ = ["main"]

_EXIT_CODES: dict[type[RightfulError], int] = {PlanError: 1, BookError: 1, RunError: 3, EngineError: 4}


def main() -> None:
    """Run the command line.

    Exit codes: 0 all well; 1 mistakes in plan or book; 2 wrong use of the command line; 3 a run or record that is not
    there, or a run that was refused; 4 no memory or disk; 130 interrupted.
    """
    try:
        app()
    except RightfulError as error:
        for mistake in error.mistakes:
            sys.stderr.write(f"{mistake}\n")
        sys.exit(_EXIT_CODES.get(type(error), 1))
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing was written\n")
        sys.exit(130)
