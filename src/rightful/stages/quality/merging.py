"""Merge the duplicates of a table: one record stays, the others are listed with the record that stands for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE, CrmObject
from rightful.plan import Plan
from rightful.plan.quality import QualitySection
from rightful.stages.columns import schema_of
from rightful.stages.linkage import ACCOUNT_FIELDS, OTHER_NAME, PERSON_FIELDS, alike_accounts, alike_people
from rightful.stages.quality.duplicates import FILLED, RANKED_BY, Clusters, find_clusters, rank_survivors
from rightful.stages.quality.links import EVIDENCE, Link, Pair, by_decision, by_evidence, by_keys, strongest
from rightful.stages.quality.merge_tables import MergedGroup, MergeTables, merge_tables
from rightful.stages.quality.survivorship import MergeRules, merge_records
from rightful.stages.stage import Engine, Frame

__all__ = ["MergedTable", "evidence_columns", "merge_duplicates"]

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
        tables: What was merged, and what was not, and why.
    """

    frame: Frame
    tables: MergeTables


def merge_duplicates(table: str, frame: Frame, sources: Frame | None, plan: Plan, engine: Engine) -> MergedTable:
    """Find and merge the duplicates of a cleaned table.

    Args:
        table: Its name.
        frame: Its cleaned records.
        sources: Key and ``source_file`` of each record, for survivorship by source; None where no field needs it.
        plan: Its section on quality, and the synonyms of its section on matching.
        engine: Where the tables live.
    """
    section = plan.quality
    crm_object = OBJECT_OF_TABLE[table]
    schema = schema_of(crm_object, "quality")
    records = _identities(crm_object, frame, section, engine)
    ids = records[crm_object.key].to_pylist()
    links, clusters = _clustered(table, records, plan)
    place = rank_survivors(records, crm_object.key, section.rules_for(table))
    groups = [sorted(group, key=lambda row: int(place[row])) for group in clusters.groups]
    if not groups:
        return MergedTable(frame, merge_tables(crm_object, ids, links, clusters, (), section))
    touched = engine.bring(pa.table({crm_object.key: [ids[row] for group in groups for row in group]}))
    whole = frame.join(touched, on=crm_object.key, how="inner")
    if sources is not None:
        whole = whole.join(sources, on=crm_object.key, how="left")
    by_id = {record[crm_object.key]: record for record in engine.collect(whole.sort(crm_object.key)).to_pylist()}
    rules, corrected = _merge_rules(table, schema, section), _corrected(table, section)
    merged = [_merged(group, [by_id[ids[row]] for row in group], rules, corrected) for group in groups]
    untouched = frame.join(touched, on=crm_object.key, how="anti").select(*schema.names)
    survivors = engine.bring(pa.Table.from_pylist([each.survivor for each in merged], schema=schema))
    kept = engine.keep(nw.concat([untouched, survivors], how="vertical"))
    return MergedTable(kept, merge_tables(crm_object, ids, links, clusters, merged, section))


def evidence_columns(table: str) -> tuple[str, ...]:
    """Give the columns that evidence reads of a table."""
    if table == "accounts":
        return (*(field.name for field in ACCOUNT_FIELDS), OTHER_NAME)
    return tuple(field.name for field in PERSON_FIELDS)


def _identities(crm_object: CrmObject, frame: Frame, section: QualitySection, engine: Engine) -> pa.Table:
    """Bring in what tells records apart and which of them stands for the others, ordered by key."""
    table = crm_object.table
    schema = schema_of(crm_object, "quality")
    evidence = evidence_columns(table) if section.rules_for(table).evidence != "off" else ()
    keys = [name for key in section.keys_for(table) for name in key]
    ranked_by = [name for name in schema.names if name in RANKED_BY]
    columns = dict.fromkeys([crm_object.key, *keys, *evidence, *ranked_by])
    filled = [(~nw.col(name).is_null()).cast(nw.Int64()) for name in schema.names if name != "quality_reason"]
    chosen = frame.select(*columns, nw.sum_horizontal(*filled).alias(FILLED))
    return engine.collect(chosen.sort(crm_object.key))


def _clustered(table: str, records: pa.Table, plan: Plan) -> tuple[Mapping[Pair, Link], Clusters]:
    section = plan.quality
    rules = section.rules_for(table)
    ids = records[OBJECT_OF_TABLE[table].key].to_pylist()
    decided = by_decision(rules.decisions, dict(zip(ids, range(len(ids)), strict=True))) if rules.decisions else ()
    keyed, crowds = by_keys(records, section.keys_for(table), rules.largest_cluster)
    links = strongest(decided, keyed.items(), _by_evidence(table, records, plan) if rules.evidence != "off" else ())
    merging = (
        links
        if rules.evidence == "merge"
        else {pair: link for pair, link in links.items() if link.found_by != EVIDENCE}
    )
    return links, find_clusters(len(ids), merging, crowds, rules)


def _by_evidence(table: str, records: pa.Table, plan: Plan) -> Iterator[tuple[Pair, Link]]:
    if table == "accounts":
        return by_evidence(alike_accounts(records, plan.matching.spellings))
    return by_evidence(alike_people(records))


def _merge_rules(table: str, schema: pa.Schema, section: QualitySection) -> MergeRules:
    crm_object, rules = OBJECT_OF_TABLE[table], section.rules_for(table)
    return MergeRules(
        key=crm_object.key,
        fields=tuple(name for name in schema.names if name not in (crm_object.key, "quality_reason")),
        survivorship=rules.survivorship,
        protected=frozenset(
            each.field.text for each in section.writers if each.table == table and "merge" not in each.writers
        ),
        dated_by=_DATED_BY[table],
        together=_TOGETHER,
        trusted_sources=rules.trusted_sources,
    )


def _corrected(table: str, section: QualitySection) -> frozenset[tuple[str, str]]:
    return frozenset((each.record_id, each.field.text) for each in section.corrections if each.table == table)


def _merged(
    rows: Sequence[int],
    records: Sequence[dict[str, Any]],
    rules: MergeRules,
    corrected: frozenset[tuple[str, str]],
) -> MergedGroup:
    choices = merge_records(records, rules, corrected)
    first = records[0]
    others = ", ".join(record[rules.key] for record in records[1:])
    notes = [first["quality_reason"], f"record=merged_with {others}"]
    notes += [f"{each.field}=taken_from {each.source}" for each in choices if each.source != first[rules.key]]
    values = {each.field: each.value for each in choices}
    reason = "; ".join(note for note in notes if note)
    survivor = {rules.key: first[rules.key], **values, "quality_reason": reason}
    return MergedGroup(tuple(rows), tuple(records), choices, survivor)
