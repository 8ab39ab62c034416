"""Progress of long work: a bar on a terminal, a line per step elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from rightful.runs.pipeline import Progress as Tell

__all__ = ["shown_progress"]


@contextmanager
def shown_progress() -> Iterator[Tell]:
    """Show how far work has come on standard error; standard output stays for results."""
    console = Console(stderr=True)
    if not console.is_terminal:
        lines = _Lines()
        try:
            yield lines.tell
        finally:
            lines.finish()
        return
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description:<46}"),
        BarColumn(30),
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bars = _Bars(progress)
        yield bars.tell
        bars.finish()


class _Lines:
    """A line for each step that begins, with the seconds of the one before."""

    def __init__(self) -> None:
        self._title, self._started = "", monotonic()

    def tell(self, title: str, label: str, done: int, total: int) -> None:
        del label, done, total
        if title == self._title:
            return
        self.finish()
        self._title, self._started = title, monotonic()  # first, so that an interruption while writing ends the line
        sys.stderr.write(f"{title} ...")
        sys.stderr.flush()

    def finish(self) -> None:
        if self._title:
            sys.stderr.write(f" {monotonic() - self._started:.1f} s\n")
        self._title = ""


class _Bars:
    """A bar for each step; the count of what it works on beside it."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._title = ""
        self._task: TaskID | None = None

    def tell(self, title: str, label: str, done: int, total: int) -> None:
        if title != self._title:
            self.finish()
            self._title, self._task = title, self._progress.add_task(title, total=None, count="")
        if self._task is not None:
            count = f"{label} {done:,} of {total:,}" if total else label
            self._progress.update(self._task, completed=done, total=total or None, count=count)

    def finish(self) -> None:
        if self._task is not None:
            self._progress.update(self._task, completed=1, total=1, count="")
