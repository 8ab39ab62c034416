"""Whether two contacts, two leads, or a lead and a contact are one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pyarrow as pa

from rightful.stages.linkage.alike import Alike
from rightful.stages.linkage.evidence import likely_pairs, texts_of
from rightful.stages.linkage.kinds import Kind, Level, edges
from rightful.stages.linkage.mailboxes import with_boxes_of_names
from rightful.stages.linkage.pairs import Rows, coded, pairs_of_owners, pairs_sharing
from rightful.stages.linkage.swaps import swapped_pairs, with_swaps
from rightful.stages.linkage.weights import Column, Field, weigh

__all__ = ["PERSON_FIELDS", "alike_people"]

PERSON_FIELDS = (
    Field("first_name", Kind.NAME, must_agree=True, swaps_with="last_name"),
    Field("last_name", Kind.NAME, must_agree=True),
    Field("email", Kind.EMAIL),
    Field("phone", Kind.CODE),
    Field("core_name", Kind.TEXT, is_context=True),
    Field("street", Kind.STREET, is_context=True),
    Field("city", Kind.TEXT, is_context=True),
    Field("postal_code", Kind.CODE, is_context=True),
)
"""The fields of contacts and leads that tell who they are."""

_MOST_SHARING = 60


def alike_people(records: pa.Table, fields: Sequence[Field] = PERSON_FIELDS, since: int | None = None) -> Alike:
    """Find the pairs of records that may be one person.

    Args:
        records: One row per record, with the fields' columns as text.
        fields: What is compared.
        since: Where given, only pairs across it: the left row before, the right row from there on.

    Example:
        >>> records = pa.table({"first_name": ["Ann", "Anne", "Eve"], "email": ["ann@x.com", "ann@x.com", "eve@x.com"]})
        >>> fields = (Field("first_name", Kind.NAME), Field("email", Kind.EMAIL))
        >>> alike_people(records, fields).evidence
        ("first_name: 'ann' is near 'anne': +1.8; email: 'ann@x.com' in both: +5.1",)
    """
    texts = texts_of(records, [field.name for field in fields])
    found = [pairs_sharing(_keys(texts, fields), _MOST_SHARING, since)]
    swaps = [(field, other) for field in fields for other in fields if field.swaps_with == other.name]
    found += [swapped_pairs(texts, fields, swap, since) for swap in swaps]
    left, right = pairs_of_owners(found, np.arange(len(records)))
    telling = [field for field in fields if field.must_agree]
    columns = _compared(texts, telling, swaps, left, right)
    differs = np.any([column.levels == Level.DIFFERS for column in columns], axis=0) if columns else left < 0
    left, right = left[~differs], right[~differs]
    columns = with_boxes_of_names(_compared(texts, fields, swaps, left, right), left, right)
    return likely_pairs(columns, weigh(columns, left, right, len(records)), left, right)


def _compared(
    texts: Mapping[str, list[str]],
    fields: Sequence[Field],
    swaps: Sequence[tuple[Field, Field]],
    left: Rows,
    right: Rows,
) -> list[Column]:
    columns = [Column.of(field, texts[field.name], left, right) for field in fields]
    for swap in swaps:
        if set(swap) <= set(fields):
            columns = with_swaps(columns, swap, left, right)
    return columns


def _keys(texts: Mapping[str, list[str]], fields: Sequence[Field]) -> list[list[Rows]]:
    """Give the keys that make records worth comparing: how two fields begin or end, or a whole code or address.

    Two fields of context make none: all colleagues have them in common.
    """
    parts: list[tuple[Field, Rows]] = []
    keys: list[list[Rows]] = []
    for field in fields:
        both = [edges(field.kind, text) for text in texts[field.name]]
        parts += [(field, codes) for side in (0, 1) if (codes := coded([each[side] for each in both])).any()]
        if field.kind in {Kind.CODE, Kind.EMAIL}:
            keys.append([coded(texts[field.name])])
    return keys + [
        [one, other]
        for (field, one), (second, other) in combinations(parts, 2)
        if field is not second and not (field.is_context and second.is_context)
    ]
