"""Fold the spelling of a place name: case, accents and marks do not count when it is looked up."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["fold"]

_MARKS: dict[int, str | None] = {code: " " for code in range(128) if not chr(code).isalnum()}
_MARKS.update({ord("."): None, ord("'"): None, ord("`"): None})


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Fold a spelling.

    Example:
        >>> fold("Côte d'Ivoire"), fold("U.S.A."), fold("Trinidad & Tobago")
        ('cote divoire', 'usa', 'trinidad and tobago')
    """
    folded = text.casefold().replace("&", " and ")
    if not folded.isascii():
        plain = (
            unicodedata.normalize("NFKD", folded).replace("’", "").replace("ı", "i").replace("ø", "o").replace("ł", "l")
        )
        folded = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(folded.translate(_MARKS).split())
