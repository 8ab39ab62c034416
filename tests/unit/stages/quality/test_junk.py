from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.stages.quality.junk import REASONS, JunkKind, clean_blank, is_junk

KINDS: tuple[JunkKind, ...] = ("company", "person", "country", "number", "text")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("n/a", "blank_word"),
        ("NOT AVAILABLE", "blank_word"),
        ("k.A.", "blank_word"),
        ("néant", "blank_word"),
        ("sin datos", "blank_word"),
        ("brak", "blank_word"),
        ("なし", "blank_word"),
        ("#N/A", "blank_word"),
        ("(unknown)", "blank_word"),
        ("Please Select", "form_placeholder"),
        ("-- Select --", "form_placeholder"),
        ("Bitte wählen", "form_placeholder"),
        ("test", "test_entry"),
        ("Test 123", "test_entry"),
        ("TEST ACCOUNT", "test_entry"),
        ("asdf", "keyboard_run"),
        ("qwerty", "keyboard_run"),
        ("asdfasdf", "keyboard_run"),
        ("aaaaaa", "repeated_character"),
        ("xxx", "repeated_character"),
        ("--", "no_letters_or_digits"),
        ("???", "no_letters_or_digits"),
    ],
)
def test_junk_is_told(text: str, reason: str) -> None:
    assert clean_blank(text) == (None, reason)


@pytest.mark.parametrize("text", ["-999", "-99", "999999", "999,999", "1234567890", "111111", "-1"])
def test_dummy_numbers_are_junk_as_numbers_only(text: str) -> None:
    assert is_junk(text, "number")
    assert text in {"111111", "999999"} or not is_junk(text, "text")


@pytest.mark.parametrize("text", ["99", "9999", "0", "500000", "12345", "100"])
def test_plausible_numbers_are_kept(text: str) -> None:
    assert not is_junk(text, "number")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("NA", "country"),
        ("Na", "person"),
        ("Null", "person"),
        ("None", "person"),
        ("AAA", "company"),
        ("Select", "company"),
        ("Test AG", "company"),
        ("Contest", "company"),
        ("Wert", "text"),
        ("Azer", "person"),
        ("Test Lead", "text"),
        ("3M", "company"),
    ],
)
def test_values_that_look_like_junk_are_kept(text: str, kind: JunkKind) -> None:
    assert clean_blank(text, kind) == (text, "")


@given(st.text(max_size=30), st.sampled_from(KINDS))
def test_a_text_stays_as_it_is_or_goes_for_a_reason(text: str, kind: JunkKind) -> None:
    value, reason = clean_blank(text, kind)
    assert (value, reason) == (text, "") or value is None
    assert reason == "" or reason in REASONS


@pytest.mark.real
def test_real_names_and_titles_are_kept(real_data: Path) -> None:
    names = pq.read_table(real_data / "lead_to_account/real_orgs_dev.parquet")["name"].to_pylist()
    titles = (real_data / "job_titles_list/titles_combined.txt").read_text(encoding="utf-8").splitlines()
    assert sum(is_junk(name, "company") for name in names if name) / len(names) < 0.001
    assert sum(is_junk(title) for title in titles if title) / len(titles) < 0.001
