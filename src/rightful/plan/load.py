"""Load a plan: all mistakes at once, each with its place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from rightful.errors import Mistake, Place, PlanError, near_miss
from rightful.plan.document import Items, Keyed, read_csv, read_yaml
from rightful.plan.explain import mistakes_of
from rightful.plan.plan import SECTIONS, Plan
from rightful.plan.section import Scalar, Section

__all__ = ["load_plan", "plan_from"]

Texts = Mapping[str, str]

# What stands under this key is the name of a file with data, and stays a name.
_NAME_OF_FILE = "file"
# Keys that name what was trained: how it is made, and what stands in for it while it is being made.
_TRAINED = {
    "trained_score": (
        "run `rightful train`, which writes models/lead_score.json",
        '{"kind": "rightful trained score", "format": 1, "label": "", "rows": 0, "conversions": 0, "base": 0, "features": []}',
    ),
    "trained_weights": ("run `rightful match train`, which writes models/matching_weights.json", ""),
}


def load_plan(folder: Path | str, *, training: str = "") -> Plan:
    """Load the plan in a folder.

    Args:
        folder: Holds ``plan.yaml``, a file per section, CSV tables that they name, and ``lists/``; each may be left out.
        training: Key of what is about to be trained, ``trained_score`` or ``trained_weights``: the file that the plan names
            there is not read, be it missing, broken, or of columns that leads no longer have.

    Raises:
        PlanError: With every mistake found, each with file, line and column.
    """
    folder = Path(folder)
    if not folder.is_dir():
        problem = "no such plan folder" if not folder.exists() else "this is a file, a plan is a folder"
        raise PlanError(Mistake(Place(str(folder)), problem, remedy="make one with `rightful init FOLDER`"))
    mistakes: list[Mistake] = []
    texts = _Texts(folder, mistakes)
    mistakes.extend(_unknown_files(folder))
    return _load(folder, texts, texts.list_files(), mistakes, training)


def plan_from(texts: Texts, folder: Path | str = "plan") -> Plan:
    """Load a plan from texts by file name, such as ``{"plan.yaml": "name: Acme"}``; files left out are defaults.

    Raises:
        PlanError: With every mistake found.
    """
    lists = [name for name in texts if name.startswith("lists/")]
    return _load(Path(folder), texts.get, lists, [])


class _Texts:
    """Reads the folder's files as text, once each."""

    def __init__(self, folder: Path, mistakes: list[Mistake]) -> None:
        self._folder = folder
        self._mistakes = mistakes

    def list_files(self) -> list[str]:
        return sorted(
            f"lists/{path.name}" for path in (self._folder / "lists").glob("*") if path.suffix in {".csv", ".txt"}
        )

    def __call__(self, name: str) -> str | None:
        path = self._folder / name
        try:
            return path.read_bytes().decode("utf-8-sig")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            problem = f"byte {error.object[error.start]:#x} is no UTF-8"
            self._mistakes.append(
                Mistake(Place(name, line), problem, remedy="save the file as UTF-8 (`CSV UTF-8` in Excel)")
            )
            return ""
        except OSError as error:
            self._mistakes.append(Mistake(Place(name), f"cannot be read: {error.strerror}"))
            return ""


def _load(
    folder: Path,
    read: Callable[[str], str | None],
    list_files: list[str],
    mistakes: list[Mistake],
    training: str = "",
) -> Plan:
    used: dict[str, str] = {}

    def take(name: str) -> str | None:
        text = read(name)
        if text is not None:
            used[name] = text
        return text

    sections: dict[str, Any] = {}
    for name in SECTIONS:
        before = len(mistakes)
        section = _section(name, take, mistakes, training)
        sections[name] = _Unread() if _errors(mistakes[before:]) else section
    lists = {PurePosixPath(name).stem: _list(name, take(name) or "", mistakes) for name in list_files}
    general = sections.pop("plan")
    lists = _PartOfLists(lists) if isinstance(general, _Unread) else {**lists, **general.lists}
    digest = hashlib.sha256()
    for name in sorted(used):
        digest.update(f"{name}\0{used[name]}\0".encode())
    plan = Plan(folder, digest.hexdigest()[:16], general, lists, **sections)
    for section in (general, *sections.values()):
        if not isinstance(section, _Unread):
            mistakes.extend(_cross_checked(section, plan))
    if _errors(mistakes):
        raise PlanError(_in_order(_errors(mistakes)))
    return plan


