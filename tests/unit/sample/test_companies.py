from __future__ import annotations

import polars as pl
import pytest

from rightful.sample.companies import draw_companies
from rightful.sample.dice import Dice
from rightful.sample.names import draw_names


@pytest.fixture(scope="module")
def companies() -> pl.DataFrame:
    return draw_companies(3_000, 500, Dice(7, "companies"))


def test_no_two_companies_have_the_same_name_in_a_language() -> None:
    language = pl.Series(["en", "de", "ja", "bg"] * 1_500)
    names = draw_names(language, Dice(7, "names")).with_columns(language.alias("language"))
    assert names.select("language", "brand", "activity").is_duplicated().sum() == 0


def test_several_scripts_are_there(companies: pl.DataFrame) -> None:
    names = companies["name"]
    for script in (r"\p{Han}", r"\p{Hangul}", r"\p{Cyrillic}", r"[äöüß]", r"[éèç]"):
        assert names.str.contains(script).any(), script


def test_families_are_three_levels_deep_and_have_a_top(companies: pl.DataFrame) -> None:
    parent = dict(companies.select("company", "parent").iter_rows())
    depths = []
    for company in parent:
        step, depth = company, 0
        while parent[step] is not None:
            step, depth = parent[step], depth + 1
            assert depth < 10, "a circle"
        depths.append(depth)
    assert set(depths) == {0, 1, 2}


def test_companies_without_an_account_have_no_family(companies: pl.DataFrame) -> None:
    assert companies["parent"].tail(500).null_count() == 500


def test_domains_differ_except_within_families(companies: pl.DataFrame) -> None:
    alone = companies.filter(pl.col("parent").is_null())
    assert alone["domain"].is_duplicated().sum() == 0
    shared = companies.filter(pl.col("parent").is_not_null()).join(companies, left_on="parent", right_on="company")
    share = (shared["domain"] == shared["domain_right"]).mean()
    assert 0.25 < share < 0.5


def test_domains_are_plain(companies: pl.DataFrame) -> None:
    assert companies["domain"].str.contains(r"^[a-z0-9][a-z0-9-]*(\.[a-z]+)+$").all()


def test_industry_follows_the_words_of_the_name(companies: pl.DataFrame) -> None:
    banks = companies.filter(pl.col("activity").str.contains("Bank|Banca|Banque"))
    assert set(banks["industry"]) == {"banking"}


def test_nothing_is_missing(companies: pl.DataFrame) -> None:
    assert sum(companies.drop("parent").null_count().row(0)) == 0
