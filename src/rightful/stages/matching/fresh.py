"""Accounts that came later than an index's arrays, and how many share what an edition counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.stages.matching.hashing import Hashes

__all__ = ["Fresh", "Sharers"]


@dataclass(frozen=True, slots=True)
class Sharers:
    """What several have in common.

    Attributes:
        hashes: What at least two have, ascending.
        counts: How many have it.
    """

    hashes: Hashes
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, hashes: Hashes) -> Sharers:
        """Count who has what."""
        distinct, counts = np.unique(hashes, return_counts=True)
        return cls(distinct[counts > 1], counts[counts > 1])

    def count(self, hashes: Hashes) -> npt.NDArray[np.int64]:
        """Say how many have each, at least 1."""
        if not len(self.hashes):
            return np.ones(len(hashes), np.int64)
        place = np.minimum(self.hashes.searchsorted(hashes), len(self.hashes) - 1)
        return np.where(self.hashes[place] == hashes, self.counts[place], 1)


class Fresh:
    """Accounts added, changed and removed since an index was built; few, and in plain dictionaries.

    Attributes:
        accounts: How many accounts more there are, less when negative.
        rows: Account id -> its row now, -1 when it was removed.
        keys: Key (kind and hash) -> the rows that have it.
        words: Hash of a word that the index did not have -> its number.
        has_other_names: Whether a fresh account has another name.
        has_changes: Whether anything differs from what was built.
    """

    def __init__(self) -> None:
        self.accounts = 0
        self.rows: dict[str, int] = {}
        self.keys: dict[int, list[int]] = {}
        self.words: dict[int, int] = {}
        self.has_other_names = False
        self.has_changes = False

    def find(self, keys: Iterable[int]) -> tuple[list[int], list[int]]:
        """Find keys: give (position of the key, row)."""
        asked, rows = [], []
        for position, key in enumerate(keys):
            found = self.keys.get(key)
            if found:
                asked += [position] * len(found)
                rows += found
        return asked, rows

    def add(self, keys: Iterable[int], row: int) -> None:
        """Let keys, each given once, find a row."""
        for key in keys:
            self.keys.setdefault(key, []).append(row)

    def drop(self, keys: Iterable[int], row: int) -> None:
        """Let the keys with which a row was added find it no more."""
        for key in keys:
            rows = self.keys[key]
            rows.remove(row)
            if not rows:
                del self.keys[key]
