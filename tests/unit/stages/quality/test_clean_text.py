from __future__ import annotations

import pytest

from rightful.stages.quality.text import REASONS, clean_text


@pytest.mark.parametrize(
    ("written", "tidy", "reason"),
    [
        ("MÃ¼ller", "Müller", "mojibake_repaired"),
        ("SÃ£o Paulo", "São Paulo", "mojibake_repaired"),
        ("Ð¡ÐµÐ²ÐµÑ€", "Север", "mojibake_repaired"),
        ("Itâ€™s", "It’s", "mojibake_repaired"),
        ("CafÃ© &amp; Bar", "Café & Bar", "mojibake_repaired"),
        ("<b>Acme</b> Inc", "Acme Inc", "markup_removed"),
        ("A&#38;B", "A&B", "markup_removed"),
        ("&amp;amp;", "&", "markup_removed"),
        ("<script>alert(1)</script>Hi", "Hi", "markup_removed"),
        ("a\u200bb", "ab", "invisible_characters_removed"),
        ("\ufeffAcme", "Acme", "invisible_characters_removed"),
        ("Ac\x00me", "Acme", "invisible_characters_removed"),
        ("cafe\u0301", "café", "unicode_composed"),
        ("  x   y ", "x y", "white_space_tidied"),
        ("x\xa0y", "x y", "white_space_tidied"),
        ("tab\there", "tab here", "white_space_tidied"),
    ],
)
def test_damage_is_mended_and_named(written: str, tidy: str, reason: str) -> None:
    assert clean_text(written) == (tidy, reason)


@pytest.mark.parametrize(
    "text",
    [
        "Acme",
        "A < B & C",
        "<a@b.com>",
        "日本電気株式会社",
        "naïve",
        "R&D",
        "Ａｃｍｅ",
        "Ångström",
        "x" * 5_000,
        "🙂 Inc",
    ],
)
def test_what_is_fine_stays(text: str) -> None:
    assert clean_text(text) == (text, "")


@pytest.mark.parametrize("text", [None, "", " ", "\t\n", "\u200b"])
def test_nothing_is_left_of_blanks(text: str | None) -> None:
    assert clean_text(text).text is None


def test_every_reason_is_explained() -> None:
    assert all(meaning.endswith(".") for meaning in REASONS.values())
