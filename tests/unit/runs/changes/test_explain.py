from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rightful.runs.changes.explain import sentence

AT = datetime(2026, 7, 1, tzinfo=UTC)
LATER = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "changed", "words"),
    [
        ("assign account", {"rep_id_before": None}, "assign account X1 to R2"),
        ("reassign team member", {}, "reassign the owner of account X1 from R1 to R2"),
        ("move opportunity", {"object": "opportunity"}, "move opportunity X1 from R1 to R2"),
        ("reroute lead", {"object": "lead"}, "re-route lead X1 from R1 to R2"),
        ("hand_over task", {"object": "task", "valid_from": LATER}, "hand task X1 over from R1 to R2 on 2026-08-01"),
        ("stand_in account", {"valid_to": LATER}, "let R2 stand in for R1 on account X1 until 2026-08-01"),
        (
            "stand_in account",
            {"valid_to": LATER, "rep_id_before": None},
            "let R2 stand in on account X1 until 2026-08-01",
        ),
        ("return account", {"valid_from": LATER}, "return account X1 from R1 to R2 on 2026-08-01"),
        ("end account", {"rep_id": None}, "end the ownership of account X1 by R1"),
        ("keep account", {"rep_id": "R1"}, "keep account X1 with R1, and drop what was scheduled"),
        ("territory account", {"rep_id": "R1"}, "note WEST for account X1, which stays with R1"),
    ],
)
def test_every_kind_of_step_has_its_sentence(kind: str, changed: dict[str, Any], words: str) -> None:
    step = {
        "kind": kind, "object": "account", "record_id": "X1", "role": "owner", "rep_id_before": "R1", "rep_id": "R2",
        "territory_id": "WEST", "valid_from": AT, "valid_to": None,
    }  # fmt: skip
    assert sentence(step | changed, AT, ZoneInfo("UTC")) == words
