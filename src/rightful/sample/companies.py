"""The companies behind the sample book, as they truly are; what a CRM makes of them comes later."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from rightful.sample.dice import Dice, Ints
from rightful.sample.names import draw_names
from rightful.sample.places import (
    cities,
    countries,
    draw_cities,
    draw_phones,
    draw_postal_codes,
    draw_streets,
)
from rightful.sample.words import SCRIPTS, in_latin_letters, rows, split, templates

__all__ = ["draw_companies"]

_TOP_SHARE = 0.015
_CHILD_SHARE = 0.09
_GRANDCHILD_SHARE = 0.03
_SAME_BRAND_SHARE = 0.6
_SAME_DOMAIN_SHARE = 0.35


def draw_companies(inside: int, outside: int, dice: Dice) -> pl.DataFrame:
    """Compose companies.

    Args:
        inside: How many will have an account; they come first, and families are among them.
        outside: How many will not.
        dice: Chance.

    Returns:
        A row per company with its number ``company``, name (``core`` without and ``name`` with legal form, ``core_latin`` in
        Latin letters), ``domain``, place, ``phone_line``, size (``size``, ``revenue_usd``), ``industry``, ``segment``,
        sales ``region``, and ``parent``: the number of the company that owns it, null where none does.
    """
    count = inside + outside
    city = draw_cities(count, dice.child("city"))
    places = cities().select(
        "city", "also", "language", "state", "state_name", "area_code", "country", "region", "area", "dial", "trunk",
        "tlds", "currency", "usd_per_unit", "number_style", "spellings",
    )[city]  # fmt: skip
    companies = places.with_columns(
        pl.Series("company", np.arange(count)),
        pl.Series("city_number", city),
        draw_postal_codes(city, dice.child("postal")).alias("postal_code"),
        draw_streets(places["language"], dice.child("street")).alias("street"),
        draw_phones(city, dice.child("phone")).alias("phone_line"),
        _parents(inside, dice.child("family")).extend_constant(None, outside).alias("parent"),
    )
    companies = companies.hstack(draw_names(places["language"], dice.child("name")))
    companies = _with_size(_with_family_brand(companies, dice.child("brand")), dice.child("size"))
    companies = _with_industry(companies, dice.child("industry"))
    companies = _with_full_name(companies, dice.child("legal"))
    return _with_domain(companies, dice.child("domain"))


def _parents(count: int, dice: Dice) -> pl.Series:
    """Give some companies a parent; families are three levels deep, and no company is above itself."""
    order = dice.shuffled(count)
    tops, children, grandchildren = (
        int(np.ceil(count * share)) for share in (_TOP_SHARE, _CHILD_SHARE, _GRANDCHILD_SHARE)
    )
    above = order[:tops]
    below = order[tops : tops + children]
    lowest = order[tops + children : tops + children + grandchildren]
    parent = np.full(count, -1, dtype=np.int64)
    parent[below] = above[dice.weighted(len(below), 1 / np.arange(10, tops + 10))]
    parent[lowest] = below[dice.below(len(lowest), len(below))]
    return pl.Series(parent).replace(-1, None)


def _with_family_brand(companies: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Let most children bear the brand of the family's top, with their country after it."""
    count = len(companies)
    parent = companies["parent"].fill_null(pl.Series(np.arange(count)))
    top = parent.gather(parent).to_numpy()
    is_script = companies["language"].is_in(list(SCRIPTS))
    top_is_script = is_script.gather(top)
    named = companies["parent"].is_not_null() & dice.chance(count, _SAME_BRAND_SHARE)
    brand = companies["brand_latin"].gather(top)
    native = companies["brand"].gather(top)
    country = companies["spellings"].str.split("|").list.first()
    frame = companies.with_columns(
        named.alias("named"), brand.alias("top_brand"), native.alias("top_native"), country.alias("country_name"),
        (is_script & ~top_is_script).alias("is_foreign"),
        pl.Series("top", top),
    )  # fmt: skip
    own = pl.when(pl.col("is_foreign") | ~is_script).then(pl.col("top_brand")).otherwise(pl.col("top_native"))
    with_country = pl.lit("{brand} ") + pl.col("country_name")
    sister = pl.int_range(pl.len()).over("top", "country", "named")
    template = pl.when(sister == 0).then(with_country).otherwise(pl.col("activity"))
    latin = pl.when(sister == 0).then(with_country).otherwise(pl.col("activity_latin"))
    return frame.with_columns(
        pl.when("named").then(own).otherwise(pl.col("brand")).alias("brand"),
        pl.when("named").then("top_brand").otherwise(pl.col("brand_latin")).alias("brand_latin"),
        pl.when("named").then(template).otherwise(pl.col("activity")).alias("activity"),
        pl.when("named").then(latin).otherwise(pl.col("activity_latin")).alias("activity_latin"),
    ).drop("top_brand", "top_native", "country_name", "is_foreign")


