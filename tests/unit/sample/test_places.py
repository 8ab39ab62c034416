from __future__ import annotations

import phonenumbers
import polars as pl
import zipcodes

from rightful.sample.dice import Dice
from rightful.sample.places import cities, countries, draw_cities, draw_phones, draw_postal_codes, draw_streets
from rightful.sample.words import split


def test_every_city_has_a_sales_region_and_a_country() -> None:
    assert cities().select("region", "area", "dial").null_count().row(0) == (0, 0, 0)


def test_american_postal_codes_lie_in_the_state() -> None:
    american = cities().filter(pl.col("country") == "US").select("state", "postal")
    for state, codes in american.iter_rows():
        for code in split(codes):
            assert [found["state"] for found in zipcodes.matching(code)] == [state], code


def test_phone_numbers_are_valid_and_differ_within_a_city() -> None:
    city = draw_cities(3_000, Dice(7, "city"))
    table = cities().select("dial", "area_code")[city].with_columns(draw_phones(city, Dice(7, "phone")).alias("line"))
    for dial, area, line in table.iter_rows():
        number = phonenumbers.parse(f"+{dial}{area}{line}")
        assert phonenumbers.is_valid_number(number), number
    assert table.is_duplicated().sum() == 0


def test_north_american_numbers_reach_nobody() -> None:
    city = draw_cities(3_000, Dice(7, "city"))
    table = cities().select("dial")[city].with_columns(draw_phones(city, Dice(7, "phone")).alias("line"))
    assert table.filter(pl.col("dial") == "1")["line"].str.starts_with("555").all()


def test_a_crowded_city_goes_on_after_555() -> None:
    city = cities().with_row_index("number").filter(pl.col("city") == "Burlington")["number"].to_numpy().repeat(25_000)
    lines = draw_phones(city, Dice(7, "phone"))
    assert lines.n_unique() == 25_000
    assert set(lines.str.head(3)) == {"555", "556", "557"}


def test_postal_codes_have_no_holes_left() -> None:
    city = draw_cities(2_000, Dice(7, "city"))
    assert not draw_postal_codes(city, Dice(7, "postal")).str.contains("[#@?]").any()


def test_streets_have_name_and_number() -> None:
    language = cities()["language"]
    streets = draw_streets(language, Dice(7, "street"))
    assert streets.str.contains("[0-9]").all()
    assert not streets.str.contains("[{}]").any()
    assert len(streets) == len(language)


def test_shares_of_countries_are_complete() -> None:
    assert set(cities()["country"]) == set(countries()["country"])
