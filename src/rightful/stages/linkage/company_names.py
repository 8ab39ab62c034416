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
# Words that are put at the end of a name, or left out: what groups call themselves, and words of legal forms.
_GENERIC_WORDS = """
    group groupe gruppe gruppo grupo holding holdings company companies co corporation corp incorporated inc limited ltd llc llp lp
    plc public publ pc pllc private pvt pte pty proprietary sdn bhd berhad pt tbk unlimited
    ag akt act ges aktien actien aktiengesellschaft actiengesellschaft liquidation liquid gmbh gesellschaft mbh kg kgaa ohg ug se ev eg
    sa sas sarl societe anonyme sociedad anonima sociedade cia compania companhia sl slu srl societa cv sab sapi ltda eireli
    nv bv vof naamloze besloten vennootschap ab aktiebolag asa aps oy oyj ou uab sia zrt nyrt kft reszvenytarsasag
    nyilvanosan mukodo zartkoruen anonim sirketi sirket sp zoo doo dd ood kk kabushiki kaisha jsc pjsc ojsc oao ooo zao pao
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_GENERIC_BY_LENGTH = {
    length: tuple(sorted(word for word in _GENERIC if len(word) == length)) for length in range(3, 20)
}
_COMMON = 3
_MOST_SLIPS = 2
_VOWELS = re.compile(r"[aeiou]")
_SHORTEST_SHORTENED = 3


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
    if all(_is_generic(word, counts) for word in (*mine, *theirs)):
        return Level.NEAR
    if len(mine) == len(theirs) and all(_is_slip(word, theirs, counts) for word in mine):
        return Level.NEAR
    if _is_spaced(one, other, mine, theirs) or _is_longer(mine, theirs, counts):
        return Level.LOOSE
    return Level.DIFFERS


def _only(one: str, other: str) -> list[str]:
    """Give the words that the one name has and the other has not."""
    left, others = one.split(), other.split()
    if len(set(left)) == len(left):
        return [word for word in left if word not in others]
    return list((Counter(left) - Counter(others)).elements())


def _is_generic(word: str, counts: Mapping[str, int]) -> bool:
    """Tell whether a word is one that names are written with or without, perhaps misspelt."""
    if word in _GENERIC:
        return True
    if counts.get(word, 0) > _COMMON:
        return False
    near = (each for length in (len(word) - 1, len(word), len(word) + 1) for each in _GENERIC_BY_LENGTH.get(length, ()))
    return any(OSA.distance(word, each, score_cutoff=1) <= 1 for each in near)


def _is_longer(mine: Sequence[str], theirs: Sequence[str], counts: Mapping[str, int]) -> bool:
    """Tell whether one name is the other with words more that hardly any name has; a common one tells sites apart."""
    shorter, longer = sorted((mine, theirs), key=len)
    rest = list(longer)
    for word in shorter:
        slip = next((each for each in rest if _is_slip(word, [each], counts)), None)
        if slip is None:
            return False
        rest.remove(slip)
    return all(counts.get(word, 0) <= _COMMON or word in _GENERIC for word in rest)


def _is_slip(word: str, others: Sequence[str], counts: Mapping[str, int]) -> bool:
    """Tell whether a word is one of the others misspelt: nearly the same letters, and one of the two is rare."""
    nearest = others[0] if len(others) == 1 else min(others, key=lambda other: (OSA.distance(word, other), other))
    if min(counts.get(word, 0), counts.get(nearest, 0)) > _COMMON:
        return False
    allowed = max(1, min(_MOST_SLIPS, len(word) // 5))
    is_near = OSA.distance(word, nearest, score_cutoff=allowed) <= allowed
    return is_near or (word[0] == nearest[0] and _consonants(word) == _consonants(nearest))


def _consonants(word: str) -> str:
    """Give a word as people shorten it, by leaving out vowels; short words as they are."""
    short = word[:1] + _VOWELS.sub("", word[1:])
    return short if len(short) > _SHORTEST_SHORTENED else word


def _is_spaced(one: str, other: str, mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Tell whether words are joined or parted, perhaps with a slip: other numbers of words, nearly the same letters."""
    if len(mine) == len(theirs):
        return False
    return OSA.distance(one.replace(" ", ""), other.replace(" ", "")) <= _MOST_SLIPS
