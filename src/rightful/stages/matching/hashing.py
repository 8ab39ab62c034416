"""Hash texts to 64 bits, the same on every machine and for one text as for a million.

Keys and equality tests work on these numbers. Two texts with one hash are so rare (about one in 10^7 books of a million
accounts) that only candidates are found by hash alone; whatever decides a match compares several fields.

Source: polynomial rolling hash modulo 2^64, finished with the mixing function of SplitMix64 (Steele, Lea, Flood 2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rightful.stages.matching.texts import Texts

__all__ = ["START_BYTES", "Hashes", "Shapes", "Spelled", "hash_texts", "mix"]

Hashes = npt.NDArray[np.uint64]

START_BYTES = 5
"""Bytes of a text that ``Shapes.start`` holds."""

_BASE = 0x9E3779B97F4A7C15
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
_ONE = np.uint64(1)

# Bytes further on weigh as the last of these: nothing that matching reads is longer, and memory stays bounded.
_MOST_PLACES = 1_024


def _powers(base: int) -> Hashes:
    powers: Hashes = np.cumprod(np.full(_MOST_PLACES, base, np.uint64), dtype=np.uint64)
    return powers * np.uint64(pow(base, -1, 1 << 64))


_POWERS = _powers(_BASE)
_INVERSES = _powers(pow(_BASE, -1, 1 << 64))


@dataclass(frozen=True, slots=True)
class Spelled:
    """Texts letter by letter, with sums from which the hash of any part of a text can be read off.

    Attributes:
        texts: Number of texts.
        text: Per byte of all texts in a row: which text it is of.
        place: Per byte: where in its text it stands.
        first: Per text: where its bytes begin.
        length: Per text: its bytes.
        sums: Sums of the bytes before each, weighted by place; one entry more than bytes.
    """

    texts: int
    text: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    length: npt.NDArray[np.int64]
    sums: Hashes

    @classmethod
    def of(cls, texts: Texts) -> Spelled:
        """Spell texts out."""
        length = texts.length.astype(np.int64)
        ends = length.cumsum()
        first = ends - length
        text = np.arange(len(length)).repeat(length)
        place = np.arange(len(text)) - first[text]
        letters = texts.letters[texts.start[text] + place]
        sums = np.zeros(len(text) + 1, np.uint64)
        np.cumsum((letters + _ONE) * _POWERS[np.minimum(place, _MOST_PLACES - 1)], out=sums[1:])
        return cls(len(length), text, place, first, length, sums)

    def part(self, texts: int) -> Spelled:
        """Give the first so many of the texts."""
        end = int(self.first[texts]) if texts < self.texts else len(self.text)
        return Spelled(
            texts, self.text[:end], self.place[:end], self.first[:texts], self.length[:texts], self.sums[: end + 1]
        )

    def wholes(self) -> Hashes:
        """Sum each text up; what ``mix`` makes of a sum is the text's hash."""
        return self.sums[self.first + self.length] - self.sums[self.first]

    def runs(self, length: int) -> tuple[Hashes, npt.NDArray[np.int64]]:
        """Sum every run of so many neighbouring bytes of each text up, as ``wholes`` does; give also the texts' numbers.

        A run's sum does not depend on where in its text it stands.
        """
        at = (self.place + length <= self.length[self.text]).nonzero()[0]
        sums = (self.sums[at + length] - self.sums[at]) * _INVERSES[np.minimum(self.place[at], _MOST_PLACES - 1)]
        return sums, self.text[at]

    def slips(self) -> tuple[Hashes, npt.NDArray[np.int64]]:
        """Sum what remains of each text when one byte of it is left out, for each of its bytes; give also the texts' numbers.

        Two texts that differ by one letter too many, too few or another have such a remainder in common, or the one is a
        remainder of the other.
        """
        start, end = self.first[self.text], (self.first + self.length)[self.text]
        left = self.sums[:-1] - self.sums[start]
        right = (self.sums[end] - self.sums[1:]) * _INVERSES[1]
        return left + right, self.text


def hash_texts(texts: Texts) -> Hashes:
    """Hash each text; an empty text gives 0, which stands for *unknown* everywhere in matching.

    Example:
        >>> one, two, blank = hash_texts(Texts.of(["acme", "acme", ""]))
        >>> bool(one == two), int(blank)
        (True, 0)
    """
    return mix(Spelled.of(texts).wholes()) * (texts.length > 0)


def mix(value: Hashes) -> Hashes:
    """Spread what numbers say over all their bits; never 0, which stands for *unknown*."""
    value = value ^ (value >> _SHIFTS[0])
    value *= _FIRST
    value ^= value >> _SHIFTS[1]
    value *= _SECOND
    value ^= value >> _SHIFTS[2]
    return np.maximum(value, _ONE, out=value)


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
    def of(cls, texts: Texts) -> Shapes:
        """See the shapes of texts."""
        places = np.arange(START_BYTES)
        at = texts.start[:, None] + np.minimum(places, np.maximum(texts.length[:, None] - 1, 0))
        letters = np.append(texts.letters, np.uint8(0))[at] * (places < texts.length[:, None])
        start = (letters.astype(np.uint64) << (places * 8).astype(np.uint64)).sum(axis=1, dtype=np.uint64)
        return cls(texts.letters_of_each(), start)

    def take(self, rows: npt.NDArray[Any]) -> Shapes:
        """Give the shapes at some rows."""
        return Shapes(self.length[rows], self.start[rows])

    def part(self, begin: int, end: int) -> Shapes:
        """Give neighbouring shapes; nothing is copied."""
        return Shapes(self.length[begin:end], self.start[begin:end])
