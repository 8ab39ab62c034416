"""Read the other names that stand in one company name: former, trading and short names, the company it is part of."""

from __future__ import annotations

import re
from typing import NamedTuple

from rightful.stages.quality.data import read_words

__all__ = ["OtherNames", "read_other_names"]

_ALIAS = re.compile(
    r"[\s,;(\[-]+(?:formerly(?: known as| named| called)?|previously(?: known as)?|d/b/a|d\.b\.a\.?|dba|doing business as|"
    r"f/k/a|fka|f\.k\.a\.?|a/k/a|aka|a\.k\.a\.?|also known as|now known as|t/a|trading as|vormals|früher|anciennement|antes)"
    r"[\s:.]+(?P<alias>\S.*)$",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    r"[\s,;(\[-]+(?:(?:an?|the)\s+)?(?:wholly[- ]owned\s+)?(?:division|subsidiary|unit|affiliate|brand|part|business unit|"
    r"operating company|member)\s+of\s+(?:the\s+)?(?P<owner>\S.*)$",
    re.IGNORECASE,
)
_A_COMPANY_OF = re.compile(r",\s*an?\s+(?P<owner>[^,]+?)\s+company\.?$", re.IGNORECASE)
_LISTING = re.compile(
    r"\s*\((?:NYSE|NASDAQ|LSE|TSX|ASX|AMEX|OTC\w{0,4}|ETR|FRA|SGX|HKEX|NSE|BSE)\s?:\s?[\w.]+\)", re.IGNORECASE
)
_SHORT_NAME = re.compile(r"\s*\((?P<short>[A-Z][A-Z0-9&.]{1,9})\)")
_INITIALS = re.compile(r"\b[A-Z]")


class OtherNames(NamedTuple):
    """What stands beside the name proper.

    Attributes:
        body: The name proper.
        aliases: Other names of the company.
        part_of: The company it says it belongs to.
    """

    body: str
    aliases: tuple[str, ...]
    part_of: str | None


# Only texts with one of these words, or with a bracket or slash, are searched with the patterns above.
_HINTS = read_words("other_name_hints.txt")
# Words before a country that make it part of the name: ``Bank of America``.
_OPEN_ENDS = (" of", " in", " the", " for", " and", " &", " de", " do", " von")
_COUNTRY_WORDS = read_words("country_words.txt")
# Words that belong to the country word behind them: ``North America``.
_PART_OF_COUNTRY = re.compile(
    r"(?:^|[\s,(-]+)(?:(?:north|south|east|west)(?:ern)?|central|latin|nord|süd|sur|norte)$", re.IGNORECASE
)


def read_other_names(text: str) -> OtherNames | None:
    """Split other names off; None when there are none.

    Example:
        >>> read_other_names("Oculus, a division of Zeta Corp")
        OtherNames(body='Oculus', aliases=(), part_of='Zeta Corp')
    """
    words = text.lower().split()
    if "(" in text or "/" in text or not _HINTS.isdisjoint(words) or ("," in text and words[-1] == "company"):
        return _split(text)
    alias = _without_country(text) if words[-1] in _COUNTRY_WORDS else ""
    return OtherNames(text, (alias,), None) if alias else None


def _without_country(text: str) -> str:
    """Give the name without a country word at its end; empty when there is none."""
    head, _, last = text.rpartition(" ")
    if last.strip("()").lower() not in _COUNTRY_WORDS:
        return ""
    head = _PART_OF_COUNTRY.sub("", head)
    return "" if head.lower().endswith(_OPEN_ENDS) else head.rstrip(" ,-")


def _split(text: str) -> OtherNames | None:
    body, aliases, owner = _LISTING.sub("", text), [], None
    for pattern in (_PART_OF, _A_COMPANY_OF):
        found = pattern.search(body)
        if found and found.start() > 0:
            owner = found["owner"].strip(" )].,;")
            body = body[: found.start()]
    found = _ALIAS.search(body)
    if found and found.start() > 0:
        aliases.append(found["alias"].strip(" )].,;"))
        body = body[: found.start()]
    short = _SHORT_NAME.search(body)
    if short and short.start() > 0 and _is_short_for(short["short"], body[: short.start()]):
        aliases.append(short["short"])
        body = f"{body[: short.start()]}{body[short.end() :]}"
    aliases.append(_without_country(body))
    aliases = [alias for alias in aliases if alias]
    if body == text and not aliases:
        return None
    return OtherNames(body.strip(" ,;"), tuple(aliases), owner or None)


def _is_short_for(short: str, words: str) -> bool:
    """Tell whether letters in brackets are the initials of the words before them."""
    initials = "".join(_INITIALS.findall(words))
    letters = "".join(letter for letter in short if letter.isalpha())
    return len(letters) > 1 and (initials.endswith(letters) or initials.startswith(letters))
