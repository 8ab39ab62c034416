"""Read the values that people write in rules: numbers, dates, flags and texts, the same in cells and in expressions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from math import isfinite

from rightful.errors import near_miss
from rightful.rules.values import RuleKind

__all__ = [
    "Fields",
    "Lists",
    "Unreadable",
    "date_in",
    "flag_in",
    "known_field",
    "list_named",
    "members",
    "number_in",
    "prefix_in",
    "shown",
    "text_in",
]

Fields = Mapping[str, RuleKind]
Lists = Mapping[str, tuple[str, ...]]

_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)?(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?\Z", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


class Unreadable(Exception):  # noqa: N818 - never leaves the package: it becomes a Mistake once the place is known
    """Words in a rule that cannot be read: what is wrong, what is allowed, what to do, and the offset where known."""

    def __init__(self, problem: str, allowed: str = "", remedy: str = "", offset: int | None = None) -> None:
        super().__init__(problem)
        self.problem, self.allowed, self.remedy, self.offset = problem, allowed, remedy, offset


def known_field(field: str, fields: Fields) -> RuleKind:
    """Give the kind of a field, or say which field was meant."""
    if field in fields:
        return fields[field]
    names = sorted(fields)
    allowed = f"fields {', '.join(names[:40])}{', ...' if len(names) > 40 else ''}"
    raise Unreadable(f"unknown field {shown(field)}", allowed, near_miss(field[:80], names))


def number_in(text: str) -> float:
    """Read a number such as ``1000``, ``-2.5`` or ``1e6``."""
    if len(text) <= 60 and any(map(str.isdigit, text)) and _NUMBER.match(text):
        number = float(text)
        if isfinite(number):
            return number
    raise Unreadable(
        f"{shown(text)} is no number",
        "digits with a decimal point, as in 1000 or 2.5",
        "leave out separators, units and leading zeros",
    )


def date_in(text: str) -> date:
    """Read a date such as ``2026-01-31``."""
    if _DATE.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise Unreadable(f"{shown(text)} is no date", "YYYY-MM-DD, as in 2026-01-31")


def flag_in(text: str) -> bool:
    """Read a flag: true or false, yes or no, in any case."""
    flag = _FLAGS.get(text.casefold())
    if flag is None:
        raise Unreadable(
            f"{shown(text)} is neither true nor false", "true, false, yes, no", near_miss(text[:80], sorted(_FLAGS))
        )
    return flag


def text_in(text: str) -> str:
    """Read a text value: trimmed, not blank, and writable as Unicode."""
    return prefix_in(text).rstrip()


def prefix_in(text: str) -> str:
    """Read the beginning of a text: as a text, but a space at its end counts, for ``New %`` is not ``New%``."""
    trimmed = text.lstrip()
    if not trimmed:
        raise Unreadable("an empty text equals nothing", remedy="test for a blank with IS NULL, or (blank) in a cell")
    try:
        trimmed.encode()
    except UnicodeEncodeError as error:
        raise Unreadable(f"{shown(text)} holds half a character", "Unicode text", "save the file as UTF-8") from error
    return trimmed


def list_named(name: str, lists: Lists) -> tuple[str, ...]:
    """Give the entries of a named list: trimmed, without blanks."""
    if name not in lists:
        names = sorted(lists)
        allowed = f"lists {', '.join(names[:40])}" if names else "no list is declared"
        raise Unreadable(f"unknown list {shown(name)}", allowed, near_miss(name[:80], names))
    return _entries(tuple(lists[name]))


@lru_cache(maxsize=256)
def _entries(entries: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text_in(entry) for entry in entries if entry.strip()))


@lru_cache(maxsize=256)
def members(entries: tuple[str, ...]) -> frozenset[str]:
    """Give the entries as a set; the same set for the same list, for rules share long lists."""
    return frozenset(entries)


def shown(text: str) -> str:
    """Quote what was written, shortened where it is long."""
    return repr(text if len(text) <= 60 else text[:57] + "...")
