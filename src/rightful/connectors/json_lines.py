"""Read a file of JSON lines as text: one object per line, its values by their names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from rightful.connectors.extract import Extract
from rightful.connectors.quarantine import Quarantined, Reason
from rightful.connectors.text import value_text
from rightful.errors import BookError, Mistake, Place

__all__ = ["JsonLines", "open_json_lines"]


@dataclass(frozen=True, slots=True)
class JsonLines:
    """An opened file of JSON lines; its headers are the names that occur in it, in the order in which they do first."""

    name: str
    path: Path
    headers: tuple[str, ...]
    warnings: tuple[Mistake, ...] = ()

    def read(self, positions: Sequence[int]) -> Extract:
        """Read columns; a name that a line lacks is null, and so is an empty text."""
        names = {position: self.headers[position] for position in positions}
        columns: dict[int, list[str | None]] = {position: [] for position in positions}
        lines: list[int] = []
        unreadable: list[Quarantined] = []
        for number, text, found in _objects(self.path):
            values = found if isinstance(found, str) else _texts(found, names)
            if isinstance(values, str):
                unreadable.append(Quarantined(self.name, number, Reason.NOT_JSON, values, text))
                continue
            lines.append(number)
            for position, value in values.items():
                columns[position].append(value)

        def row_text(row: int) -> str:
            return json.dumps({name: columns[at][row] for at, name in names.items()}, ensure_ascii=False)

        arrays = {position: pa.chunked_array([values], pa.string()) for position, values in columns.items()}
        return Extract(arrays, np.array(lines, np.int64), row_text, tuple(unreadable))


def open_json_lines(path: Path, name: str) -> JsonLines:
    """Open a file of JSON lines.

    Raises:
        BookError: It is not UTF-8, or no line holds an object.
    """
    headers: dict[str, None] = {}
    try:
        for _, _, found in _objects(path):
            if not isinstance(found, str):
                headers.update(dict.fromkeys(found))
    except UnicodeDecodeError as error:
        raise BookError(
            Mistake(Place(name), f"the file is no UTF-8: {error.reason}", remedy="export it again")
        ) from error
    if not headers:
        raise BookError(Mistake(Place(name), "no line holds an object", 'lines such as {"kind": "lead", "at": "..."}'))
    return JsonLines(name, path, tuple(headers))


def _objects(path: Path) -> Iterator[tuple[int, str, Mapping[str, Any] | str]]:
    """Give number, text and object of each line that is not blank; a text instead of the object says what is wrong."""
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line, parse_constant=lambda _: None)
            except (ValueError, RecursionError) as error:
                yield number, line, f"the line is no JSON: {error}"
                continue
            yield number, line, found if isinstance(found, dict) else "the line holds no object"


def _texts(found: Mapping[str, Any], names: Mapping[int, str]) -> dict[int, str | None] | str:
    nested = [name for name in names.values() if isinstance(found.get(name), (dict, list))]
    if nested:
        return f"{nested[0]!r} holds more than one value"
    return {position: _text(found.get(name)) for position, name in names.items()}


def _text(value: Any) -> str | None:
    text = value_text(value)
    return text.encode("utf-8", "replace").decode() if text else None
