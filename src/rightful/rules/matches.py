"""The rules that match each of many records: a number per record, and what each number stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.rules.arrays import IntArray

__all__ = ["Matches", "Outcome", "combined", "distinct_rows"]

_SEEN_AT_ONCE = 1 << 24
Outcome = tuple[int, ...]
"""The numbers of the rules that match, rising; the first wins."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Outcomes of many records.

    Attributes:
        ids: Per record the place of its outcome in ``outcomes``.
        outcomes: Outcomes, each once; there may be some that no record has.
    """

    ids: npt.NDArray[np.int32]
    outcomes: Sequence[Outcome]


def combined(matches: Sequence[Matches]) -> Matches:
    """Join what several sets of rules gave for the same records."""
    first, inverse = distinct_rows([one.ids for one in matches])
    parts = zip(*(one.ids[first].tolist() for one in matches), strict=True)
    outcomes = [
        tuple(sorted(rule for one, number in zip(matches, ids, strict=True) for rule in one.outcomes[number]))
        for ids in parts
    ]
    return Matches(inverse, outcomes)


def distinct_rows(columns: Sequence[npt.NDArray[np.int32]]) -> tuple[IntArray, npt.NDArray[np.int32]]:
    """Find the distinct rows of columns of small numbers.

    Returns:
        Where each distinct row stands first, and per row which distinct row it is.
    """
    key = np.zeros(len(columns[0]), dtype=np.int64)
    reach = 1
    for column in columns:
        width = int(column.max(initial=0)) + 1
        if reach * width > _SEEN_AT_ONCE:
            key, reach = _renumbered(key, reach)
        key = key * width + column
        reach *= width
    key, reach = _renumbered(key, reach)
    first = np.empty(reach, dtype=np.int64)
    first[key[::-1]] = np.arange(len(key) - 1, -1, -1)
    return first, key.astype(np.int32)


def _renumbered(key: IntArray, reach: int) -> tuple[IntArray, int]:
    """Number those that occur from 0 on, in their order; without sorting where a table of all is small."""
    if reach > _SEEN_AT_ONCE:
        found, numbers = np.unique(key, return_inverse=True)
        return numbers.astype(np.int64), len(found)
    is_seen = np.zeros(reach, dtype=np.bool_)
    is_seen[key] = True
    number = np.cumsum(is_seen)
    return number[key] - 1, int(number[-1])
