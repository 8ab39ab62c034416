"""The plan reference as Markdown, made from the sections themselves: each key with what it takes, its default and meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from rightful.plan.plan import SECTIONS
from rightful.plan.section import Written

__all__ = ["plan_reference", "undescribed_keys"]

_HEAD = """# The plan, key by key

Made from the code by `just reference`; do not edit. `rightful schema` prints the same as JSON Schema for editors.

A plan is a folder. Each file below may be left out, and so may each key with a default. Where a list is expected, the name of a
CSV file with the keys as header does as well (`coverage: coverage.csv`); not in `sources.yaml`. Conditions are written as in
[Write rules](../how-to/write-rules.md).
"""
_PLAIN: dict[Any, str] = {
    str: "text",
    Written: "text",
    int: "whole number",
    float: "number",
    bool: "`yes` or `no`",
    date: "date",
    datetime: "instant",
    Any: "anything",
}
_BOUNDS = {Ge: ("ge", "from {}"), Gt: ("gt", "above {}"), Le: ("le", "up to {}"), Lt: ("lt", "below {}")}


def plan_reference() -> str:
    """Write the reference of all sections, a heading for each file and for each kind of row in it.

    Example:
        >>> "| `time_zone` | text | `UTC` |" in plan_reference()
        True
    """
    parts = [_HEAD]
    seen: set[type[BaseModel]] = set()
    for name, section in SECTIONS.items():
        parts.append(f"## {name}.yaml\n\n{_sentence(section)}\n\n{_table(section)}")
        for model in _models_below(section):
            if model not in seen:
                seen.add(model)
                parts.append(f"### {_title(model)}\n\n{_sentence(model)}\n\n{_table(model)}")
    return "\n".join(parts)


def undescribed_keys() -> list[str]:
    """Give the keys without a description, as ``Model.key``; a plan reference needs one for each."""
    sections: Iterable[type[BaseModel]] = SECTIONS.values()
    models = dict.fromkeys(model for section in sections for model in (section, *_models_below(section)))
    return [
        f"{model.__name__}.{name}"
        for model in models
        for name, field in model.model_fields.items()
        if not field.description
    ]


def _models_below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Give the models that a model's keys hold, each once, a key's before those below it."""
    found: dict[type[BaseModel], None] = {}

    def look(each: type[BaseModel]) -> None:
        for field in each.model_fields.values():
            for inner in _models_in(field.annotation):
                if inner not in found:
                    found[inner] = None
                    look(inner)

    look(model)
    yield from found


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _title(model: type[BaseModel]) -> str:
    """Name a model apart from those of other sections that have its class name.

    Example:
        >>> from rightful.plan.assignment import NamedAccount
        >>> _title(NamedAccount)
        'Named account'
    """
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in model.__name__).strip()
    title = words[:1].upper() + words[1:]
    section = model.__module__.rpartition(".")[2]
    return f"{title} ({section})" if model.__name__ in _AMBIGUOUS else title


def _ambiguous() -> frozenset[str]:
    models = {model for section in SECTIONS.values() for model in _models_below(section)}
    names = [model.__name__ for model in models]
    return frozenset(name for name in names if names.count(name) > 1)


def _sentence(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ").replace("    ", "").replace("``", "`")


def _table(model: type[BaseModel]) -> str:
    rows = [
        f"| `{field.alias or name}` | {_cell(_type(field))} | {_cell(_default(field))} | {_cell(field.description or '')} |"
        for name, field in model.model_fields.items()
    ]
    return "\n".join(["| key | takes | default | meaning |", "|---|---|---|---|", *rows]) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    value = field.get_default(call_default_factory=True)
    return "" if value is None or value in ("", (), {}) or isinstance(value, BaseModel) else _value(value)


def _value(value: Any) -> str:
    if isinstance(value, BaseModel):
        given = {name: getattr(value, name) for name in type(value).model_fields}
        shown = {name: each for name, each in given.items() if each not in (None, "", (), {})}
        return "`{" + _mapping(shown) + "}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(_bare(each) for each in value) + "]`"
    if isinstance(value, Mapping):
        return "`{" + _mapping(value) + "}`"
    return f"`{_bare(value)}`"


def _mapping(value: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {_bare(each)}" for key, each in value.items())


def _bare(value: Any) -> str:
    """Write a default as a person would write it in the plan."""
    if isinstance(value, BaseModel | tuple | Mapping):
        return _value(value).strip("`")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value.value if isinstance(value, Enum) else value)


def _type(field: FieldInfo) -> str:
    bounds = [
        words.format(f"{getattr(mark, attribute):g}")
        for mark in field.metadata
        for kind, (attribute, words) in _BOUNDS.items()
        if isinstance(mark, kind)
    ]
    return " ".join([_words(field.annotation), *bounds])


def _words(annotation: Any) -> str:
    """Say in words what an annotation takes.

    Example:
        >>> _words(tuple[Literal["csv", "xlsx"], ...])
        'list of `csv`, `xlsx`'
    """
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        title = _title(annotation)
        anchor = title.lower().replace(" ", "-").replace("(", "").replace(")", "")
        return f"[{title}](#{anchor})"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{each.value}`" for each in annotation)
    return _compound(annotation)


def _compound(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in arguments)
    if origin is Annotated:
        return _words(arguments[0])
    if origin in (Union, UnionType):
        return " or ".join(_words(each) for each in arguments if each is not NoneType)
    if origin is tuple:
        return f"list of {_words(arguments[0])}"
    if origin in (dict, Mapping):
        return f"mapping: {_words(arguments[0])} → {_words(arguments[1])}"
    message = f"the plan reference has no words for {annotation}"
    raise TypeError(message)


_AMBIGUOUS = _ambiguous()
