from __future__ import annotations

import pytest
from babel.numbers import get_territory_currencies
from hypothesis import given
from hypothesis import strategies as st

from rightful.stages.quality.data import read_rows
from rightful.stages.quality.money import REASONS, parse_money, to_usd

ANY_TEXT = st.text(max_size=40) | st.text("0123456789.,-+ ()kKmMbn€$¥krUSDEJPY", max_size=24)


@given(ANY_TEXT, st.sampled_from([None, "USD", "EUR", "NOK"]), st.sampled_from([None, "DE", "JP", "point"]))
def test_any_text_gives_a_reading(text: str, default: str | None, hint: str | None) -> None:
    reading = parse_money(text, default_currency=default, locale_hint=hint)
    assert reading.reason == "" or reading.reason in REASONS
    if reading.low is None and reading.high is None:
        assert reading.value is None
        assert reading.currency is None


def test_a_second_currency_is_kept_beside_the_fact() -> None:
    reading = parse_money("SEK 74.1 billion (2024) ( US$ 7.01 billion )")
    assert (reading.value, reading.currency, reading.stated_usd) == (74.1e9, "SEK", 7.01e9)


def test_a_sign_of_several_currencies_is_decided_or_stays_open() -> None:
    assert parse_money("¥500", locale_hint="JP").currency == "JPY"
    assert parse_money("¥500", locale_hint="CN").currency == "CNY"
    assert parse_money("¥500")[2:] == (500.0, None, True, "currency_ambiguous", None)
    assert parse_money("$5", default_currency="USD", locale_hint="CA").currency == "USD"


def test_amounts_with_a_currency_have_no_three_decimals() -> None:
    assert parse_money("€ 1.234").value == 1234
    assert parse_money("1.234", default_currency="EUR").reason == "ambiguous"


def test_conversion_needs_a_rate() -> None:
    assert to_usd(10.0, "USD", {}) == 10.0
    assert to_usd(10.0, "EUR", {"EUR": 1.25}) == 12.5
    assert to_usd(10.0, "SEK", {"EUR": 1.25}) is None
    assert to_usd(10.0, None, {"EUR": 1.25}) is None
    assert to_usd(None, "EUR", {"EUR": 1.25}) is None


@pytest.mark.parametrize("row", read_rows("country_currencies.csv"), ids=lambda row: row["country"])
def test_country_currencies_agree_with_the_locale_data(row: dict[str, str]) -> None:
    assert row["currency"] in get_territory_currencies(row["country"])
