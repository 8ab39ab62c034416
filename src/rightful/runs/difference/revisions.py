"""Open a plan by its folder, or as it stood in a revision of git: ``v1.2:acme``."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rightful.errors import Mistake, Place, PlanError
from rightful.plan import Plan, load_plan

__all__ = ["NamedPlan", "opened_plans"]

_FORMS = "a folder such as `acme`, or a revision of it such as `main:acme`"


@dataclass(frozen=True, slots=True)
class NamedPlan:
    """A plan, how it was named, and where it is worked on.

    Attributes:
        name: What the person wrote: ``acme`` or ``main:acme``.
        plan: The plan; of a revision, read from a temporary folder.
        folder: The folder of today, where the book lies: books are seldom in git. It may be missing.
    """

    name: str
    plan: Plan
    folder: Path


@contextmanager
def opened_plans(*names: str) -> Iterator[tuple[NamedPlan, ...]]:
    """Load plans by name; what comes from git is written to a temporary folder, which goes at the end.

    Raises:
        PlanError: A folder or revision does not exist, git is missing, or a plan has mistakes.
    """
    with TemporaryDirectory(prefix="rightful-") as temporary:
        yield tuple(_opened(name, Path(temporary) / str(number)) for number, name in enumerate(names))


def _opened(name: str, temporary: Path) -> NamedPlan:
    folder = Path(name)
    revision, colon, path = name.partition(":")
    if folder.exists() or not colon or not revision or not path:
        return NamedPlan(name, load_plan(folder), folder)
    written = _written(revision, Path(path), temporary)
    try:
        return NamedPlan(name, load_plan(written), Path(path))
    except PlanError as error:
        raise PlanError(Mistake(Place(name), str(error))) from error


def _written(revision: str, folder: Path, temporary: Path) -> Path:
    """Write a folder as it stood in a revision; gives the written folder, which has the same name."""
    top = _repository(folder)
    inside = folder.resolve().relative_to(top)
    place = Place(f"{revision}:{folder}")
    if _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").returncode:
        known = _git(top, "log", "-5", "--format=%h").stdout.decode().split()
        raise PlanError(Mistake(place, f"unknown revision {revision!r}", f"branches, tags and commits: {known}"))
    archive = _git(top, "archive", "--format=tar", revision, "--", inside.as_posix())
    if archive.returncode:
        problem = f"revision {revision!r} has no folder {inside.as_posix()!r}"
        raise PlanError(Mistake(place, problem, _FORMS, "name the folder as it was called then"))
    target = temporary / folder.resolve().name
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
        packed.extractall(temporary / "tree", filter="data")
    shutil.move(temporary / "tree" / inside, target)
    return target


def _repository(folder: Path) -> Path:
    """Find the top of the repository that the folder lies in, or once lay in."""
    there = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.is_dir())
    found = _git(there, "rev-parse", "--show-toplevel")
    if found.returncode:
        problem = "no git repository holds this folder"
        raise PlanError(Mistake(Place(str(folder)), problem, _FORMS, "name two folders"))
    return Path(found.stdout.decode().strip()).resolve()


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("git")
    if program is None:
        raise PlanError(Mistake(None, "revisions need the program git", _FORMS, "install git, or name two folders"))
    command = [program, "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - git of the path, arguments are no shell
