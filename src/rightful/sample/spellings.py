"""The many ways in which people write one fact: head counts, amounts, places, phone numbers, web addresses, dates."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from rightful.sample.dice import Dice, Ints
from rightful.sample.mess import blanked, junked
from rightful.sample.words import rows, split

__all__ = [
    "days_before",
    "grouped",
    "in_band",
    "instants_before",
    "write_countries",
    "write_employees",
    "write_industries",
    "write_phones",
    "write_postal_codes",
    "write_revenue",
    "write_websites",
]

_BANDS = (1, 11, 51, 201, 501, 1_001, 5_001, 10_001)
_SEPARATORS = {"en": ",", "de": ".", "fr": "\u202f", "ch": "'", "in": ","}
_SYMBOLS = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥", "INR": "₹", "BRL": "R$"}


def write_employees(size: pl.Series, style: pl.Series, dice: Dice) -> pl.Series:
    """Write head counts: plain, grouped, as the bands of business networks, with words, abbreviated or not at all."""
    number = size.cast(pl.String)
    in_groups = grouped(size, style.replace_strict(_SEPARATORS))
    band = in_band(size, "en")
    thousands = _short(size / 1_000) + "k"
    written = dice.mix(
        number,
        (0.16, in_groups),
        (0.2, band),
        (0.02, in_band(size, "de")),
        (0.02, band.str.replace("-", " - ", literal=True)),
        (0.02, number + " employees"),
        (0.02, in_groups + " (December, 2024)"),
        (0.01, "ca. " + number),
        (0.01, thousands.zip_with(size >= 1_500, number)),
        (0.01, number + ".0"),
        (0.01, ">" + number),
        (0.008, _same("-999", len(size))),
    )
    return blanked(junked(written, 0.012, dice), 0.13, dice)


def in_band(size: pl.Series, style: str) -> pl.Series:
    """Write head counts as the bands of business networks, in ``de`` style with points: ``1.001-5.000``."""
    lows = np.array(_BANDS)
    highs = [f"{high - 1}" for high in _BANDS[1:]]
    names = [f"{low}-{high}" for low, high in zip(_BANDS[:-1], highs, strict=True)] + [f"{_BANDS[-1]}+"]
    if style == "de":
        names = [name.replace("1001", "1.001").replace("5000", "5.000").replace("10000", "10.000") for name in names]
    return pl.Series(names).gather(np.searchsorted(lows, size.to_numpy(), side="right") - 1)


def write_revenue(revenue_usd: pl.Series, companies: pl.DataFrame, dice: Dice) -> pl.Series:
    """Write yearly revenue: dollars where no currency stands, else the country's own money."""
    amount = revenue_usd.cast(pl.Int64)
    local = revenue_usd / companies["usd_per_unit"]
    code = companies["currency"]
    symbol = code.replace(_SYMBOLS)
    millions, local_millions = _short(revenue_usd / 1e6), _short(local / 1e6)
    comma = local_millions.str.replace(".", ",", literal=True)
    is_large = local >= 1e9
    billions = _short(local / 1e9)
    both = code + " " + symbol + billions + " billion (US$ " + _short(revenue_usd / 1e9, 2) + " billion)"
    number = amount.cast(pl.String)
    written = dice.mix(
        number,
        (0.12, "$" + grouped(amount, _same(",", len(amount)))),
        (0.1, millions + " million"),
        (0.08, millions + " MM"),
        (0.08, "$" + millions + "M"),
        (0.07, _revenue_band(revenue_usd)),
        (0.05, code + " " + local_millions + "m"),
        (0.05, symbol + local_millions + "m"),
        (0.04, comma + " Mio. " + symbol),
        (
            0.02,
            (_short(local / 1e9).str.replace(".", ",", literal=True) + " Mrd. " + symbol).zip_with(
                is_large, comma + " Mio " + code
            ),
        ),
        (0.02, both.zip_with(is_large, symbol + local_millions + " million")),
        (0.02, grouped(amount, _same(",", len(amount))) + " USD"),
        (0.01, number + ".00"),
        (0.008, _same("-999", len(amount))),
    )
    return blanked(junked(written, 0.012, dice), 0.28, dice)


def _revenue_band(revenue_usd: pl.Series) -> pl.Series:
    lows = np.array([0, 1e6, 1e7, 1e8, 1e9])
    names = pl.Series(["<1 M", "1-10 M", "10-100 M", "100 M - 1 B", ">1 B"])
    return names.gather(np.searchsorted(lows, revenue_usd.to_numpy(), side="right") - 1)


def _short(values: pl.Series, digits: int = 1) -> pl.Series:
    """Write numbers with few digits after the point and none where they are zero."""
    return values.round(digits).cast(pl.String).str.replace(r"\.0$", "")


def _same(text: str, count: int) -> pl.Series:
    return pl.Series([text]).gather(np.zeros(count, dtype=np.int64))


def grouped(values: pl.Series, separator: pl.Series) -> pl.Series:
    """Write whole numbers in groups of three digits."""
    frame = pl.DataFrame({"value": values, "separator": separator})
    text, rest = pl.lit(""), pl.col("value")
    for _ in range(4):
        last, more = rest % 1_000, rest // 1_000
        padded = pl.when(more > 0).then(last.cast(pl.String).str.zfill(3)).otherwise(last.cast(pl.String))
        text = (
            pl.when(rest > 0)
            .then(padded + pl.when(text == "").then(pl.lit("")).otherwise(pl.col("separator") + text))
            .otherwise(text)
        )
        rest = more
    return frame.select(pl.when(pl.col("value") == 0).then(pl.lit("0")).otherwise(text).alias("grouped")).to_series()


