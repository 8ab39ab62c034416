"""Company names, composed from word lists of each language; no two companies have the same name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from rightful.sample.dice import Dice, Ints
from rightful.sample.words import SCRIPTS, Words, words

__all__ = ["draw_names"]

_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class _Pair:
    """A column of words as they are written and in Latin letters."""

    native: pl.Series
    latin: pl.Series

    def __add__(self, other: _Pair) -> _Pair:
        return _Pair(self.native + other.native, self.latin + other.latin)


def draw_names(language: pl.Series, dice: Dice) -> pl.DataFrame:
    """Compose a name for each company.

    Returns:
        A row per company: ``brand`` and ``brand_latin`` (the part that makes the name its own), ``activity`` (a template
        such as ``{brand} Logistics``) and ``activity_latin``. Brand and activity together occur once per language.
    """
    parts = []
    for each in sorted(set(language.to_list())):
        mine = (language == each).arg_true()
        parts.append(_names_of(each, len(mine), dice.child(each)).with_columns(mine.alias("row")))
    return pl.concat(parts).sort("row").drop("row")


def _names_of(language: str, count: int, dice: Dice) -> pl.DataFrame:
    names = _drawn(language, count, dice, is_long=False)
    for _ in range(_ROUNDS):
        again = _repeats(names)
        if not len(again):
            return names
        fresh = _drawn(language, len(again), dice, is_long=True)
        names = pl.concat(
            [names.with_row_index("row"), fresh.with_columns(again.alias("row")).select("row", *names.columns)]
        )
        names = names.unique("row", keep="last", maintain_order=True).sort("row").drop("row")
    turn = pl.int_range(pl.len()).over("brand", "activity")
    number = pl.when(turn > 0).then(pl.lit(" ") + (turn + 1).cast(pl.String)).otherwise(pl.lit(""))
    return names.with_columns(pl.col("brand") + number, pl.col("brand_latin") + number)


def _repeats(names: pl.DataFrame) -> pl.Series:
    first = pl.struct("brand", "activity").is_first_distinct()
    return names.select((~first).alias("repeats"))["repeats"].arg_true()


def _drawn(language: str, count: int, dice: Dice, *, is_long: bool) -> pl.DataFrame:
    brand = _brands(language, count, dice, is_long=is_long)
    activity = words("company_words", language, "activity")
    kind = dice.below(count, len(activity))
    return pl.DataFrame(
        {
            "brand": brand.native,
            "brand_latin": brand.latin,
            "activity": activity.native.gather(kind),
            "activity_latin": activity.latin.gather(kind),
        }
    )


def _brands(language: str, count: int, dice: Dice, *, is_long: bool) -> _Pair:
    """Draw the part that makes a name its own: two joined words, an invented word, or one or two family names."""

    def take(role: str, of: str = language) -> _Pair:
        return _gathered(words("company_words", of, role), dice.below(count, len(words("company_words", of, role))))

    if language in SCRIPTS:
        return take("stem") + (take("stem") if is_long else _Pair(*_blank(count))) + _lower(take("ending"))
    joined = take("stem") + _lower(take("ending"))
    invented = (
        take("onset", "en")
        + take("middle", "en")
        + (take("middle", "en") if is_long else _Pair(*_blank(count)))
        + take("close", "en")
    )
    surname = take("surname")
    ampersand = pl.Series([" & " if language in {"en", "de", "hi"} else " – "]).gather(np.zeros(count, dtype=np.int64))
    both = surname + _Pair(ampersand, ampersand) + take("surname")
    plan = [0.0, 1.0, 0.0, 0.0] if is_long else [0.5, 0.28, 0.12, 0.1]
    kind = pl.Series(dice.weighted(count, plan))
    return _Pair(
        *(
            _choose(kind, [getattr(pair, side) for pair in (joined, invented, surname, both)])
            for side in ("native", "latin")
        )
    )


def _gathered(found: Words, place: Ints) -> _Pair:
    return _Pair(found.native.gather(place), found.latin.gather(place))


def _lower(pair: _Pair) -> _Pair:
    return _Pair(pair.native.str.to_lowercase(), pair.latin.str.to_lowercase())


def _blank(count: int) -> tuple[pl.Series, pl.Series]:
    blank = pl.Series([""]).gather(np.zeros(count, dtype=np.int64))
    return blank, blank


def _choose(kind: pl.Series, columns: list[pl.Series]) -> pl.Series:
    frame = pl.DataFrame([kind.alias("kind"), *(each.alias(str(number)) for number, each in enumerate(columns))])
    result = pl.col("0")
    for number in range(1, len(columns)):
        result = pl.when(pl.col("kind") == number).then(pl.col(str(number))).otherwise(result)
    return frame.select(result.alias("chosen")).to_series()
