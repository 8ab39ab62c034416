"""Kinds of values that identify a record: how two of them are compared, and how they begin and end.

Source: levels of agreement per field as in Fellegi and Sunter, *A Theory for Record Linkage*, 1969; Jaro-Winkler (Winkler 1990)
and optimal string alignment by RapidFuzz.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from rightful.stages.linkage.nicknames import are_one_first_name

__all__ = ["USUAL", "Kind", "Level", "Levels", "compare_values", "edges"]

Levels = npt.NDArray[np.int8]


class Kind(StrEnum):
    """What a value is."""

    NAME = "name"
    EMAIL = "email"
    CODE = "code"
    DATE = "date"
    TEXT = "text"
    STREET = "street"
    WORD = "word"


class Level(IntEnum):
    """How far two values agree."""

    UNKNOWN = 0
    EQUAL = 1
    NEAR = 2
    LOOSE = 3
    DIFFERS = 4


# Of pairs that are one record: which share agrees how far (equal, near, loose, differs). By reasoning on how records are typed
# and copied; a book's own pairs move them, see `weights`.
USUAL: dict[Kind, tuple[float, float, float, float]] = {
    Kind.NAME: (0.74, 0.11, 0.05, 0.10),
    Kind.EMAIL: (0.65, 0.12, 0.08, 0.15),
    Kind.CODE: (0.75, 0.12, 0.03, 0.10),
    Kind.DATE: (0.80, 0.12, 0.02, 0.06),
    Kind.TEXT: (0.65, 0.15, 0.05, 0.15),
    Kind.STREET: (0.65, 0.15, 0.05, 0.15),
    Kind.WORD: (0.70, 0.02, 0.02, 0.26),
}

# Likeness (Jaro-Winkler) from which values are near, and from which they are loosely alike.
_CUTOFFS = {Kind.NAME: (0.92, 0.80), Kind.EMAIL: (0.92, 0.80), Kind.TEXT: (0.90, 0.80)}
_SLIPS = frozenset((Kind.CODE, Kind.DATE))
# Shares of the words that two addresses have in common, in any order; between "133 New Bridge Road" and the same in another order
# with a house's name, and "100 King Street" and "100 Long Street".
_NEAR_WORDS, _LOOSE_WORDS = 0.84, 0.7
_NUMBERS = re.compile(r"\d+")


def compare_values(kind: Kind, left: Sequence[str], right: Sequence[str]) -> Levels:
    """Compare values one by one; an empty one is unknown.

    Example:
        >>> compare_values(Kind.NAME, ["ann", "robert", "b", ""], ["ann", "rob", "bob", "eve"]).tolist()
        [1, 2, 3, 0]
    """
    levels = np.full(len(left), Level.DIFFERS, np.int8)
    if kind is Kind.STREET:
        levels = _compare_streets(left, right)
    elif kind in _CUTOFFS:
        near, loose = _CUTOFFS[kind]
        alike = process.cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32)
        levels[alike >= loose] = Level.LOOSE
        levels[alike >= near] = Level.NEAR
        if kind is Kind.EMAIL:
            same_box = [a.partition("@")[0] == b.partition("@")[0] for a, b in zip(left, right, strict=True)]
            levels[np.array(same_box, bool)] = Level.NEAR
        if kind is Kind.NAME:
            levels[_are_shortened(left, right)] = Level.LOOSE
            levels[_are_nicknames(left, right)] = Level.NEAR
    elif kind in _SLIPS:
        slips = process.cpdist(left, right, scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
        levels[slips == 2] = Level.LOOSE
        levels[slips == 1] = Level.NEAR
    levels[np.array([a == b for a, b in zip(left, right, strict=True)], bool)] = Level.EQUAL
    levels[np.array([not a or not b for a, b in zip(left, right, strict=True)], bool)] = Level.UNKNOWN
    return levels


def _compare_streets(left: Sequence[str], right: Sequence[str]) -> Levels:
    """Compare addresses by their words, in any order and with more of them; house numbers that differ make two of one street."""
    levels = np.full(len(left), Level.DIFFERS, np.int8)
    same_words = process.cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float32) / 100
    alike = process.cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32)
    near, loose = _CUTOFFS[Kind.TEXT]
    levels[(alike >= loose) | (same_words >= _LOOSE_WORDS)] = Level.LOOSE
    levels[(alike >= near) | (same_words >= _NEAR_WORDS)] = Level.NEAR
    numbers = [
        (set(_NUMBERS.findall(one)), set(_NUMBERS.findall(other))) for one, other in zip(left, right, strict=True)
    ]
    levels[np.array([bool(one and other and not one & other) for one, other in numbers], bool)] = Level.DIFFERS
    return levels


def _are_nicknames(left: Sequence[str], right: Sequence[str]) -> npt.NDArray[np.bool_]:
    return np.array([are_one_first_name(one, other) for one, other in zip(left, right, strict=True)], bool)


def _are_shortened(left: Sequence[str], right: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Tell where one name is an initial of the other."""
    return np.array(
        [
            (len(a) == 1 or len(b) == 1) and a[:1] == b[:1] and len(a) != len(b)
            for a, b in zip(left, right, strict=True)
        ],
        bool,
    )


def edges(kind: Kind, text: str) -> tuple[str, str]:
    """Give how a value begins and how it ends: a slip changes one of them at most; empty where it makes no key.

    Example:
        >>> edges(Kind.NAME, "robert"), edges(Kind.DATE, "1971-06-24"), edges(Kind.WORD, "engineer")
        (('rob', 'ert'), ('197106', '197124'), ('engineer', ''))
    """
    match kind:
        case Kind.NAME:
            return text[:3], text[-3:]
        case Kind.EMAIL:
            box = text.partition("@")[0]
            return box[:5], box[-4:]
        case Kind.DATE:
            digits = text.replace("-", "")
            return digits[:6], digits[:4] + digits[-2:]
        case Kind.TEXT | Kind.STREET:
            return text[:5], text[-5:]
        case Kind.CODE:
            return text, text[:4]
        case Kind.WORD:
            return text, ""
