"""Read a plan file into values that know their place: YAML as mappings and lists, CSV as rows.

Scalars stay text until a section types them: to YAML's own rules ``NO`` is a boolean and ``02134`` an octal number, to a
CRM both are data. Repeated keys, anchors and aliases are refused: the first loses what a person wrote, the others let a
small file unfold into an endless one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from yaml.reader import ReaderError

from rightful.errors import Mistake, Place, PlanError
from rightful.plan.section import Scalar

__all__ = ["Items", "Keyed", "read_csv", "read_yaml"]

_MAX_DEPTH = 40
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Keyed(dict[str, Any]):
    """A mapping of a plan file; knows its place and that of each key."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.key_places: dict[str, Place] = {}


class Items(list[Any]):
    """A list of a plan file; knows its place."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


def read_yaml(text: str, file: str) -> Keyed:
    """Read a YAML mapping.

    Raises:
        PlanError: The text is no YAML, its top is no mapping, it repeats a key, nests too deeply, or uses anchors.
    """
    try:
        document = _build(yaml.parse(text, Loader=yaml.CSafeLoader), file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise PlanError(Mistake(place, f"not readable as YAML: {error.problem}", remedy=_YAML_REMEDY)) from error
    except ReaderError as error:
        place = Place(file, text.encode()[: error.position].count(b"\n") + 1)
        problem = f"not readable as YAML: the control character {error.character:#x}"
        raise PlanError(Mistake(place, problem, remedy="delete it")) from error
    except yaml.YAMLError as error:
        raise PlanError(Mistake(Place(file), f"not readable as YAML: {error}", remedy=_YAML_REMEDY)) from error
    if document is None:
        return Keyed(Place(file, 1, 1))
    if not isinstance(document, Keyed):
        raise PlanError(Mistake(Place(file, 1, 1), "a mapping is expected", "lines such as `key: value`"))
    return document


_YAML_REMEDY = "check indentation, and put texts that hold `: `, `#` or quotes into quotes"


def _build(events: Iterator[Any], file: str) -> Any:
    """Build the document with a stack, so that deep nesting is an error and not a crash."""
    root = Items(Place(file, 1, 1))
    stack: list[Keyed | Items] = [root]
    keys: list[Scalar | None] = [None]
    for event in events:
        place = Place(file, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise PlanError(
                Mistake(place, f"anchor or alias {event.anchor!r}", "plain values", "write the value again")
            )
        if isinstance(event, yaml.ScalarEvent):
            _put(stack, keys, _scalar(event, place))
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if len(stack) > _MAX_DEPTH:
                raise PlanError(Mistake(place, f"nested more than {_MAX_DEPTH} deep", remedy="write it flatter"))
            child = Keyed(place) if isinstance(event, yaml.MappingStartEvent) else Items(place)
            _put(stack, keys, child)
            stack.append(child)
            keys.append(None)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            stack.pop()
            keys.pop()
    return root[0] if root else None


def _scalar(event: Any, place: Place) -> Scalar | None:
    is_plain = event.implicit[0]
    return None if is_plain and event.value in _NULLS else Scalar(event.value, _text_place(event.style, place))


def _text_place(style: str | None, place: Place) -> Place:
    """Give where the text itself begins: behind the quote, or in the line below the mark of a block."""
    if style in ("'", '"') and place.column:
        return Place(place.file, place.line, place.column + 1)
    return Place(place.file, place.line + 1, 1) if style in ("|", ">") and place.line else place


def _put(stack: list[Keyed | Items], keys: list[Scalar | None], value: Any) -> None:
    parent, key = stack[-1], keys[-1]
    if isinstance(parent, Items):
        parent.append(value)
    elif key is None:
        if not isinstance(value, Scalar):
            place = value.place if isinstance(value, (Keyed, Items)) else parent.place
            raise PlanError(Mistake(place, "this key is no text", "a word before the colon"))
        if value in parent:
            first = parent.key_places[value]
            raise PlanError(
                Mistake(
                    value.place,
                    f"key {str(value)!r} is there twice (first in line {first.line})",
                    remedy="keep one of them",
                )
            )
        parent.key_places[value] = value.place
        keys[-1] = value
    else:
        parent[str(key)] = value
        keys[-1] = None


def read_csv(text: str, file: str) -> Items:
    """Read a CSV table: one mapping per row, header as keys, blank cells left out.

    The delimiter is the comma; where the header has none, the semicolon or the tab. Empty lines, and rows whose first
    cell starts with ``#``, are passed over. A cell's column is its number in the row, as spreadsheets count.

    Raises:
        PlanError: A header is blank or there twice, or a row has more cells than the header.
    """
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    rows = Items(Place(file, 1, 1))
    header: list[str] = []
    mistakes: list[Mistake] = []
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
                continue
            if header:
                rows.append(_row(header, cells, Place(file, start), mistakes))
            else:
                header = _header(cells, Place(file, start), mistakes)
    except csv.Error as error:
        mistakes.append(Mistake(Place(file, line), f"not readable as CSV: {error}", remedy="check the quotes"))
    if mistakes:
        raise PlanError(mistakes)
    return rows


def _delimiter(text: str) -> str:
    header = next((row for row in text.splitlines() if row.strip() and not row.lstrip().startswith("#")), "")
    return "," if "," in header else ";" if ";" in header else "\t" if "\t" in header else ","


def _header(cells: Sequence[str], place: Place, mistakes: list[Mistake]) -> list[str]:
    header = [cell.strip() for cell in cells]
    for number, name in enumerate(header, start=1):
        where = Place(place.file, place.line, number)
        if not name and any(header[number:]):
            mistakes.append(Mistake(where, "this column has no header", "a field or key in each column"))
        elif name and name in header[: number - 1]:
            mistakes.append(Mistake(where, f"column {name!r} is there twice", remedy="keep one of them"))
    return header


def _row(header: Sequence[str], cells: Sequence[str], place: Place, mistakes: list[Mistake]) -> Keyed:
    row = Keyed(place)
    for number, cell in enumerate(cells, start=1):
        where = Place(place.file, place.line, number)
        if not cell.strip():
            continue
        if number > len(header) or not header[number - 1]:
            mistakes.append(
                Mistake(
                    where,
                    f"cell {cell!r} stands outside the header's {len(header)} columns",
                    remedy="quote cells that hold the delimiter",
                )
            )
            continue
        row[header[number - 1]] = Scalar(cell.strip(), where)
        row.key_places[header[number - 1]] = where
    return row
