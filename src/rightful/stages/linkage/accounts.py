"""Whether two accounts are one company at one place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from rightful.stages.linkage.alike import Alike
from rightful.stages.linkage.company_names import compare_company_names, count_words
from rightful.stages.linkage.evidence import likely_pairs, texts_of
from rightful.stages.linkage.kinds import Kind, Level, Levels
from rightful.stages.linkage.pairs import Rows, coded, pairs_sharing
from rightful.stages.linkage.weights import Column, Field, chance_of_equal, shares_of

__all__ = ["ACCOUNT_FIELDS", "alike_accounts"]

_NAME = Field("core_name", Kind.TEXT, must_agree=True)
_OTHERS = (
    Field("domain", Kind.CODE),
    Field("phone", Kind.CODE),
    Field("street", Kind.TEXT),
    Field("postal_code", Kind.CODE),
    Field("city", Kind.TEXT),
    Field("state", Kind.WORD),
    Field("country", Kind.WORD),
)
ACCOUNT_FIELDS = (_NAME, *_OTHERS)
"""The fields of accounts that tell which company at which place they are."""

_MOST_SHARING = 40
_MARKS = re.compile(r"[\W_]+")
# How often names of different companies that share a place or a domain agree so far: near and loose. Far more often than names
# taken at random would, for sister companies and sites have one name and a word more.
_CHANCE_NEAR, _CHANCE_LOOSE = 1e-4, 0.1


def alike_accounts(records: pa.Table) -> Alike:
    """Find the pairs of accounts that may be one: names that say the same, and fields that agree as they would not by chance.

    Args:
        records: One row per account, with the columns of ``ACCOUNT_FIELDS`` as text.

    Example:
        >>> columns = {field.name: [None] * 3 for field in ACCOUNT_FIELDS}
        >>> columns |= {"core_name": ["acme", "acme", "zeta"], "domain": ["acme.com", "acme.com", "zeta.com"]}
        >>> alike = alike_accounts(pa.table(columns))
        >>> alike.left.tolist(), alike.right.tolist()
        ([0], [1])
    """
    texts = texts_of(records, [field.name for field in ACCOUNT_FIELDS])
    names = texts[_NAME.name]
    left, right = pairs_sharing(_keys(texts), _MOST_SHARING)
    levels = _compare_names(names, left, right)
    is_open = (levels != Level.DIFFERS) & (levels != Level.UNKNOWN)
    left, right, levels = left[is_open], right[is_open], levels[is_open]
    others = [Column.of(field, texts[field.name], left, right) for field in _OTHERS]
    return likely_pairs([_name_column(names, levels), *others], left, right, len(records))


def _keys(texts: Mapping[str, list[str]]) -> list[list[Rows]]:
    """Give the keys that make accounts worth comparing: the whole name, or how it begins or ends beside one other field."""
    compact = [name.replace(" ", "") for name in texts[_NAME.name]]
    begins, ends = coded([name[:5] for name in compact]), coded([name[-5:] for name in compact])
    street, postal_code, city = (
        [_MARKS.sub("", text) for text in texts[name]] for name in ("street", "postal_code", "city")
    )
    others = (
        coded(texts["phone"]),
        coded(texts["domain"]),
        coded([text[:6] for text in street]),
        coded([text[:5] for text in postal_code]),
        coded(city),
    )
    crossed = [[name, other] for name in (begins, ends) for other in others]
    return [[coded(compact)], [begins, ends], [begins, coded(texts["state"])], *crossed]


def _compare_names(names: Sequence[str], left: Rows, right: Rows) -> Levels:
    counts = count_words(names)
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    levels = [compare_company_names(names[one], names[other], counts) for one, other in pairs]
    return np.array(levels, np.int8)


def _name_column(names: Sequence[str], levels: Levels) -> Column:
    codes = coded(names)
    shares = shares_of(codes, Kind.CODE)
    chance = np.array([chance_of_equal(shares), _CHANCE_NEAR, _CHANCE_LOOSE, 1.0])
    return Column(_NAME, names, levels, chance, shares[codes])
