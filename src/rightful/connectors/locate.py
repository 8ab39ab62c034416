"""Find where each table of the book is: what the plan names, else files of the book's folder by their name."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from rightful.connectors.csv_file import open_csv
from rightful.connectors.encoding import known_encoding
from rightful.connectors.excel_file import open_excel
from rightful.connectors.extract import Source
from rightful.connectors.json_lines import open_json_lines
from rightful.connectors.parquet_file import open_parquet
from rightful.connectors.sql import open_sql
from rightful.crm import OBJECT_OF_TABLE, OBJECTS, CrmObject
from rightful.errors import BookError, Mistake, Place, near_miss
from rightful.plan import Plan
from rightful.plan.section import Written
from rightful.plan.sources import TableSource

__all__ = ["Located", "locate", "open_source"]

_TEXT, _PARQUET, _WORKBOOK = (".csv", ".tsv", ".txt"), (".parquet", ".pq"), (".xlsx", ".xlsm")
_JSON = (".jsonl", ".ndjson")
_ENDINGS = (*_TEXT, *_PARQUET, *_WORKBOOK, *_JSON)
_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or another ZIP archive", _WORKBOOK),
    (b"PAR1", "a Parquet file", _PARQUET),
    (b"\x1f\x8b", "a gzip archive: unpack it first", ()),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Excel workbook: save it as .xlsx without a password", ()),
    (b"SQLite format 3\0", "an SQLite database: name it by `url: sqlite:///...`", ()),
)


@dataclass(frozen=True, slots=True)
class Located:
    """One file or database table that is to be read.

    Attributes:
        crm_object: What its rows are.
        declared: What the plan says of it; None for a file found in the book's folder.
        path: The file; None for a database.
        name: As ``source_file`` shows it: the path as written, relative to the plan's folder.
        place: Where the plan names it, or the file itself.
    """

    crm_object: CrmObject
    declared: TableSource | None
    path: Path | None
    name: str
    place: Place


def locate(plan: Plan) -> tuple[list[Located], list[Mistake]]:
    """Find every file and database table of the book, with what is wrong, in the order of the tables.

    A missing folder or an empty one is a mistake only where the plan names no source at all.
    """
    located: list[Located] = []
    mistakes: list[Mistake] = []
    folder = plan.folder / plan.sources.folder
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [path for path in files if not path.name.startswith((".", "~$"))]
    for crm_object in OBJECTS:
        sources = plan.sources.sources_of(crm_object.table)
        for declared in sources:
            located.extend(_declared(plan, crm_object, declared, mistakes))
        if not sources:
            located.extend(_discovered(plan, crm_object, files, mistakes))
    mistakes.extend(_misnamed(plan, files))
    if not located and not any(mistake.severity == "error" for mistake in mistakes):
        problem = "the folder of the book has no table" if folder.is_dir() else "there is no such folder"
        allowed = "files named as tables: " + ", ".join(f"{each.table}.csv" for each in OBJECTS)
        remedy = "put the CRM's exports there, or name them in sources.yaml"
        mistakes.append(Mistake(Place(plan.sources.folder), problem, allowed, remedy))
    return located, mistakes


def open_source(located: Located, plan: Plan) -> Source:
    """Open a file or a database table.

    Raises:
        BookError: It cannot be read.
    """
    declared = located.declared
    if located.path is None and declared:
        return open_sql(declared, plan.folder)
    path = located.path or plan.folder
    try:
        ending = _checked_ending(path, located)
        if ending in _PARQUET:
            return open_parquet(path, located.name)
        if ending in _WORKBOOK:
            return open_excel(path, located.name, _text(declared, "sheet"), located.crm_object.table)
        if ending in _JSON:
            return open_json_lines(path, located.name)
        delimiter = _text(declared, "delimiter", strip=False)
        encoding = _text(declared, "encoding")
        if encoding and declared and declared.encoding:
            encoding = known_encoding(encoding, declared.encoding.place)
        return open_csv(path, located.name, encoding, delimiter)
    except OSError as error:
        raise BookError(Mistake(located.place, f"{located.name} cannot be read: {error.strerror or error}")) from error


def _text(declared: TableSource | None, key: str, *, strip: bool = True) -> str | None:
    written: Written | None = getattr(declared, key, None)
    if written is None:
        return None
    return written.text.strip() if strip else written.text


def _declared(plan: Plan, crm_object: CrmObject, declared: TableSource, mistakes: list[Mistake]) -> Iterator[Located]:
    if declared.url:
        yield Located(crm_object, declared, None, declared.url.text, declared.url.place)
    for pattern in declared.patterns:
        names = _matches(plan.folder, pattern, mistakes)
        for name in names:
            path = plan.folder / name
            if path.is_dir():
                problem = f"{name!r} is a folder"
                remedy = "name a file, or a pattern such as `exports/*.csv`"
                mistakes.append(Mistake(pattern.place, problem, remedy=remedy))
                continue
            yield Located(crm_object, declared, path, name, pattern.place)


def _matches(folder: Path, pattern: Written, mistakes: list[Mistake]) -> list[str]:
    """Give the files that a name or a pattern means, sorted; a name is taken as it is where such a file exists."""
    if (folder / pattern.text).exists():
        return [pattern.text]
    if glob.has_magic(pattern.text):
        if found := sorted(glob.glob(pattern.text, root_dir=folder, recursive=True)):  # noqa: PTH207 - keeps absolute patterns working
            return [PurePath(name).as_posix() for name in found]
        mistakes.append(Mistake(pattern.place, f"no file matches {pattern.text!r}", remedy="check folder and pattern"))
        return []
    parent = (folder / pattern.text).parent
    near = sorted(path.name for path in parent.iterdir()) if parent.is_dir() else []
    problem = f"no such file {pattern.text!r}"
    name = PurePath(pattern.text).name
    mistakes.append(Mistake(pattern.place, problem, "a path in the plan's folder", near_miss(name, near)))
    return []


def _discovered(plan: Plan, crm_object: CrmObject, files: list[Path], mistakes: list[Mistake]) -> Iterator[Located]:
    named = [path for path in files if path.stem.casefold() == crm_object.table]
    for path in named[1:]:
        problem = f"{path.name} and {named[0].name} are both there for the {crm_object.table}"
        remedy = f"remove one, or name the files of {crm_object.table} in sources.yaml"
        mistakes.append(Mistake(Place(plan.sources.folder), problem, remedy=remedy))
    for path in named[:1]:
        name = (PurePath(plan.sources.folder) / path.name).as_posix()
        if path.is_dir():
            remedy = f"name its files in sources.yaml: `{crm_object.table}: {{file: {name}/*.csv}}`"
            mistakes.append(Mistake(Place(name), "this is a folder, not a file", remedy=remedy))
            continue
        yield Located(crm_object, None, path, name, Place(name))


def _misnamed(plan: Plan, files: list[Path]) -> Iterator[Mistake]:
    """Warn of files of the book's folder that are nearly named as a table."""
    tables = list(OBJECT_OF_TABLE)
    for path in files:
        if path.stem.casefold() in tables or path.suffix.casefold() not in _ENDINGS:
            continue
        near = near_miss(path.stem, tables, 80)
        if near:
            place = Place((PurePath(plan.sources.folder) / path.name).as_posix())
            yield Mistake(place, f"{path.stem!r} is no table: the file is not read", ", ".join(tables), near, "warning")


def _checked_ending(path: Path, located: Located) -> str:
    """Give a file's ending, and refuse one that does not fit the content."""
    ending = path.suffix.casefold()
    if ending not in _ENDINGS:
        problem = f"cannot read {located.name}: its name ends in {ending!r}"
        raise BookError(Mistake(located.place, problem, ", ".join(_ENDINGS), near_miss(ending, _ENDINGS)))
    with path.open("rb") as file:
        start = file.read(16)
    for magic, what, endings in _MAGIC:
        if start.startswith(magic) and ending not in endings:
            remedy = f"rename it to {path.stem}{endings[0]}" if endings else ""
            raise BookError(Mistake(located.place, f"{located.name} holds {what}", remedy=remedy))
    return ending
