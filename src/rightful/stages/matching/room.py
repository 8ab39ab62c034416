"""A matcher's arrays with room behind what is in use, so that accounts can be added where they lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rightful.stages.matching.facts import AccountFacts
from rightful.stages.matching.index import CandidateIndex
from rightful.stages.matching.leaves import leaves, with_leaves, with_room
from rightful.stages.matching.texts import Texts

__all__ = ["Prepared", "Room", "Used"]

_LETTERS = ".letters"
_NAMES = "index.accounts.names."
_VOCABULARY = f"{_NAMES}vocabulary"
_OF_WORDS = {
    f"{_VOCABULARY}.start", f"{_VOCABULARY}.length", f"{_VOCABULARY}_hash", f"{_NAMES}starts", "index.word_counts",
    "index.own_rarity",
}  # fmt: skip
_OF_ROWS = ("index.accounts.", "index.account_ids.", "facts.")
_OF_ROWS_TOO = {f"index.{name}" for name in ("domain_sharers", "name_sharers", "order", "other_row", "is_alive")}

_LEAST_ROWS = 1_024
# Of so many rows in use, one more is kept free.
_ROWS_PER_FREE_ROW = 8
_WORDS_PER_ROW = 2
_LETTERS_PER_ROW = 64


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is made of accounts before anybody is matched.

    Attributes:
        index: The accounts, findable and comparable.
        facts: What filters and tie-breakers know of them.
    """

    index: CandidateIndex
    facts: AccountFacts


@dataclass(slots=True)
class Used:
    """How much of the arrays is in use: rows of accounts, words, and bytes of each list of texts by its path."""

    rows: int
    words: int
    letters: dict[str, int]


class Room:
    """The arrays of prepared accounts, written in place.

    Args:
        prepared: The accounts; arrays that cannot be written, or are full, are copied with room when the first row comes.
        used: How much of them is in use; None: all.
    """

    def __init__(self, prepared: Prepared, used: Used | None = None) -> None:
        self.prepared = prepared
        self.arrays = _arrays(prepared)
        self.used = used or Used(
            len(prepared.index.is_alive),
            len(prepared.index.accounts.names.vocabulary),
            {path: len(array) for path, array in self.arrays.items() if path.endswith(_LETTERS)},
        )

    def add_rows(self, values: Mapping[str, npt.NDArray[Any]], texts: Mapping[str, Texts]) -> int:
        """Write rows behind those in use; give the first of them.

        Args:
            values: The new rows of arrays by path; those of texts are left out.
            texts: The new rows of lists of texts by path.
        """
        first, count = self.used.rows, len(next(iter(values.values())))
        self._make_room(count, 0, texts)
        for path, array in values.items():
            self.arrays[path][first : first + count] = array
        self._write(texts, first)
        self.used.rows += count
        return first

    def add_words(self, values: Mapping[str, npt.NDArray[Any]], words: Texts) -> None:
        """Write words behind those in use: ``values`` by path, one entry per word."""
        first = self.used.words
        self._make_room(0, len(words), {_VOCABULARY: words})
        for path, array in values.items():
            self.arrays[path][first : first + len(words)] = array
        self._write({_VOCABULARY: words}, first)
        self.used.words += len(words)

    def with_room(self, least: int = 0) -> dict[str, npt.NDArray[Any]]:
        """Give copies of the arrays that grow, with room for ``least`` rows or more behind what is in use."""
        rows = self.used.rows // _ROWS_PER_FREE_ROW + _LEAST_ROWS + least
        return {
            path: with_room(array[:used], used + more)
            for path, array in self.arrays.items()
            for used, more in self._growth(path, rows)
        }

    def _growth(self, path: str, rows: int) -> list[tuple[int, int]]:
        """Say of an array, if it grows, how much of it is in use and how much more is wanted for so many rows."""
        if path.endswith(_LETTERS):
            return [(self.used.letters[path], rows * _LETTERS_PER_ROW)]
        if path in _OF_WORDS:
            return [(self.used.words, rows * _WORDS_PER_ROW)]
        if path.startswith(_OF_ROWS) or path in _OF_ROWS_TOO:
            return [(self.used.rows, rows)]
        return []

    def _make_room(self, rows: int, words: int, texts: Mapping[str, Texts]) -> None:
        """Copy arrays that grow when any cannot take so much more."""
        needs = {"index.is_alive": self.used.rows + rows}
        # One entry stays free, and zero: the one that -1 points to.
        needs[f"{_VOCABULARY}_hash"] = self.used.words + words + 1
        for path, more in texts.items():
            needs[path + _LETTERS] = self.used.letters[path + _LETTERS] + int(more.length.sum())
        least = 2 * rows + words
        while any(
            len(self.arrays[path]) < need or not self.arrays[path].flags.writeable for path, need in needs.items()
        ):
            self.prepared = with_leaves(self.prepared, self.with_room(least))
            self.arrays = _arrays(self.prepared)
            least = 2 * least + _LEAST_ROWS

    def _write(self, texts: Mapping[str, Texts], first: int) -> None:
        for path, more in texts.items():
            packed = more.take(np.arange(len(more)))
            begin = self.used.letters[path + _LETTERS]
            self.arrays[path + _LETTERS][begin : begin + len(packed.letters)] = packed.letters
            self.arrays[f"{path}.start"][first : first + len(more)] = packed.start + begin
            self.arrays[f"{path}.length"][first : first + len(more)] = packed.length
            self.used.letters[path + _LETTERS] += len(packed.letters)


def _arrays(prepared: Prepared) -> dict[str, npt.NDArray[Any]]:
    return {path: leaf for path, leaf in leaves(prepared) if isinstance(leaf, np.ndarray)}
