"""Compare two sections key by key; rows of tables are paired by their names, not by their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rightful.plan.assignment import AssignmentSection, Families, MovePolicy, NamedAccount, Pin
from rightful.plan.hierarchy import Override as ParentOverride
from rightful.plan.matching import AccountFilter, Link, NameMeaning
from rightful.plan.pools import Member, Pool, SkillRule
from rightful.plan.quality import Correction, FieldWriters
from rightful.plan.routing import ClosedRecords, Holiday, OpenRecords, RoutingSection
from rightful.plan.scoring import ActivityGroup, ActivityPoints, ScoringSection
from rightful.plan.section import Section, Written
from rightful.plan.sources import TableSource
from rightful.plan.territories import Layer, Territory
from rightful.plan.trained_score import TrainedFeature

__all__ = ["ABSENT", "CONDITIONS", "ORDER", "Setting", "Step", "named_by", "plain", "settings_that_differ"]


class _Absent:
    """Stands for a row that one of the plans does not have."""


ABSENT = _Absent()
ORDER = "order"
"""Key of a setting that says: the rows are the same, their order is not."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step into a section: a key, or a row under a key.

    Attributes:
        key: The key, such as ``pools``.
        row: Name of the row, such as ``sdr_amer``; empty where the key holds no rows.
        model: What the row is; None where the key holds no rows.
    """

    key: str
    row: str = ""
    model: type[Section] | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A key, or a whole row, that differs.

    Attributes:
        path: How to get there.
        owner: The kind of section that has the key, or of the row.
        key: The key; empty where a whole row is there in one plan alone; ``ORDER`` where only the order of rows differs.
        before: Value in the first plan; ``ABSENT`` where it lacks the row.
        after: Value in the second plan.
    """

    path: tuple[Step, ...]
    owner: type[Section]
    key: str
    before: Any
    after: Any


_NAMED_BY: Mapping[type[Section], tuple[str, ...]] = {
    ActivityGroup: ("group",),
    ActivityPoints: ("activity_type",),
    AccountFilter: ("name",),
    Correction: ("table", "record_id", "field"),
    FieldWriters: ("table", "field"),
    Holiday: ("on", "countries", "teams"),
    Layer: ("layer",),
    Link: ("object", "record_id", "account_id"),
    Member: ("rep_id",),
    NameMeaning: ("name",),
    NamedAccount: ("account_id", "domain", "layer"),
    ParentOverride: ("account_id",),
    Pin: ("object", "record_id", "role"),
    Pool: ("pool",),
    SkillRule: ("field",),
    TableSource: ("file", "files", "url", "table", "query"),
    Territory: ("territory",),
    TrainedFeature: ("field",),
}
"""What names a row; rows of other kinds are named by all that they say."""

_ORDER_DECIDES = frozenset({AccountFilter, Layer, Member, SkillRule})
_IN_ANY_ORDER = frozenset(
    {
        "add", "countries", "from_account", "functions", "ignore_pin_classes", "layers", "remove", "shared_domains", "statuses",
        "teams",
    }
)  # fmt: skip
"""Lists of texts whose order decides nothing."""

CONDITIONS = frozenset(
    {
        (AccountFilter, "when"), (ClosedRecords, "when"), (Families, "when"), (MovePolicy, "keeps_when"),
        (MovePolicy, "stays_when"), (OpenRecords, "opportunities_when"), (OpenRecords, "records_when"), (Pool, "members_when"),
    }
)  # fmt: skip
"""Keys that hold conditions: they may differ with their words unchanged, where a list that they read differs."""

_RULES = frozenset(
    {
        (AssignmentSection, "coverage"), (Layer, "catch_all"), (Layer, "rules"), (Layer, "winners"),
        (RoutingSection, "disqualify"), (RoutingSection, "pool_rules"), (RoutingSection, "routes"), (RoutingSection, "sla"),
        (ScoringSection, "overrides"), (ScoringSection, "profiles"),
    }
)  # fmt: skip
"""Keys whose meaning is compared, not their words."""


