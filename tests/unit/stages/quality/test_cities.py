from __future__ import annotations

import pytest

from rightful.stages.quality.cities import clean_city


@pytest.mark.parametrize(
    ("written", "city", "state", "postal", "country"),
    [
        ("BOSTON, MA 02110", "Boston", "US-MA", "02110", "US"),
        ("Boston MA", "Boston", "US-MA", None, "US"),
        ("New York, NY", "New York", "US-NY", None, "US"),
        ("Washington, D.C.", "Washington", "US-DC", None, "US"),
        ("San Francisco, Calif.", "San Francisco", "US-CA", None, "US"),
        ("Toronto, Ontario, Canada", "Toronto", "CA-ON", None, "CA"),
        ("Toronto, ON M5H 2N2", "Toronto", "CA-ON", "M5H 2N2", "CA"),
        ("Paris, France", "Paris", None, None, "FR"),
        ("London, UK", "London", None, None, "GB"),
        ("10115 Berlin", "Berlin", None, "10115", None),
        ("PARIS CEDEX 08", "Paris", None, None, None),
    ],
)
def test_what_stands_with_the_town_is_split_off(
    written: str, city: str, state: str | None, postal: str | None, country: str | None
) -> None:
    assert clean_city(written) == (city, state, postal, country, "place_split")


@pytest.mark.parametrize(
    ("written", "city"),
    [
        ("boston", "Boston"),
        ("FRANKFURT AM MAIN", "Frankfurt am Main"),
        ("O'FALLON", "O'Fallon"),
        ("ST LOUIS", "St Louis"),
    ],
)
def test_case(written: str, city: str) -> None:
    assert clean_city(written)[::4] == (city, "case_repaired")


@pytest.mark.parametrize(
    "city", ["St. Louis", "Stoke-on-Trent", "東京", "München", "LA", "NYC", "McAllen", "Winston-Salem"]
)
def test_what_is_fine_stays(city: str) -> None:
    assert clean_city(city) == (city, None, None, None, "")


@pytest.mark.parametrize(("text", "reason"), [("123", "no_letters"), ("", ""), (None, ""), ("--", "no_letters")])
def test_no_town(text: str | None, reason: str) -> None:
    assert clean_city(text)[::4] == (None, reason)


def test_what_is_not_all_recognised_stays_whole() -> None:
    assert clean_city("Foo, Bar").city == "Foo, Bar"
