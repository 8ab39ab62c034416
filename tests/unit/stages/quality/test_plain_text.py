from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.stages.quality.data import read_rows
from rightful.stages.quality.junk import JunkKind, clean_blank, is_surely_value
from rightful.stages.quality.plain_text import plain_text
from rightful.stages.quality.text import clean_text

JUNK = [row["word"] for row in read_rows("junk_words.csv")]
KINDS: tuple[JunkKind, ...] = get_args(JunkKind)


def thoroughly(text: str, kind: JunkKind) -> tuple[str | None, str]:
    tidy = clean_text(text)
    blank = clean_blank(tidy.text, kind)
    return blank.value, blank.reason or tidy.reason


@pytest.mark.parametrize("frame", ["{}", "{}.", "{} -", "({})", "{}..", "{}!?"])
def test_no_junk_word_passes_for_a_value(frame: str) -> None:
    for word in JUNK:
        text = frame.format(word)
        assert not is_surely_value(text) or all(thoroughly(text, kind) == (text, "") for kind in KINDS), text


TEXTS = st.one_of(
    st.sampled_from(JUNK).flatmap(
        lambda word: st.sampled_from([word, word.upper(), f"{word}.", f" {word}", f"{word}x", f"{word} -"])
    ),
    st.sampled_from(
        [
            "asdf",
            "qwer qwer",
            "this is a test",
            "just test",
            "dummy lead",
            "1234567",
            "123456789",
            "999999",
            "-1",
            "xx",
            "x x",
        ]
    ),
    st.text("aAtTeEsS xX9&<.-1", max_size=12),
    st.text(max_size=12),
)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(text=TEXTS, kind=st.sampled_from(KINDS))
def test_the_quick_look_agrees_with_the_thorough_one(text: str, kind: JunkKind) -> None:
    assert plain_text(text, kind) == thoroughly(text, kind)
