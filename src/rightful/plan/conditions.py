"""What sections with conditions share: cells under field names, beside or instead of an expression."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rightful.errors import Mistake, Place, PlanError, near_miss
from rightful.plan.document import Keyed
from rightful.plan.section import Section, Written
from rightful.rules import Condition, RuleKind, all_of, parse_cell, parse_expression

__all__ = ["columns_are_cells", "read_condition"]

_MOST_NAMED = 60


def columns_are_cells(section: type[Section], value: Any) -> Any:
    """Move the keys that a section does not know under ``cells``, as a validator of the section before all others."""
    if not isinstance(value, Keyed):
        return value
    known = {name: each for name, each in value.items() if name in section.model_fields}
    cells = {name: each for name, each in value.items() if name not in section.model_fields}
    return known | ({"cells": {**known.get("cells", {}), **cells}} if cells else {})


def read_condition(
    cells: Mapping[str, Written],
    when: Written | None,
    fields: Mapping[str, RuleKind],
    lists: Mapping[str, tuple[str, ...]],
    *,
    keys: Iterable[str] = (),
    table: str = "",
) -> Condition:
    """Read cells and an expression as one condition: all of it must hold.

    Args:
        cells: Cells by field.
        when: The expression, if any.
        fields: The fields that may be used, with their kinds.
        lists: The plan's lists.
        keys: The section's own keys, one of which a name that is no field may mean.
        table: Whose fields they are; empty where several tables lend theirs.

    Raises:
        PlanError: A cell or the expression cannot be read; all mistakes at once.
    """
    mistakes: list[Mistake] = []
    parts: list[Condition] = []
    for field, cell in cells.items():
        if field not in fields:
            mistakes.append(_no_field(field, cell.place, fields, keys, table))
            continue
        try:
            parts.append(parse_cell(cell.text, field, fields, cell.place, lists))
        except PlanError as error:
            mistakes.extend(error.mistakes)
    if when:
        try:
            parts.append(parse_expression(when.text, fields, when.place, lists))
        except PlanError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise PlanError(mistakes)
    return all_of(parts)


def _no_field(field: str, place: Place, fields: Iterable[str], keys: Iterable[str], table: str) -> Mistake:
    meant = list(dict.fromkeys((*(key for key in keys if key != "cells"), *fields)))
    if table:
        return Mistake(place, f"{table} have no field {field!r}", ", ".join(fields), near_miss(field, meant))
    return Mistake(place, f"unknown field or key {field!r}", ", ".join(meant[:_MOST_NAMED]), near_miss(field, meant))
