"""What routing says of a run's records, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from rightful.stages.exceptions import EXCEPTIONS
from rightful.stages.routing.case import CAUSES, Decision

__all__ = ["ROUTING_LOG", "FollowedTask", "added_columns", "exception_rows", "follow_leads", "log_rows", "task_columns"]

INSTANT = pa.timestamp("us", "UTC")

ROUTING_LOG = pa.schema(
    [
        ("object", pa.string()),
        ("record_id", pa.string()),
        ("sequence", pa.int64()),
        ("decided_at", INSTANT),
        *((name, pa.string()) for name in ("rep_id", "method", "pool_id", "reason", "state")),
    ]
)
"""One row per decision, in the order in which they were made: ``sequence`` counts from 1 over the whole run."""

By = Mapping[str, Decision]


def added_columns(key: str, ids: Sequence[str], decisions: By, otherwise: Mapping[str, str]) -> pa.Table:
    """Give the columns that routing adds to leads and contacts.

    Args:
        key: Name of the key.
        ids: Every record's key.
        decisions: The last decision of each record that was routed.
        otherwise: Why the others need no routing.
    """
    found = [decisions.get(record_id) for record_id in ids]
    columns = {
        key: ids,
        "routed_rep_id": [each.rep_id if each else None for each in found],
        "routing_method": [each.method if each else "none" for each in found],
        "pool_id": [each.pool_id if each else None for each in found],
        "routing_reason": [
            each.reason if each else otherwise.get(record_id) for record_id, each in zip(ids, found, strict=True)
        ],
    }
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    return table.append_column("sla_due_at", pa.array([each.sla_due if each else None for each in found], INSTANT))


def log_rows(decisions: Sequence[Decision]) -> pa.Table:
    """Give the log of all decisions."""
    columns = {
        "object": [each.object for each in decisions],
        "record_id": [each.record_id for each in decisions],
        "sequence": range(1, len(decisions) + 1),
        "decided_at": [each.decided for each in decisions],
        "rep_id": [each.rep_id for each in decisions],
        "method": [each.method for each in decisions],
        "pool_id": [each.pool_id for each in decisions],
        "reason": [each.reason for each in decisions],
        "state": [each.state or None for each in decisions],
    }
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in ROUTING_LOG})


@dataclass(frozen=True, slots=True)
class FollowedTask:
    """An open task that follows its lead.

    Attributes:
        task_id: Its key.
        rep_id: The lead's rep; None where the lead has none.
        reason: Which lead it follows.
        cause: Code of the exception where ``rep_id`` is None.
    """

    task_id: str
    rep_id: str | None
    reason: str
    cause: str = ""


def follow_leads(tasks: pa.Table, leads: By) -> list[FollowedTask]:
    """Let the open tasks of leads follow them, but for those that assignment gave to somebody.

    Args:
        tasks: task_id, lead_id, is_closed, assigned_rep_id, opportunity_id, contact_id.
        leads: The last decision of each lead.
    """
    names = ("task_id", "lead_id", "is_closed", "assigned_rep_id", "opportunity_id", "contact_id")
    followed = []
    for task_id, lead_id, is_closed, rep_id, *others in zip(*(tasks[name].to_pylist() for name in names), strict=True):
        if lead_id is None or is_closed or rep_id is not None or any(others):
            continue
        lead = leads.get(lead_id)
        if lead is None:
            followed.append(FollowedTask(task_id, None, f"its lead {lead_id} is not in the book", "no_lead"))
        elif lead.rep_id is None:
            reason = f"follows its lead {lead_id}, which has no rep: {lead.reason}"
            followed.append(FollowedTask(task_id, None, reason, "lead_without_rep"))
        else:
            followed.append(FollowedTask(task_id, lead.rep_id, f"follows its lead {lead_id}"))
    return followed


def task_columns(ids: Sequence[str], followed: Iterable[FollowedTask]) -> pa.Table:
    """Give the columns that routing adds to tasks."""
    by_id = {each.task_id: each for each in followed}
    found = [by_id.get(task_id) for task_id in ids]
    columns = {
        "task_id": ids,
        "routed_rep_id": [each.rep_id if each else None for each in found],
        "routing_reason": [each.reason if each else None for each in found],
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def exception_rows(
    decisions: Iterable[Decision],
    tasks: Iterable[FollowedTask],
    created: Mapping[tuple[str, str], datetime | None],
    values: Mapping[tuple[str, str], float],
    day: date,
) -> pa.Table:
    """Give the exceptions: every record without a rep, with what would repair it.

    Args:
        decisions: The last decision of each record.
        tasks: Tasks that follow leads.
        created: When each record was created, by kind and key.
        values: Value in US dollars, by kind and key; left out where unknown.
        day: The day from which ages count.
    """
    cases = [(each.object, each.record_id, each.cause, each.reason) for each in decisions if each.cause]
    cases += [("task", each.task_id, each.cause, each.reason) for each in tasks if each.cause]
    ages = [created.get((kind, record_id)) for kind, record_id, _, _ in cases]
    columns = {
        "object": [case[0] for case in cases],
        "record_id": [case[1] for case in cases],
        "stage": ["routing"] * len(cases),
        "cause": [case[2] for case in cases],
        "detail": [case[3] for case in cases],
        "age_days": [float((day - moment.date()).days) if moment else None for moment in ages],
        "value_usd": [values.get((kind, record_id)) for kind, record_id, _, _ in cases],
        "repair": [CAUSES[case[2]] for case in cases],
    }
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in EXCEPTIONS})
