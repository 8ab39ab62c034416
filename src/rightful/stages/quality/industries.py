"""Bring industries, in words or as a code, into one scheme of 35 groups.

The groups follow the sections of ISIC and the sectors of NAICS, named as CRMs name them. Codes are looked up by their longest known
prefix. Words are looked up in picklists of Salesforce, HubSpot and LinkedIn first, then in a table of words in seven languages.
Nothing is guessed between groups: where a text or a code covers several, it gets the group that holds them all, or none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rightful.stages.quality.data import read_rows
from rightful.stages.quality.junk import is_junk
from rightful.stages.quality.word_table import WordTable, words_of

__all__ = ["INDUSTRIES", "REASONS", "IndustryReading", "Scheme", "classify_industry", "majority_schemes"]

Scheme = Literal["naics", "sic", "isic", "nace"]
"""Codes that can be read: NAICS 2017 and 2022, SIC 1987, ISIC revision 4, NACE revision 2 (WZ 2008, ATECO 2007 ...)."""

REASONS: dict[str, str] = {
    "picklist": "The text is a value of the picklists of Salesforce, HubSpot or LinkedIn.",
    "words": "The text's words name the industry.",
    "first_of_several": "The text names several industries; the first was taken.",
    "code_read": "The industry was looked up by its code.",
    "scheme_decided": "The code stands in several schemes; the other codes of its column show which one is meant.",
    "ambiguous": "The text or code covers several industries; the group that holds them all was taken, if there is one.",
    "misspelt": "The text is one letter away from one picklist value.",
    "junk": "The text is a placeholder or a test entry, not an industry.",
    "unreadable": "Neither a code nor a word of the text is known.",
}

INDUSTRIES: dict[str, str] = {row["industry"]: row["wider"] for row in read_rows("industry_groups.csv")}
"""Each industry with the wider one that holds it, or ""."""


class IndustryReading(NamedTuple):
    """An industry.

    Attributes:
        industry: One of ``INDUSTRIES``; None where the text does not determine one.
        industry_code: The code, where the text is one: digits (and section letter) only.
        scheme: naics, sic, isic or nace for a code, ``picklist`` or ``words`` for words; None where nothing was read.
        reason: A key of ``REASONS``; empty for nothing and for the scheme's own names.
    """

    industry: str | None
    industry_code: str | None
    scheme: str | None
    reason: str


class _Word(NamedTuple):
    industry: str
    weight: int


def _code_tables() -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {"naics": {}, "sic": {}, "isic": {}}
    for row in read_rows("industry_codes.csv"):
        tables[row["scheme"]][row["code"]] = row["industry"]
    return tables


_CODES = _code_tables()
_VALID = {
    row["scheme"]: frozenset(code[:length] for code in row["codes"].split() for length in (2, 3, 4))
    for row in read_rows("industry_valid_codes.csv")
}
_PICKLISTS = {row["value"]: row["industry"] for row in read_rows("industry_picklists.csv")}
_WORDS: WordTable[_Word] = WordTable.of(
    (word, _Word(row["industry"], int(row["weight"])))
    for row in read_rows("industry_words.csv")
    for word in row["words"].split()
)
_SCHEMES: dict[str, Scheme] = {
    "naics": "naics", "scian": "naics", "sic": "sic", "isic": "isic", "ciiu": "isic", "nace": "nace", "wz": "nace",
    "ateco": "nace", "sbi": "nace", "naf": "nace", "cnae": "nace", "pkd": "nace",
}  # fmt: skip
_NAMED_CODE = re.compile(
    rf"({'|'.join(_SCHEMES)})\b[\s:#-]*(?:code)?[\s:#-]*(?:(?:19|20)\d\d[\s:]+)?([A-Za-z]?\s?[\d.]+|[A-U])\b.*",
    re.IGNORECASE,
)
_CODE_LIKE = re.compile(rf"\d|^(?:{'|'.join(_SCHEMES)})\b", re.IGNORECASE)
_BARE_CODE = re.compile(
    r"(\d{2,6}|[A-Ua-u](?:\d\d(?:\.?\d{1,2}(?:\.?\d)?)?)?|\d\d\.\d{1,2}(?:\.\d{1,2})?)(?:[A-Z])?(?:\s*[-–:,|]\s*\D.*|\s+[A-Za-z]\D.*)?"
)
_SPLIT = re.compile(r"[;|\n]")
_RANGE_SECTORS = {"31-33": "31", "44-45": "44", "48-49": "48"}
_BARE_SCHEMES: tuple[Scheme, ...] = ("naics", "sic", "isic")
_FEWEST_VOTES = 3
_MOST_LETTERS = 300
_SHORTEST_MISSPELT = 7
_WIDE = 2  # weight of words such as Technology or Industrials that say little beside others


def classify_industry(
    text: str | None, *, scheme: Scheme | None = None, usual: Mapping[int, Scheme] | None = None
) -> IndustryReading:
    """Read an industry from words or from a code.

    Args:
        text: As typed.
        scheme: What codes are, where the source says; left out, a code must exist in one scheme only, or mean the same in all.
        usual: What ``majority_schemes`` says of the column; it decides about codes that several schemes have.

    Example:
        >>> classify_industry("622110")
        IndustryReading(industry='Healthcare', industry_code='622110', scheme='naics', reason='code_read')
        >>> classify_industry("COMPUTER_SOFTWARE").industry, classify_industry("Maschinenbau").industry
        ('Software & Internet', 'Machinery & Industrial Goods')
    """
    written = text[:_MOST_LETTERS].strip() if text else ""
    if not written:
        return IndustryReading(None, None, None, "")
    if written in INDUSTRIES:
        return IndustryReading(written, None, "words", "")
    if written in _RANGE_SECTORS:
        return _looked_up(_RANGE_SECTORS[written], ["naics"])
    if len(written) < 3 or _CODE_LIKE.search(written):
        reading = _read_code(written, scheme, usual or {})
        if reading:
            return reading
    if is_junk(written):
        return IndustryReading(None, None, None, "junk")
    return _read_words(written)


def majority_schemes(values: Iterable[str | None]) -> dict[int, Scheme]:
    """Say which scheme the codes of a column are of, for each length: 4 digits may be SIC where 6 digits are NAICS.

    Only codes that one scheme alone has tell; at least three of them, nine in ten for the same scheme.

    Example:
        >>> majority_schemes(["7371", "3559", "6141", "622110", "Retail", None])
        {4: 'sic'}
    """
    votes: dict[int, Counter[Scheme]] = {}
    for value in values:
        digits = value.strip() if value else ""
        if digits.isdecimal() and digits.isascii():
            found = [name for name in _BARE_SCHEMES if _exists(digits, name)]
            if len(found) == 1:
                votes.setdefault(len(digits), Counter())[found[0]] += 1
    majority: dict[int, Scheme] = {}
    for length, counts in sorted(votes.items()):
        scheme, most = counts.most_common(1)[0]
        if most >= _FEWEST_VOTES and most >= 9 * (counts.total() - most):
            majority[length] = scheme
    return majority


def _read_code(written: str, scheme: Scheme | None, usual: Mapping[int, Scheme]) -> IndustryReading | None:
    named = _NAMED_CODE.fullmatch(written)
    bare = None if named else _BARE_CODE.fullmatch(written)
    if named:
        scheme, code = _SCHEMES[named[1].lower()], named[2]
    elif bare and (written[0].isdigit() or len(bare[1]) > 1 or scheme in {"isic", "nace"}):
        code = bare[1]
    else:
        return None
    if scheme is None and ("." in code or not code[0].isdigit()):
        scheme = "nace"
    digits = code.replace(".", "").replace(" ", "").upper()
    if len(digits) > 1 and digits[0].isalpha():
        digits = digits[1:]
    if scheme:
        return _looked_up(digits, [scheme])
    schemes = [name for name in _BARE_SCHEMES if _exists(digits, name)]
    reading = _looked_up(digits, schemes)
    majority = usual.get(len(digits))
    if reading.reason == "ambiguous" and len(schemes) > 1 and majority in schemes:
        decided = _looked_up(digits, [majority])
        return decided._replace(reason="scheme_decided") if decided.industry else decided
    return reading


def _exists(digits: str, scheme: str) -> bool:
    return digits[:4] in _VALID[scheme] and (len(digits) <= 4 or scheme == "naics")


def _looked_up(digits: str, schemes: Sequence[str]) -> IndustryReading:
    found = {scheme: _covered(digits, _CODES["isic" if scheme == "nace" else scheme]) for scheme in schemes}
    industries = set().union(*found.values())
    if not industries:
        return IndustryReading(None, digits, None, "unreadable")
    scheme = schemes[0] if len(schemes) == 1 else None
    if len(industries) == 1 and "" not in industries:
        return IndustryReading(industries.pop(), digits, scheme, "code_read")
    return IndustryReading(_common(industries), digits, scheme, "ambiguous")


def _covered(digits: str, table: dict[str, str]) -> set[str]:
    """Give the industries that a code covers: that of its longest known prefix, and those of longer codes if they differ."""
    for length in range(len(digits), 0, -1):
        industry = table.get(digits[:length])
        if industry is not None:
            return {industry} if industry else {""}
    return set()


def _common(industries: set[str]) -> str | None:
    """Give the industry that holds all of several, itself one of them or the wider one of each; None if there is none."""
    wider = {INDUSTRIES.get(industry) or industry for industry in industries}
    return wider.pop() if len(wider) == 1 and "" not in industries else None


def _read_words(written: str) -> IndustryReading:
    key = " ".join(words_of(written.replace("_", " ").replace("&", " and ")))
    exact = _PICKLISTS.get(key)
    if exact:
        return IndustryReading(exact, None, "picklist", "picklist")
    found = [word for word in map(_named, _SPLIT.split(written)) if word]
    if not found:
        return _read_misspelt(key)
    named = [word.industry for word in found if word.weight > _WIDE] or [word.industry for word in found]
    narrow = [industry for industry in named if not any(INDUSTRIES[other] == industry for other in named)]
    return IndustryReading(narrow[0], None, "words", "words" if len(set(narrow)) == 1 else "first_of_several")


def _named(part: str) -> _Word | None:
    """Give the word of a part that decides: the one of the greatest weight, of equals the first."""
    words = words_of(part.replace("_", " ").replace("&", " and "))
    found = [word for _, word in _WORDS.find([word for word in words if word != "and"])]
    best = max(found, key=lambda word: word.weight, default=None)
    exact = _PICKLISTS.get(" ".join(words))
    return _Word(exact, best.weight if best else _WIDE + 1) if exact else best


def _read_misspelt(key: str) -> IndustryReading:
    """Read a single long word that is one letter away from exactly one industry."""
    if len(key) >= _SHORTEST_MISSPELT and key.isalpha():
        near = process.extract(key, list(_PICKLISTS), scorer=OSA.distance, score_cutoff=1, limit=None)
        industries = {_PICKLISTS[value] for value, _, _ in near}
        if len(industries) == 1:
            return IndustryReading(industries.pop(), None, "picklist", "misspelt")
    return IndustryReading(None, None, None, "unreadable")
