"""Where a run is written: absent or complete, whatever happens meanwhile.

A run is made in a hidden folder beside its place and moved there when it is whole. The maker holds a lock on the hidden folder;
the system lets go of it when the process ends, however it ends, so that leftovers are told from work in progress. Windows has no
such lock: there a leftover stays until the next run of the same name.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rightful.errors import EngineError, Mistake, Place, RunError

if sys.platform != "win32":
    import fcntl

__all__ = ["MANIFEST", "folder_of_run", "point_at", "remove_leftovers"]

MANIFEST = "manifest.json"
"""The file that only a complete run has: it is written last."""
_PARTIAL, _OLD = ".partial", ".old"


@contextmanager
def folder_of_run(final: Path) -> Iterator[Path]:
    """Give a folder to write a run into; it takes its place when all went well, else nothing of it stays.

    A run that is already in the place stays until the new one is whole, and comes back where the exchange fails.

    Args:
        final: The place. It must be absent, empty, or hold a run.

    Raises:
        RunError: The place holds something else, or another process is writing a run there.
        EngineError: The disk is full, or the folder may not be written.
    """
    final = final.resolve()
    _refuse_what_is_no_run(final)
    _put_back(final)
    partial = _hidden(final, _PARTIAL)
    try:
        lock = _claimed(partial)
        try:
            yield partial
            _exchange(partial, final)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
            os.close(lock)
    except OSError as error:
        place = Place(str(error.filename or final))
        problem = f"the run cannot be written: {error.strerror or error}"
        raise EngineError(Mistake(place, problem, remedy="check the disk's space and rights")) from error


def remove_leftovers(runs: Path) -> None:
    """Remove what processes that were killed have left in a plan's folder of runs; work in progress stays."""
    for path in runs.glob(f".*{_OLD}"):
        _put_back(path.with_name(path.name.removeprefix(".").removesuffix(_OLD)))
    for path in runs.glob(f".*{_PARTIAL}") if sys.platform != "win32" else ():
        lock = _locked(path)
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def point_at(final: Path, pointer: Path) -> None:
    """Write a run's name into the file that says which run is the newest; a reader sees the old name or the new one."""
    partial = pointer.with_name(f".{pointer.name}.{os.getpid()}{_PARTIAL}")
    try:
        partial.write_text(final.name, encoding="utf-8")
        partial.replace(pointer)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        problem = f"the run is complete, but it cannot be noted as the newest: {error.strerror or error}"
        remedy = f"check the disk's space and rights; read it by `--run {final}`"
        raise EngineError(Mistake(Place(str(pointer)), problem, remedy=remedy)) from error


def _hidden(final: Path, ending: str) -> Path:
    return final.with_name(f".{final.name}{ending}")


def _refuse_what_is_no_run(final: Path) -> None:
    """Refuse to replace what Rightful has not made: a mistyped ``--out`` must not cost anyone a folder."""
    is_free = not final.exists() or (final.is_dir() and ((final / MANIFEST).is_file() or not any(final.iterdir())))
    if not is_free:
        what = "this folder holds other things than a run" if final.is_dir() else "this is a file"
        allowed = "a new folder, an empty one, or one with a run to replace"
        raise RunError(Mistake(Place(str(final)), what, allowed, "choose another name"))


def _claimed(partial: Path) -> int:
    """Make the hidden folder and lock it; a leftover of a killed process is removed first."""
    while True:
        partial.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            partial.mkdir()
        lock = _locked(partial)
        if lock is None:
            problem, remedy = "another process is writing this run", "wait for it, or choose another folder with --out"
            raise RunError(Mistake(Place(str(partial)), problem, remedy=remedy))
        if not any(partial.iterdir()):
            return lock
        shutil.rmtree(partial)
        os.close(lock)


def _locked(folder: Path) -> int | None:
    """Lock a folder and give the handle that holds the lock; None when another process has it, or has just removed it."""
    if sys.platform == "win32":
        return os.open(os.devnull, os.O_RDONLY)
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), folder.stat()):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(handle)
    return None


def _exchange(partial: Path, final: Path) -> None:
    """Put the new run in its place; the old one is deleted only then."""
    old = _hidden(final, _OLD)
    if final.exists():
        final.rename(old)
    try:
        partial.rename(final)
    except BaseException:
        _put_back(final)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _put_back(final: Path) -> None:
    """Mend an exchange that was cut short: the old run comes back where the new one did not arrive."""
    old = _hidden(final, _OLD)
    if not old.exists():
        return
    if final.exists():
        shutil.rmtree(old, ignore_errors=True)
    else:
        old.rename(final)
