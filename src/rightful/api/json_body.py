"""Read JSON that strangers send: strictly, and within bounds."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["BadJson", "read_json"]

_MOST_DIGITS = 300


class BadJson(ValueError):  # noqa: N818 - the field's own words say that it is an error
    """The text is no JSON that is taken; says why."""


def read_json(body: bytes, most_depth: int) -> Any:
    """Read a JSON text.

    Beyond what JSON says: keys of an object are unique, numbers are finite and of at most 300 letters, texts hold no NUL and only whole
    characters, and nesting is bounded.

    Args:
        body: UTF-8.
        most_depth: How deep arrays and objects may be in each other.

    Raises:
        BadJson: It is none, or beyond a bound.

    Example:
        >>> read_json(b'{"employees": 12}', 4)
        {'employees': 12}
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson(f"byte {error.start + 1} is no UTF-8") from error
    try:
        found = json.loads(
            text, object_pairs_hook=_unique, parse_int=_whole, parse_float=_number, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as error:
        raise BadJson(f"no JSON: {error.msg} in line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise BadJson(f"nested deeper than {most_depth}") from error
    _refuse_deep(found, most_depth)
    if "\\u" in text:  # what stands as itself in the text is whole, and never NUL
        _refuse_odd_letters(found)
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadJson(f"the key {twice[:60]!r} occurs twice")
    return found


def _whole(text: str) -> int:
    _refuse_long(text)
    return int(text)


def _number(text: str) -> float:
    _refuse_long(text)
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise BadJson(f"the number {text[:40]} is out of range")
    return value


def _refuse_long(text: str) -> None:
    if len(text) > _MOST_DIGITS:
        raise BadJson(f"a number of {len(text):,} letters")


def _refuse_constant(text: str) -> None:
    raise BadJson(f"{text} is no JSON")


def _refuse_deep(value: Any, most: int) -> None:
    layer, depth = [value], 0
    while layer := [each for each in layer if isinstance(each, dict | list)]:
        depth += 1
        if depth > most:
            raise BadJson(f"nested deeper than {most}")
        layer = [child for each in layer for child in (each.values() if isinstance(each, dict) else each)]


def _refuse_odd_letters(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise BadJson("a text holds NUL")
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise BadJson("a text holds half a character (a lone surrogate)")
    elif isinstance(value, dict):
        for key, child in value.items():
            _refuse_odd_letters(key)
            _refuse_odd_letters(child)
    elif isinstance(value, list):
        for child in value:
            _refuse_odd_letters(child)
