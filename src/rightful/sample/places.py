"""Where the sample's companies are: real cities with their states, postal codes and phone prefixes."""

from __future__ import annotations

from functools import cache

import polars as pl

from rightful.sample.dice import Dice, Ints
from rightful.sample.words import rows, split

__all__ = ["cities", "countries", "draw_cities", "draw_phones", "draw_postal_codes", "draw_streets", "regions"]

_LETTERS = "ABEGHJLNPRST"
_POSTAL_CODES_PER_CITY = 48


@cache
def countries() -> pl.DataFrame:
    """Give the countries with their dialling codes, currencies, legal forms and spellings."""
    return pl.DataFrame(rows("countries")).with_columns(
        pl.col("share", "usd_per_unit").cast(pl.Float64), pl.col("numbers").alias("number_style")
    )


@cache
def regions() -> pl.DataFrame:
    """Give the sales regions, one row for each country, and for each state of a country that is divided."""
    parts = [
        row | {"country": country, "in_state": state}
        for row in rows("regions")
        for country in split(row["countries"])
        for state in split(row["states"]) or [""]
    ]
    return pl.DataFrame(parts).select("region", "area", "country", "in_state")


@cache
def cities() -> pl.DataFrame:
    """Give the cities, each with its country's facts and its sales region; the row number is the city's number."""
    found = pl.DataFrame(rows("cities")).rename({"area": "area_code"})
    found = found.with_columns(pl.col("weight").cast(pl.Float64), pl.col("digits").cast(pl.Int64))
    found = found.join(countries(), on="country", how="left", maintain_order="left")
    exact = found.join(
        regions(), left_on=["country", "state"], right_on=["country", "in_state"], how="left", maintain_order="left"
    )
    whole = regions().filter(pl.col("in_state") == "")
    rest = found.join(whole, on="country", how="left", maintain_order="left")
    of_country = pl.col("weight").sum().over("country")
    return found.with_columns(
        exact["region"].fill_null(rest["region"]),
        exact["area"].fill_null(rest["area"]),
        (pl.col("share") * pl.col("weight") / of_country).alias("chance"),
    )


def draw_cities(count: int, dice: Dice) -> Ints:
    """Draw city numbers, the larger cities of the larger markets more often."""
    return dice.weighted(count, cities()["chance"].to_numpy())


def draw_postal_codes(city: Ints, dice: Dice) -> pl.Series:
    """Draw a postal code that exists in the city: ``#`` stands for a digit, ``@`` and ``?`` for a letter."""
    spelled: list[str] = []
    for pattern in cities()["postal"].to_list():
        choices = split(pattern)
        signs = dice.below(_POSTAL_CODES_PER_CITY * len(pattern), 840).reshape(_POSTAL_CODES_PER_CITY, -1)
        for number in range(_POSTAL_CODES_PER_CITY):
            drawn = signs[number].tolist()
            spelled.append("".join(map(_sign, choices[number % len(choices)], drawn)))
    place = city * _POSTAL_CODES_PER_CITY + dice.below(len(city), _POSTAL_CODES_PER_CITY)
    return pl.Series(spelled).gather(place)


def _sign(sign: str, drawn: int) -> str:
    if sign == "#":
        return str(drawn % 10)
    return _LETTERS[drawn % len(_LETTERS)] if sign in "@?" else sign


def draw_streets(language: pl.Series, dice: Dice) -> pl.Series:
    """Draw a street and number in the language of the place."""
    lines = []
    for row in rows("streets"):
        mine = (language == row["language"]).arg_true()
        count = len(mine)
        kind = dice.below(count, len(split(row["templates"])))
        name = dice.pick(count, split(row["names"]))
        number = pl.Series(1 + dice.below(count, 1 + dice.below(count, 400))).cast(pl.String)
        text = pl.Series(split(row["templates"])).gather(kind)
        lines.append(pl.DataFrame({"row": mine, "street": _filled(text, name, number)}))
    return pl.concat(lines).sort("row")["street"]


def _filled(text: pl.Series, name: pl.Series, number: pl.Series) -> pl.Series:
    """Put name and number into templates such as ``{n} {name} Street``."""
    frame = pl.DataFrame({"text": text, "name": name, "number": number})
    with_name = pl.col("text").str.split("{name}")
    joined = with_name.list.first() + pl.col("name") + with_name.list.last()
    with_number = joined.str.split("{n}")
    return frame.select(with_number.list.first() + pl.col("number") + with_number.list.last()).to_series()


def draw_phones(city: Ints, dice: Dice) -> pl.Series:
    """Give each company of a city a subscriber number of its own, without area code.

    North American numbers begin with 555, which no real subscriber has, until a city has used them up.
    """
    frame = pl.DataFrame({"city": city}).with_columns(
        pl.int_range(pl.len()).over("city").alias("turn"),
        cities().get_column("lead").gather(city),
        cities().get_column("digits").gather(city),
    )
    shift = int(dice.below(1, 9_000)[0])
    loose = pl.col("digits") - pl.col("lead").str.len_chars()
    room = pl.lit(10).cast(pl.Int64).pow(loose)
    wave = pl.col("turn") // room
    lead = pl.when(wave == 0).then(pl.col("lead")).otherwise((pl.col("lead").cast(pl.Int64) + wave).cast(pl.String))
    line = (pl.col("turn") % room * 7_919 + pl.col("city") * 1_237 + shift) % room
    return frame.select(
        (lead + line.cast(pl.String).str.pad_start(pl.col("digits") - lead.str.len_chars(), "0")).alias("line")
    ).to_series()
