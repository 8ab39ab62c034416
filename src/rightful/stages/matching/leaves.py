"""Records made of arrays, taken apart by name and put together again: to store them, and to give them room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeGuard, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["Leaf", "leaves", "with_leaves", "with_room"]

Leaf = npt.NDArray[Any] | int | bool
"""What lies at the ends of a record: an array or a number."""

_Record = TypeVar("_Record")


def leaves(value: object, path: str = "") -> Iterator[tuple[str, Leaf]]:
    """Give the arrays and numbers of a frozen record, its records, tuples and mappings, each with its path.

    Example:
        >>> from dataclasses import dataclass
        >>> @dataclass(frozen=True)
        ... class Point:
        ...     x: int
        ...     y: int
        >>> list(leaves((Point(1, 2), Point(3, 4)), "points"))
        [('points.0.x', 1), ('points.0.y', 2), ('points.1.x', 3), ('points.1.y', 4)]
    """
    if _is_leaf(value):
        yield path, value
    for name, part in _parts(value):
        yield from leaves(part, f"{path}.{name}" if path else name)


def with_leaves(value: _Record, found: Mapping[str, Leaf], path: str = "") -> _Record:
    """Give a record of the same make with other arrays and numbers at its paths; what ``found`` lacks stays."""
    if _is_leaf(value):
        return found.get(path, value)  # type: ignore[return-value]
    parts = {name: with_leaves(part, found, f"{path}.{name}" if path else name) for name, part in _parts(value)}
    if is_dataclass(value):
        return replace(value, **parts)  # type: ignore[type-var]
    if isinstance(value, Mapping):
        return dict(zip(value, parts.values(), strict=True))  # type: ignore[return-value]
    return tuple(parts.values()) if isinstance(value, tuple) else value  # type: ignore[return-value]


def with_room(array: npt.NDArray[Any], length: int) -> npt.NDArray[Any]:
    """Copy an array so that it has so many rows, the new ones zero."""
    longer = np.zeros((length, *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer


def _is_leaf(value: object) -> TypeGuard[Leaf]:
    return isinstance(value, np.ndarray) or type(value) in {int, bool}


def _parts(value: object) -> Iterator[tuple[str, object]]:
    if is_dataclass(value):
        yield from ((field.name, getattr(value, field.name)) for field in fields(value))
    elif isinstance(value, Mapping):
        yield from ((str(key), part) for key, part in value.items())
    elif isinstance(value, tuple):
        yield from ((str(number), part) for number, part in enumerate(value))
