"""Read company names as words: tidy, drop what says nothing, bring spellings together, number the words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from anyascii import anyascii

from rightful.stages.matching.hashing import Hashes, Shapes
from rightful.stages.matching.texts import Texts
from rightful.stages.matching.words import FORM_WORDS, SPELLINGS, STOP_WORDS

__all__ = ["MOST_LETTERS", "MOST_WORDS", "NameRead", "Names", "Spellings", "first_letters", "number_words", "read_name"]

# What lies beyond is not read: it bounds time and memory for absurd names, and no real name needs it.
MOST_LETTERS = 160
MOST_WORDS = 8

_LEAST_INITIALS = 3
_SHORTEST_FORGIVEN = 3

_MARKS = re.compile(r"[\W_]+")
_ASCII_MARKS = {number: " " for number in range(128) if not chr(number).isalnum()}


@dataclass(frozen=True, slots=True)
class Spellings:
    """What names and words are compared as.

    Attributes:
        whole: Whole name -> the name it stands for.
        words: Word -> the word, or words, it stands for.
        has_phrases: Whether a word stands for several.
    """

    whole: Mapping[str, str]
    words: Mapping[str, str]
    has_phrases: bool

    @classmethod
    def of(cls, synonyms: Mapping[str, str]) -> Spellings:
        """Put a plan's synonyms (whole names and single words) over the spellings that everybody uses."""
        whole = {name: means for name, means in synonyms.items() if " " in name}
        return cls(whole, {**SPELLINGS, **synonyms}, any(" " in means for means in synonyms.values()))


@dataclass(frozen=True, slots=True)
class NameRead:
    """One company name as words.

    Attributes:
        words: The words that tell, in their common spelling, at most ``MOST_WORDS``; none when the name is unknown.
        written: The name as written without marks and blanks; what a web address is often made of.
    """

    words: tuple[str, ...]
    written: str

    @property
    def compact(self) -> str:
        """The words without blanks."""
        return "".join(self.words)

    @property
    def initials(self) -> str:
        """The first letters of at least three words; empty for shorter names."""
        return "".join([word[0] for word in self.words]) if len(self.words) >= _LEAST_INITIALS else ""


_NAMELESS = NameRead((), "")


def read_name(core_name: str | None, spellings: Spellings) -> NameRead:
    """Read a cleaned core name.

    Example:
        >>> read_name("bank of acme intl", Spellings.of({})).words
        ('bank', 'acme', 'international')
    """
    if not core_name:
        return _NAMELESS
    written = _written(core_name[:MOST_LETTERS])
    if FORM_WORDS.issuperset(written):
        return _NAMELESS
    if spellings.whole:
        name = " ".join(written)
        written = spellings.whole.get(name, name).split()
    common = spellings.words
    words = [common.get(word, word) for word in written]
    if spellings.has_phrases:
        words = " ".join(words).split()
    telling = [word for word in words if word not in STOP_WORDS] or words
    return NameRead(tuple(telling[:MOST_WORDS]), "".join(written))


def _written(name: str) -> list[str]:
    """Give the words without marks and in Latin letters, so that one company in two scripts is comparable."""
    if name.isascii():
        return name.translate(_ASCII_MARKS).split()
    words = _MARKS.sub(" ", name)
    return _MARKS.sub(" ", anyascii(words).lower())[:MOST_LETTERS].split()


@dataclass(frozen=True, slots=True)
class Names:
    """Company names as words, one row per record.

    Attributes:
        compact: The words without blanks; empty when the name is unknown.
        compact_shape: Length and first letters of ``compact``.
        words: Row x ``MOST_WORDS``: number of the word in ``vocabulary``, -1 where there is none.
        vocabulary: The distinct words.
        vocabulary_hash: Their hashes. One entry more than words, 0: the one that -1 points to.
        starts: Their first letters as Unicode numbers; 0 for words under three letters, which are not forgiven misspellings.
            One entry more than words, 0.
    """

    compact: Texts
    compact_shape: Shapes
    words: npt.NDArray[np.int32]
    vocabulary: Texts
    vocabulary_hash: Hashes
    starts: npt.NDArray[np.int32]

    def texts_at(self, rows: npt.NDArray[Any]) -> list[str]:
        """Give the names at some rows as words with blanks between them."""
        numbers = self.words[rows]
        words = iter(self.vocabulary.at(numbers[numbers >= 0]))
        return [" ".join([next(words) for _ in range(count)]) for count in (numbers >= 0).sum(axis=1).tolist()]


def number_words(names: Sequence[NameRead]) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Number the distinct words of names in the order they come; give them, and row x ``MOST_WORDS`` of their numbers."""
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(word, len(numbers)) for word in name.words] for name in names]
    blanks = [[-1] * (MOST_WORDS - count) for count in range(MOST_WORDS + 1)]
    matrix = np.array([row + blanks[len(row)] for row in rows], np.int32).reshape(len(names), MOST_WORDS)
    return list(numbers), matrix


def first_letters(words: Sequence[str]) -> npt.NDArray[np.int32]:
    """Give ``Names.starts`` of a vocabulary."""
    starts = [ord(word[0]) if len(word) >= _SHORTEST_FORGIVEN else 0 for word in words]
    return np.array([*starts, 0], np.int32)
