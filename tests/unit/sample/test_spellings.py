from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from rightful.sample.companies import draw_companies
from rightful.sample.dice import Dice
from rightful.sample.mess import blanked, junked, messy_text, shortened, typed_wrong
from rightful.sample.spellings import (
    days_before,
    grouped,
    in_band,
    instants_before,
    write_countries,
    write_employees,
    write_phones,
    write_postal_codes,
    write_revenue,
)


@pytest.fixture(scope="module")
def companies() -> pl.DataFrame:
    return draw_companies(5_000, 10, Dice(7, "companies"))


def test_grouped_numbers() -> None:
    values = pl.Series([0, 7, 999, 1_000, 23_299, 1_000_002, 2_210_000_000])
    comma = pl.Series([","] * len(values))
    assert grouped(values, comma).to_list() == ["0", "7", "999", "1,000", "23,299", "1,000,002", "2,210,000,000"]


def test_bands_hold_their_edges() -> None:
    assert in_band(pl.Series([1, 10, 11, 200, 5_000, 10_001]), "en").to_list() == [
        "1-10",
        "1-10",
        "11-50",
        "51-200",
        "1001-5000",
        "10001+",
    ]
    assert in_band(pl.Series([1_001]), "de").to_list() == ["1.001-5.000"]


@pytest.mark.parametrize(
    "spelling", [r"^\d+-\d+$", r"^\d+ - \d+$", r"\(December, 2024\)$", r"^-999$", r"employees$", r"^1\.001-5\.000$"]
)
def test_employees_are_written_in_many_ways(companies: pl.DataFrame, spelling: str) -> None:
    written = write_employees(companies["size"], companies["number_style"], Dice(7, "size"))
    assert written.str.contains(spelling).any()


@pytest.mark.parametrize(
    "spelling",
    [
        r" million$",
        r" MM$",
        r"^10-100 M$",
        r"^\$\d{1,3}(,\d{3})+$",
        r" Mio\. €$",
        r"^JPY ¥.* billion \(US\$ .* billion\)$",
        r"^€",
    ],
)
def test_revenue_is_written_in_many_ways(companies: pl.DataFrame, spelling: str) -> None:
    written = write_revenue(companies["revenue_usd"], companies, Dice(5, "revenue"))
    assert written.str.contains(spelling).any()


def test_countries_are_written_in_many_languages(companies: pl.DataFrame) -> None:
    written = set(write_countries(companies, Dice(7, "country")).drop_nulls())
    assert {"US", "USA", "Deutschland", "Germany", "España", "日本", "Royaume-Uni", "United States"} <= written


def test_some_postal_codes_lose_their_leading_zero(companies: pl.DataFrame) -> None:
    boston = companies.filter(pl.col("city") == "Boston")
    lengths = set(write_postal_codes(boston, Dice(7, "postal")).drop_nulls().str.len_chars())
    assert {4, 5} <= lengths


def test_phones_are_written_at_home_and_from_abroad(companies: pl.DataFrame) -> None:
    german = companies.filter(pl.col("country") == "DE")
    written = write_phones(german, german["phone_line"], Dice(7, "phone"))
    for spelling in (r"^0\d+ \d+$", r"^0\d+/\d+$", r"^\+49 \d", r"^\+49 \(0\)", r"^0049 ", r"^\+49\d+$"):
        assert written.str.contains(spelling).any(), spelling


def test_a_typing_mistake_changes_a_text_once_and_not_its_beginning() -> None:
    changed = {typed_wrong("Stonefield", number) for number in range(40)}
    assert all(text[0] == "S" for text in changed)
    assert {len(text) for text in changed} == {9, 10, 11}
    assert typed_wrong("Abc", 1) == "Abc"


def test_messy_text_has_case_spaces_and_broken_encodings() -> None:
    names = pl.Series(["Müller & Söhne GmbH"] * 4_000)
    found = set(messy_text(names, Dice(7, "mess")))
    assert "MÃ¼ller & SÃ¶hne GmbH" in found
    assert any("&amp;" in name for name in found)
    assert {"MÜLLER & SÖHNE GMBH", " Müller & Söhne GmbH"} <= found
    assert messy_text(names, Dice(7, "mess")).str.starts_with("Müller").mean() > 0.85


def test_junk_and_blanks_take_their_share() -> None:
    values = pl.Series(["x y z"] * 10_000)
    assert 0.08 < blanked(values, 0.1, Dice(7, "b")).null_count() / 10_000 < 0.12
    assert 0.08 < (junked(values, 0.1, Dice(7, "j")) != "x y z").mean() < 0.12


def test_shortened_words() -> None:
    assert shortened(pl.Series(["Veltrona Technologies", "Main Manufacturing Group"])).to_list() == [
        "Veltrona Tech",
        "Main Mfg Grp",
    ]


def test_dates_count_back_from_a_day() -> None:
    assert days_before(date(2026, 6, 30), np.array([0, 30, -1]), "%d.%m.%Y").to_list() == [
        "30.06.2026",
        "31.05.2026",
        "01.07.2026",
    ]
    assert instants_before(date(2026, 6, 30), np.array([60, 86_400]), "%Y-%m-%d %H:%M").to_list() == [
        "2026-06-29 23:59",
        "2026-06-29 00:00",
    ]
