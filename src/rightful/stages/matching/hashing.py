"""Hash texts to 64 bits, the same on every machine and for one text as for a million.

Keys and equality tests work on these numbers. Two texts with one hash are so rare (about one in 10^7 books of a million
accounts) that only candidates are found by hash alone; whatever decides a match compares several fields.

Source: polynomial rolling hash modulo 2^64, finished with the mixing function of SplitMix64 (Steele, Lea, Flood 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "START_BYTES",
    "Hashes",
    "Shapes",
    "combine",
    "hash_columns",
    "hash_slips",
    "hash_texts",
    "letters_of",
    "taken",
    "texts_of",
]

Hashes = npt.NDArray[np.uint64]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
START_BYTES = 5
"""Bytes of a text that ``Shapes.start`` holds."""


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
    letters, ends = letters_of(texts)
    if not len(letters):
        return np.zeros(len(texts), np.uint64)
    lengths = np.diff(ends)
    sums = _sums(letters, _places(ends))
    return np.where(lengths > 0, _mix(sums[ends[1:]] - sums[ends[:-1]]), np.uint64(0))


def hash_slips(texts: pa.LargeStringArray) -> tuple[Hashes, npt.NDArray[np.int32]]:
    """Hash what remains of each text when one byte of it is left out, for each of its bytes; give also the texts' rows.

    Two texts that differ by one letter too many, too few or another have such a remainder in common, or the one is a
    remainder of the other.

    Example:
        >>> import pyarrow as pa
        >>> hashes, rows = hash_slips(pa.array(["ab", "xay"], pa.large_string()))
        >>> rows.tolist(), bool(hashes[4] == hash_texts(pa.array(["xa"], pa.large_string()))[0])
        ([0, 0, 1, 1, 1], True)
    """
    letters, ends = letters_of(texts)
    if not len(letters):
        return np.zeros(0, np.uint64), np.zeros(0, np.int32)
    rows = np.repeat(np.arange(len(texts), dtype=np.int32), np.diff(ends))
    places = _places(ends)
    before, after = _sums(letters, places), _sums(letters, np.maximum(places - 1, 0))
    at = np.arange(len(letters))
    left = before[at] - before[ends[:-1]][rows]
    right = after[ends[1:]][rows] - after[at + 1]
    is_rest = np.diff(ends)[rows] > 1
    return np.where(is_rest, _mix(left + right), np.uint64(0)), rows


def letters_of(texts: pa.LargeStringArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Give the bytes of all texts in a row, and where each text begins; one more entry than texts."""
    if not len(texts):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    ends = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    if ends[-1] == ends[0]:
        return np.zeros(0, np.uint8), ends - ends[0]
    return np.frombuffer(texts.buffers()[2], np.uint8)[ends[0] : ends[-1]], ends - ends[0]


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


@dataclass(frozen=True, slots=True)
class Shapes:
    """What can be seen of texts at a glance, one entry per text: two that differ in it need not be compared letter by letter.

    Attributes:
        length: Number of letters.
        start: The first five bytes as a number; what is missing counts as 0.
    """

    length: npt.NDArray[np.int32]
    start: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, texts: pa.LargeStringArray) -> Shapes:
        """See the shapes of texts."""
        letters, ends = letters_of(texts)
        letters = np.append(letters, np.zeros(START_BYTES, np.uint8))
        start = np.zeros(len(texts), np.uint64)
        for place in range(START_BYTES):
            is_there = np.diff(ends) > place
            start |= (letters[ends[:-1] + place] * is_there).astype(np.uint64) << np.uint64(8 * place)
        return cls(np.asarray(pc.utf8_length(texts), dtype=np.int32), start)


def combine(first: Hashes, second: Hashes) -> Hashes:
    """Make one hash of two; 0 (unknown) when either is unknown. The order of the two matters."""
    both = _mix(first * _BASE + second)
    return np.where((first == 0) | (second == 0), np.uint64(0), both)


def _places(ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Say of each byte which of its text it is."""
    return np.arange(ends[-1]) - np.repeat(ends[:-1], np.diff(ends))


def _sums(letters: npt.NDArray[np.uint8], places: npt.NDArray[np.int64]) -> Hashes:
    """Sum the bytes up to each place, weighted by where in their text they stand."""
    powers = np.cumprod(np.full(int(places.max()) + 1, _BASE))
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum((letters.astype(np.uint64) + np.uint64(1)) * powers[places], out=sums[1:])
    return sums


def _mix(value: Hashes) -> Hashes:
    value = (value ^ (value >> np.uint64(30))) * _FIRST
    value = (value ^ (value >> np.uint64(27))) * _SECOND
    value = value ^ (value >> np.uint64(31))
    return np.maximum(value, np.uint64(1))