class _UnreadError(Exception):
    """A check needs a part of the plan that could not be read, and has been told of already."""


class _Unread:
    """Stands for a section that could not be read: who looks at it cannot go on."""

    def __getattr__(self, name: str) -> Any:
        raise _UnreadError(name)


class _PartOfLists(dict[str, tuple[str, ...]]):
    """The lists of ``lists/`` alone, where those of ``plan.yaml`` could not be read."""

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        raise _UnreadError(name)


def _cross_checked(section: Section, plan: Plan) -> Iterator[Mistake]:
    """Check a section against the others, as far as they could be read: all mistakes at once, and none that follows from another."""
    try:
        yield from section.mistakes(plan)
    except _UnreadError:
        return


def _errors(mistakes: list[Mistake]) -> list[Mistake]:
    return [mistake for mistake in mistakes if mistake.severity == "error"]


def _in_order(mistakes: list[Mistake]) -> list[Mistake]:
    """Order mistakes by their places, files as they come; one of a whole column is told once, with the number of its rows."""
    files: dict[str, int] = {}
    alike: dict[tuple[Any, ...], list[Mistake]] = {}
    for mistake in dict.fromkeys(mistakes):
        place = mistake.place or Place("")
        files.setdefault(place.file, len(files))
        of_column = (place.file, place.column) if place.file.endswith(".csv") else (place,)
        alike.setdefault((*of_column, mistake.problem, mistake.remedy), []).append(mistake)
    told = [
        replace(first, problem=f"{first.problem} (here and in {len(more)} more rows)") if more else first
        for first, *more in alike.values()
    ]
    return sorted(told, key=lambda each: _position(each.place, files))


def _position(place: Place | None, files: Mapping[str, int]) -> tuple[int, int, int]:
    return (files[place.file], place.line or 0, place.column or 0) if place else (-1, 0, 0)


def _section(name: str, read: Callable[[str], str | None], mistakes: list[Mistake], training: str) -> Section | None:
    file = f"{name}.yaml"
    try:
        document = read_yaml(read(file) or "", file)
        if document.pop(training, None) and (untrained := _TRAINED[training][1]):
            document[training] = read_yaml(untrained, file)
        if name != "sources":
            document = _with_tables(document, read, mistakes)
    except PlanError as error:
        mistakes.extend(error.mistakes)
        return None
    try:
        return SECTIONS[name].model_validate(document)
    except ValidationError as error:
        mistakes.extend(mistakes_of(error, document, SECTIONS[name]))
        return None


def _with_tables(value: Any, read: Callable[[str], str | None], mistakes: list[Mistake], of_key: str = "") -> Any:
    """Put the rows of a CSV file, or what a JSON file holds, where the plan names one."""
    if isinstance(value, Scalar) and value.endswith((".csv", ".json")):
        is_table = value.endswith(".csv")
        nothing = Items(value.place) if is_table else None
        text = read(str(value))
        if text is None:
            remedy, _ = _TRAINED.get(of_key, ("", ""))
            mistakes.append(Mistake(value.place, f"no such file {str(value)!r}", "a path in the plan's folder", remedy))
            return nothing
        try:
            return read_csv(text, str(value)) if is_table else read_yaml(text, str(value))
        except PlanError as error:
            mistakes.extend(error.mistakes)
            return nothing
    if isinstance(value, Keyed):
        for key, child in value.items():
            if key != _NAME_OF_FILE:
                value[key] = _with_tables(child, read, mistakes, key)
    elif isinstance(value, Items):
        value[:] = [_with_tables(child, read, mistakes) for child in value]
    return value


def _list(name: str, text: str, mistakes: list[Mistake]) -> tuple[str, ...]:
    if name.endswith(".txt"):
        return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    try:
        rows = read_csv(text, name)
    except PlanError as error:
        mistakes.extend(error.mistakes)
        return ()
    return tuple(str(next(iter(row.values()))) for row in rows if row)


def _unknown_files(folder: Path) -> Iterator[Mistake]:
    """Point at YAML files that no section reads: a misspelt name would be passed over in silence."""
    names = [f"{name}.yaml" for name in SECTIONS]
    for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml"))):
        if path.name not in names:
            yield Mistake(
                Place(path.name),
                "no section of the plan has this file name",
                ", ".join(names),
                near_miss(path.name, names),
            )
