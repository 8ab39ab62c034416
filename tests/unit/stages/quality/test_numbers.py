from __future__ import annotations

import pytest
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from hypothesis import assume, given
from hypothesis import strategies as st

from rightful.stages.quality.data import read_rows
from rightful.stages.quality.numbers import REASONS, log_middle, majority_separator, parse_number

ANY_TEXT = st.text(max_size=40) | st.text("0123456789.,-+% ()[]kKmM€$'~<>to", max_size=20)


@given(ANY_TEXT, st.sampled_from([None, "DE", "US", "CH", "comma", "xx"]), st.booleans())
def test_any_text_gives_a_reading(text: str, hint: str | None, whole: bool) -> None:  # noqa: FBT001 - drawn by name
    reading = parse_number(text, locale_hint=hint, whole=whole)
    assert reading.reason == "" or reading.reason in REASONS
    if reading.value is not None:
        assert reading.low == reading.high == reading.value
    if reading.low is not None and reading.high is not None:
        assert reading.low <= reading.high
    if reading.is_exact:
        assert reading.value is not None


@given(st.integers(min_value=1000, max_value=10**11))
def test_every_notation_of_a_whole_number_is_that_number(number: int) -> None:
    english = f"{number:,}"
    assume(len(set(str(number))) > 1 and not str(number).startswith(("1234567", "999")))  # dummy numbers
    assert parse_number(english, locale_hint="US").value == number
    assert parse_number(english.replace(",", "."), locale_hint="DE").value == number
    assert parse_number(english.replace(",", " ")).value == number
    assert parse_number(english.replace(",", "’")).value == number
    assert parse_number(str(number)).value == number


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_range_has_its_ends_and_no_value(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert parse_number(f"{low}-{high}")[:3] == (low, high, None)


def test_nothing_gives_nothing_without_a_reason() -> None:
    assert parse_number(None).reason == ""
    assert parse_number("  ").reason == ""


def test_whole_numbers_have_no_three_decimals() -> None:
    assert parse_number("14.046", whole=True)[2:] == (14046.0, True, "whole_number")
    assert parse_number("12,000", whole=True, locale_hint="DE").value == 12000
    assert parse_number("40.000", whole=True).reason == "ambiguous"


def test_a_column_decides_by_its_unambiguous_values() -> None:
    assert majority_separator(["1.234", "12,5", "1.000.000", None, ""]) == "comma"
    assert majority_separator(["1.234", "12.5", "1,000,000 (31.12.2023)"]) == "point"
    assert majority_separator(["12,5", "12.5"]) is None
    assert majority_separator([]) is None


def test_the_middle_of_a_range_is_on_a_logarithmic_scale() -> None:
    assert log_middle(100, 10000) == 1000
    assert log_middle(0, 10) == 5


@pytest.mark.parametrize("row", read_rows("number_countries.csv"), ids=lambda row: row["country"])
def test_decimal_marks_agree_with_the_locale_data(row: dict[str, str]) -> None:
    if not row["decimal_mark"]:
        return
    languages = get_global("territory_languages")[row["country"]]
    official = {
        language: facts["population_percent"]
        for language, facts in languages.items()
        if facts.get("official_status") and len(language) == 2
    }
    marks = set()
    for language in sorted(official, key=lambda language: -official[language])[:3]:
        name = f"{language}_{row['country']}"
        try:
            locale = Locale.parse(name)
        except UnknownLocaleError:
            continue
        marks.add(locale.number_symbols.get("latn", locale.number_symbols).get("decimal"))
    assert not marks or {"comma": ",", "point": "."}[row["decimal_mark"]] in marks


@pytest.mark.parametrize(("text", "value"), [("1万2000人", 12_000), ("2万5,300名", 25_300), ("1億2000万", 120_000_000)])
def test_myriads_and_what_stands_behind_them_are_one_number(text: str, value: float) -> None:
    assert parse_number(text, whole=True).value == value
