"""No key of the plan changes in silence: whatever a person edits is told, as a change or as what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal, get_args, get_origin

import pytest

from rightful.errors import Place
from rightful.plan import Plan, plan_from
from rightful.plan.plan import SECTIONS
from rightful.plan.section import Section, Written
from rightful.runs.difference.compare import compare_plans
from rightful.runs.difference.revisions import NamedPlan

FILES = {
    "plan.yaml": "currency_rates: {EUR: 1.1}\nlists: {near: [US]}\n",
    "sources.yaml": "accounts: {file: a.csv}\n",
    "quality.yaml": """\
writers: [{table: accounts, field: industry, writers: [merge]}]
corrections: [{table: accounts, record_id: A, field: country, value: US}]
duplicates: {accounts: {largest_cluster: 9}}
""",
    "segmentation.yaml": """\
region: [{name: NA, country: US}]
segment:
  lists: [{name: top, list: near, field: country}]
  bands: [{field: employees, edges: {small: 0, large: 100}}]
persona: {copy: [job_level]}
""",
    "hierarchy.yaml": "overrides: [{account_id: A, parent_id: B}]\n",
    "matching.yaml": """\
filters: [{name: real, when: "account_type <> 'competitor'"}]
synonyms: [{name: mfg, means: manufacturing}]
manual_links: [{record_id: L, account_id: A}]
never_match: [{record_id: L, account_id: B}]
""",
    "scoring.yaml": """\
activities: [{activity_type: demo, points: 5, group: web}]
groups: [{group: web, most: 9}]
profiles: [{profile: p, table: leads, when: is_free_email, criteria: [{criterion: big, employees: ">=100"}]}]
overrides: [{when: is_disposable_email, score: 0, grade: F, reason: throw-away}]
trained_score: score.json
""",
    "score.json": """\
{"kind": "rightful trained score", "format": 1, "label": "is_converted", "rows": 9, "conversions": 3, "base": 0.5,
 "features": [{"field": "employees", "edges": [10], "bins": [0.1, 0.2]}]}
""",
    "assignment.yaml": """\
territories: [{territory: NA, type: geo, parent: top}, {territory: top}]
layers: [{layer: geo, rules: [{territory: NA, country: US}], catch_all: top}]
coverage: [{territory: NA, role: account_executive, rep_id: R1}]
named_accounts: [{account_id: A, territory: NA}]
pins: [{record_id: A, rep_id: R1, reason: x, pinned_by: y}]
families: {policy: matching_descendants, when: "country = 'US'"}
opportunities: {moves: {stays_when: "amount_usd > 9", keeps_when: "amount_usd > 5"}}
""",
    "routing.yaml": """\
