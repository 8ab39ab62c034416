"""Look words up in a table of words, phrases and word parts, in any of the languages that the table holds.

A table entry is a word (``sales``), a phrase with ``_`` for blanks (``vice_president``), the beginning of a word (``vertrieb*``),
its end (``*leiter``) or a part of it (``*verkauf*``): compounds of German and its neighbours are found by their parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

__all__ = ["WordTable", "fold", "words_of"]

Value = TypeVar("Value")

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[^\W_a-z0-9]+")
_UMLAUTS = re.compile(r"(?<![aeouq])([aou])e(?![aeiouy])")
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "æ": "a", "đ": "d", "’": "'", "œ": "o"})
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SHORTEST_PART = 3
_LONGEST_PHRASE = 4
_LONG_WORD = 9


def fold(text: str) -> str:
    """Give a text in lower case without accents; ä, ae and a become the same.

    Example:
        >>> fold("Geschäftsführer"), fold("Geschaeftsfuehrer")
        ('geschaftsfuhrer', 'geschaftsfuhrer')
    """
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = unicodedata.normalize("NFC", "".join(mark for mark in text if not unicodedata.combining(mark)))
    return _UMLAUTS.sub(r"\1", text) if "e" in text else text


def words_of(text: str) -> list[str]:
    """Give the folded words of a text."""
    return _WORD.findall(fold(text))


@dataclass(slots=True)
class WordTable(Generic[Value]):
    """A table of words, phrases and word parts, each with a value.

    Attributes:
        exact: Values of whole words.
        phrases: Values of phrases, words joined by blanks.
        starts: First words of phrases.
        heads: Values of word beginnings.
        tails: Values of word ends.
        parts: Values of word parts, longest first.
        unspaced: Values of parts of Chinese and Japanese words, which are written without blanks, longest first.
    """

    exact: dict[str, Value] = field(default_factory=dict)
    phrases: dict[str, Value] = field(default_factory=dict)
    starts: set[str] = field(default_factory=set)
    heads: dict[str, Value] = field(default_factory=dict)
    tails: dict[str, Value] = field(default_factory=dict)
    parts: list[tuple[str, Value]] = field(default_factory=list)
    unspaced: list[tuple[str, Value]] = field(default_factory=list)

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Value]]) -> WordTable[Value]:
        """Make a table of entries; an entry that stands twice keeps its first value."""
        table = cls()
        for written, value in entries:
            words = " ".join(words_of(written.strip("*").replace("_", " ")))
            if _UNSPACED.match(words):
                table.unspaced.append((words, value))
            elif written[0] == "*" and written[-1] == "*":
                table.parts.append((words, value))
            elif written[0] == "*":
                table.tails.setdefault(words, value)
            elif written[-1] == "*":
                table.heads.setdefault(words, value)
            elif " " in words:
                table.phrases.setdefault(words, value)
                table.starts.add(words.partition(" ")[0])
            else:
                table.exact.setdefault(words, value)
        table.parts.sort(key=lambda part: -len(part[0]))
        table.unspaced.sort(key=lambda part: -len(part[0]))
        return table

    def find(self, words: list[str]) -> list[tuple[int, Value]]:
        """Give what the table says about words: place of the first word of each find, and its value."""
        found = []
        place = 0
        while place < len(words):
            if words[place] in self.starts:
                length, value = self._phrase(words, place)
                if value is not None:
                    found.append((place, value))
                    place += length
                    continue
            value = self._word(words[place])
            if value is not None:
                found.append((place, value))
            place += 1
        return found

    def _phrase(self, words: list[str], place: int) -> tuple[int, Value | None]:
        for length in range(min(_LONGEST_PHRASE, len(words) - place), 1, -1):
            value = self.phrases.get(" ".join(words[place : place + length]))
            if value is not None:
                return length, value
        return 0, None

    def _word(self, word: str) -> Value | None:
        value = self.exact.get(word)
        if value is not None or len(word) < _SHORTEST_PART:
            return value if value is not None or not _UNSPACED.match(word) else _part_of(word, self.unspaced)
        if not word.isascii() and _UNSPACED.match(word):
            return _part_of(word, self.unspaced)
        # The last part of a compound names the thing: Vertriebsmarketing is marketing.
        for start in range(1, len(word) - _SHORTEST_PART + 1):
            value = self.tails.get(word[start:])
            if value is not None:
                return value
        for end in range(len(word), _SHORTEST_PART - 1, -1):
            value = self.heads.get(word[:end])
            if value is not None:
                return value
        return _part_of(word, self.parts) if len(word) >= _LONG_WORD else None


def _part_of(word: str, parts: list[tuple[str, Value]]) -> Value | None:
    return next((value for part, value in parts if part in word), None)
