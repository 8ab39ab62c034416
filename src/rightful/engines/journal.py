"""A journal on disk: entries in the order in which they were written, each whole or not there at all."""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rightful.errors import EngineError, Mistake, Place

if sys.platform != "win32":
    import fcntl

__all__ = ["Journal", "locked"]

Entry = Mapping[str, Any]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for, hold and give back a lock file; it goes with the process that holds it."""
    with path.open("ab") as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Journal:
    """Entries in a file that only grows; whoever reads it goes on where they stopped.

    A line holds a checksum and an entry. The last line may be torn, when a writer stopped in the middle of it: that entry was never
    acknowledged, readers stop before it, and the next writer cuts it off.

    Args:
        path: The file; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = 0

    def append(self, entries: Sequence[Entry]) -> None:
        """Write entries and wait until they are on disk. The journal must be locked and read to its end.

        Args:
            entries: Values that JSON knows.
        """
        lines = b"".join(_line(entry) for entry in entries)
        with self.path.open("ab") as file:
            file.truncate(self.place)
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        self.place += len(lines)

    def read(self) -> list[dict[str, Any]]:
        """Read the entries that came since the last time.

        Raises:
            EngineError: A line that is not the last is damaged.
        """
        if not self.path.is_file():
            return []
        with self.path.open("rb") as file:
            file.seek(self.place)
            content = file.read()
        entries = []
        for line in content.splitlines(keepends=True):
            entry = _entry(line)
            if entry is None:
                if line.endswith(b"\n") and self.place + len(line) < self.path.stat().st_size:
                    problem = f"the entry at byte {self.place:,} is damaged"
                    raise EngineError(Mistake(Place(str(self.path)), problem, remedy="make the index anew"))
                break
            entries.append(entry)
            self.place += len(line)
        return entries


def _line(entry: Entry) -> bytes:
    body = json.dumps(entry, ensure_ascii=True, sort_keys=True).encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _entry(line: bytes) -> dict[str, Any] | None:
    checksum, _, body = line.rstrip(b"\n").partition(b" ")
    is_whole = line.endswith(b"\n") and checksum == b"%08x" % zlib.crc32(body)
    return json.loads(body) if is_whole else None
