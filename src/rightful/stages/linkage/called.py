"""What a company is called: its name, its other names, and what a plan's synonyms make of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from anyascii import anyascii
from rapidfuzz import fuzz, process

from rightful.stages.linkage.company_names import compare_company_names, count_words
from rightful.stages.linkage.kinds import Level, Levels
from rightful.stages.linkage.pairs import Rows

__all__ = ["Called"]

# Of a hundred; of 5,077 pairs of a labelled book whose names agree somehow 9 are less alike, and recall stays without them.
_LEAST_LIKENESS = 70
_MARKS = re.compile(r"[\W_]+")
# ``of`` and ``at`` are left out: a hospital of a town is another one than the hospital.
_IN = ("in", "zu", "bei")


@dataclass(frozen=True, slots=True)
class Called:
    """The names of accounts.

    Attributes:
        own: Each account's own name, without the town it says to be in; empty where unknown.
        others: The other names of those that have some.
    """

    own: Sequence[str]
    others: Mapping[int, tuple[str, ...]]

    @classmethod
    def of(cls, texts: Mapping[str, Sequence[str]], synonyms: Mapping[str, str]) -> Called:
        """Read the names.

        Args:
            texts: ``core_name``, ``other_name`` and ``city``, small letters, empty where unknown.
            synonyms: Names and words, each with the one that it stands for.

        Example:
            >>> texts = {"core_name": ["zeta in bonn", "ibm"], "other_name": ["roadrunner", ""], "city": ["Bonn", ""]}
            >>> called = Called.of(texts, {"ibm": "international business machines"})
            >>> called.own, called.others
            (['zeta', 'ibm'], {0: ('roadrunner',), 1: ('international business machines',)})
        """
        own = [_without_town(name, city) for name, city in zip(texts["core_name"], texts["city"], strict=True)]
        others: dict[int, tuple[str, ...]] = {}
        for row, (name, second) in enumerate(zip(own, texts["other_name"], strict=True)):
            found = [each for each in (second, *(_meant(each, synonyms) for each in (name, second))) if each]
            if distinct := tuple(dict.fromkeys(each for each in found if each != name)):
                others[row] = distinct
        return cls(own, others)

    def rows(self) -> tuple[Rows, list[str]]:
        """Give every name with the row of its account; own names first, in order."""
        more = [(row, name) for row, names in self.others.items() for name in names]
        rows = np.array([*range(len(self.own)), *(row for row, _ in more)], np.int64)
        return rows, [*self.own, *(name for _, name in more)]

    def compare(self, left: Rows, right: Rows) -> tuple[Levels, dict[int, str]]:
        """Compare accounts by the names that agree best.

        Returns:
            How far they agree; one's other name being the other's name counts as near. And for pairs that agree by another name how,
            in words.
        """
        counts = count_words([*self.own, *(name for names in self.others.values() for name in names)])
        levels = np.full(len(left), Level.DIFFERS, np.int8)
        said: dict[int, str] = {}
        for pair in np.flatnonzero(self._may_agree(left, right)).tolist():
            one, other = int(left[pair]), int(right[pair])
            level = compare_company_names(self.own[one], self.own[other], counts)
            if level > Level.NEAR and (one in self.others or other in self.others):
                for mine, theirs in self._other_ways(one, other):
                    if compare_company_names(mine, theirs, counts) in {Level.EQUAL, Level.NEAR}:
                        level = Level.NEAR
                        said[pair] = f"'{self.own[one]}' and '{self.own[other]}' are both '{mine}'"
                        break
            levels[pair] = level
        return levels, said

    def _may_agree(self, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
        """Tell which pairs are worth a look word by word: a glance at the letters is a hundred times faster."""
        compact = [name.replace(" ", "") for name in self.own]
        likeness = np.zeros(len(left), np.float32)
        for names, scorer in ((self.own, fuzz.token_set_ratio), (compact, fuzz.ratio)):
            mine, theirs = [names[row] for row in left.tolist()], [names[row] for row in right.tolist()]
            likeness = np.maximum(likeness, process.cpdist(mine, theirs, scorer=scorer, dtype=np.float32))
        has_others = np.isin(np.arange(len(self.own)), list(self.others))
        return (likeness >= _LEAST_LIKENESS) | has_others[left] | has_others[right]

    def _other_ways(self, one: int, other: int) -> Iterator[tuple[str, str]]:
        """Pair the names of two accounts, but for their own ones."""
        mine, theirs = (self.own[one], *self.others.get(one, ())), (self.own[other], *self.others.get(other, ()))
        ways = ((a, b) for a in mine for b in theirs if a and b)
        return (way for way in ways if way != (mine[0], theirs[0]))


def _meant(name: str, synonyms: Mapping[str, str]) -> str:
    """Give what a name stands for: by itself, or word by word; empty when that is the name."""
    if not synonyms:
        return ""
    meant = synonyms.get(name) or " ".join(synonyms.get(word, word) for word in name.split())
    return "" if meant == name else meant


def _without_town(name: str, city: str) -> str:
    """Leave out that a name is in its own town, and what stands behind that."""
    if not city or not any(f" {word} " in name for word in _IN):
        return name
    town = " ".join(_MARKS.sub(" ", anyascii(city).lower()).split())
    for word in _IN:
        head, found, rest = name.partition(f" {word} {town}")
        if head and found and not rest[:1].strip():
            return head
    return name
