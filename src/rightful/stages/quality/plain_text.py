"""Tidy a text and blank it where it is junk: what every reading of a field does first."""

from __future__ import annotations

from rightful.stages.quality.junk import JunkKind, clean_blank, is_surely_value
from rightful.stages.quality.text import clean_text

__all__ = ["plain_text"]


def plain_text(text: str | None, kind: JunkKind = "text") -> tuple[str | None, str]:
    """Give a tidy text, None for junk, and the code of what was done.

    Most values need nothing; a few cheap looks tell that.

    Example:
        >>> plain_text("Acme"), plain_text(" Acme "), plain_text("n/a")
        (('Acme', ''), ('Acme', 'white_space_tidied'), (None, 'blank_word'))
    """
    if text is None:
        return None, ""
    is_tidy = (
        text.isascii()
        and text.isprintable()
        and "  " not in text
        and text[-1:] != " "
        and "&" not in text
        and "<" not in text
    )
    if is_tidy and is_surely_value(text):
        return text, ""
    tidy = clean_text(text)
    blank = clean_blank(tidy.text, kind)
    return blank.value, blank.reason or tidy.reason
