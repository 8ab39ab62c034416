"""Work with lists laid end to end in one array."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["IntArray", "offsets", "runs"]

IntArray = npt.NDArray[np.int64]


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
