"""How two company names differ: not at all, by a slip of the keyboard, or by a word that tells companies apart.

Sites and sisters of one company share domain, phone and street; what tells them apart is one word of the name: ``East`` and
``West``, ``II`` and ``III``. A slip makes a word that hardly any other record of the book has; a word that many have is meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rapidfuzz.distance import OSA

from rightful.stages.linkage.kinds import Level

__all__ = ["compare_company_names", "count_words"]

# Telling one site from another: numbers in digits and Roman numerals, single letters.
_NUMBER = re.compile(r"\d+[a-z]?|[ivx]+|[a-z]")
# Words that are put at the end of a name, or left out.
_GENERIC_WORDS = (
    "group groupe gruppe gruppo grupo holding holdings company companies co corp corporation limited ltd inc plc"
)
_GENERIC = frozenset((*_GENERIC_WORDS.split(), "public"))
_COMMON = 3
_MOST_SLIPS = 2


def count_words(names: Sequence[str]) -> Mapping[str, int]:
    """Count for each word the names that have it."""
    return Counter(word for name in names for word in set(name.split()))


def compare_company_names(one: str, other: str, counts: Mapping[str, int]) -> Level:
    """Say how far two cleaned core names agree.

    Args:
        one: A name, lower case, words separated by blanks.
        other: Another.
        counts: How many names of the book have each word.

    Returns:
        Near for a slip and for words often left out; loose where the one has more words than the other.

    Example:
        >>> counts = {"acme": 5, "east": 40, "west": 50}
        >>> compare_company_names("acme east", "acmee east", counts), compare_company_names("acme east", "acme west", counts)
        (<Level.NEAR: 2>, <Level.DIFFERS: 4>)
    """
    if not one or not other:
        return Level.UNKNOWN
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return Level.EQUAL
    mine, theirs = _only(one, other), _only(other, one)
    if not mine and not theirs:
        return Level.EQUAL
    if any(_NUMBER.fullmatch(word) for word in (*mine, *theirs)):
        return Level.DIFFERS
    if _GENERIC.issuperset((*mine, *theirs)):
        return Level.NEAR
    if len(mine) == len(theirs) and all(_is_slip(word, theirs, counts) for word in mine):
        return Level.NEAR
    if not mine or not theirs or _is_spaced(one, other, mine, theirs):
        return Level.LOOSE
    return Level.DIFFERS


def _only(one: str, other: str) -> list[str]:
    """Give the words that the one name has and the other has not."""
    return list((Counter(one.split()) - Counter(other.split())).elements())


def _is_slip(word: str, others: Sequence[str], counts: Mapping[str, int]) -> bool:
    """Tell whether a word is one of the others misspelt: nearly the same letters, and one of the two is rare."""
    nearest = min(others, key=lambda other: (OSA.distance(word, other), other))
    allowed = max(1, min(_MOST_SLIPS, len(word) // 5))
    is_near = OSA.distance(word, nearest) <= allowed
    return is_near and min(counts.get(word, 0), counts.get(nearest, 0)) <= _COMMON


def _is_spaced(one: str, other: str, mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Tell whether words are joined or parted, perhaps with a slip: other numbers of words, nearly the same letters."""
    if len(mine) == len(theirs):
        return False
    return OSA.distance(one.replace(" ", ""), other.replace(" ", "")) <= _MOST_SLIPS
