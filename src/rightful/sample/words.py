"""The words of the sample: read from ``data/*.csv`` once, as columns that can be gathered from."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import polars as pl
from anyascii import anyascii

__all__ = ["Words", "in_latin_letters", "rows", "split", "templates", "words"]

SCRIPTS = frozenset({"ja", "zh", "ko", "uk", "bg"})


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one language: as they are written, and in Latin letters for domains and e-mail addresses."""

    native: pl.Series
    latin: pl.Series

    def __len__(self) -> int:
        """Count the words."""
        return len(self.native)


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Read a table of ``data/``."""
    text = (resources.files("rightful.sample") / "data" / f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def split(text: str) -> list[str]:
    """Split a cell that holds several values."""
    return text.split("|") if text else []


@cache
def words(table: str, language: str, role: str) -> Words:
    """Give the words that a language has for a role; none where it has none.

    A word may bring its reading in Latin letters: ``山=Yama``.
    """
    found = next((row for row in rows(table) if row["language"] == language and row["role"] == role), None)
    pairs = [word.partition("=") for word in split(found["words"])] if found else []
    native = pl.Series([pair[0] for pair in pairs], dtype=pl.String)
    return Words(native, pl.Series([pair[2] or pair[0] for pair in pairs], dtype=pl.String))


def templates(texts: Sequence[str], hole: str) -> tuple[pl.Series, pl.Series]:
    """Cut templates such as ``{core} GmbH`` at their hole: what stands before it and after it."""
    cut = [text.partition(hole) for text in texts]
    before = pl.Series([part[0] for part in cut], dtype=pl.String)
    return before, pl.Series([part[2] for part in cut], dtype=pl.String)


def in_latin_letters(values: pl.Series) -> pl.Series:
    """Write a column without accents; reads each distinct value once."""
    distinct = values.unique(maintain_order=True)
    spelled = pl.Series(
        [value if value is None or value.isascii() else anyascii(value) for value in distinct], dtype=pl.String
    )
    return values.replace_strict(distinct, spelled, return_dtype=pl.String)
