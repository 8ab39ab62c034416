"""Logs as lines of JSON: ids, codes and timings, and no personal data.

A request is logged by the pattern of its route and the identifier of its key, never by its address, headers, body or what it was
answered. An error that is not ours is logged by its class and where it arose: its message may hold a value.
"""

from __future__ import annotations

import json
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO

from rightful.errors import EngineError, LedgerError

__all__ = ["Log", "frames_of"]

Value = str | int | float | bool | None
_MOST_FRAMES = 12


class Log:
    """Writes events as lines of JSON.

    Args:
        stream: Where to; standard error by default.
        clock: Gives the moment, in microseconds since 1970 UTC.
    """

    def __init__(self, clock: Callable[[], int], stream: IO[str] | None = None) -> None:
        self._clock, self._stream, self._lock = clock, stream or sys.stderr, threading.Lock()

    def tell(self, event: str, **values: Value) -> None:
        """Write an event with ids, codes and numbers."""
        moment = datetime.fromtimestamp(self._clock() / 1_000_000, UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": moment, "event": event, **values}, separators=(",", ":"))
        with self._lock:
            self._stream.write(line + "\n")
            self._stream.flush()

    def fail(self, event: str, error: BaseException, **values: Value) -> None:
        """Write an error by its class and where it arose; what a database says of itself is written too."""
        if isinstance(error, LedgerError | EngineError):
            values = {**values, "said": str(error).partition("\n")[0]}
        self.tell(event, error=type(error).__name__, frames=frames_of(error), **values)


def frames_of(error: BaseException) -> str:
    """Give where an error arose, innermost last: files, lines and functions, and nothing of what they held."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    return " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}" for frame in frames)
