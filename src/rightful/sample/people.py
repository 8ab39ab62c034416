"""People of the sample: names composed from common given and family names, job titles, e-mail addresses."""

from __future__ import annotations

import numpy as np
import polars as pl

from rightful.sample.dice import Dice
from rightful.sample.mess import blanked
from rightful.sample.words import in_latin_letters, rows, split, words

__all__ = ["draw_people", "write_emails"]

_FREE = ("gmail.com", "gmail.com", "gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com", "gmx.de", "web.de", "orange.fr", "libero.it", "qq.com", "yahoo.co.jp")  # fmt: skip  # noqa: E501 - one row of a table
_DISPOSABLE = ("mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com", "trashmail.com")
_LATIN_SHARE = 0.35


def draw_people(language: pl.Series, dice: Dice) -> pl.DataFrame:
    """Draw a person for each row, named and titled as the language has it.

    Returns:
        ``given`` and ``family`` name, both also in Latin letters for addresses (``_latin``), and ``title``. A third of the
        people in East Asia and Eastern Europe write themselves in Latin letters.
    """
    parts = []
    for each in sorted(set(language.to_list())):
        mine = (language == each).arg_true()
        parts.append(_people_of(each, len(mine), dice.child(each)).with_columns(mine.alias("row")))
    return pl.concat(parts).sort("row").drop("row")


def _people_of(language: str, count: int, dice: Dice) -> pl.DataFrame:
    latin_only = dice.chance(count, _LATIN_SHARE)
    columns: dict[str, pl.Series] = {}
    for role in ("given", "family"):
        found = words("person_words", language, role)
        place = dice.below(count, len(found))
        latin = found.latin.gather(place)
        columns[role] = latin.zip_with(latin_only, found.native.gather(place))
        columns[f"{role}_latin"] = latin
    choices = [row for row in rows("titles") if row["language"] in {language, "en"}]
    # a German company has German titles, and some English ones
    weight = [
        float(row["weight"]) * (1.0 if row["language"] == language or language == "hi" else 0.15) for row in choices
    ]
    kind = dice.weighted(count, weight)
    titles = [split(row["titles"]) for row in choices]
    first = np.cumsum([0, *(len(each) for each in titles)])[:-1]
    turn = dice.below(count, np.array([len(each) for each in titles])[kind])
    columns["title"] = pl.Series([title for each in titles for title in each]).gather(first[kind] + turn)
    return pl.DataFrame(columns)


def write_emails(people: pl.DataFrame, domain: pl.Series, dice: Dice, free_share: float = 0.05) -> pl.Series:
    """Write e-mail addresses: at the company, at free and throw-away providers, mistyped, or none."""
    count = len(people)
    given, family = (
        in_latin_letters(people[column]).str.to_lowercase().str.replace_all(r"[^a-z]+", "")
        for column in ("given_latin", "family_latin")
    )
    local = dice.mix(
        given + "." + family, (0.25, given.str.head(1) + family), (0.1, given), (0.08, given + "_" + family)
    )
    number = pl.Series(dice.below(count, 99)).cast(pl.String)
    address = dice.mix(
        local + "@" + domain,
        (free_share, given + "." + family + number + "@" + dice.pick(count, _FREE)),
        (0.008, given + number + "@" + dice.pick(count, _DISPOSABLE)),
        (0.012, dice.pick(count, ("info", "sales", "office", "contact")) + "@" + domain),
        (0.02, local + "@mail." + domain),
    )
    return blanked(_mistyped(address, dice), 0.05, dice)


def _mistyped(address: pl.Series, dice: Dice) -> pl.Series:
    return dice.mix(
        address,
        (0.03, address.str.to_uppercase()),
        (0.015, " " + address),
        (0.006, address.str.replace("@", "@@", literal=True)),
        (0.006, address.str.replace(".com", ",com", literal=True)),
        (0.006, address.str.replace("@gmail.com", "@gmial.com", literal=True)),
        (0.006, address.str.replace("@", " (at) ", literal=True)),
        (0.004, "mailto:" + address),
        (0.004, address.str.split("@").list.first()),
    )
