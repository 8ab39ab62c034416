"""Which records are compared at all: those that share two partial values, or one whole one that few others have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Rows", "coded", "pairs_of_owners", "pairs_sharing", "rows_of_crowds"]

Rows = npt.NDArray[np.int64]


def coded(texts: Sequence[str] | pa.ChunkedArray) -> Rows:
    """Number texts; 0 where there is none."""
    column = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else pa.array(texts, pa.string())
    encoded = pc.dictionary_encode(pc.if_else(pc.equal(column, ""), None, column))
    return np.asarray(pc.fill_null(encoded.indices, -1), dtype=np.int64) + 1


def pairs_sharing(keys: Sequence[Sequence[Rows]], most: int, since: int | None = None) -> tuple[Rows, Rows]:
    """Give the pairs of rows that share all parts of at least one key.

    Args:
        keys: Each key as its parts, coded; a row that lacks a part does not have the key.
        most: A key that more rows share finds nothing: it says too little, and its pairs would be too many.
        since: Where given, only pairs whose left row stands before it and whose right row does not.

    Example:
        >>> left, right = pairs_sharing([[coded(["a", "b", "a", ""])]], most=10)
        >>> left.tolist(), right.tolist()
        ([0], [2])
    """
    rows = len(keys[0][0]) if keys else 0
    found = [np.zeros(0, np.int64)]
    for parts in keys:
        for left, right in _groups(parts, most):
            if since is not None:
                crosses = (left < since) & (right >= since)
                left, right = left[crosses], right[crosses]  # noqa: PLW2901 - narrowed
            found.append(left * rows + right)
    pairs = np.unique(np.concatenate(found))
    left, right = np.divmod(pairs, max(rows, 1))
    return left, right


def pairs_of_owners(found: Sequence[tuple[Rows, Rows]], owners: Rows) -> tuple[Rows, Rows]:
    """Give the pairs of those that found pairs of rows belong to, each once and in order; none with itself.

    Example:
        >>> left, right = pairs_of_owners([(np.array([0, 1]), np.array([1, 2]))], np.array([0, 1, 0]))
        >>> left.tolist(), right.tolist()
        ([0], [1])
    """
    one, other = (owners[np.concatenate([each[side] for each in found])] for side in (0, 1))
    size = int(owners.max(initial=0)) + 1
    pairs = np.unique(np.minimum(one, other) * size + np.maximum(one, other))
    left, right = np.divmod(pairs, size)
    apart = left != right
    return left[apart], right[apart]


def rows_of_crowds(parts: Sequence[Rows], most: int) -> Rows:
    """Give the rows that share all parts of a key with more rows than allowed, themselves counted."""
    rows, starts, sizes = _grouped(parts)
    del starts
    return np.sort(rows[np.repeat(sizes > most, sizes)])


def _groups(parts: Sequence[Rows], most: int) -> list[tuple[Rows, Rows]]:
    """Pair the rows of each group that share a key, groups of one size at a time."""
    rows, starts, sizes = _grouped(parts)
    pairs = []
    for size in np.unique(sizes):
        if 2 <= size <= most:
            members = rows[starts[sizes == size][:, None] + np.arange(size)]
            first, second = np.triu_indices(size, 1)
            pairs.append((members[:, first].ravel(), members[:, second].ravel()))  # stable order: left before right
    return pairs


def _grouped(parts: Sequence[Rows]) -> tuple[Rows, Rows, Rows]:
    """Order the rows that have all parts by them: the rows, where each group begins, and its size."""
    key, has_all = parts[0].copy(), parts[0] > 0
    for part in parts[1:]:
        key = key * (int(part.max(initial=0)) + 1) + part
        has_all &= part > 0
    rows = np.flatnonzero(has_all)
    rows = rows[np.argsort(key[rows], kind="stable")]
    ordered = key[rows]
    starts = np.flatnonzero(np.append(np.ones(min(len(rows), 1), bool), ordered[1:] != ordered[:-1]))
    return rows, starts, np.diff(np.append(starts, len(rows)))
