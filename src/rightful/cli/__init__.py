"""The command line, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import sys
from typing import NoReturn

from rightful.cli.app import app
from rightful.errors import BookError, DeskError, EngineError, LedgerError, PlanError, RightfulError, RunError

__all__ = ["main"]

_EXIT_CODES: dict[type[RightfulError], int] = {
    PlanError: 1,
    BookError: 1,
    RunError: 3,
    LedgerError: 3,
    DeskError: 3,
    EngineError: 4,
}
_INTERRUPTED = 130


def main() -> None:
    """Run the command line.

    Exit codes: 0 all well; 1 mistakes in plan or book; 2 wrong use of the command line; 3 a run or record that is not
    there, or a run, a change of the ledger or a command of the desk that was refused; 4 no memory or disk; 130 interrupted.
    """
    try:
        app()
    except RightfulError as error:
        _leave(_exit_code(type(error)), *(str(mistake) for mistake in error.mistakes))
    except MemoryError as error:
        _leave(4, f"there is not enough memory: {error or 'close other programs, or allow less by --memory'}")
    except OSError as error:
        _leave(4, f"{error.filename or 'the disk'}: {error.strerror or error}. Check the disk's space and rights.")
    except KeyboardInterrupt:
        _leave(_INTERRUPTED, "interrupted; nothing was written")
    except SystemExit as done:
        if done.code == _INTERRUPTED:  # typer has seen the interruption, and says nothing
            _leave(_INTERRUPTED, "interrupted; nothing was written")
        raise


def _exit_code(error: type[RightfulError]) -> int:
    return next((_EXIT_CODES[each] for each in error.__mro__ if each in _EXIT_CODES), 1)


def _leave(code: int, *lines: str) -> NoReturn:
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.exit(code)
