"""What each stage did with a record: its lines for people and its facts for machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from rightful.crm import CrmObject, Kind, raw
from rightful.runs.run import Run
from rightful.runs.why.explanation import Part, Record
from rightful.runs.why.words import label, shown, spaced
from rightful.stages.quality import explain_code

__all__ = ["PARTS", "found_center", "merge_part", "quarantine_part", "rows_of"]

_TAKEN = "taken_from"


def rows_of(run: Run, table: str, **equal: str) -> list[dict[str, Any]]:
    """Give rows of a table of the run by values of their columns; none where the run has no such table."""
    return run.rows_of(table, **equal) if table in run.names else []


def merge_part(row: Record) -> Part:
    """Say why a record was merged into another one."""
    agreed = spaced(row["reason"]).replace("+", "and")
    line = f"a duplicate of {row['survivor_id']}: both agree on {agreed}; {row['detail']}"
    return Part("Merged", (line,), row)


def quarantine_part(rows: list[dict[str, Any]]) -> Part:
    """Say why rows were set aside."""
    lines = tuple(f"{row['source_file']}, line {row['source_line']}: {row['detail']}" for row in rows)
    return Part("Quarantine", ("a row with this id was set aside:", *lines), {"rows": rows})


def found_center(run: Run, row: Record) -> list[Part]:
    """Tell of a buying center that the run has found."""
    how = f"{row['name']} as {spaced(row['found_by'])} at account {label(run, 'accounts', row['account_id'])}"
    rep = f"{label(run, 'reps', row['assigned_rep_id'])}: {row['assignment_reason']}"
    return [
        Part("Found", (how,), row),
        Part("Territory", (row["territory_id"] or "no territory",)),
        Part("Rep", (rep,)),
    ]


def _cleaned(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    lines = [f"from {record['source_file']}, line {record['source_line']}"]
    changes = []
    entries = [entry.partition("=") for entry in str(record.get("quality_reason") or "").split("; ") if "=" in entry]
    taken = {name for name, _, code in entries if code.startswith(_TAKEN)}
    for name, _, code in entries:
        # Where a duplicate's value was taken, what the record's own had become is not kept.
        is_own = name not in taken or code.startswith(_TAKEN)
        after = record.get(name) if is_own else None
        changes.append({"field": name, "code": code, "from": record.get(raw(name)), "to": after})
        lines.append(_change(crm_object, record, name, code, is_own=is_own))
    yield Part("Cleaned", tuple(lines), {"changes": changes})
    aside = rows_of(run, "quarantine", object=crm_object.name, record_id=record[crm_object.key])
    if aside:
        yield quarantine_part(aside)


def _change(crm_object: CrmObject, record: Record, name: str, code: str, *, is_own: bool) -> str:
    fields = crm_object.rule_fields
    field = name if name in fields else f"{name}_usd" if f"{name}_usd" in fields else name
    why = explain_code(code, name)
    if raw(name) not in record and field not in fields:
        return f"{name}: {why}"
    before, after = shown(record.get(raw(name))), shown(record.get(field))
    if not is_own:
        return f"{field}: {before}: {why}"
    return f"{field}: {after}: {why}" if before == after else f"{field}: {before} -> {after}: {why}"


def _what_it_is(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    """Show the fields of a record that later stages only look up."""
    if crm_object.table not in ("activities", "reps", "absences"):
        return
    facts = {field.name: record[field.name] for field in crm_object.fields_of("quality") if field.name in record}
    facts = {name: value for name, value in facts.items() if value is not None and name != "quality_reason"}
    references = {field.name: field.refers_to for field in crm_object.fields if field.kind is Kind.REFERENCE}
    lines = []
    for name, value in facts.items():
        table = references.get(name, "")
        said = label(run, table, value) if table else value if isinstance(value, str) else shown(value)
        lines.append(f"{spaced(name.removesuffix('_id'))}: {said}")
    yield Part(crm_object.name.capitalize(), tuple(lines), facts)


def _work_of_rep(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if crm_object.table != "reps":
        return
    key = record["rep_id"]
    owned = run.scan("assignments").filter(pl.col("rep_id") == key, pl.col("is_primary"))
    counts = {row["object"]: row["len"] for row in owned.group_by("object").len().sort("object").collect().to_dicts()}
    lines = [f"owns {count:,} x {kind}" for kind, count in counts.items()]
    for table in ("leads", "contacts"):
        routed = run.scan(table).filter(pl.col("routed_rep_id") == key).select(pl.len()).collect().item()
        counts[f"{table}_now"] = routed
        lines += [f"has {routed:,} {table} to work on now"] if routed else []
    yield Part("Work", tuple(lines) or ("owns nothing in this run",), counts)


def _segment(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    del run
    names = [field.name for field in crm_object.fields_of("segmentation") if field.name != "segmentation_reason"]
    if names:
        facts = {name: record[name] for name in names}
        reason = record["segmentation_reason"]
        lines = [f"{spaced(name)}: {value}{_why_segment(reason, name, value, names)}" for name, value in facts.items()]
        yield Part("Segment", tuple(lines), facts | {"reason": reason})


def _why_segment(reason: str, name: str, value: str, names: list[str]) -> str:
    """Cut the reason of one value out of ``region=emea(rule EMEA); segment=...``."""
    _, found, rest = reason.partition(f"{name}={value}(")
    ends = [rest.find(f"); {other}=") for other in names]
    end = min((end for end in ends if end >= 0), default=len(rest) - 1)
    return f" ({rest[:end]})" if found else ""


def _family(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if crm_object.table != "accounts":
        return
    lines = [str(record["hierarchy_reason"])]
    if record["family_size"] and record["family_size"] > 1:
        top = label(run, "accounts", record["ultimate_parent_id"])
        lines.append(f"depth {record['hierarchy_depth']:g} in a family of {record['family_size']:g} under {top}")
        totals = (
            ("employees", "family_employees"),
            ("yearly revenue USD", "family_annual_revenue_usd"),
            ("open pipeline USD", "family_open_pipeline_usd"),
        )
        said = [f"{words} {shown(record[name])}" for words, name in totals if record[name]]
        lines += [f"the family has {', '.join(said)}"] if said else []
    findings = rows_of(run, "hierarchy_findings", account_id=record["account_id"])
    lines += [f"{spaced(row['finding'])}: {row['detail']}" for row in findings]
    facts = {field.name: record[field.name] for field in crm_object.fields_of("hierarchy")}
    yield Part("Family", tuple(lines), facts | {"findings": findings})


def _match(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if not crm_object.fields_of("matching"):
        return
    candidates = rows_of(run, "match_candidates", object=crm_object.name, record_id=record[crm_object.key])
    candidates.sort(key=lambda row: row["rank"])
    account, likelihood = record["matched_account_id"], record["match_probability"]
    how = f", probability {likelihood:.3f}" if likelihood is not None else ""
    by = f"{label(run, 'accounts', account)} by {spaced(str(record['match_method']))}"
    lines = [f"{by if account else 'no account'}{how}"]
    for row in candidates:
        lines.extend(_candidate(run, row, account))
    if not any(row["account_id"] == account for row in candidates):
        reason = str(record["match_reason"])
        for row in candidates:  # their evidence stands above already
            reason = reason.replace(f": {row['evidence']}", "")
        lines.append(reason)
    facts = {field.name: record[field.name] for field in crm_object.fields_of("matching")}
    yield Part("Match", tuple(lines), facts | {"candidates": candidates})


def _candidate(run: Run, row: Record, account: str | None) -> Iterator[str]:
    mark = "match" if row["account_id"] == account else "runner-up"
    mark = f"filtered by {row['filtered_by']}" if row["filtered_by"] and mark != "match" else mark
    who = label(run, "accounts", row["account_id"])
    yield f"{row['rank']}. {who}, probability {row['probability']:.3f} ({mark})"
    for piece in str(row["evidence"]).split("; "):
        yield f"     {piece}"


def _score(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if not crm_object.fields_of("scoring"):
        return
    parts = rows_of(run, "score_parts", object=crm_object.name, record_id=record[crm_object.key])
    lines = [f"score {record['score']:g}: {record['score_reason']}"]
    lines += [f"  {row['points']:+g} {row['part']}" + (f" ({row['detail']})" if row["detail"] else "") for row in parts]
    lines += [f"grade {record['grade']}: {record['grade_reason']}", f"rating {record['rating']}"]
    facts = {field.name: record[field.name] for field in crm_object.fields_of("scoring")}
    yield Part("Score and grade", tuple(lines), facts | {"parts": parts})


def _territory(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if "territory_id" not in crm_object.rule_fields or crm_object.table == "tasks":  # tasks follow people, not places
        return
    facts: dict[str, Any] = {"territory_id": record["territory_id"], "reason": record["territory_reason"]}
    lines = []
    if crm_object.table == "accounts":
        facts["layers"] = rows_of(run, "account_territories", account_id=record["account_id"])
        for row in facts["layers"]:
            passed = "" if row["is_winner"] else " (matched as well, but others come first)"
            lines.append(f"{row['layer']}: {row['territory_id']}: {row['reason']}{passed}")
    if not lines:
        why = record["territory_reason"] or record["assignment_reason"]
        lines = [f"{record['territory_id'] or 'no territory'}" + (f": {why}" if why else "")]
    yield Part("Territory", tuple(lines), facts)


def _reps(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if "assigned_rep_id" not in crm_object.rule_fields:
        return
    rows = rows_of(run, "assignments", object=crm_object.name, record_id=record[crm_object.key])
    rows.sort(key=lambda row: (not row["is_primary"], row["role"]))
    lines = [f"{spaced(row['role'])}: {label(run, 'reps', row['rep_id'])}: {row['reason']}" for row in rows]
    lines = lines or [f"nobody: {record['assignment_reason']}"]
    owner = record.get("owner_id")
    lines += [f"in the CRM today: {label(run, 'reps', owner)}"] if owner else []
    yield Part("Rep", tuple(lines), {"assignments": rows, "owner_id": owner, "reason": record["assignment_reason"]})


def _routing(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    if "routed_rep_id" not in crm_object.rule_fields or not (record["routed_rep_id"] or record["routing_reason"]):
        return
    is_idle = record["routed_rep_id"] is None and record.get("assigned_rep_id") is not None
    rep = "not needed" if is_idle else label(run, "reps", record["routed_rep_id"])
    lines = [f"{rep}: {record['routing_reason']}"]
    if record.get("sla_due_at"):
        lines.append(f"first response due {shown(record['sla_due_at'])}")
    log = rows_of(run, "routing_log", object=crm_object.name, record_id=record[crm_object.key])
    for row in [row for row in log if row["state"]]:
        lines += [f"decision {row['sequence']} of the run, at {shown(row['decided_at'])}: pool {row['state']}"]
    facts = {field.name: record[field.name] for field in crm_object.fields_of("routing")}
    yield Part("Routing", tuple(lines), facts | {"log": log})


def _exceptions(run: Run, crm_object: CrmObject, record: Record) -> Iterator[Part]:
    rows = rows_of(run, "exceptions", object=crm_object.name, record_id=record[crm_object.key])
    if rows:
        lines = [f"{row['stage']}: {spaced(row['cause'])}: {row['detail']}. To repair: {row['repair']}" for row in rows]
        yield Part("Exception", tuple(lines), {"exceptions": rows})


PARTS: tuple[Callable[[Run, CrmObject, Record], Iterator[Part]], ...] = (
    _cleaned, _what_it_is, _work_of_rep, _segment, _family, _match, _score, _territory, _reps, _routing, _exceptions,
)  # fmt: skip
"""What an explanation is made of, in order; each gives nothing for records that its stage does not concern."""