pools: [{pool: a, members: [{rep_id: R1}], members_when: is_active, skills: [{field: country, values: {DE: German}}]}]
pool_rules: [{pool: a, country: US}]
routes: [{methods: [pool], country: US}]
sla: [{minutes: 15, country: US}]
disqualify: [{country: XX}]
holidays: [{on: 2026-01-01, countries: [US]}]
closed: {when: is_free_email}
open_records: {records_when: is_free_email, opportunities_when: amount_usd > 5}
""",
}
DECIDE_NOTHING = {
    "GeneralSection.name", "GeneralSection.description", "GeneralSection.as_of", "GeneralSection.lists",
    "SegmentRule.rule", "TerritoryRule.rule", "Route.rule", "PoolRule.rule", "Disqualification.rule", "Sla.rule",
    "Territory.name", "Override.reason", "Override.by", "Correction.by", "NamedAccount.reason", "Pin.reason", "Pin.pinned_by",
    "Holiday.name", "TrainedScore.label", "TrainedScore.rows", "TrainedScore.conversions",
    "ScoringSection.training", "QualitySection.duplicates[]",
    "AccountFilter.name", "Criterion.criterion", "Profile.profile",
    # Of the first rule that holds alone; there is no other one here.
    "TerritoryRule.priority", "TerritoryRule.inherited",
}  # fmt: skip
"""Keys that only name or explain; a change of them is told as a note."""

OTHER_TEXT = {
    "table": "contacts", "object": "contact", "time_zone": "Europe/Berlin", "default_currency": "EUR", "list": "far",
    "territory": "top", "parent": "", "employees": "annual_revenue_usd", "field": "state",
}  # fmt: skip
"""Another text for a key, or for a value, where any text would make no sense."""
OTHER_WRITTEN = {
    "working_hours": "Mon-Fri 08:00-12:00", "field": "state", "opportunities_when": "amount_usd > 7",
    "members_when": "role = 'ae'", "when": "country = 'ZZ'", "records_when": "country = 'ZZ'",
    "opportunities": "amount_usd > 7", "tasks": "status = 'Open'",
}  # fmt: skip
"""Another text with a place, for a key or for the first key on the way."""


def edits(section: Section, path: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...], Any]]:
    """Give each key of a section and of its rows once: its name, the way to it, and another value."""
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        here = (*path, name)
        label = f"{type(section).__name__}.{name}"
        if isinstance(value, Section):
            yield from edits(value, here)
        elif isinstance(value, tuple) and value and isinstance(value[0], Section):
            yield from edits(value[0], (*here, 0))
            yield f"{label}[]", here, value[1:]
        elif name != "cells" and not (value == () and _sections_in(field.annotation)):
            yield label, here, other(here, value, field.annotation)


def other(path: tuple[Any, ...], value: Any, annotation: Any) -> Any:
    """Give another value of the same kind."""
    name = path[-1]
    choices = [choice for each in _kinds(annotation) if get_origin(each) is Literal for choice in get_args(each)]
    if isinstance(value, Written) or (value is None and Written in _kinds(annotation)):
        return Written(OTHER_WRITTEN.get(name) or OTHER_WRITTEN.get(path[0], "x"), Place("x"))
    if isinstance(value, str):
        known = OTHER_TEXT.get(value) or OTHER_TEXT.get(name)
        return next((choice for choice in choices if choice != value), f"{value}x") if known is None else known
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case Mapping():
            return {**value, "other": 7.0 if name in ("edges", "levels", "currency_rates") else "other"}
        case tuple():
            return tuple(value[1:]) if len(value) > 1 else (*value, 7.0 if name in ("edges", "bins") else "other")
        case date():
            return date(2026, 2, 2)
    models = _sections_in(annotation)
    if models:
        return models[0].model_construct(**{key: each.get_default() for key, each in models[0].model_fields.items()})
    samples = ((bool, True), (float, 3.0), (int, 3), (date, date(2026, 2, 2)), (str, "x"))
    return choices[0] if choices else next(sample for kind, sample in samples if kind in _kinds(annotation))


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return (annotation, *(kind for each in get_args(annotation) for kind in _kinds(each)))


def _sections_in(annotation: Any) -> list[type[Section]]:
    return [kind for kind in _kinds(annotation) if isinstance(kind, type) and issubclass(kind, Section)]


def put(section: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Give a section with another value at the end of a path."""
    step, *rest = path
    if isinstance(step, int):
        return (*section[:step], put(section[step], tuple(rest), value) if rest else value, *section[step + 1 :])
    return section.model_copy(update={step: put(getattr(section, step), tuple(rest), value) if rest else value})


PLAN = plan_from(FILES)
EDITS = [
    (f"{file}: {label}", file, path, value)
    for file in SECTIONS
    for label, path, value in edits(getattr(PLAN, "general" if file == "plan" else file), ())
]


def edited(file: str, path: tuple[Any, ...], value: Any) -> Plan:
    name = "general" if file == "plan" else file
    plan = replace(PLAN, **{name: put(getattr(PLAN, name), path, value)})
    return replace(plan, lists={**PLAN.lists, "far": ("FR",), "other": ("IT",)})


@pytest.mark.parametrize(("label", "file", "path", "value"), EDITS, ids=[edit[0] for edit in EDITS])
def test_no_key_changes_in_silence(label: str, file: str, path: tuple[Any, ...], value: Any) -> None:
    before = replace(PLAN, lists={**PLAN.lists, "far": ("FR",), "other": ("IT",)})
    difference = compare_plans(
        NamedPlan("a", before, PLAN.folder), NamedPlan("b", edited(file, path, value), PLAN.folder)
    )
    assert difference.changes or difference.notes, f"{label} changes in silence"
    key = label.partition(": ")[2]
    if key not in DECIDE_NOTHING and not key.startswith("Training."):
        assert difference.changes, (label, value)
