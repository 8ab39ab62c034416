from __future__ import annotations

import pytest

from rightful.stages.quality.phone import clean_phone


@pytest.mark.parametrize(
    ("written", "country", "e164"),
    [
        ("(415) 555-2671", "US", "+14155552671"),
        ("4155552671.0", "US", "+14155552671"),
        ("1 (415) 555-2671", "US", "+14155552671"),
        ("+1 415 555 2671", None, "+14155552671"),
        ("030 901820", "DE", "+4930901820"),
        ("+49 (0)30 901820", None, "+4930901820"),
        ("0049 30 901820", None, "+4930901820"),
        ("011 49 30 901820", "US", "+4930901820"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("44 20 7946 0958", "GB", "+442079460958"),
        ("Tel: +44 20 7946 0958", None, "+442079460958"),
        ("01 42 68 53 00", "FR", "+33142685300"),
        ("03-3210-1234", "JP", "+81332101234"),
        ("+86 10 6552 9988", None, "+861065529988"),
        ("02 9374 4000", "AU", "+61293744000"),
        ("22 2778 1111", "IN", "+912227781111"),
        ("\u202a+1 415 555 2671\u202c", None, "+14155552671"),
    ],
)
def test_numbers_become_e164(written: str, country: str | None, e164: str) -> None:
    found = clean_phone(written, country)
    assert (found.e164, clean_phone(found.e164, country).reason) == (e164, "")


@pytest.mark.parametrize(
    ("written", "country", "e164", "reason"),
    [
        ("415-555-2671 ext. 12", "US", "+14155552671", "extension_split"),
        ("1-800-FLOWERS", "US", "+18003569377", "letters_dialled"),
        ("+49 (0)30 901820", "DE", "+4930901820", "trunk_zero_removed"),
        ("415.555.2671 / 415.555.2672", "US", "+14155552671", "first_of_several"),
        ("0000000", "US", None, "junk_number"),
        ("1234567890", "US", None, "junk_number"),
        ("415 555 2671", None, None, "country_unknown"),
        ("555-2671", "US", None, "not_a_number"),
        ("call me", "US", None, "not_a_number"),
        ("", "US", None, ""),
        (None, None, None, ""),
    ],
)
def test_reasons(written: str | None, country: str | None, e164: str | None, reason: str) -> None:
    found = clean_phone(written, country)
    assert (found.e164, found.reason) == (e164, reason)


def test_only_a_number_with_its_country_code_is_evidence_of_a_country() -> None:
    assert clean_phone("+49 30 901820").is_international
    assert not clean_phone("030 901820", "DE").is_international
    assert clean_phone("+1 800 356 9377").country is None  # toll-free: several countries share the range


def test_an_extension_stands_beside() -> None:
    assert clean_phone("(212) 555-0100 x5", "US").extension == "5"


@pytest.mark.parametrize("digits", ["2125550100", "8005550100", "9005550100", "6041234567", "8765550100", "2222222222"])
def test_the_fast_way_agrees_with_the_library(digits: str) -> None:
    fast = clean_phone(f"({digits[:3]}) {digits[3:6]}-{digits[6:]}", "US")
    slow = clean_phone(f"{digits[:3]} {digits[3:6]}  {digits[6:]}", "US")  # two blanks: not plainly written
    assert fast == slow
