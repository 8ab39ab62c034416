"""Clean the names of people; split a whole name into its parts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from nameparser import HumanName

from rightful.stages.quality.data import read_words
from rightful.stages.quality.letter_case import is_one_case, tidy_person_case
from rightful.stages.quality.text import REASONS as TEXT_REASONS
from rightful.stages.quality.text import clean_text

__all__ = ["REASONS", "PersonName", "clean_person_name", "split_person_name"]

REASONS: dict[str, str] = {
    **TEXT_REASONS,
    "name_split": "A whole name was split into given and family name.",
    "title_split": "A title, suffix or nickname was split off the name.",
    "case_repaired": "The name was all in capitals or all in small letters; capitals were set as usual.",
    "no_letters": "The text holds no letter, so it is not a name.",
}

_NAME = r"[A-Z][a-z]+"
_PLAIN = re.compile(rf"{_NAME}(?:[ -]{_NAME})?", re.ASCII)
_PLAIN_WHOLE = re.compile(rf"({_NAME}) ({_NAME}(?:-{_NAME})?)", re.ASCII)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
_NICKNAME = re.compile(r"\s*(?:\(([^()]{1,40})\)|[\"“”]([^\"“”]{1,40})[\"“”])")
# What is left over at the edges when parts are taken off.
_EDGES = " ,;-&/|*"
# Titles that are no given names: alone in front of a family name they leave the given name unknown.
_FORMS_OF_ADDRESS = read_words("forms_of_address.txt")
_MOST_LETTERS = 120
_MOST_PASSES = 8


class PersonName(NamedTuple):
    """The parts of a person's name.

    Attributes:
        first: Given name with middle names.
        last: Family name with particles.
        title: Titles in front, such as ``Dr.``.
        suffix: What stands behind, such as ``Jr.`` or ``PhD``.
        nickname: Name in brackets or quotes.
        reason: The most telling change, a key of ``REASONS``; empty when nothing changed.
    """

    first: str | None
    last: str | None
    title: str | None
    suffix: str | None
    nickname: str | None
    reason: str


_NOTHING = PersonName(None, None, None, None, None, "")


def clean_person_name(first: str | None, last: str | None) -> PersonName:
    """Clean given and family name that the source already splits.

    Titles and suffixes leave the names but are kept beside them. Capitals are set only in names typed in one
    case.

    Example:
        >>> clean_person_name("dr. ann", "MCDONALD, PHD")[:4]
        ('Ann', 'McDonald', 'Dr.', 'PhD')
    """
    is_first_plain = not first or _PLAIN.fullmatch(first)
    is_last_plain = not last or _PLAIN.fullmatch(last)
    if is_first_plain and is_last_plain and not _has_title(first) and not _has_suffix(last):
        return PersonName(first or None, last or None, None, None, None, "")
    return _clean(first and first[:_MOST_LETTERS], last and last[:_MOST_LETTERS])


def _has_title(first: str | None) -> bool:
    return bool(first) and str(first).partition(" ")[0].lower() in _titles()


def _has_suffix(last: str | None) -> bool:
    return bool(last) and str(last).rpartition(" ")[2].lower() in _suffixes()


@lru_cache(maxsize=1)
def _titles() -> frozenset[str]:
    return read_words("person_titles.txt")


@lru_cache(maxsize=1)
def _suffixes() -> frozenset[str]:
    return read_words("person_suffixes.txt")


@lru_cache(maxsize=1)
def _particles() -> frozenset[str]:
    return read_words("name_particles.txt")


def _bare(word: str) -> str:
    return word.lower().replace(".", "").strip(",")


def _clean(first: str | None, last: str | None) -> PersonName:
    """Take parts off until nothing more comes off: behind one part another may come to light."""
    found = _clean_once(first, last)
    for _ in range(_MOST_PASSES):
        if found.reason in ("", "case_repaired"):
            break
        again = _clean_once(found.first, found.last)
        if again[:2] == found[:2]:
            break
        title, suffix = found.title or again.title, found.suffix or again.suffix
        nickname = found.nickname or again.nickname
        found = PersonName(again.first, again.last, title, suffix, nickname, found.reason)
    return found


def _clean_once(first: str | None, last: str | None) -> PersonName:
    given, given_reason = _named(first)
    family, family_reason = _named(last)
    given, nickname = _without_nickname(given)
    family, other_nickname = _without_nickname(family)
    given, title = _without_titles(given, is_all=bool(family))
    given, given_suffix = _without_suffixes(given)
    family, suffix = _without_suffixes(family)
    family, family_title = _without_titles(family)
    nickname, suffix, title = nickname or other_nickname, suffix or given_suffix, title or family_title
    tidy_first, tidy_last = given and tidy_person_case(given), family and tidy_person_case(family)
    reason = given_reason or family_reason
    if nickname or suffix or title:
        reason = "title_split"
    elif (tidy_first, tidy_last) != (given, family):
        reason = reason or "case_repaired"
    return PersonName(tidy_first, tidy_last, title, suffix, nickname, reason)


def _named(text: str | None) -> tuple[str | None, str]:
    cleaned, reason = clean_text(text)
    if cleaned is None:
        return None, reason
    if not any(letter.isalpha() for letter in cleaned):
        return None, "no_letters"
    tidy = cleaned.strip(_EDGES)
    return tidy, reason or ("white_space_tidied" if tidy != cleaned else "")


def _without_nickname(name: str | None) -> tuple[str | None, str | None]:
    nicknames: list[str] = []
    while name:
        found = _NICKNAME.search(name)
        if not found:
            break
        rest = " ".join(f"{name[: found.start()]} {name[found.end() :]}".split()).strip(_EDGES)
        if not any(letter.isalpha() for letter in rest):
            break
        nicknames.append((found[1] or found[2]).strip())
        name = rest
    bare = name and name.strip(_EDGES + '()[]{}“”"')
    return bare or name, ", ".join(nickname for nickname in nicknames if nickname) or None


def _without_titles(name: str | None, *, is_all: bool = False) -> tuple[str | None, str | None]:
    """Take titles off the start; ``is_all`` allows that nothing else remains: the given name of Mr. Smith is unknown."""
    words = name.split() if name else []
    if is_all and words and all(_bare(word) in _FORMS_OF_ADDRESS or _is_mark(word) for word in words):
        return None, " ".join(_usual_title(word) for word in words).strip(_EDGES)
    count = 0
    while count < len(words) - 1 and (_bare(words[count]) in _titles() or _is_mark(words[count])):
        count += 1
    rest = " ".join(words[count:]).strip(_EDGES)
    if not count or not any(letter.isalpha() for letter in rest):
        return name, None
    return rest, " ".join(_usual_title(word) for word in words[:count] if not _is_mark(word)) or None


def _is_mark(word: str) -> bool:
    return not any(letter.isalnum() for letter in word)


def _usual_title(word: str) -> str:
    return f"{word[:1].upper()}{word[1:].lower()}" if is_one_case(word) else word


def _without_suffixes(name: str | None) -> tuple[str | None, str | None]:
    words = name.split() if name else []
    count = 0
    while count < len(words) - 1 and (_bare(words[-1 - count]) in _suffixes() or _is_mark(words[-1 - count])):
        count += 1
    if not count:
        return name, None
    rest = " ".join(words[:-count]).strip(_EDGES)
    suffix = " ".join(_usual_suffix(word.strip(",")) for word in words[-count:] if not _is_mark(word)) or None
    return (rest, suffix) if any(letter.isalpha() for letter in rest) else (name, None)


def _usual_suffix(word: str) -> str:
    bare = _bare(word)
    if bare in ("jr", "sr"):
        return f"{bare.capitalize()}."
    return "PhD" if bare == "phd" else word.upper() if is_one_case(word) else word


def split_person_name(text: str | None) -> PersonName:
    """Split a whole name into given and family name.

    ``Last, First`` is understood. Names in Chinese, Japanese or Korean letters are split only where a blank
    stands, family name first; else the whole is the family name.

    Example:
        >>> split_person_name("Dr. Ludwig van der Rohe Jr.")[:4]
        ('Ludwig', 'van der Rohe', 'Dr.', 'Jr.')
    """
    if not text:
        return _NOTHING
    plain = _PLAIN_WHOLE.fullmatch(text)
    if plain and not _has_title(plain[1]) and not _has_suffix(plain[2]):
        return PersonName(plain[1], plain[2], None, None, None, "name_split")
    return _split(text[:_MOST_LETTERS])


@lru_cache(maxsize=16_384)
def _split(text: str) -> PersonName:
    name, reason = _named(text)
    if name is None:
        return _NOTHING._replace(reason=reason)
    if _CJK.search(name):
        family, _, given = name.partition(" ")
        return clean_person_name(given or None, family)._replace(reason="name_split" if given else "")
    if name.partition(" ")[0] in _particles() and "," not in name:
        return clean_person_name(None, name)
    parsed = HumanName(tidy_person_case(name))
    given = " ".join(part for part in (parsed.first, parsed.middle) if part)
    if not parsed.last:
        return clean_person_name(None, given or name)._replace(title=(parsed.title or None) if given else None)
    parts = clean_person_name(given or None, parsed.last)
    return PersonName(
        parts.first,
        parts.last,
        parsed.title or parts.title,
        parsed.suffix or parts.suffix,
        parsed.nickname or parts.nickname,
        "name_split",
    )
