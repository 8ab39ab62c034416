"""Lists laid end to end in one array, and sets told apart by sums of random numbers.

The mark of a set is the sum of the marks of its members, in two 64-bit lanes. Members come and go by one addition each, and equal
sets have equal sums. Two different sets among a million share their 128 bits with a probability below 1e-26; the marks are the
same in every run, so a plan always compiles to the same bytes.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["IntArray", "Marks", "distinct", "marks_of", "numbered", "offsets", "runs"]

IntArray = npt.NDArray[np.int64]
Marks = npt.NDArray[np.uint64]
Number = TypeVar("Number", bound=np.integer[Any])


def offsets(lengths: IntArray) -> IntArray:
    """Give where each of a row of lists begins, and where the last ends.

    Example:
        >>> offsets(np.array([2, 0, 3])).tolist()
        [0, 2, 2, 5]
    """
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)))


def runs(first: IntArray, counts: IntArray) -> IntArray:
    """Join the runs of numbers that begin at ``first`` and are ``counts`` long.

    Example:
        >>> runs(np.array([5, 9]), np.array([2, 3])).tolist()
        [5, 6, 9, 10, 11]
    """
    total = int(counts.sum())
    begun = np.cumsum(counts) - counts
    return np.repeat(first - begun, counts) + np.arange(total)


def distinct(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Give each value once, rising; numpy's own way takes long to begin with, and does not sort by parts of words.

    Example:
        >>> distinct(np.array([3, 1, 3])).tolist()
        [1, 3]
    """
    if len(values) < 2:
        return values
    ranked = np.sort(values)
    is_new = np.ones(len(ranked), dtype=np.bool_)
    np.not_equal(ranked[1:], ranked[:-1], out=is_new[1:])
    return ranked[is_new]


def marks_of(count: int) -> Marks:
    """Give each member two 64-bit numbers, the same in every run.

    Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (SplitMix64), OOPSLA 2014.
    """
    seed = np.arange(1, 2 * count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    seed = (seed ^ (seed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    seed = (seed ^ (seed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (seed ^ (seed >> np.uint64(31))).reshape(count, 2)


def numbered(sums: Marks) -> tuple[npt.NDArray[np.int32], IntArray]:
    """Number distinct sums by first appearance; give the number of each, and where each distinct one stands first."""
    ranked = np.argsort(sums[:, 0])
    ordered = sums[ranked]
    is_new = np.append(True, ordered[1:, 0] != ordered[:-1, 0])
    if np.any(ordered[1:, 1][~is_new[1:]] != ordered[:-1, 1][~is_new[1:]]):  # one lane in common, as good as never
        ranked = np.lexsort((sums[:, 1], sums[:, 0]))
        is_new = np.append(True, np.any(sums[ranked[1:]] != sums[ranked[:-1]], axis=1))
    first_seen = np.minimum.reduceat(ranked, np.flatnonzero(is_new))
    group_rank = np.empty(len(first_seen), dtype=np.int32)
    group_rank[np.argsort(first_seen)] = np.arange(len(first_seen))
    number = np.empty(len(sums), dtype=np.int32)
    number[ranked] = group_rank[np.cumsum(is_new) - 1]
    return number, np.sort(first_seen)
