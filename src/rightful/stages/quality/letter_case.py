"""Set capitals in names that were typed all in capitals or all in small letters; leave every other name alone."""

from __future__ import annotations

import re
from functools import lru_cache

from rightful.stages.quality.data import read_rows, read_words
from rightful.stages.quality.text import clean_text

__all__ = ["is_one_case", "tidy_company_case", "tidy_person_case", "tidy_place_case"]

_SMALL = read_words("small_words.txt")
_ROMAN = re.compile(r"(?:x{0,3}(?:ix|iv|v?i{0,3}))", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*", re.UNICODE)
_VOWEL = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœ]", re.IGNORECASE)
_PLACE_PARTICLES = read_words("place_particles.txt")
_PARTICLES = read_words("name_particles.txt")
_LONGEST_ACRONYM = 4


def is_one_case(text: str) -> bool:
    """Tell whether a text has letters with case, all of them in the same case."""
    return text.isupper() or text.islower()


def _settled(name: str, tidy: str) -> str:
    """Keep the name as it is where capitals would make it look damaged: ``ü°`` is fine, ``Ü°`` a broken letter."""
    return tidy if tidy.isascii() or clean_text(tidy).text == tidy else name


@lru_cache(maxsize=1)
def _form_spellings() -> dict[str, str]:
    """Words of legal forms in their usual letters: ``gmbh`` -> ``GmbH``."""
    spellings: dict[str, str] = {}
    for row in read_rows("legal_forms.csv"):
        if "marked" in row["place"] or "?" in row["place"]:
            continue  # these letters are common words too
        for spelling in (row["form"], *row["spellings"].split("|")):
            for word in _WORD.findall(spelling):
                if len(word) > 1:
                    spellings.setdefault(word.lower(), word)
    return {word: usual for word, usual in spellings.items() if word not in _SMALL}


def tidy_company_case(name: str) -> str:
    """Set capitals in a company name; short words in capitals may be acronyms and stay.

    Example:
        >>> tidy_company_case("BANK OF IBM SYSTEMS GMBH")
        'Bank of IBM Systems GmbH'
        >>> tidy_company_case("eBay"), tidy_company_case("IBM"), tidy_company_case("BASF SE")
        ('eBay', 'IBM', 'BASF SE')
    """
    if not name.isupper() and not name.islower():
        return name
    is_upper = name.isupper()
    acronym = _acronym(_WORD.findall(name)) if is_upper else ""
    if acronym == name:
        return name
    first = True

    def tidy(found: re.Match[str]) -> str:
        nonlocal first
        is_first, first = first, False
        is_inner = not is_first and name[found.start() - 1] == " "
        if is_first and acronym:
            return acronym
        return _company_word(found.group(), is_inner=is_inner, is_upper=is_upper)

    return _settled(name, _WORD.sub(tidy, name))


def _acronym(words: list[str]) -> str:
    """Give the first word of a name in capitals where it is short and stands alone, or alone beside a legal form: BASF SE."""
    is_alone = all(word.lower() in _form_spellings() for word in words[1:])
    return words[0] if words and len(words[0]) <= _LONGEST_ACRONYM and is_alone else ""


def _company_word(word: str, *, is_inner: bool, is_upper: bool) -> str:
    small = word.lower()
    if small in _SMALL and is_inner:
        return small
    usual = None if not is_inner else _form_spellings().get(small)
    if usual:
        return usual
    if is_upper and small not in read_words("short_words.txt") and (len(word) <= 3 or not _VOWEL.search(word)):
        return word
    return _capitalised(small)


def tidy_person_case(name: str) -> str:
    """Set capitals in a person's name.

    Example:
        >>> tidy_person_case("MCDONALD"), tidy_person_case("ludwig van der rohe"), tidy_person_case("O'BRIEN-SMITH")
        ('McDonald', 'Ludwig van der Rohe', "O'Brien-Smith")
    """
    if not is_one_case(name):
        return name
    first = True

    def tidy(found: re.Match[str]) -> str:
        nonlocal first
        is_first, first = first, False
        return _person_word(found.group(), is_first=is_first, is_alone=found.group() == name)

    return _settled(name, _WORD.sub(tidy, name))


def _person_word(word: str, *, is_first: bool, is_alone: bool) -> str:
    small = word.lower()
    if small in _PARTICLES and (not is_first or not is_alone):
        return small
    if not is_first and len(small) > 1 and _ROMAN.fullmatch(small):
        return small.upper()
    if len(small) > 4 and small.startswith("mc") and small[2].isalpha():
        return f"Mc{_capitalised(small[2:])}"
    if len(small) > 3 and small[1] in "'’" and small[0] in "od":
        return f"{small[0].upper()}{small[1]}{_capitalised(small[2:])}"
    return _capitalised(small)


def tidy_place_case(name: str) -> str:
    """Set capitals in the name of a town.

    Example:
        >>> tidy_place_case("FRANKFURT AM MAIN"), tidy_place_case("st. louis")
        ('Frankfurt am Main', 'St. Louis')
    """
    if not is_one_case(name) or (name.isupper() and len(name) <= 3):
        return name  # LA and NYC stay
    first = True

    def tidy(found: re.Match[str]) -> str:
        nonlocal first
        is_first, first = first, False
        small = found.group().lower()
        if not is_first and (small in _SMALL or small in _PLACE_PARTICLES):
            return small
        if len(small) > 4 and small.startswith("mc"):
            return f"Mc{_capitalised(small[2:])}"
        if len(small) > 3 and small[1] in "'’" and small[0] in "odl":
            return f"{small[0].upper()}{small[1]}{_capitalised(small[2:])}"
        return _capitalised(small)

    return _settled(name, _WORD.sub(tidy, name))


def _capitalised(small: str) -> str:
    return small[:1].title() + small[1:]  # not upper(): ß would become SS
