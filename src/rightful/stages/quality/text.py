"""Tidy any text: white space, Unicode form, invisible characters, HTML left-overs, mojibake.

Most values are plain ASCII without anything to mend; they leave by the first line. Only what looks damaged
pays for ftfy.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import NamedTuple

from ftfy import fix_encoding
from ftfy.badness import is_bad

__all__ = ["REASONS", "CleanText", "clean_text"]

REASONS: dict[str, str] = {
    "mojibake_repaired": ("The text had been decoded with the wrong encoding; the original characters were restored."),
    "markup_removed": "HTML tags or entities were removed or turned into the characters they stand for.",
    "invisible_characters_removed": "Control or zero-width characters were removed.",
    "unicode_composed": "Letters and their accents were joined into one character each (Unicode form NFC).",
    "white_space_tidied": "White space was trimmed and collapsed.",
}

# Only elements that people paste from pages and mails: anything else in angle brackets may be meant, such as
# <a@b.com>.
_TAG = re.compile(
    r"</?(?:a|b|i|u|p|br|hr|em|h[1-6]|li|ul|ol|td|th|tr|div|img|pre|sub|sup|font|span|body|html|head|meta|link|form|table|"
    r"tbody|thead|center|strong|small|script|style|iframe|section|blockquote)(?:\s[^<>]{0,1000})?/?>",
    re.IGNORECASE,
)
_CODE = re.compile(r"<(script|style)\b[^<>]{0,1000}>[^<]{0,2000}</\1\s*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_AMPERSANDS = re.compile(r"&(?:amp;)+")
# A letter decoded with the wrong encoding becomes several letters beyond ASCII in a row, or one of these with
# a blank.
_SUSPICIOUS = re.compile("[^\x00-\x7f]{2}|[ÃÂ\x80-\x9f]")
_TIDY_ASIDE = re.compile("[^\x00-\x7f]{2}|[ÃÂ&<]|  ")
# Controls that are not white space, lone surrogates (no encoding can store them) and format characters that
# show nothing.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


class CleanText(NamedTuple):
    """A tidied text.

    Attributes:
        text: The text; None when nothing is left.
        reason: The most telling change, a key of ``REASONS``; empty when nothing changed.
    """

    text: str | None
    reason: str


_NOTHING = CleanText(None, "")


def clean_text(text: str | None) -> CleanText:
    """Tidy a text without changing its words.

    Trap: a plain ``<`` or ``&`` stays; only known HTML elements and complete entities (``&amp;``) are markup.

    Example:
        >>> clean_text("  MÃ¼ller &amp; Söhne ")
        CleanText(text='Müller & Söhne', reason='mojibake_repaired')
    """
    if text is None:
        return _NOTHING
    if text.isascii() and text.isprintable() and "&" not in text and "<" not in text:
        if "  " not in text and text[:1] != " " and text[-1:] != " ":
            return CleanText(text, "") if text else _NOTHING
        tidy = " ".join(text.split())
        return CleanText(tidy, "white_space_tidied") if tidy else _NOTHING
    if _is_fine(text):
        return CleanText(text, "")
    reason = ""
    while True:  # every pass but the last shortens the text or brings it nearer to NFC, so this ends
        tidy, found = _pass(text)
        reason = min(reason, found, key=_weight)
        if tidy == text:
            return CleanText(tidy or None, reason if tidy or reason != "white_space_tidied" else "")
        text = tidy


def _is_fine(text: str) -> bool:
    """Tell quickly that a text with letters beyond ASCII has nothing to mend."""
    return (
        text.isprintable()
        and not _TIDY_ASIDE.search(text)
        and text[0] != " "
        and text[-1] != " "
        and unicodedata.is_normalized("NFC", text)
    )


_ORDER = {code: place for place, code in enumerate(REASONS)}


def _weight(reason: str) -> int:
    return _ORDER.get(reason, len(_ORDER))


def _pass(text: str) -> tuple[str, str]:
    """Apply every repair once; give the text and the most telling repair that did something."""
    found = ""
    for code, repair in _REPAIRS:
        repaired = repair(text)
        if repaired != text:
            found = min(found, code, key=_weight)
            text = repaired
    return text, found


def _decode(text: str) -> str:
    # fix_encoding also "repairs" some texts that are fine, so it is asked only when the text looks damaged.
    if text.isascii() or not _SUSPICIOUS.search(text) or not is_bad(text):
        return text
    fixed = fix_encoding(text)
    return fixed if len(fixed) < len(text) else text


def _strip_markup(text: str) -> str:
    if "<" in text:
        text = _TAG.sub(" ", _CODE.sub(" ", text))
    if "&" in text:
        text = _ENTITY.sub(_unescape, _ESCAPED_AMPERSANDS.sub("&", text) if "&amp;" in text else text)
    return text


def _unescape(entity: re.Match[str]) -> str:
    return html.unescape(entity.group())


def _remove_invisible(text: str) -> str:
    return _INVISIBLE.sub("", text)


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _collapse(text: str) -> str:
    return " ".join(text.split())


_REPAIRS = (
    ("mojibake_repaired", _decode),
    ("markup_removed", _strip_markup),
    ("invisible_characters_removed", _remove_invisible),
    ("unicode_composed", _compose),
    ("white_space_tidied", _collapse),
)
