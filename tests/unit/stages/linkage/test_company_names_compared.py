from __future__ import annotations

import pytest

from rightful.stages.linkage.company_names import compare_company_names, count_words
from rightful.stages.linkage.kinds import Level

COUNTS = {"east": 40, "west": 50, "hospital": 90, "acme": 5}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("acme", "acme", Level.EQUAL),
        ("old trail", "oldtrail", Level.EQUAL),
        ("east acme", "acme east", Level.EQUAL),
        ("acme hospital", "acme hopsital", Level.NEAR),
        ("acme", "acme group", Level.NEAR),
        ("acme group", "acme holding", Level.NEAR),
        ("acme hospital", "acme hospital east", Level.DIFFERS),
        ("acme hospital", "acme hospital erzulie", Level.LOOSE),
        ("acme erzulie", "acme erzuli pisang", Level.LOOSE),
        ("univrsl export", "universal export", Level.NEAR),
        ("acme", "acme limkted", Level.NEAR),
        ("acme sociedad anonima", "acme", Level.NEAR),
        ("old trail lodge", "oldtrial lodge", Level.LOOSE),
        ("acme east", "acme west", Level.DIFFERS),
        ("acme ii", "acme iii", Level.DIFFERS),
        ("acme", "acme 2", Level.DIFFERS),
        ("acme", "", Level.UNKNOWN),
    ],
)
def test_how_far_two_company_names_agree(one: str, other: str, level: Level) -> None:
    assert compare_company_names(one, other, COUNTS) is level
    assert compare_company_names(other, one, COUNTS) is level


def test_a_word_counts_once_for_each_name() -> None:
    assert count_words(["acme acme", "acme"]) == {"acme": 2}


def test_a_name_of_ten_thousand_letters_is_compared_like_any_other() -> None:
    assert compare_company_names("very long " * 1000, "very long " * 1000 + "x", {}) is Level.DIFFERS
