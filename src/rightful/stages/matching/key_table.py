"""Keys with the accounts that have them: sorted arrays and nothing else, so they can be stored and mapped as they are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rightful.stages.matching.hashing import Hashes
from rightful.stages.matching.keys import KEY_KINDS, Keys

__all__ = ["CAPS", "KeyTable", "KeyTableParts"]

Rows = npt.NDArray[np.int32]

CAPS = np.array([kind.cap for kind in KEY_KINDS])
"""Most accounts that may share a key, per kind."""

_ROW_BITS = 24
_BITS = 64
_PRINT = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Keys with the accounts that have them.

    The leading bits of a key say in which slot it lies, its last 32 bits are kept as its print. A slot holds one or two keys,
    so a look-up reads two places of memory, however many accounts there are.

    Attributes:
        slots: Per kind, one kind after the other: where the keys of each slot begin.
        prints: The last bits of each distinct key, by kind and key.
        starts: Where the accounts of each key begin in ``rows``; one more entry than ``prints``. A key over its cap has none.
        rows: Accounts, ascending within a key.
        first_slot: Per kind: its first slot.
        shift: Per kind: the bits of a key behind those that name the slot.
        row_bits: Bits that a row number takes of 64; a key has the others.
    """

    slots: npt.NDArray[np.int32]
    prints: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.int32]
    rows: Rows
    first_slot: npt.NDArray[np.int64]
    shift: npt.NDArray[np.uint64]
    row_bits: int

    def find(self, keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Find keys: give (position in ``keys``, position of the key in the table) of those that the table has."""
        cut = self.cut(keys.hash)
        slot = self.first_slot[keys.kind] + (cut >> self.shift[keys.kind]).astype(np.int64)
        asked, at = _spread(self.slots[slot], self.slots[slot + 1])
        found = (self.prints[at] == (cut & _PRINT).astype(np.uint32)[asked]).nonzero()[0]
        return asked[found], at[found]

    def is_crowded(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Tell which keys are over their cap."""
        asked, places = self.find(keys)
        crowded = np.zeros(len(keys.hash), bool)
        crowded[asked] = self.starts[places] == self.starts[places + 1]
        return crowded

    def accounts(self, places: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], Rows]:
        """Give the accounts of keys found: (position in ``places``, account)."""
        which, at = _spread(self.starts[places], self.starts[places + 1])
        return which, self.rows[at]

    def codes(self, keys: Keys) -> Hashes:
        """Give what the table knows of keys and their kinds as single numbers."""
        return self.cut(keys.hash) | (keys.kind.astype(np.uint64) << np.uint64(_BITS - self.row_bits))

    def cut(self, hashes: Hashes) -> Hashes:
        """Give what the table knows of keys."""
        return hashes >> np.uint64(self.row_bits)


@dataclass(frozen=True, slots=True)
class _Kind:
    """The keys of one kind, as ``KeyTable`` has them."""

    slots: npt.NDArray[np.int64]
    prints: npt.NDArray[np.uint32]
    counts: npt.NDArray[np.int64]
    rows: Rows
    shift: int


class KeyTableParts:
    """Collects keys of accounts, a part of them at a time, and makes the table kind by kind.

    A key is cut to its leading bits, as many as row numbers leave free in 64, so that building is one sort of plain numbers. Keys
    that fall together cost a comparison, no more.

    Args:
        capacity: How many rows there may ever be.
    """

    def __init__(self, capacity: int) -> None:
        self._row_bits = max(_ROW_BITS, (capacity - 1).bit_length())
        self._parts: list[list[Hashes]] = [[] for _ in KEY_KINDS]
        self._made: dict[int, _Kind] = {}

    def add(self, keys: Keys, first_row: int = 0) -> None:
        """Take keys in, their rows counted from ``first_row`` on; several threads may do so at once."""
        bits = np.uint64(self._row_bits)
        packed = keys.hash >> bits << bits
        packed |= (keys.row + first_row).astype(np.uint64)
        packed = packed[keys.kind.argsort(kind="stable")]
        ends = np.bincount(keys.kind, minlength=len(KEY_KINDS)).cumsum().tolist()
        for part, begin, end in zip(self._parts, [0, *ends[:-1]], ends, strict=True):
            if end > begin:
                part.append(packed[begin:end].copy())  # a view would keep all kinds in memory until the last is made

    def crowded(self, kinds: Sequence[int], rows: int) -> npt.NDArray[np.bool_]:
        """Make kinds, and say (row x kind) which accounts have a key that is over its cap."""
        over = np.zeros((rows, len(KEY_KINDS)), bool)
        for kind in kinds:
            over[self._make(kind), kind] = True
        return over

    def table(self, each: Callable[[Callable[[int], object], Sequence[int]], Iterable[object]] = map) -> KeyTable:
        """Make the table of all keys taken in; ``each`` calls a function for each kind."""
        deque(each(self._make, [kind for kind in range(len(KEY_KINDS)) if kind not in self._made]), maxlen=0)
        made = [self._made[kind] for kind in range(len(KEY_KINDS))]
        keys = np.cumsum([0, *(len(kind.prints) for kind in made)]).tolist()
        slots = np.cumsum([0, *(len(kind.slots) for kind in made)])
        counts = np.concatenate([kind.counts for kind in made])
        return KeyTable(
            slots=np.concatenate([kind.slots + first for kind, first in zip(made, keys[:-1], strict=True)]).astype(
                np.int32
            ),
            prints=np.concatenate([kind.prints for kind in made]),
            starts=np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
            rows=np.concatenate([kind.rows for kind in made]),
            first_slot=slots[:-1],
            shift=np.array([kind.shift for kind in made], np.uint64),
            row_bits=self._row_bits,
        )

    def _make(self, kind: int) -> npt.NDArray[np.int64]:
        """Make the keys of one kind; give the rows with a key over the cap."""
        bits = np.uint64(self._row_bits)
        packed = np.concatenate([*self._parts[kind], np.zeros(0, np.uint64)])
        self._parts[kind] = []
        packed.sort()
        packed = packed[_is_new(packed)]
        rows = (packed.astype(np.uint32) & np.uint32((1 << self._row_bits) - 1)).astype(np.int32)
        packed >>= bits
        keys = packed
        firsts = _is_new(keys).nonzero()[0]
        counts = np.diff(np.append(firsts, len(keys)))
        fits = counts <= CAPS[kind]
        entry_fits = fits.repeat(counts)
        distinct = keys[firsts]
        slot_bits = max(0, len(distinct).bit_length() - 1)
        shift = _BITS - self._row_bits - slot_bits
        filled = np.bincount((distinct >> np.uint64(shift)).astype(np.int64), minlength=1 << slot_bits)
        slots = np.concatenate(([0], np.cumsum(filled)))
        self._made[kind] = _Kind(
            slots, (distinct & _PRINT).astype(np.uint32), np.where(fits, counts, 0), rows[entry_fits], shift
        )
        return rows[~entry_fits].astype(np.int64)


def _spread(begin: Rows, end: Rows) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give the numbers of several ranges in a row: (position of the range, number)."""
    counts = end - begin
    ends = counts.cumsum(dtype=np.int64)
    which = np.arange(len(counts)).repeat(counts)
    return which, np.arange(len(which)) + (begin - ends + counts)[which]


def _is_new(ordered: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Tell which entries of an ordered array differ from the one before."""
    return np.append(np.ones(min(len(ordered), 1), bool), ordered[1:] != ordered[:-1])
