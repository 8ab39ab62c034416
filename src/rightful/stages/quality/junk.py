"""Tell placeholders, test entries and keyboard runs from values.

What is junk depends on the kind of field: "NA" is Namibia as a country and a family name in Korea, "AAA" is a company.
Only a text that is junk as a whole is junk; a word inside a text never is.
"""

from __future__ import annotations

import itertools
import re
from typing import Literal, NamedTuple

from rightful.stages.quality.data import read_rows

__all__ = ["REASONS", "CleanValue", "JunkKind", "clean_blank", "is_junk", "is_surely_value"]

JunkKind = Literal["company", "person", "country", "number", "text"]
"""What the field holds; ``text`` is everything else, such as titles, cities and notes."""

REASONS: dict[str, str] = {
    "blank_word": "The text only says that there is no value, such as n/a or unknown.",
    "form_placeholder": "The text is the unanswered choice of a form, such as Select.",
    "test_entry": "The text is a test entry, such as test or dummy.",
    "keyboard_run": "The text is a run of neighbouring keys, such as asdf.",
    "repeated_character": "The text repeats one character.",
    "dummy_number": "The number stands for a missing value, such as -999.",
    "no_letters_or_digits": "The text has neither letters nor digits.",
}


class CleanValue(NamedTuple):
    """A value, or nothing where the text was junk.

    Attributes:
        value: The text as it was; None when it was blank or junk.
        reason: Why it is None, a key of ``REASONS``; empty for a value and for a blank.
    """

    value: str | None
    reason: str


_WORDS = {row["word"]: row["reason"] for row in read_rows("junk_words.csv")}
_EXCEPT = {row["word"]: frozenset(row["except"].split()) for row in read_rows("junk_words.csv") if row["except"]}
_FRAME = " \t-–—.<>()[]{}*_:;/\\\"'!?,|=+~^#`"
_TEST = re.compile(
    r"(?:this is )?(?:an? |just )?test(?:ing|e|s)?(?:[\s_-]*(?:test(?:ing)?|account|lead|contact|user|person|name|record|entry"
    r"|company|customer|data|only|please ignore|ignore|\d{1,4}))*"
)
_DUMMY = re.compile(
    r"dummy(?:[\s_-]*(?:account|lead|contact|user|person|name|record|entry|company|customer|data|\d{1,4}))*"
)
_RUNS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm")
_DUMMY_NUMBER = re.compile(
    r"-9{2,}(?:\.0+)?|9{6,}(?:\.0+)?|-?999(?:,999)+|99?(?:,999){2,}|(\d)\1{5,}|1234567(?:89?0?)?|-1(?:\.0+)?"
)
_MOST_LETTERS = 60


def _runs() -> frozenset[str]:
    """Give runs of keys that no word or name is: four from the row's start or without vowels, else six or more."""
    starts = {row[:length] for row in _RUNS for length in range(4, len(row) + 1)} - {"azer", "qsdf"}
    inner = {
        row[start:end]
        for row in _RUNS
        for start in range(len(row))
        for end in range(start + 4, len(row) + 1)
        if end - start > 5 or not set(row[start:end]) & set("aeiouy")
    }
    return frozenset(starts | inner)


_KEYBOARD = _runs()
_RUN_STARTS = frozenset(run[:3] for run in _KEYBOARD)


def _starts() -> frozenset[str]:
    """Give the first three letters of everything that may be junk; a shorter word has marks of a frame behind it."""
    words = {*_WORDS, *_RUN_STARTS, "test", "this is", "a test", "an ", "just", "dummy", "123456"}
    starts = {word[:3] for word in words}
    for word in words:
        if len(word) < 3:
            ends = itertools.product(_FRAME, repeat=3 - len(word))
            starts.update(word + "".join(end) for end in ends)
    return frozenset(starts)


_STARTS = _starts()


def is_junk(text: str, kind: JunkKind = "text") -> bool:
    """Tell whether a text is no value at all.

    Example:
        >>> is_junk("N/A"), is_junk("NA", "country"), is_junk("-999", "number"), is_junk("Testo AG", "company")
        (True, False, True, False)
    """
    return bool(_judge(text, kind))


def is_surely_value(text: str) -> bool:
    """Tell quickly that a text is no junk of any kind; False leaves it open.

    Example:
        >>> is_surely_value("Acme Inc."), is_surely_value("none such")
        (True, False)
    """
    # No frame in front, no letter twice as in "xxx" and "99", and not the beginning of a word of the table.
    return len(text) > 2 and text[0].isalnum() and text[0] != text[1] and text[:3].lower() not in _STARTS


def clean_blank(text: str | None, kind: JunkKind = "text") -> CleanValue:
    """Turn blanks and junk into None.

    Example:
        >>> clean_blank("k.A.")
        CleanValue(value=None, reason='blank_word')
    """
    if text is None or not text or text.isspace():
        return CleanValue(None, "")
    reason = _judge(text, kind)
    return CleanValue(None, reason) if reason else CleanValue(text, "")


def _judge(text: str, kind: JunkKind) -> str:
    if len(text) > _MOST_LETTERS or (text.isdigit() and len(text) < 6 and kind == "number"):
        return ""
    lower = text.casefold().strip()
    reason = _WORDS.get(lower)
    if reason is not None:
        return "" if kind in _EXCEPT.get(lower, ()) else reason
    bare = lower.strip(_FRAME)
    if not bare:
        return "no_letters_or_digits"
    if bare != lower and bare in _WORDS:  # a frame, as in "-- Select --", shows that no name is meant
        return _WORDS[bare]
    if kind == "number" and not bare.isalpha():
        return "dummy_number" if bare[-1].isdigit() and _DUMMY_NUMBER.fullmatch(lower) else ""
    return _judge_shape(bare, kind)


def _judge_shape(bare: str, kind: JunkKind) -> str:
    if bare[0] == bare[-1] and bare[1:] == bare[:-1] and len(bare) >= _fewest_same(bare[0], kind):
        return "repeated_character"
    if len(bare) < 4:
        return ""
    if (bare[0] in "aijt" and _TEST.fullmatch(bare)) or (bare[0] == "d" and _DUMMY.fullmatch(bare)):
        return "" if kind == "text" and bare.endswith("lead") else "test_entry"  # a test lead leads tests
    return "keyboard_run" if bare[:3] in _RUN_STARTS and all(map(_is_run, bare.split())) else ""


def _fewest_same(letter: str, kind: JunkKind) -> int:
    if letter == "x":
        return 3 if kind == "company" else 2
    return 5 if kind == "company" else 4


def _is_run(word: str) -> bool:
    half = word[: len(word) // 2]  # asdfasdf is the same run twice
    return word in _KEYBOARD or (half * 2 == word and half in _KEYBOARD)
