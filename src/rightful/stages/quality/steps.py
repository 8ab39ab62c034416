"""The steps that clean each table: which raw columns each reads, which cleaned columns it adds. One table, read by all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE, Field, Kind, raw
from rightful.stages.columns import arrow_type
from rightful.stages.lift import Step
from rightful.stages.quality import readings
from rightful.stages.quality.addresses import read_place
from rightful.stages.quality.settings import Settings

__all__ = ["steps_for"]

_TEXT, _NUMBER, _FLAG, _DAY = pa.string(), pa.float64(), pa.bool_(), pa.date32()
_INSTANT = pa.timestamp("us", "UTC")
_ADDRESS = ("country", "state", "postal_code", "city", "phone")
_COMPANY_FIELD = {"accounts": "name", "leads": "company", "contacts": "company"}
_WORDS = frozenset({"product_lines", "tags", "skills"})
_BUSINESS_DOMAIN = "_business_domain"


def steps_for(settings: Settings) -> tuple[Step, ...]:
    """Give the steps that clean a table, in order; the last gives ``quality_reason``."""
    steps = [*_composed(settings), *_single(settings)]
    steps += [_kept(settings, name) for name in sorted(settings.keeps)]
    notes = tuple(dict.fromkeys(name for step in steps for name, _ in step.adds if name.startswith("_why")))
    return (*steps, Step(notes, (("quality_reason", _TEXT),), partial(readings.join_notes, settings.keeps)))


def _step(reads: tuple[str, ...], adds: tuple[tuple[str, pa.DataType], ...], decide: Callable[..., Any]) -> Step:
    """Make a step whose function ends its result with a note."""
    return Step(reads, (*adds, (f"_why_{adds[0][0]}", _TEXT)), decide)


def _raws(*names: str) -> tuple[str, ...]:
    return tuple(raw(name) for name in names)


def _texts(*names: str) -> tuple[tuple[str, pa.DataType], ...]:
    return tuple((name, _TEXT) for name in names)


def _composed(settings: Settings) -> Iterator[Step]:
    """Steps over fields that help to read one another."""
    crm_object = OBJECT_OF_TABLE[settings.table]
    fields = {field.name for field in crm_object.source_fields}
    company = _COMPANY_FIELD.get(settings.table)
    if company:
        has_form = "legal_form" in crm_object.rule_fields
        added = (company, "core_name", "other_name", *(["legal_form"] if has_form else []))
        decide = readings.read_company if has_form else readings.read_company_core
        yield _step(_raws(company), _texts(*added), partial(decide, company))
    if "first_name" in fields:
        yield _step(
            _raws("first_name", "last_name", "full_name"), _texts("first_name", "last_name"), readings.read_person
        )
        yield _step(_raws("title"), _texts("title", "job_function", "job_level"), readings.read_title)
        adds = (*_texts("email", "email_domain"), ("is_free_email", _FLAG), ("is_disposable_email", _FLAG))
        yield _step(_raws("email"), (*adds, (_BUSINESS_DOMAIN, _TEXT)), partial(readings.read_email, settings))
    if "website" in fields:
        reads = (*_raws("website"), *([_BUSINESS_DOMAIN] if "first_name" in fields else []))
        yield _step(reads, _texts("domain"), partial(readings.read_web, settings))
    elif "first_name" in fields:
        yield Step((_BUSINESS_DOMAIN,), _texts("domain"), readings.same)
    if "city" in fields:
        yield _step((*_raws(*_ADDRESS), "domain"), _texts(*_ADDRESS), partial(read_place, settings))
    if "employees" in fields:
        yield from _firmographics(settings)
    flags = (("is_closed", _FLAG), ("is_won", _FLAG))
    if "is_won" in fields:
        yield _step(_raws("is_closed", "is_won", "stage"), flags, readings.read_outcome)
    elif "is_closed" in fields:
        yield _step(_raws("is_closed", "status"), flags[:1], readings.read_done)


def _firmographics(settings: Settings) -> Iterator[Step]:
    employees = tuple((name, _NUMBER) for name in ("employees", "employees_low", "employees_high"))
    mark = settings.habit("employees").decimal_mark
    yield _step((raw("employees"), "country"), employees, partial(readings.read_employees, mark))
    revenue = tuple((f"annual_revenue{part}_usd", _NUMBER) for part in ("", "_low", "_high"))
    yield _step(
        (raw("annual_revenue"), "country"),
        (*revenue, ("annual_revenue_currency", _TEXT)),
        partial(readings.read_revenue, settings, "annual_revenue"),
    )
    yield _step(_raws("industry"), _texts("industry"), partial(readings.read_industry, settings))


def _single(settings: Settings) -> Iterator[Step]:
    """Steps over one field each, by its kind: all source fields that no composed step reads."""
    composed = {name for step in _composed(settings) for name, _ in step.adds}
    inputs = {"full_name", "annual_revenue", "website"}
    for field in OBJECT_OF_TABLE[settings.table].source_fields:
        if field.name not in composed | inputs:
            yield _by_kind(settings, field)


def _by_kind(settings: Settings, field: Field) -> Step:
    name, reads = field.name, _raws(field.name)
    habit = settings.habit(name)
    match field.kind:
        case Kind.REFERENCE:
            return Step(reads, _texts(name), readings.read_reference)
        case Kind.NUMBER:
            return _step(reads, ((name, _NUMBER),), partial(readings.read_number, habit.decimal_mark, name))
        case Kind.MONEY:
            return _step(reads, ((f"{name}_usd", _NUMBER),), partial(readings.read_amount, settings, name))
        case Kind.DATE:
            return _step(reads, ((name, _DAY),), partial(readings.read_day, habit.day_first, name))
        case Kind.INSTANT:
            return _step(reads, ((name, _INSTANT),), partial(readings.read_instant, settings, name))
        case Kind.FLAG:
            return _step(reads, ((name, _FLAG),), partial(readings.read_truth, name))
        case _ if name in ("account_type", "activity_type"):
            return _step(reads, _texts(name), partial(readings.read_code, name))
        case Kind.CODE if name == "country":
            return _step(reads, _texts(name), partial(readings.read_country, name))
        case _ if name.endswith("company_number"):
            return _step(reads, _texts(name), partial(readings.read_identifier, name))
        case _:
            decide = readings.read_words if name in _WORDS else readings.read_text
            return _step(reads, _texts(name), partial(decide, name))


def _kept(settings: Settings, name: str) -> Step:
    """Undo the cleaning of a field that cleaning may not change."""
    kind = next(field.kind for field in OBJECT_OF_TABLE[settings.table].fields_of("quality") if field.name == name)
    adds = ((name, arrow_type(kind)), (f"_why_kept_{name}", _TEXT))
    return Step(_raws(name), adds, partial(readings.read_kept, kind, name))
