"""Desks for tests: over one small run, with a clock that stands still until it is told, on any ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rightful.desk import Answer, Desk, Route
from rightful.ledger import open_ledger
from rightful.plan import Plan, load_plan, plan_from
from rightful.runs.pipeline import Output, run_plan
from rightful.runs.run import Run
from tiny import FILES, write_tiny

__all__ = ["DESK_FILES", "Clock", "DeskScene", "answers", "lead", "make_scene", "micros", "scene_in"]

_MINUTE = 60_000_000

DESK_FILES: Mapping[str, str] = {
    "routing.yaml": """\
methods: [account_owner, pool]
pools:
  - pool: triage
    members: [{rep_id: R1}, {rep_id: R2}, {rep_id: R3}]
    is_always_open: true
pool_rules: [{pool: triage}]
credits: {rejected: false, sla_lost: false, reassigned: false}
sla: [{minutes: 60, clock: wall}]
""",
    "desk.yaml": """\
fields: {leads: {Company__c: company}}
hold:
  - {when: lead_source = 'Event', until: [country], minutes: 30}
sla: {reminders: [10], on_expiry: reroute, most_reroutes: 1, follow_ups: [20]}
""",
}


def micros(when: datetime) -> int:
    return int(when.timestamp()) * 1_000_000


class Clock:
    """A clock that stands still until somebody sets it."""

    def __init__(self, when: datetime = datetime(2026, 7, 1, 12, tzinfo=UTC)) -> None:
        self.now = micros(when)

    def __call__(self) -> int:
        return self.now

    def go(self, minutes: float) -> None:
        self.now += round(minutes * _MINUTE)


@dataclass(frozen=True, slots=True)
class DeskScene:
    """A run whose book desks use, and the plan's files."""

    folder: Path
    run: Run
    plan: Plan

    def changed(self, **files: str) -> Plan:
        """Give the plan with files changed: ``routing="..."`` for routing.yaml."""
        changes = {f"{name}.yaml": text for name, text in files.items()}
        plan = plan_from({**FILES, **DESK_FILES, **changes}, self.folder)
        return replace(plan, folder=self.folder)

    def desk(self, url: str | Path, clock: Clock, plan: Plan | None = None) -> Desk:
        """Open a desk on a ledger."""
        return Desk(open_ledger(url), self.run, plan or self.plan, clock)


def make_scene(folder: Path) -> DeskScene:
    """Write the plan, and run it once."""
    write_tiny(folder, DESK_FILES)
    run_plan(load_plan(folder), output=Output((), has_report=False))
    return scene_in(folder)


def scene_in(folder: Path) -> DeskScene:
    """Give the scene that was made in a folder."""
    return DeskScene(folder, Run.latest(folder), load_plan(folder))


def lead(number: object, **values: str) -> Route:
    """Give a lead of a company that nobody knows."""
    record: dict[str, str | None] = {
        "lead_id": f"N{number}",
        "company": f"Firm Number {number}",
        "email": f"ann@firm{number}.example.com",
        "country": "JP",
    }
    return Route("lead", {**record, **values})


def answers(*given: Any) -> list[Answer]:
    """Give what were answers among answers and errors."""
    return [each for each in given if isinstance(each, Answer)]
