"""Read yes and no in the ways in which systems and people write them."""

from __future__ import annotations

from typing import NamedTuple

from rightful.stages.quality.junk import is_junk

__all__ = ["REASONS", "FlagReading", "parse_flag", "read_flag"]

REASONS: dict[str, str] = {
    "flag_read": "A word or sign for yes or no was read.",
    "junk": "The text is a placeholder or a test entry, not yes or no.",
    "unreadable": "The text says neither yes nor no.",
}

_YES = frozenset(
    (
        *(
            "true",
            "t",
            "yes",
            "y",
            "1",
            "1.0",
            "x",
            "on",
            "checked",
            "✓",
            "✔",
            "☑",
            "wahr",
            "ja",
            "j",
            "oui",
            "o",
            "vrai",
        ),
        *(
            "sí",
            "si",
            "s",
            "sì",
            "sim",
            "verdadero",
            "vero",
            "verdadeiro",
            "waar",
            "tak",
            "prawda",
            "да",
            "はい",
            "是",
            "真",
        ),
        *("evet", "igen", "ano", "kyllä", "da", "예", "네"),
    )
)
_NO = frozenset(
    (
        *(
            "false",
            "f",
            "no",
            "n",
            "0",
            "0.0",
            "off",
            "unchecked",
            "✗",
            "✘",
            "☐",
            "falsch",
            "nein",
            "non",
            "faux",
            "falso",
        ),
        *(
            "não",
            "nao",
            "nee",
            "onwaar",
            "nie",
            "fałsz",
            "нет",
            "いいえ",
            "否",
            "假",
            "hayır",
            "nem",
            "ne",
            "ei",
            "nej",
            "nei",
        ),
        "아니요",
    )
)


class FlagReading(NamedTuple):
    """What a text says about a yes-or-no question.

    Attributes:
        value: True, False, or None where the text says neither.
        reason: A key of ``REASONS``; empty for nothing and for plain ``true`` and ``false``.
    """

    value: bool | None
    reason: str


def parse_flag(text: str | None) -> bool | None:
    """Read yes or no; None where the text says neither.

    Example:
        >>> parse_flag("Ja"), parse_flag("0"), parse_flag("perhaps")
        (True, False, None)
    """
    return read_flag(text).value


def read_flag(text: str | None) -> FlagReading:
    """Read yes or no and say how.

    Example:
        >>> read_flag("x")
        FlagReading(value=True, reason='flag_read')
    """
    word = text.strip().casefold() if text else ""
    if not text or not word:
        return FlagReading(None, "")
    if word in _YES or word in _NO:
        return FlagReading(word in _YES, "" if text in {"true", "false"} else "flag_read")
    return FlagReading(None, "junk" if is_junk(text) else "unreadable")