def _with_size(companies: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    count = len(companies)
    is_top = companies["company"].is_in(companies["parent"].drop_nulls().unique().implode()).to_numpy()
    employees = np.exp(dice.normal(count, np.log(70), 1.7) + 1.2 * is_top).clip(1, 400_000).astype(np.int64)
    per_head = np.exp(dice.normal(count, np.log(180_000), 0.6))
    segment = np.select([employees >= 1_000, employees >= 100], ["enterprise", "mid_market"], "small_business")
    return companies.with_columns(
        pl.Series("size", employees),
        pl.Series("revenue_usd", (employees * per_head).round(-3)),
        pl.Series("segment", segment),
    )


@cache
def _industry_of_activities() -> dict[str, int]:
    """Give the industry that an activity's words tell, by its template."""
    activities = pl.Series(
        [
            each.partition("=")[0]
            for row in rows("company_words")
            if row["role"] == "activity"
            for each in split(row["words"])
        ]
    ).unique(maintain_order=True)
    found: dict[str, int] = {}
    for number, row in enumerate(rows("industries")):
        hits = activities.str.to_lowercase().str.contains(row["words"]) if row["words"] else activities.is_null()
        for activity in activities.filter(hits):
            found.setdefault(activity, number)
    return found


def _with_industry(companies: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    weights = [float(row["weight"]) for row in rows("industries")]
    told = companies["activity"].replace_strict(_industry_of_activities(), default=None, return_dtype=pl.Int64)
    number = told.fill_null(pl.Series(dice.weighted(len(companies), weights)))
    keys = pl.Series([row["industry"] for row in rows("industries")])
    return companies.with_columns(number.alias("industry_number"), keys.gather(number).alias("industry"))


def _with_full_name(companies: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Write brand, activity and legal form as one name."""
    country_number = _number_of_country(companies["country"])
    forms = [split(text) for text in countries()["legal"]]
    first = np.cumsum([0, *(len(each) for each in forms)])[:-1]
    kind = first[country_number] + dice.below(len(companies), np.array([len(each) for each in forms])[country_number])
    before, after = templates([form for each in forms for form in each], "{core}")
    core, latin = (_filled(companies[f"activity{side}"], companies[f"brand{side}"]) for side in ("", "_latin"))
    return companies.with_columns(
        core.alias("core"),
        latin.alias("core_latin"),
        (before.gather(kind) + core + after.gather(kind)).alias("name"),
    )


def _filled(template: pl.Series, brand: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"template": template, "brand": brand})
    parts = pl.col("template").str.split("{brand}")
    return frame.select(parts.list.first() + pl.col("brand") + parts.list.last()).to_series()


def _number_of_country(country: pl.Series) -> Ints:
    codes = countries()["country"]
    numbers = pl.Series(np.arange(len(codes)))
    return country.replace_strict(codes, numbers, return_dtype=pl.Int64).to_numpy()


def _with_domain(companies: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Give each company a domain of its own, but some children that of their parent."""
    count = len(companies)
    whole, brand = (_slug(companies[column]) for column in ("core_latin", "brand_latin"))
    hyphens = _slug(companies["core_latin"], "-")
    slug = dice.mix(whole, (0.3, brand), (0.15, hyphens))
    tlds = companies["tlds"].str.split("|").list
    tld = pl.DataFrame({"tlds": companies["tlds"].str.split("|"), "turn": dice.below(count, tlds.len().to_numpy())})
    frame = companies.select("company", "country").with_columns(
        (slug + "." + tld.select(pl.col("tlds").list.get(pl.col("turn"))).to_series()).alias("domain"),
        whole.alias("whole"),
    )
    again = ~pl.col("domain").is_first_distinct()
    longer = pl.col("whole") + "-" + pl.col("country").str.to_lowercase() + ".com"
    frame = frame.with_columns(pl.when(again).then(longer).otherwise("domain").alias("domain"))
    numbered = pl.col("whole") + pl.col("company").cast(pl.String) + ".com"
    domain = frame.select(pl.when(again).then(numbered).otherwise("domain").alias("domain")).to_series()
    shares = companies["parent"].is_not_null() & dice.chance(count, _SAME_DOMAIN_SHARE)
    source = pl.Series(np.arange(count)).zip_with(~shares, companies["parent"].fill_null(0))
    return companies.with_columns(domain.gather(source).alias("domain"))


def _slug(names: pl.Series, joint: str = "") -> pl.Series:
    """Write names as they stand in domains."""
    plain = in_latin_letters(names).str.to_lowercase().str.replace_all("&", " ")
    return plain.str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars().str.replace_all(" ", joint).str.slice(0, 40)
