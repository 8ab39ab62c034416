from __future__ import annotations

import pytest

from rightful.stages.quality.postal_codes import clean_postal_code, infer_country_from_postal, infer_state_from_zip


@pytest.mark.parametrize(
    ("written", "country", "code", "reason"),
    [
        ("02134", "US", "02134", ""),
        ("2134", "US", "02134", "leading_zero_restored"),
        ("2134.0", "US", "02134", "leading_zero_restored"),
        ("501", "US", "00501", "leading_zero_restored"),
        ("12345.0", "US", "12345", "form_unified"),
        ("02134-1234", "US", "02134", "extension_split"),
        ("021341234", "US", "02134", "extension_split"),
        ("21341234", "US", "02134", "leading_zero_restored"),
        ("00000", "US", None, "not_valid_in_country"),
        ("ABC", "US", None, "not_valid_in_country"),
        ("sw1a1aa", "GB", "SW1A 1AA", "form_unified"),
        ("K1A0B1", "CA", "K1A 0B1", "form_unified"),
        ("K1A OB1", "CA", "K1A 0B1", "letter_corrected"),
        ("1067", "DE", "01067", "leading_zero_restored"),
        ("D-10115", "DE", "10115", "form_unified"),
        ("1000", "CH", "1000", ""),
        ("1012ab", "NL", "1012 AB", "form_unified"),
        ("1000001", "JP", "100-0001", "form_unified"),
        ("1310100", "BR", "01310-100", "leading_zero_restored"),
        ("11455", "SE", "114 55", "form_unified"),
        ("800", "AU", "0800", "leading_zero_restored"),
        ("00-950", "PL", "00-950", ""),
        ("110001", "IN", "110001", ""),
        ("12345", None, "12345", ""),
        ("", "US", None, ""),
        (None, "US", None, ""),
    ],
)
def test_codes_by_country(written: str | None, country: str | None, code: str | None, reason: str) -> None:
    found = clean_postal_code(written, country)
    assert (found.code, found.reason) == (code, reason)


def test_four_more_digits_stand_beside() -> None:
    assert clean_postal_code("12345 6789", "US").extension == "6789"


@pytest.mark.parametrize(
    ("code", "country"),
    [("SW1A 1AA", "GB"), ("K1A 0B1", "CA"), ("1012 AB", "NL"), ("00-950", "PL"), ("12345", None), ("D02 AF30", "IE")],
)
def test_only_a_telling_form_names_a_country(code: str, country: str | None) -> None:
    assert infer_country_from_postal(code) == country


@pytest.mark.parametrize(
    ("code", "state"), [("02134", "MA"), ("94105-1234", "CA"), ("00501", "NY"), ("00000", None), (None, None)]
)
def test_the_state_of_a_zip_code(code: str | None, state: str | None) -> None:
    assert infer_state_from_zip(code) == state
