"""Texts as bytes in a row: many of them are one array, and a million can be mapped from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Texts", "together"]

_SEPARATOR = "\0"
# From so many texts on, decoding all at once is faster.
_MANY = 64
_CONTINUES, _OF_TWO_BITS = 0x80, 0xC0


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts in UTF-8; a text without letters is empty, and there is no null.

    Attributes:
        letters: The bytes of all texts; between and behind them may stand others.
        start: Where each text begins.
        length: How many bytes each has.
    """

    letters: npt.NDArray[np.uint8]
    start: npt.NDArray[np.int64]
    length: npt.NDArray[np.int32]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        """Put texts in a row.

        Example:
            >>> Texts.of(["acme", "", "müller"]).at([2, 0])
            ['müller', 'acme']
        """
        if not texts:
            return cls(np.zeros(0, np.uint8), np.zeros(0, np.int64), np.zeros(0, np.int32))
        joined = _SEPARATOR.join(texts)
        if joined.count(_SEPARATOR) >= len(texts):
            joined = _SEPARATOR.join([text.replace(_SEPARATOR, " ") for text in texts])
        letters = np.frombuffer((joined + _SEPARATOR).encode(errors="replace"), np.uint8)
        ends = (letters == 0).nonzero()[0]
        start = np.zeros(len(ends), np.int64)
        start[1:] = ends[:-1] + 1
        return cls(letters, start, (ends - start).astype(np.int32))

    def __len__(self) -> int:
        """Give the number of texts."""
        return len(self.start)

    def at(self, rows: npt.NDArray[Any] | Sequence[int]) -> list[str]:
        """Give the texts at some rows."""
        start, length = self.start[rows], self.length[rows]
        if len(start) > _MANY and len(self.letters):
            return self._many_at(start, length)
        letters = self.letters.data
        ends = (start + length).tolist()
        return [str(letters[begin:end], "utf-8") for begin, end in zip(start.tolist(), ends, strict=True)]

    def _many_at(self, start: npt.NDArray[np.int64], length: npt.NDArray[np.int32]) -> list[str]:
        """Give texts by decoding all of them at once, which is several times faster than one by one."""
        ends = (length + 1).cumsum(dtype=np.int64)
        at = np.arange(ends[-1]) + (start - (ends - length - 1)).repeat(length + 1)
        letters = self.letters[np.minimum(at, len(self.letters) - 1)]
        letters[ends - 1] = 0
        return letters.tobytes()[:-1].decode().split(_SEPARATOR)

    def part(self, begin: int, end: int) -> Texts:
        """Give the texts of neighbouring rows; their letters are not copied."""
        return Texts(self.letters, self.start[begin:end], self.length[begin:end])

    def take(self, rows: npt.NDArray[Any]) -> Texts:
        """Give the texts at some rows with nothing between them."""
        length = self.length[rows]
        ends = length.cumsum(dtype=np.int64)
        first = ends - length
        letters = self.letters[np.arange(ends[-1] if len(ends) else 0) + (self.start[rows] - first).repeat(length)]
        return Texts(letters, first, length)

    def letters_of_each(self) -> npt.NDArray[np.int32]:
        """Count the letters of each text: bytes that do not continue one."""
        if not (self.letters >= _CONTINUES).any():
            return self.length
        texts = self.take(np.arange(len(self)))
        counted = np.zeros(len(texts.letters) + 1, np.int32)
        np.cumsum((texts.letters & _OF_TWO_BITS) != _CONTINUES, out=counted[1:])
        return counted[texts.start + texts.length] - counted[texts.start]


def together(several: Sequence[Texts]) -> Texts:
    """Put several lists of texts in one row, with nothing between them."""
    packed = [texts.take(np.arange(len(texts))) for texts in several]
    begins = np.cumsum([0, *(len(texts.letters) for texts in packed)])
    return Texts(
        np.concatenate([texts.letters for texts in packed]),
        np.concatenate([texts.start + begin for texts, begin in zip(packed, begins[:-1].tolist(), strict=True)]),
        np.concatenate([texts.length for texts in packed]),
    )
