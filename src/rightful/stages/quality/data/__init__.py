"""Tables of facts that the quality stage reads, one file each, loaded once when first needed."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

__all__ = ["read_rows", "read_words"]


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=32)
def read_words(name: str) -> frozenset[str]:
    """Read a list of words: one or more a line, separated by blanks; lines that start with ``#`` say why.

    Example:
        >>> "facebook.com" in read_words("shared_domains.txt")
        True
    """
    lines = (line for line in _text(name).splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


def read_rows(name: str) -> list[dict[str, str]]:
    """Read a CSV table with a header, every cell as text.

    Example:
        >>> read_rows("legal_forms.csv")[0]["form"]
        'GmbH'
    """
    return list(csv.DictReader(_text(name).splitlines(), strict=True))
