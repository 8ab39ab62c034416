"""Explain a record: what was done with it, stage by stage, in plain words and as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl
from rapidfuzz import fuzz, process

from rightful.crm import OBJECT_OF_TABLE, OBJECTS, CrmObject, raw
from rightful.errors import Mistake, RunError
from rightful.runs.run import Run
from rightful.stages.quality import explain_code

__all__ = ["Explanation", "Part", "explain"]

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What one stage did with a record.

    Attributes:
        topic: Heading, such as ``Match``.
        lines: What a person reads.
        facts: The same as data, for machines.
    """

    topic: str
    lines: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole way of a record through a run.

    Attributes:
        object: Kind of record: ``lead``.
        record_id: Its key; of a merged record, that of the one that stands for it.
        asked_for: The id that was asked for.
        name: What people call it.
        parts: What was done, in order.
        plan_version: Version of the plan that decided.
        as_of: The instant at which the book was read.
    """

    object: str
    record_id: str
    asked_for: str
    name: str
    parts: tuple[Part, ...]
    plan_version: str
    as_of: datetime

    def as_json(self) -> dict[str, Any]:
        """Give it as plain data: instants and dates as ISO text."""
        return _plain(asdict(self))

    def lines(self) -> Iterator[str]:
        """Give it as text, a line at a time."""
        yield f"{self.object} {self.record_id}" + (f": {self.name}" if self.name else "")
        if self.asked_for != self.record_id:
            yield f"  ({self.asked_for} was merged into it)"
        for part in self.parts:
            yield ""
            yield part.topic
            yield from (f"  {line}" for line in part.lines)


def explain(run: Run, record_id: str) -> Explanation:
    """Explain a record of a run.

    Args:
        run: The run.
        record_id: Key of any record: account, contact, lead, buying center, opportunity, order, task, activity, rep, absence.

    Raises:
        RunError: The run has no such record; names the nearest keys.
    """
    merged = _rows(run, "merges", record_id=record_id)
    wanted = merged[0]["survivor_id"] if merged else record_id
    for crm_object in OBJECTS:
        record = run.record(crm_object.table, wanted)
        if record is not None and (not merged or crm_object.name == merged[0]["object"]):
            parts = [part for make in _PARTS for part in make(run, crm_object, record)]
            return _explanation(run, crm_object.name, record_id, wanted, _name(record), [*_merge_part(merged), *parts])
    found = _rows(run, "found_buying_centers", buying_center_id=record_id)
    if found:
        return _explanation(run, "buying center", record_id, record_id, found[0]["name"], list(_found_center(found[0])))
    quarantined = _rows(run, "quarantine", record_id=record_id)
    if quarantined:
        name = quarantined[0]["object"]
        return _explanation(run, name, record_id, record_id, "", [_quarantine_part(quarantined)])
    raise RunError(
        Mistake(
            None, f"no record {record_id!r} in this run", "a key of any record of the book", _nearest(run, record_id)
        )
    )


def _explanation(run: Run, name: str, asked: str, record_id: str, title: str, parts: list[Part]) -> Explanation:
    return Explanation(name, record_id, asked, title, tuple(parts), run.manifest.plan_version, run.manifest.as_of)


def _rows(run: Run, table: str, **equal: str) -> list[dict[str, Any]]:
    return run.rows_of(table, **equal) if table in run.names else []


def _name(record: Record) -> str:
    person = " ".join(str(record[name]) for name in ("first_name", "last_name") if record.get(name))
    company = record.get("company")
    title = record.get("name") or record.get("subject") or person
    return f"{title} ({company})" if company and title else str(title or company or "")


def _merge_part(merged: list[dict[str, Any]]) -> Iterator[Part]:
    for row in merged:
        line = f"a duplicate of {row['survivor_id']}: both agree on {row['reason']}; {row['detail']}"
        yield Part("Merged", (line,), row)


def _quarantine_part(rows: list[dict[str, Any]]) -> Part:
    lines = tuple(f"{row['source_file']}:{row['source_line']}: {row['detail']}" for row in rows)
    return Part("Quarantine", ("the row was set aside:", *lines), {"rows": rows})


def _source(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    del run
    lines = [f"from {record['source_file']}, line {record['source_line']}"]
    changes = []
    for entry in str(record.get("quality_reason") or "").split("; "):
        name, _, code = entry.partition("=")
        if code:
            changes.append({"field": name, "code": code, "from": record.get(raw(name)), "to": record.get(name)})
            lines.append(_change(crm_object, record, name, code))
    yield Part("Cleaned", tuple(lines), {"changes": changes})


def _change(crm_object: CrmObject, record: Record, name: str, code: str) -> str:
    fields = crm_object.rule_fields
    shown = name if name in fields else f"{name}_usd" if f"{name}_usd" in fields else name
    before, after = record.get(raw(name)), record.get(shown)
    why = explain_code(code, name)
    if raw(name) not in record and shown not in fields:
        return f"{name}: {why}"
    return f"{shown}: {_shown(before)} -> {_shown(after)}: {why}"


def _segment(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    del run
    names = [field.name for field in crm_object.fields_of("segmentation") if field.name != "segmentation_reason"]
    if names:
        facts = {name: record[name] for name in names}
        lines = [f"{name.replace('_', ' ')}: {value}" for name, value in facts.items()]
        lines.append(f"because {record['segmentation_reason']}")
        yield Part("Segment", tuple(lines), facts | {"reason": record["segmentation_reason"]})


def _family(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if crm_object.table != "accounts":
        return
    lines = [str(record["hierarchy_reason"])]
    if record["family_size"] and record["family_size"] > 1:
        top = _label(run, "accounts", record["ultimate_parent_id"])
        lines.append(f"depth {record['hierarchy_depth']:g} in a family of {record['family_size']:g} under {top}")
        totals = (
            ("employees", "family_employees"),
            ("yearly revenue USD", "family_annual_revenue_usd"),
            ("open pipeline USD", "family_open_pipeline_usd"),
        )
        shown = [f"{words} {_shown(record[name])}" for words, name in totals if record[name]]
        lines += [f"the family has {', '.join(shown)}"] if shown else []
    findings = _rows(run, "hierarchy_findings", account_id=record["account_id"])
    lines += [f"{row['finding'].replace('_', ' ')}: {row['detail']}" for row in findings]
    facts = {field.name: record[field.name] for field in crm_object.fields_of("hierarchy")}
    yield Part("Family", tuple(lines), facts | {"findings": findings})


def _match(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if not crm_object.fields_of("matching"):
        return
    key = record[crm_object.key]
    candidates = sorted(
        _rows(run, "match_candidates", object=crm_object.name, record_id=key), key=lambda row: row["rank"]
    )
    account = record["matched_account_id"]
    likelihood = record["match_probability"]
    how = f", probability {likelihood:.3f}" if likelihood is not None else ""
    head = (
        f"{_label(run, 'accounts', account)} by {str(record['match_method']).replace('_', ' ')}{how}"
        if account
        else f"no account{how}"
    )
    lines = [head]
    for row in candidates:
        mark = (
            "match"
            if row["account_id"] == account
            else f"filtered by {row['filtered_by']}"
            if row["filtered_by"]
            else "runner-up"
        )
        lines.append(
            f"{row['rank']}. {_label(run, 'accounts', row['account_id'])}, probability {row['probability']:.3f} ({mark})"
        )
        lines += [f"     {piece}" for piece in str(row["evidence"]).split("; ")]
    if not any(row["account_id"] == account for row in candidates):
        lines.append(str(record["match_reason"]))
    facts = {field.name: record[field.name] for field in crm_object.fields_of("matching")}
    yield Part("Match", tuple(lines), facts | {"candidates": candidates})


def _score(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if not crm_object.fields_of("scoring"):
        return
    parts = _rows(run, "score_parts", object=crm_object.name, record_id=record[crm_object.key])
    lines = [f"score {record['score']:g}: {record['score_reason']}"]
    lines += [f"  {row['points']:+g} {row['part']}" + (f" ({row['detail']})" if row["detail"] else "") for row in parts]
    lines += [f"grade {record['grade']}: {record['grade_reason']}", f"rating {record['rating']}"]
    facts = {field.name: record[field.name] for field in crm_object.fields_of("scoring")}
    yield Part("Score and grade", tuple(lines), facts | {"parts": parts})


def _territory(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if "territory_id" not in crm_object.rule_fields:
        return
    lines = []
    facts: dict[str, Any] = {"territory_id": record["territory_id"], "reason": record["territory_reason"]}
    if crm_object.table == "accounts":
        rows = _rows(run, "account_territories", account_id=record["account_id"])
        lines = [f"{row['layer']}: {row['territory_id']}: {row['reason']}" for row in rows]
        facts["layers"] = rows
    if not lines:
        lines = [
            f"{record['territory_id'] or 'no territory'}: {record['territory_reason'] or record['assignment_reason']}"
        ]
    yield Part("Territory", tuple(lines), facts)


def _reps(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if "assigned_rep_id" not in crm_object.rule_fields:
        return
    rows = _rows(run, "assignments", object=crm_object.name, record_id=record[crm_object.key])
    rows.sort(key=lambda row: (not row["is_primary"], row["role"]))
    lines = [f"{row['role']}: {_label(run, 'reps', row['rep_id'])}: {row['reason']}" for row in rows]
    lines = lines or [f"nobody: {record['assignment_reason']}"]
    owner = record.get("owner_id")
    if owner:
        lines.append(f"in the CRM today: {_label(run, 'reps', owner)}")
    yield Part("Rep", tuple(lines), {"assignments": rows, "owner_id": owner, "reason": record["assignment_reason"]})


def _routing(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if "routed_rep_id" not in crm_object.rule_fields or not (record["routed_rep_id"] or record.get("routing_reason")):
        return
    rep = record["routed_rep_id"]
    head = f"{_label(run, 'reps', rep)}: {record['routing_reason']}" if rep else f"nobody: {record['routing_reason']}"
    lines = [head]
    if record.get("sla_due_at"):
        lines.append(f"first response due {record['sla_due_at']:%Y-%m-%d %H:%M} UTC")
    log = _rows(run, "routing_log", object=crm_object.name, record_id=record[crm_object.key])
    lines += [
        f"decision {row['sequence']} at {row['decided_at']:%Y-%m-%d %H:%M} UTC; {row['state']}"
        for row in log
        if row["state"]
    ]
    facts = {field.name: record[field.name] for field in crm_object.fields_of("routing")}
    yield Part("Routing", tuple(lines), facts | {"log": log})


def _exceptions(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    rows = _rows(run, "exceptions", object=crm_object.name, record_id=record[crm_object.key])
    if rows:
        lines = [
            f"{row['stage']}: {row['cause'].replace('_', ' ')}: {row['detail']}. To repair: {row['repair']}"
            for row in rows
        ]
        yield Part("Exception", tuple(lines), {"exceptions": rows})


_PARTS: tuple[Callable[[Run, CrmObject, Record], Iterator[Part]], ...] = (
    _source, _segment, _family, _match, _score, _territory, _reps, _routing, _exceptions,
)  # fmt: skip


def _found_center(row: Record) -> Iterator[Part]:
    yield Part(
        "Found", (f"by {row['found_by'].replace('_', ' ')} {row['name']} at account {row['account_id']}",), dict(row)
    )
    yield Part("Rep", (f"{row['assigned_rep_id'] or 'nobody'}: {row['assignment_reason']}",))


def _label(run: Run, table: str, record_id: str | None) -> str:
    """Give a key with the name that people know."""
    if record_id is None:
        return "nobody"
    frame = pl.scan_parquet(run.folder / "quality" / f"{table}.parquet")
    found = frame.filter(pl.col(OBJECT_OF_TABLE[table].key) == record_id).select("name").collect()
    name = found["name"][0] if found.height else None
    return f"{record_id} ({name})" if name else record_id


def _nearest(run: Run, record_id: str) -> str:
    keys: list[str] = []
    for crm_object in OBJECTS:
        keys += pl.read_parquet(run.paths(crm_object.table)[0], columns=[crm_object.key])[crm_object.key].to_list()
    found = process.extract(record_id, keys, scorer=fuzz.ratio, limit=3, score_cutoff=75)
    return f"did you mean {', '.join(repr(key) for key, _, _ in found)}?" if found else ""


def _shown(value: Any) -> str:
    if value is None:
        return "blank"
    return f"{value:,.10g}" if isinstance(value, float) else repr(value) if isinstance(value, str) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value