def write_countries(companies: pl.DataFrame, dice: Dice) -> pl.Series:
    """Write the country in one of many spellings and languages."""
    spellings = companies["spellings"].str.split("|")
    frame = pl.DataFrame({"all": spellings, "turn": dice.below(len(companies), spellings.list.len().to_numpy())})
    any_spelling = frame.select(pl.col("all").list.get(pl.col("turn"))).to_series()
    return blanked(dice.mix(spellings.list.first(), (0.45, any_spelling), (0.15, companies["country"])), 0.09, dice)


def write_postal_codes(companies: pl.DataFrame, dice: Dice) -> pl.Series:
    """Write postal codes; spreadsheets took the leading zero of some, people added four digits to others."""
    code = companies["postal_code"]
    is_number = code.str.contains(r"^[0-9]{5}$")
    lost = code.str.strip_chars_start("0").zip_with(is_number, code)
    is_american = companies["country"] == "US"
    plus_four = (code + "-" + pl.Series(1_000 + dice.below(len(code), 8_999)).cast(pl.String)).zip_with(
        is_american, code
    )
    unspaced = code.str.replace(" ", "", literal=True)
    return blanked(
        dice.mix(code, (0.4, lost), (0.06, plus_four), (0.05, unspaced), (0.03, code.str.to_lowercase())), 0.1, dice
    )


def write_phones(companies: pl.DataFrame, line: pl.Series, dice: Dice) -> pl.Series:
    """Write phone numbers as they are dialled at home or from abroad."""
    dial, area, trunk = companies["dial"], companies["area_code"], companies["trunk"]
    is_american = dial == "1"
    halves = line.str.head(3) + "-" + line.str.tail(4)
    home = trunk + area
    national = pl.Series("(" + area + ") " + halves).zip_with(is_american, home + " " + line)
    slashed = (area + "-" + halves).zip_with(is_american, home + "/" + line)
    dotted = (area + "." + halves.str.replace("-", ".", literal=True)).zip_with(is_american, home + "-" + line)
    abroad = "+" + dial + " " + area + " " + line
    is_kept = (trunk == "").fill_null(value=True)
    with_zero = abroad.zip_with(is_kept, "+" + dial + " (0)" + area + " " + line)
    from_home = ("1-" + area + "-" + halves).zip_with(is_american, "00" + dial + " " + area + " " + line)
    extension = pl.Series(100 + dice.below(len(line), 900)).cast(pl.String)
    return dice.mix(
        national,
        (0.15, slashed),
        (0.08, dotted),
        (0.25, abroad),
        (0.08, with_zero),
        (0.07, from_home),
        (0.1, "+" + dial + area + line),
        (0.03, home + line),
        (0.03, (national + " x" + extension).zip_with(is_american, abroad + " ext. " + extension)),
    )


def write_websites(domain: pl.Series, dice: Dice) -> pl.Series:
    """Write web addresses with and without scheme, www and path."""
    return dice.mix(
        "www." + domain,
        (0.2, "https://www." + domain),
        (0.15, "http://" + domain + "/"),
        (0.15, domain),
        (0.06, "https://www." + domain + "/about-us?utm_source=web"),
        (0.04, "HTTP://WWW." + domain.str.to_uppercase()),
        (0.03, "https://shop." + domain + "/de/index.html"),
        (0.02, domain + "."),
    )


def write_industries(number: pl.Series, dice: Dice) -> pl.Series:
    """Write industries in words, or as NAICS or SIC codes."""
    table = rows("industries")
    count = len(number)
    written = []
    for column in ("spellings", "naics", "sic"):
        choices = [split(row[column]) for row in table]
        first = np.cumsum([0, *(len(each) for each in choices)])[:-1]
        limits = np.array([len(each) for each in choices])
        place = first[number.to_numpy()] + dice.below(count, limits[number.to_numpy()])
        written.append(pl.Series([each for group in choices for each in group]).gather(place))
    words, naics, sic = written
    return blanked(
        junked(dice.mix(words, (0.14, naics), (0.08, sic), (0.03, "NAICS " + naics)), 0.012, dice), 0.1, dice
    )


def days_before(as_of: date, days: Ints, pattern: str = "%Y-%m-%d") -> pl.Series:
    """Write the dates that lie so many days before another."""
    return (
        pl.Series([as_of]).gather(np.zeros(len(days), dtype=np.int64))
        - pl.Series(days).cast(pl.Duration("us")) * 86_400_000_000
    ).dt.strftime(pattern)


def instants_before(as_of: date, seconds: npt.NDArray[np.int64], pattern: str) -> pl.Series:
    """Write the instants that lie so many seconds before the end of a day."""
    midnight = pl.Series([as_of]).cast(pl.Datetime("us")).gather(np.zeros(len(seconds), dtype=np.int64))
    return (midnight - pl.Series(seconds * 1_000_000).cast(pl.Duration("us"))).dt.strftime(pattern)
