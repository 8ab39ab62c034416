"""Put a changed plan in force without a restart; one that does not load changes nothing, and is told of."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rightful.api.port import Desk
from rightful.errors import RightfulError
from rightful.plan import Plan

__all__ = ["Reloaded", "Reloader"]

Fingerprint = frozenset[tuple[str, int, int]]
_NOT_OF_PLAN = frozenset({"runs", "book"})
_READ = (".yaml", ".yml", ".csv", ".txt", ".json")


@dataclass(frozen=True, slots=True)
class Reloaded:
    """How a plan came, or did not come, in force.

    Attributes:
        version: Of the plan that is in force.
        is_changed: Whether another came in force.
        error: Why the files could not be put in force; None where they are.
    """

    version: str
    is_changed: bool
    error: RightfulError | None = None


class Reloader:
    """Loads the plan of a folder when asked, or when its files have changed.

    Args:
        desk: Whose plan it is.
        folder: The plan's.
        load: Loads a plan.
        now: Gives the moment as text.
    """

    def __init__(self, desk: Desk, folder: Path, load: Callable[[Path], Plan], now: Callable[[], str]) -> None:
        self._desk, self._folder, self._load, self._now = desk, folder, load, now
        self._lock = threading.Lock()
        self._seen = fingerprint(folder)
        self.loaded_at = now()
        self.last = Reloaded(desk.plan.version, is_changed=False)

    def reload(self) -> Reloaded:
        """Load the plan as its files are now, and put it in force where it is another one."""
        with self._lock:
            self._seen = fingerprint(self._folder)
            self.last = self._reloaded()
            return self.last

    def reload_if_changed(self) -> Reloaded | None:
        """Load the plan when its files are not those that were seen last; None where they are."""
        return self.reload() if fingerprint(self._folder) != self._seen else None

    def _reloaded(self) -> Reloaded:
        try:
            plan = self._load(self._folder)
            is_changed = plan.version != self._desk.plan.version
            if is_changed:
                self._desk.use(plan)
                self.loaded_at = self._now()
        except RightfulError as error:
            return Reloaded(self._desk.plan.version, is_changed=False, error=error)
        return Reloaded(plan.version, is_changed)


def fingerprint(folder: Path) -> Fingerprint:
    """Give names, sizes and times of the files that a plan may be read from."""
    found: set[tuple[str, int, int]] = set()
    waiting = [folder]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        for entry in entries:
            if entry.name.startswith(".") or (entry.name in _NOT_OF_PLAN and Path(entry.path).parent == folder):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            elif entry.name.endswith(_READ):
                found.add(_stamp(entry))
    return frozenset(found)


def _stamp(entry: os.DirEntry[str]) -> tuple[str, int, int]:
    try:
        about = entry.stat()
    except OSError:  # gone meanwhile, which is a change
        return (entry.path, -1, -1)
    return (entry.path, about.st_mtime_ns, about.st_size)
