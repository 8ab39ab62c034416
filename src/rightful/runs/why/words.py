"""Values, codes and identifiers as people say them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from rightful.crm import OBJECT_OF_TABLE
from rightful.runs.run import Run
from rightful.runs.why.explanation import Part, Record

__all__ = ["label", "name_of", "shown", "spaced", "with_names"]

_NAMED = ("accounts", "reps", "leads", "contacts", "opportunities")
_NAME_FIELDS = ("name", "subject", "first_name", "last_name", "company")
# An identifier of digits alone could as well be a number that happens to stand in a sentence, unless its kind stands before it.
_TOKEN = re.compile(
    r"(?<![\w'/.-])(?=[\w-]*[A-Za-z])[\w-]*\d[\w-]*(?![\w'/-])"
    r"|(?:(?<=account )|(?<=contact )|(?<=lead )|(?<=opportunity )|(?<=rep ))\d+\b"
)


def shown(value: Any) -> str:
    """Write a value for people: texts in quotes, numbers with commas, instants to the minute."""
    match value:
        case None:
            return "blank"
        case bool():
            return "yes" if value else "no"
        case str():
            return repr(value)
        case float():
            return f"{value:,.2f}".removesuffix("00").removesuffix(".") if abs(value) >= 1 else f"{value:.4g}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} UTC"
        case _:
            return str(value)


def spaced(code: str) -> str:
    """Write a code as words."""
    return code.replace("_", " ")


def name_of(record: Record) -> str:
    """Give what people call a record; empty where it has no name."""
    person = " ".join(str(record[name]) for name in ("first_name", "last_name") if record.get(name))
    company = record.get("company")
    title = record.get("name") or record.get("subject") or person
    return f"{title} ({company})" if company and title else str(title or company or "")


def label(run: Run, table: str, record_id: str | None) -> str:
    """Give a key with the name that people know."""
    if record_id is None:
        return "nobody"
    name = _names(run, table, [record_id]).get(record_id)
    return f"{record_id} ({name})" if name else record_id


def with_names(run: Run, parts: Iterable[Part], own: str) -> tuple[Part, ...]:
    """Put names beside the identifiers in the lines of an explanation, once per line; its own record's stands in the heading."""
    parts = tuple(parts)
    tokens = {token for part in parts for line in part.lines for token in _TOKEN.findall(line)} - {own}
    names: dict[str, str] = {}
    for table in _NAMED:
        names = _names(run, table, sorted(tokens)) | names
    return tuple(Part(part.topic, tuple(_named(line, names) for line in part.lines), part.facts) for part in parts)


def _named(line: str, names: Mapping[str, str]) -> str:
    done: set[str] = set()

    def replaced(match: re.Match[str]) -> str:
        token = match[0]
        name = names.get(token)
        if name is None or token in done or f"{token} ({name}" in line:
            return token
        done.add(token)
        return f"{token} ({name})"

    return _TOKEN.sub(replaced, line)


def _names(run: Run, table: str, keys: list[str]) -> dict[str, str]:
    key = OBJECT_OF_TABLE[table].key
    frame = pl.scan_parquet(run.folder / "quality" / f"{table}.parquet")
    columns = [name for name in _NAME_FIELDS if name in OBJECT_OF_TABLE[table].rule_fields]
    found = frame.filter(pl.col(key).is_in(keys)).select(key, *columns).collect()
    return {row[key]: name for row in found.iter_rows(named=True) if (name := name_of(row))}
