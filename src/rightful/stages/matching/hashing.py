"""Hash texts to 64 bits, the same on every machine and for one text as for a million.

Keys and equality tests work on these numbers. Two texts with one hash are so rare (about one in 10^7 books of a million
accounts) that only candidates are found by hash alone; whatever decides a match compares several fields.

Source: polynomial rolling hash modulo 2^64, finished with the mixing function of SplitMix64 (Steele, Lea, Flood 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["Hashes", "combine", "hash_columns", "hash_texts", "taken", "texts_of"]

Hashes = npt.NDArray[np.uint64]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def texts_of(column: pa.Array | pa.ChunkedArray) -> pa.LargeStringArray:
    """Give a text column as one array without nulls: a null becomes an empty text."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if column.type != pa.large_string():
        column = column.cast(pa.large_string())
    return column.fill_null("") if column.null_count else column


def hash_texts(texts: pa.LargeStringArray) -> Hashes:
    """Hash each text; an empty text gives 0, which stands for *unknown* everywhere in matching.

    Example:
        >>> import pyarrow as pa
        >>> one, two, blank = hash_texts(pa.array(["acme", "acme", ""], pa.large_string()))
        >>> bool(one == two), int(blank)
        (True, 0)
    """
    ends = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    if not len(texts) or ends[-1] == ends[0]:
        return np.zeros(len(texts), np.uint64)
    letters = np.frombuffer(texts.buffers()[2], np.uint8)[ends[0] : ends[-1]]
    ends = ends - ends[0]
    lengths = np.diff(ends)
    powers = np.cumprod(np.full(int(lengths.max()), _BASE))
    places = np.arange(len(letters)) - np.repeat(ends[:-1], lengths)
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum((letters.astype(np.uint64) + np.uint64(1)) * powers[places], out=sums[1:])
    return np.where(lengths > 0, _mix(sums[ends[1:]] - sums[ends[:-1]]), np.uint64(0))


def hash_columns(columns: Sequence[Sequence[str]]) -> list[Hashes]:
    """Hash several columns of one length in one go: much cheaper than one by one when they hold a single record."""
    texts = pa.array([text for column in columns for text in column], pa.large_string())
    return list(hash_texts(texts).reshape(len(columns), -1))


def taken(texts: pa.LargeStringArray, rows: npt.NDArray[Any]) -> list[str]:
    """Give the texts at some rows as a list."""
    # Built from the buffer: `pa.array` looks for pandas at every call, which costs more than the rest of it.
    positions = pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(rows.astype(np.int64))])
    given: list[str] = texts.take(positions).to_pylist()
    return given


def combine(first: Hashes, second: Hashes) -> Hashes:
    """Make one hash of two; 0 (unknown) when either is unknown. The order of the two matters."""
    both = _mix(first * _BASE + second)
    return np.where((first == 0) | (second == 0), np.uint64(0), both)


def _mix(value: Hashes) -> Hashes:
    value = (value ^ (value >> np.uint64(30))) * _FIRST
    value = (value ^ (value >> np.uint64(27))) * _SECOND
    value = value ^ (value >> np.uint64(31))
    return np.maximum(value, np.uint64(1))
