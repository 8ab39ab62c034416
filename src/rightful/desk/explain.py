"""What the desk keeps of a decision so that anybody can ask why: what each stage made of the record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from rightful.crm import OBJECT_OF_TABLE
from rightful.desk.in_force import table_of
from rightful.desk.pipeline import Understood

__all__ = ["parts_of"]

_MOST_CANDIDATES = 5


def parts_of(found: Understood) -> dict[str, Any]:
    """Give what the stages before routing made of a record, as plain data by stage."""
    crm_object = OBJECT_OF_TABLE[table_of(found.object)]
    parts: dict[str, Any] = {}
    for stage in ("quality", "segmentation"):
        values = {field.name: found.values.get(field.name) for field in crm_object.fields_of(stage)}
        parts[stage] = {name: _plain(value) for name, value in values.items() if value is not None}
    if found.match:
        match = found.match
        parts["matching"] = {
            "account_id": match.account_id,
            "probability": match.probability,
            "method": match.method,
            "reason": match.reason,
            "candidates": [dict(each) for each in match.candidates[:_MOST_CANDIDATES]],
        }
    if found.score:
        score = found.score
        parts["scoring"] = {
            "score": score.score,
            "score_reason": score.score_reason,
            "grade": score.grade,
            "grade_reason": score.grade_reason,
            "rating": score.rating,
        }
    if found.case:
        ruling = found.case.ruling
        parts["rules"] = {
            "territory_id": ruling.territory_id,
            "territory_rule": ruling.territory_rule,
            "pool": str(ruling.pool.pool) if ruling.pool else None,
            "pool_rule": ruling.pool_rule,
            "methods": list(ruling.methods),
            "team": dict(found.case.team),
        }
    return parts


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
