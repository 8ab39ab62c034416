"""The words and marks around a number: what bounds it, what joins two into a range, what merely labels it.

English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, some Russian, Chinese and Japanese.
"""

from __future__ import annotations

from typing import Literal

from rightful.stages.quality.data import read_words

__all__ = ["AFTER", "BEFORE", "BETWEEN", "JOINS", "LABELS", "Bound"]

Bound = Literal["lower", "upper", "approximate", "between", ""]


def _phrases(**lists: str) -> dict[str, Bound]:
    bounds: dict[str, Bound] = {"lower": "lower", "upper": "upper", "approximate": "approximate", "between": "between"}
    return {phrase.strip(): bounds[bound] for bound, text in lists.items() for phrase in text.split("|")}


BEFORE: dict[str, Bound] = _phrases(
    lower=(
        "> | > = | over | more than | greater than | above | at least | min | minimum | from | starting at | exceeding"
        " | in excess of | upwards of | ab | über | mehr als | mindestens | mind | plus de | plus d ' | au moins"
        " | à partir de | más de | mas de | al menos | por lo menos | mínimo | a partir de | desde | oltre | più di"
        " | almeno | minimo | mais de | mais que | pelo menos | acima de | meer dan | minstens | minimaal | vanaf | ponad"
        " | powyżej | co najmniej | więcej niż | od | более | свыше | больше | от | 超过 | 至少"
    ),
    upper=(
        "< | < = | up to | upto | less than | under | below | fewer than | at most | max | maximum | bis | bis zu"
        " | unter | weniger als | höchstens | maximal | jusqu ' à | jusqu à | moins de | au plus | hasta | menos de"
        " | como máximo | fino a | meno di | al massimo | até | no máximo | tot | minder dan | onder | hoogstens | do"
        " | poniżej | mniej niż | maksymalnie | до | менее | меньше"
    ),
    approximate=(
        "~ | c | c . | ca | ca . | circa | approx | approx . | approximately | about | around | roughly | almost | nearly"
        " | some | est | est . | estimated | an estimated | close to | etwa | rund | ungefähr | ungef | zirka | knapp"
        " | geschätzt | environ | env | env . | quelque | près de | aproximadamente | aprox | aprox . | unos | unas"
        " | alrededor de | cerca de | casi | circa | quasi | ongeveer | około | ok | ok . | ok. | примерно | около"
        " | 約 | 约 | 大约 | およそ"
    ),
    between="between | zwischen | von | entre | de | tra | fra | da | dal | tussen | van | między | pomiędzy",
)
"""What a phrase in front of a number says about it."""

AFTER: dict[str, Bound] = _phrases(
    lower=(
        "+ | or more | and more | or above | and above | and over | or over | and up | or greater | plus | minimum | ++"
        " | oder mehr | und mehr | et plus | ou plus | y más | o más | o mas | e oltre | o più | in su | ou mais | e mais"
        " | of meer | en meer | i więcej | lub więcej | и более | 以上 | 超 | -"
    ),
    upper=(
        "or less | or fewer | or below | and below | and under | or under | max | maximum | oder weniger | ou moins"
        " | o menos | o meno | ou menos | of minder | lub mniej | и менее | 以下 | 未満 | 以内"
    ),
    approximate="approx | approx . | approximately | est | est . | estimated | ca | ca . | geschätzt | 左右 | 前後",
)
"""What a phrase behind a number says about it."""

JOINS = frozenset(
    (
        "-",
        "--",
        "to",
        "~",
        "..",
        "...",
        ". .",
        ". . .",
        "bis",
        "à",
        "au",
        "a",
        "al",
        "ate",
        "até",
        "tot",
        "do",
        "till",
        "until",
        "through",
        "thru",
        "до",
        "から",
        "至",
        "到",
    )
)
"""What stands between the ends of a range."""

BETWEEN = frozenset(("and", "&", "und", "et", "y", "e", "en", "i", "и"))
"""What stands between the ends of a range that ``between`` opens."""

LABELS = read_words("number_labels.txt")
"""Words that say what is counted and change nothing."""
