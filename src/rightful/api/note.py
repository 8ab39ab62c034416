"""Where the desk of a plan is served on this computer: a note in the plan's folder, for this computer's own programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Note", "announced", "read_note"]

_NAME = ".serving.json"


@dataclass(frozen=True, slots=True)
class Note:
    """Where a desk is served, and how to look at it.

    Attributes:
        url: Where.
        key: A key that may look, of the server's own making; it ends with the server.
        certificate: File of the TLS certificate; empty for plain HTTP.
        pid: The server's process.
    """

    url: str
    key: str
    certificate: str
    pid: int


@contextmanager
def announced(folder: Path, note: Note) -> Iterator[None]:
    """Keep a note, in a file that only its user can read, while the block runs."""
    path = folder / _NAME
    half = folder / f"{_NAME}.{note.pid}"
    half.touch(mode=0o600)
    half.write_text(json.dumps(asdict(note)), encoding="utf-8")
    half.replace(path)
    try:
        yield
    finally:
        if read_note(folder) == note:  # and not that of a server that came later
            path.unlink()


def read_note(folder: Path) -> Note | None:
    """Give the note of a plan's folder; None where there is none."""
    try:
        return Note(**json.loads((folder / _NAME).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