def settings_that_differ(before: Section, after: Section, *, has_other_lists: bool = False) -> Iterator[Setting]:
    """Walk over two sections of a kind and give what differs, in the order of their keys; ordered rules are left out.

    Args:
        before: The first plan's section.
        after: The second plan's section.
        has_other_lists: True where the plans' named lists differ: then conditions are given though their words are the same.
    """
    yield from _Walk(has_other_lists).sections(before, after, ())


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk over two sections at once."""

    has_other_lists: bool

    def sections(self, before: Section, after: Section, path: tuple[Step, ...]) -> Iterator[Setting]:
        for name, field in type(before).model_fields.items():
            if (type(before), name) not in _RULES:
                where = type(before), field.alias or name
                yield from self._values(getattr(before, name), getattr(after, name), path, where)

    def _values(
        self, before: Any, after: Any, path: tuple[Step, ...], where: tuple[type[Section], str]
    ) -> Iterator[Setting]:
        owner, key = where
        first, second = plain(before), plain(after)
        if first == second and not self._may_differ(before, where):
            return
        if isinstance(before, Section) and type(before) is type(after):
            yield from self.sections(before, after, (*path, Step(key)))
        elif _are_rows(before, after):
            yield from self._rows(before, after, path, where)
        elif isinstance(before, Mapping) and isinstance(after, Mapping):
            for name in dict.fromkeys((*before, *after)):
                step = (*path, Step(key, str(name)))
                yield from self._values(before.get(name, ABSENT), after.get(name, ABSENT), step, where)
        elif key not in _IN_ANY_ORDER or sorted(first or ()) != sorted(second or ()):
            yield Setting(path, owner, key, before, after)

    def _may_differ(self, value: Any, where: tuple[type[Section], str]) -> bool:
        """Tell whether a value holds a condition that reads a list which may differ."""
        if not self.has_other_lists:
            return False
        if isinstance(value, Section):
            fields = type(value).model_fields
            return any(self._may_differ(getattr(value, name), (type(value), name)) for name in fields)
        if isinstance(value, tuple):
            return any(self._may_differ(each, where) for each in value)
        return isinstance(value, Written) and where in CONDITIONS

    def _rows(
        self,
        before: Sequence[Section],
        after: Sequence[Section],
        path: tuple[Step, ...],
        where: tuple[type[Section], str],
    ) -> Iterator[Setting]:
        first, second = _named(before), _named(after)
        for name in dict.fromkeys((*first, *second)):
            row, other = first.get(name), second.get(name)
            model = type((first if name in first else second)[name])
            step = (*path, Step(where[1], name, model))
            if row is None or other is None:
                yield Setting(step, model, "", row or ABSENT, other or ABSENT)
            else:
                yield from self.sections(row, other, step)
        common = [name for name in first if name in second]
        other_order = [name for name in second if name in first]
        model = type(next(iter((*before, *after))))
        if common != other_order and model in _ORDER_DECIDES:
            yield Setting((*path, Step(where[1])), model, ORDER, tuple(common), tuple(other_order))


def plain(value: Any) -> Any:
    """Write a value without its place in the files, so that equal words are equal."""
    match value:
        case Section():
            return {name: plain(getattr(value, name)) for name in type(value).model_fields}
        case Written():
            return " ".join(value.text.split())
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case tuple() | list():
            return [plain(each) for each in value]
        case str():
            return str(value)
        case _:
            return value


def _are_rows(before: Any, after: Any) -> bool:
    both = (before, after)
    return all(isinstance(each, tuple) for each in both) and any(
        isinstance(row, Section) for rows in both for row in rows
    )


def named_by(model: type[Section]) -> tuple[str, ...]:
    """Give the keys that name a row of a kind."""
    return _NAMED_BY.get(model, ())


def _named(rows: Sequence[Section]) -> dict[str, Section]:
    """Name rows; of several with one name the later ones are numbered."""
    named: dict[str, Section] = {}
    for row in rows:
        keys = named_by(type(row)) or tuple(type(row).model_fields)
        words = [_word(getattr(row, key)) for key in keys]
        name = " ".join(word for word in words if word)
        number, unique = 2, name
        while unique in named:
            unique, number = f"{name} ({number})", number + 1
        named[unique] = row
    return named


def _word(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)
