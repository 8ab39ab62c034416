"""Say a schema error in the plan's words: place, what is wrong, what is allowed, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from rightful.errors import Mistake, Place, near_miss
from rightful.plan.document import Items, Keyed
from rightful.plan.section import Scalar, Section

__all__ = ["mistakes_of"]

Step = str | int


def mistakes_of(error: ValidationError, document: Keyed, section: type[Section]) -> list[Mistake]:
    """Turn each error of a validation into a mistake with the place of the value; a value that fits none of several types is one."""
    mistakes: dict[tuple[Place | None, str], Mistake] = {}
    for details in error.errors(include_url=False):
        mistake = _mistake(details, document, section)
        known = mistakes.get((mistake.place, mistake.problem))
        if known and mistake.allowed not in known.allowed.split("; or "):
            mistake = replace(mistake, allowed=f"{known.allowed}; or {mistake.allowed}")
        mistakes[mistake.place, mistake.problem] = mistake
    return list(mistakes.values())


def _mistake(details: Any, document: Keyed, section: type[Section]) -> Mistake:
    steps: Sequence[Step] = details["loc"]
    place, shown, key = _find(document, steps)
    match details["type"]:
        case "extra_forbidden":
            keys = _keys_at(section, steps[:-1])
            return Mistake(
                _key_place(document, steps),
                f"unknown key {steps[-1]!r}",
                ", ".join(keys),
                near_miss(str(steps[-1]), keys),
            )
        case "missing":
            return Mistake(place, f"key {steps[-1]!r} is missing", remedy=f"add `{steps[-1]}: ...`")
        case "literal_error" | "enum":
            choices = [choice.strip(" '") for choice in details["ctx"]["expected"].replace(" or ", ", ").split(",")]
            return Mistake(
                place,
                f"{shown} is no {key}",
                ", ".join(choices),
                near_miss(shown.strip("'"), choices),
            )
        case "value_error":
            return Mistake(place, str(details["ctx"]["error"]))
        case kind:
            allowed = _TYPES.get(kind) or details["msg"].removeprefix("Input should be ")
            return Mistake(place, f"{key} is {shown}", allowed)


_LIST = "a list, or the name of a CSV file with its rows"
_DATE = "a date such as 2026-06-30"
_INSTANT = "an instant such as 2026-06-30T09:00"
_NUMBER = "a number such as 12 or 2.5"
_WHOLE = "a whole number such as 12"
_TYPES = {
    "string_type": "a text",
    "tuple_type": _LIST,
    "list_type": _LIST,
    "dict_type": "keys with values",
    "mapping_type": "keys with values",
    "model_type": "keys with values",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": "yes or no",
    "bool_parsing": "yes or no",
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
}
"""What is allowed, by pydantic's type of error; others say it themselves."""


def _find(document: Any, steps: Sequence[Step]) -> tuple[Place, str, str]:
    """Walk to the value that an error names; where it does not exist, stop at the nearest thing that does.

    Returns:
        Where it stands, how it is shown, and its key.
    """
    value, place, key = document, document.place, "value"
    for step in steps:
        if isinstance(value, Keyed) and isinstance(step, str) and step in value:
            place, key = value.key_places[step], step
            value = value[step]
        elif isinstance(value, Items) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            continue  # a step that names a choice of types, or a missing key
        place = getattr(value, "place", place)
    shown = repr(str(value)) if isinstance(value, Scalar) else "blank" if value is None else _shape(value)
    return place, shown, key


def _key_place(document: Keyed, steps: Sequence[Step]) -> Place:
    """Give where the last key itself stands, not its value."""
    parent: Any = document
    for step in steps[:-1]:
        if isinstance(parent, Keyed) and isinstance(step, str):
            parent = parent.get(step, parent)
        elif isinstance(parent, Items) and isinstance(step, int) and step < len(parent):
            parent = parent[step]
    return (
        parent.key_places.get(str(steps[-1]), parent.place) if isinstance(parent, Keyed) else _find(document, steps)[0]
    )


def _shape(value: Any) -> str:
    return "a list" if isinstance(value, list) else "a mapping"


def _keys_at(section: type[BaseModel], steps: Sequence[Step]) -> list[str]:
    """Give the keys allowed where an error stands, by following the annotations of the section."""
    models: list[type[BaseModel]] = [section]
    for step in steps:
        if not isinstance(step, str):
            continue
        found = [
            inner
            for model in models
            for name, field in model.model_fields.items()
            if step in (name, field.alias)
            for inner in _models_in(field.annotation)
        ]
        models = found or [model for model in models if model.__name__ == step] or models
    return [field.alias or name for model in models for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) if argument is not Mapping for model in _models_in(argument)]
