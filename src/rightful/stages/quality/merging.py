"""Merge the duplicates of a table: one record stays, the others are listed with the record that stands for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan.quality import QualitySection
from rightful.stages.columns import schema_of
from rightful.stages.quality.duplicates import FILLED, RANKED_BY, Clusters, find_clusters, rank_survivors
from rightful.stages.quality.survivorship import MergeRules, merge_records
from rightful.stages.stage import Engine, Frame

__all__ = ["EXCEPTIONS", "MERGES", "MergedTable", "merge_duplicates"]

MERGES = pa.schema([(name, pa.string()) for name in ("object", "record_id", "survivor_id", "reason", "detail")])
EXCEPTIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("object", "record_id", "stage", "cause", "detail")),
        ("age_days", pa.float64()),
        ("value_usd", pa.float64()),
        ("repair", pa.string()),
    ]
)
_DATED_BY = {
    "accounts": ("last_activity_on", "created_on"),
    "contacts": ("created_at",),
    "leads": ("created_at",),
}
_TOGETHER = (("street", "city", "state", "postal_code", "country"),)


@dataclass(frozen=True, slots=True)
class MergedTable:
    """A table without its duplicates.

    Attributes:
        frame: The records that stay, with their merged values.
        merges: Per merged record the one that stands for it, and the key on which they agree.
        exceptions: Records of clusters that are too large to be merged.
    """

    frame: Frame
    merges: pa.Table
    exceptions: pa.Table


def merge_duplicates(table: str, frame: Frame, section: QualitySection, engine: Engine) -> MergedTable:
    """Find and merge the duplicates of a cleaned table."""
    crm_object = OBJECT_OF_TABLE[table]
    rules, keys = section.rules_for(table), section.keys_for(table)
    schema = schema_of(crm_object, "quality")
    columns = dict.fromkeys([crm_object.key, *(name for key in keys for name in key), *_ranked_by(schema)])
    records = engine.collect(frame.select(*columns, _filled(schema).alias(FILLED)).sort(crm_object.key))
    clusters = find_clusters(records, keys, rules.largest_cluster)
    ids = records[crm_object.key].to_pylist()
    exceptions = _too_many(crm_object.name, ids, clusters, rules.largest_cluster)
    groups = _groups(clusters, rank_survivors(records, crm_object.key, rules))
    if not groups:
        return MergedTable(frame, MERGES.empty_table(), exceptions)
    touched = engine.bring(pa.table({crm_object.key: [ids[row] for group in groups for row in group]}))
    whole = engine.collect(frame.join(touched, on=crm_object.key, how="inner").sort(crm_object.key)).to_pylist()
    by_id = {record[crm_object.key]: record for record in whole}
    merge_rules = MergeRules(
        key=crm_object.key,
        fields=tuple(name for name in schema.names if name not in (crm_object.key, "quality_reason")),
        survivorship=rules.survivorship,
        protected=frozenset(
            each.field.text for each in section.writers if each.table == table and "merge" not in each.writers
        ),
        dated_by=_DATED_BY[table],
        together=_TOGETHER,
    )
    corrected = frozenset((each.record_id, each.field.text) for each in section.corrections if each.table == table)
    kept = [_survivor([by_id[ids[row]] for row in group], merge_rules, corrected) for group in groups]
    merges = _merges(crm_object.name, ids, groups, clusters, [" + ".join(key) for key in keys])
    untouched = frame.join(touched, on=crm_object.key, how="anti").select(*schema.names)
    survivors = engine.bring(pa.Table.from_pylist(kept, schema=schema))
    return MergedTable(engine.keep(nw.concat([untouched, survivors], how="vertical")), merges, exceptions)


def _ranked_by(schema: pa.Schema) -> list[str]:
    """Give the columns that say which record of a cluster may stand for it."""
    return [name for name in schema.names if name in RANKED_BY]


def _filled(schema: pa.Schema) -> nw.Expr:
    """Count the cleaned fields of a record that are not blank."""
    names = [name for name in schema.names if name != "quality_reason"]
    return nw.sum_horizontal(*((~nw.col(name).is_null()).cast(nw.Int64()) for name in names))


def _groups(clusters: Clusters, place: np.ndarray[Any, np.dtype[np.int64]]) -> list[list[int]]:
    """Give the rows of each cluster of several, the survivor first."""
    order = np.lexsort((place, clusters.cluster))
    numbers = clusters.cluster[order]
    starts = np.flatnonzero(np.diff(numbers)) + 1
    return [group.tolist() for group in np.split(order, starts) if len(group) > 1]


def _survivor(
    records: Sequence[dict[str, Any]], rules: MergeRules, corrected: frozenset[tuple[str, str]]
) -> dict[str, Any]:
    merged = merge_records(records, rules, corrected)
    first = records[0]
    others = ", ".join(record[rules.key] for record in records[1:])
    notes = [first["quality_reason"], f"record=merged_with {others}"]
    notes += [f"{field}=taken_from {source}" for field, source in merged.sources.items()]
    return {rules.key: first[rules.key], **merged.values, "quality_reason": "; ".join(each for each in notes if each)}


def _merges(
    name: str, ids: Sequence[str], groups: Sequence[Sequence[int]], clusters: Clusters, keys: Sequence[str]
) -> pa.Table:
    rows = [
        {
            "object": name,
            "record_id": ids[row],
            "survivor_id": ids[group[0]],
            "reason": keys[number]
            if (number := int(max(clusters.key[row], clusters.key[group[0]]))) >= 0
            else "linked",
            "detail": f"one of {len(group)} records",
        }
        for group in groups
        for row in group[1:]
    ]
    return pa.Table.from_pylist(rows, schema=MERGES)


def _too_many(name: str, ids: Sequence[str], clusters: Clusters, largest: int) -> pa.Table:
    rows = [
        {
            "object": name,
            "record_id": ids[row],
            "stage": "quality",
            "cause": "too_many_duplicates",
            "detail": f"agrees on a candidate key with more than {largest} records",
            "repair": "strengthen the key in quality.yaml, or raise largest_cluster",
        }
        for row in np.flatnonzero(clusters.too_large).tolist()
    ]
    return pa.Table.from_pylist(rows, schema=EXCEPTIONS)
