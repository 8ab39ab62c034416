"""How true values get messy on their way into a CRM: case, spaces, encodings, typing mistakes, junk."""

from __future__ import annotations

import html

import polars as pl

from rightful.sample.dice import Dice

__all__ = ["blanked", "junked", "messy_text", "misspelled", "shortened", "typed_wrong"]

_JUNK = ("n/a", "N/A", "-", "test", "asdf", "unknown", "none", "null", ".", "xxx", "tbd", "?")
_SHORTER = {
    " Technologies": " Tech", " Manufacturing": " Mfg", " International": " Intl", " Laboratories": " Labs",
    " Communications": " Comm", " Engineering": " Eng", " Management": " Mgmt", " Industries": " Ind.", " Services": " Svcs",
    " Associates": " Assoc.", " Pharmaceuticals": " Pharma", " Group": " Grp", " and ": " & ", " Financial": " Fin.",
    " und ": " u. ", "straße": "str.", " Solutions": " Sol.", " Distribution": " Dist.", " Medical Center": " Med Ctr",
}  # fmt: skip
_KEYS_BESIDE = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o", "k": "l", "l": "k", "m": "n",
    "n": "m", "o": "p", "p": "o", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b", "w": "e", "y": "u", "z": "x",
}  # fmt: skip


def messy_text(values: pl.Series, dice: Dice) -> pl.Series:
    """Put a column's case, spaces and encoding into the disorder of hand-typed and imported data."""
    mixed = dice.mix(
        values,
        (0.035, values.str.to_uppercase()),
        (0.025, values.str.to_lowercase()),
        (0.015, " " + values),
        (0.015, values + "  "),
        (0.01, values.str.replace(" ", "  ", literal=True)),
        (0.004, values.str.replace(" ", "\u00a0", literal=True)),
    )
    return dice.rework(dice.rework(mixed, 0.03, _read_as_latin_1), 0.012, _as_html)


def _read_as_latin_1(value: str, _number: int) -> str:
    """Read UTF-8 as Western European, as many imports do: ``Müller`` becomes ``MÃ¼ller``."""
    if value.isascii() or any(ord(sign) > 0x24F for sign in value):
        return value
    read = value.encode().decode("cp1252", errors="ignore")
    return value if "\ufffd" in read else read


def _as_html(value: str, _number: int) -> str:
    return html.escape(value, quote=False).replace("é", "&eacute;").replace("ü", "&uuml;").replace("'", "&#39;")


def misspelled(values: pl.Series, share: float, dice: Dice) -> pl.Series:
    """Mistype a share of a column: a letter dropped, doubled, swapped with the next, or that of the key beside it."""
    return dice.rework(values, share, typed_wrong)


def typed_wrong(value: str, number: int) -> str:
    """Mistype a text once, not at its beginning.

    Example:
        >>> typed_wrong("Stonefield", 0)
        'Sonefield'
    """
    if len(value) < 5:
        return value
    place = 1 + number // 4 % (len(value) - 2)
    letter, after = value[place], value[place + 1 :]
    changed = (
        after,
        letter + letter + after,
        after[:1] + letter + after[1:],
        _KEYS_BESIDE.get(letter.lower(), letter) + after,
    )
    return value[:place] + changed[number % 4]


def shortened(values: pl.Series) -> pl.Series:
    """Abbreviate the words that people abbreviate."""
    return values.str.replace_many(list(_SHORTER), list(_SHORTER.values()))


def junked(values: pl.Series, share: float, dice: Dice) -> pl.Series:
    """Replace a share of a column by what people type to get past a required field."""
    return dice.mix(values, (share, dice.pick(len(values), _JUNK)))


def blanked(values: pl.Series, share: float, dice: Dice) -> pl.Series:
    """Empty a share of a column."""
    return values.zip_with(~dice.chance(len(values), share), pl.Series([None], dtype=pl.String))
