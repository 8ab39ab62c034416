"""What a merge leaves behind: which record stands for which, whose value each field got, and the pairs that were not merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from rightful.crm import CrmObject
from rightful.plan.quality import QualitySection
from rightful.stages.quality.duplicates import Clusters
from rightful.stages.quality.links import EVIDENCE, Link, Pair
from rightful.stages.quality.survivorship import FieldChoice

__all__ = [
    "DUPLICATE_LINKS",
    "EXCEPTIONS",
    "MERGES",
    "MERGE_FIELDS",
    "MergeTables",
    "MergedGroup",
    "link_row",
    "merge_tables",
]

MERGES = pa.schema([(name, pa.string()) for name in ("object", "record_id", "survivor_id", "reason", "detail")])
MERGE_FIELDS = pa.schema(
    [(name, pa.string()) for name in ("object", "survivor_id", "field", "value", "taken_from", "rule", "other_values")]
)
DUPLICATE_LINKS = pa.schema(
    [
        *((name, pa.string()) for name in ("object", "record_id", "other_object", "other_id")),
        ("probability", pa.float64()),
        *((name, pa.string()) for name in ("found_by", "outcome", "evidence")),
    ]
)
EXCEPTIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("object", "record_id", "stage", "cause", "detail")),
        ("age_days", pa.float64()),
        ("value_usd", pa.float64()),
        ("repair", pa.string()),
    ]
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MergedGroup:
    """A cluster that was merged.

    Attributes:
        rows: Its rows, the survivor first, then in order of preference.
        records: Their records.
        choices: Whose value each field got.
        survivor: The record that stays.
    """

    rows: tuple[int, ...]
    records: tuple[Mapping[str, Any], ...]
    choices: tuple[FieldChoice, ...]
    survivor: Row


@dataclass(frozen=True, slots=True)
class MergeTables:
    """What was merged and what was not.

    Attributes:
        merges: Per merged record the one that stands for it, and what made them one.
        fields: Per survivor and field on which its records differ: the value, whose it is, by which rule, and the other values.
        links: Per pair: how likely it is one record, what found it, what became of it.
        exceptions: Records of clusters that are too large, and links that the guard against chains cut.
    """

    merges: pa.Table
    fields: pa.Table
    links: pa.Table
    exceptions: pa.Table


def merge_tables(
    crm_object: CrmObject,
    ids: Sequence[str],
    links: Mapping[Pair, Link],
    clusters: Clusters,
    merged: Sequence[MergedGroup],
    section: QualitySection,
) -> MergeTables:
    """Write down what became of the duplicates of a table."""
    rules = section.rules_for(crm_object.table)
    group_of = {row: group.rows for group in merged for row in group.rows}
    exceptions = [
        *_too_many(crm_object.name, ids, clusters, rules.largest_cluster),
        *_cut(crm_object.name, ids, links, clusters),
    ]
    return MergeTables(
        pa.Table.from_pylist(list(_merges(crm_object.name, ids, links, merged)), schema=MERGES),
        pa.Table.from_pylist([row for group in merged for row in _fields(crm_object, group)], schema=MERGE_FIELDS),
        pa.Table.from_pylist(
            [
                link_row((crm_object.name, ids[one]), (crm_object.name, ids[other]), link, outcome)
                for (one, other), link in links.items()
                if link.probability >= rules.possible or link.is_decided
                for outcome in [_outcome((one, other), link, group_of, clusters)]
            ],
            schema=DUPLICATE_LINKS,
        ),
        pa.Table.from_pylist(exceptions, schema=EXCEPTIONS),
    )


def link_row(one: tuple[str, str], other: tuple[str, str], link: Link, outcome: str) -> Row:
    """Give a row of ``duplicate_links``: two records as (object, key), why they may be one, what became of it."""
    return {
        "object": one[0],
        "record_id": one[1],
        "other_object": other[0],
        "other_id": other[1],
        "probability": link.probability,
        "found_by": link.found_by,
        "outcome": outcome,
        "evidence": link.evidence,
    }


def _outcome(pair: Pair, link: Link, group_of: Mapping[int, tuple[int, ...]], clusters: Clusters) -> str:
    if link.is_decided and not link.probability:
        return "kept_apart"
    if pair[1] in group_of.get(pair[0], ()):
        return "merged"
    if pair in clusters.cut:
        return "cut"
    return "too_many" if pair[0] in clusters.too_large or pair[1] in clusters.too_large else "possible"


def _merges(name: str, ids: Sequence[str], links: Mapping[Pair, Link], merged: Sequence[MergedGroup]) -> Iterator[Row]:
    for group in merged:
        for row in group.rows[1:]:
            found = (links.get((min(row, other), max(row, other))) for other in group.rows if other != row)
            best = max((link for link in found if link), key=lambda link: link.probability)
            sure = f", probability {best.probability:.3f}: {best.evidence}" if best.found_by == EVIDENCE else ""
            yield {
                "object": name,
                "record_id": ids[row],
                "survivor_id": ids[group.rows[0]],
                "reason": best.found_by,
                "detail": f"one of {len(group.rows)} records{sure}",
            }


def _fields(crm_object: CrmObject, group: MergedGroup) -> Iterator[Row]:
    for choice in group.choices:
        others = {record[crm_object.key]: record[choice.field] for record in group.records}
        if len(set(others.values())) > 1:
            del others[choice.source]
            yield {
                "object": crm_object.name,
                "survivor_id": group.survivor[crm_object.key],
                "field": choice.field,
                "value": None if choice.value is None else str(choice.value),
                "taken_from": choice.source,
                "rule": choice.rule,
                "other_values": "; ".join(
                    f"{key}: {'(blank)' if value is None else value}" for key, value in others.items()
                ),
            }


def _too_many(name: str, ids: Sequence[str], clusters: Clusters, largest: int) -> Iterator[Row]:
    for row in sorted(clusters.too_large):
        yield {
            "object": name,
            "record_id": ids[row],
            "stage": "quality",
            "cause": "too_many_duplicates",
            "detail": f"agrees on a candidate key with more than {largest} records",
            "repair": "strengthen the key in quality.yaml, or raise largest_cluster",
        }


def _cut(name: str, ids: Sequence[str], links: Mapping[Pair, Link], clusters: Clusters) -> Iterator[Row]:
    for one, other in sorted(clusters.cut):
        if not links[one, other].is_decided:
            yield {
                "object": name,
                "record_id": ids[one],
                "stage": "quality",
                "cause": "weak_duplicate_link",
                "detail": f"linked with {ids[other]} ({links[one, other].evidence}), but the records behind the two do not agree",
                "repair": "decide the pair in duplicates.decisions of quality.yaml",
            }
