"""Find a record of a run by its id, and tell its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl
from rapidfuzz import fuzz, process

from rightful.crm import OBJECTS, CrmObject
from rightful.errors import Mistake, RunError
from rightful.runs.run import Run
from rightful.runs.why.explanation import Explanation, Part, Record
from rightful.runs.why.parts import PARTS, found_center, merge_part, quarantine_part, rows_of
from rightful.runs.why.words import name_of, with_names

__all__ = ["explain"]

_KINDS = {crm_object.name: crm_object for crm_object in OBJECTS}


def explain(run: Run, record_id: str) -> Explanation:
    """Explain a record of a run.

    Args:
        run: The run.
        record_id: Key of any record: account, contact, lead, buying center, opportunity, order, task, activity, rep, absence.
            Where several kinds have the same key, put the kind before it: ``lead 17``.

    Raises:
        RunError: The run has no such record; names the nearest keys.
    """
    found = list(_found(run, record_id, tuple(_KINDS)))
    if not found:
        kind = next((name for name in _KINDS if record_id.startswith(f"{name} ")), "")
        found = list(_found(run, record_id.removeprefix(f"{kind} "), (kind,))) if kind else []
    if not found:
        problem = f"no record {record_id!r} in this run"
        raise RunError(Mistake(None, problem, "a key of any record of the book", _nearest(run, record_id)))
    first = found[0]
    others = dict.fromkeys(other.object for other in found[1:])
    also = tuple(kind for kind in others if kind != first.object)
    return replace(first, parts=with_names(run, first.parts, first.record_id), also=also)


def _found(run: Run, record_id: str, kinds: tuple[str, ...]) -> Iterator[Explanation]:
    """Give what the id means: records that stay, merged ones, buying centers that were found, rows set aside; the likeliest first."""
    for kind in kinds:
        record = run.record(_KINDS[kind].table, record_id)
        if record is not None:
            yield _of_record(run, _KINDS[kind], record, record_id)
    for row in rows_of(run, "merges", record_id=record_id):
        survivor = run.record(_KINDS[row["object"]].table, row["survivor_id"]) if row["object"] in kinds else None
        if survivor is not None:
            yield _of_record(run, _KINDS[row["object"]], survivor, record_id, merge_part(row))
    if "buying center" in kinds:
        for row in rows_of(run, "found_buying_centers", buying_center_id=record_id):
            yield _explanation(run, "buying center", (record_id, record_id, row["name"]), found_center(run, row))
    quarantined = rows_of(run, "quarantine", record_id=record_id)
    for kind in kinds:
        rows = [row for row in quarantined if row["object"] == kind]
        if rows:
            yield _explanation(run, kind, (record_id, record_id, ""), [quarantine_part(rows)])


def _of_record(run: Run, crm_object: CrmObject, record: Record, asked: str, *before: Part) -> Explanation:
    key = record[crm_object.key]
    parts = [*before, *(part for make in PARTS for part in make(run, crm_object, record))]
    return _explanation(run, crm_object.name, (key, asked, name_of(record)), parts)


def _explanation(run: Run, kind: str, names: tuple[str, str, str], parts: list[Part]) -> Explanation:
    record_id, asked_for, name = names
    manifest = run.manifest
    return Explanation(kind, record_id, asked_for, name, tuple(parts), manifest.plan_version, manifest.as_of)


def _nearest(run: Run, record_id: str) -> str:
    keys: list[str] = []
    for crm_object in OBJECTS:
        keys += pl.read_parquet(run.paths(crm_object.table)[0], columns=[crm_object.key])[crm_object.key].to_list()
    found = process.extract(
        record_id, list(dict.fromkeys(keys)), processor=str.casefold, scorer=fuzz.ratio, limit=3, score_cutoff=75
    )
    return f"did you mean {', '.join(repr(key) for key, _, _ in found)}?" if found else ""
