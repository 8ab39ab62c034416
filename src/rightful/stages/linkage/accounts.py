"""Whether two accounts are one company at one place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from rightful.stages.linkage.alike import Alike
from rightful.stages.linkage.alone import lift_names_alone
from rightful.stages.linkage.called import Called
from rightful.stages.linkage.evidence import likely_pairs, texts_of
from rightful.stages.linkage.kinds import Kind, Level, Levels
from rightful.stages.linkage.pairs import Rows, coded, pairs_of_owners, pairs_sharing
from rightful.stages.linkage.weights import Column, Field, chance_of_equal, shares_of, weigh

__all__ = ["ACCOUNT_FIELDS", "OTHER_NAME", "alike_accounts"]

_NAME = Field("core_name", Kind.TEXT, must_agree=True)
_OTHERS = (
    Field("domain", Kind.CODE),
    Field("phone", Kind.CODE),
    Field("street", Kind.STREET),
    Field("postal_code", Kind.CODE),
    Field("city", Kind.TEXT),
    Field("state", Kind.WORD),
    Field("country", Kind.WORD),
)
ACCOUNT_FIELDS = (_NAME, *_OTHERS)
"""The fields of accounts that tell which company at which place they are."""

OTHER_NAME = "other_name"
"""Beside them: a former, trading or short name of accounts that have one."""

_MOST_SHARING = 40
# Accounts of one whole name that are compared with one another: more of them where a book is small.
_MOST_NAMED, _PAIRS_OF_NAMES = 400, 1_000_000
_MARKS = re.compile(r"[\W_]+")
# How often names of different companies that share a place or a domain agree so far: near and loose. Far more often than names
# taken at random would, for sister companies and sites have one name and a word more.
_CHANCE_NEAR, _CHANCE_LOOSE = 1e-4, 0.1


def alike_accounts(records: pa.Table, synonyms: Mapping[str, str] | None = None) -> Alike:
    """Find the pairs of accounts that may be one: names that say the same, and fields that agree as they would not by chance.

    Args:
        records: One row per account, with the columns of ``ACCOUNT_FIELDS`` and ``OTHER_NAME`` as text.
        synonyms: Names and words, each with the one that it stands for, in small letters.

    Example:
        >>> columns = {name: [None] * 3 for name in (*(field.name for field in ACCOUNT_FIELDS), OTHER_NAME)}
        >>> columns |= {"core_name": ["acme", "acme", "zeta"], "domain": ["acme.com", "acme.com", "zeta.com"]}
        >>> alike = alike_accounts(pa.table(columns))
        >>> alike.left.tolist(), alike.right.tolist()
        ([0], [1])
    """
    texts = texts_of(records, [*(field.name for field in ACCOUNT_FIELDS), OTHER_NAME])
    called = Called.of(texts, synonyms or {})
    left, right = _worth_comparing(texts, called)
    levels, said = called.compare(left, right)
    is_open = (levels != Level.DIFFERS) & (levels != Level.UNKNOWN)
    said = {place: said[pair] for place, pair in enumerate(np.flatnonzero(is_open).tolist()) if pair in said}
    left, right, levels = left[is_open], right[is_open], levels[is_open]
    columns = [
        _name_column(called.own, levels, said),
        *(Column.of(field, texts[field.name], left, right) for field in _OTHERS),
    ]
    weighed = lift_names_alone(weigh(columns, left, right, len(records)), columns, left, right)
    return likely_pairs(columns, weighed, left, right)


def _worth_comparing(texts: Mapping[str, list[str]], called: Called) -> tuple[Rows, Rows]:
    """Give the pairs of accounts that share a key by any of their names."""
    rows, names = called.rows()
    every = {name: [values[row] for row in rows] for name, values in texts.items()} | {_NAME.name: names}
    most_named = min(max(_PAIRS_OF_NAMES // max(len(rows), 1), _MOST_SHARING), _MOST_NAMED)
    found = [pairs_sharing(_whole_names(names), most_named), pairs_sharing(_keys(every), _MOST_SHARING)]
    return pairs_of_owners(found, rows)


def _whole_names(names: Sequence[str]) -> list[list[Rows]]:
    return [[coded([name.replace(" ", "") for name in names])]]


def _keys(texts: Mapping[str, list[str]]) -> list[list[Rows]]:
    """Give the keys that make accounts worth comparing: how a name begins or ends beside one other field, or two of these."""
    compact = [name.replace(" ", "") for name in texts[_NAME.name]]
    begins, ends = coded([name[:5] for name in compact]), coded([name[-5:] for name in compact])
    street, postal_code, city = (
        [_MARKS.sub("", text) for text in texts[name]] for name in ("street", "postal_code", "city")
    )
    phone, domain = coded(texts["phone"]), coded(texts["domain"])
    begins_street, begins_postal_code, towns = (
        coded([text[:6] for text in street]),
        coded([text[:5] for text in postal_code]),
        coded(city),
    )
    others = (phone, domain, begins_street, begins_postal_code, towns)
    crossed = [[name, other] for name in (begins, ends) for other in others]
    # Without the name, for a slip may be where it begins and where it ends: ``Delphi`` and ``Dwlphi``.
    nameless = [
        [phone],
        [begins_street, begins_postal_code],
        [begins_street, towns],
        [domain, begins_postal_code],
        [domain, towns],
    ]
    return [[begins, ends], [begins, coded(texts["state"])], *crossed, *nameless]


def _name_column(names: Sequence[str], levels: Levels, said: Mapping[int, str]) -> Column:
    codes = coded(names)
    shares = shares_of(codes, Kind.CODE)
    chance = np.array([chance_of_equal(shares), _CHANCE_NEAR, _CHANCE_LOOSE, 1.0])
    return Column(_NAME, names, levels, chance, shares[codes], said)
