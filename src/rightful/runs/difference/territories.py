"""Compare the layers of two plans: the regions of field values whose territory changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rightful.plan.assignment import AssignmentSection
from rightful.plan.section import rule_fields
from rightful.plan.territories import Layer
from rightful.rules.product import Entry, Side
from rightful.runs.difference.choices import About, Comparison
from rightful.runs.difference.records import Change, Note
from rightful.stages.territories import LayerRules, compile_layer

__all__ = ["NOWHERE", "territories_that_differ"]

NOWHERE = "no territory"
_BY_NO_RULE = (("", ""),)
"""The decision where no rule holds: the layer's catch-all, whichever it is."""

Decision = tuple[tuple[str, str], ...]
"""Territories of a record with the family policy of the rule that placed it, best first."""


def territories_that_differ(comparison: Comparison) -> Iterator[Change | Note]:
    """Say for each layer which regions change their territory, and what else of the layer differs."""
    before, after = comparison.before.assignment, comparison.after.assignment
    first, second = ({layer.layer: layer for layer in section.layers} for section in (before, after))
    for name in dict.fromkeys((*second, *first)):
        yield from _layer(comparison, name, first.get(name), second.get(name))
    yield from _layer_order(list(first), list(second))


def _layer_order(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    common = [name for name in before if name in after], [name for name in after if name in before]
    if common[0] != common[1]:
        words = f"stand in the order {', '.join(after)} instead of {', '.join(before)}: the first decides the owner"
        yield Change("assignment", "layers", words, ", ".join(before), ", ".join(after))
    elif before and after and before[0] != after[0]:
        words = f"{after[0]} decides the owner instead of {before[0]}"
        yield Change("assignment", "layers", words, before[0], after[0])


def _layer(comparison: Comparison, name: str, before: Layer | None, after: Layer | None) -> Iterator[Change | Note]:
    subject = f"layer {name}"
    if before is None or after is None:
        yield Change("assignment", subject, "is new" if before is None else "is gone")
    first = _compiled(comparison.before.assignment, before, comparison.before.lists)
    second = _compiled(comparison.after.assignment, after, comparison.after.lists)
    limits = [layer.winners if layer else 1 for layer in (before, after)]
    if limits[0] != limits[1]:
        words = f"a record has up to {limits[1]} territories instead of {limits[0]}"
        yield Change("assignment", subject, words, str(limits[0]), str(limits[1]))
    places = [str(layer.catch_all) if layer and layer.catch_all else NOWHERE for layer in (before, after)]
    if places[0] != places[1] and before and after:
        words = f"records that no rule places: {places[1]} instead of {places[0]}"
        yield Change("assignment", subject, words, places[0], places[1])

    def shown(label: tuple[Decision, Decision]) -> tuple[str, str]:
        return _words(label[0], places[0]), _words(label[1], places[1])

    about = About("assignment", subject, "accounts", _FIELDS, shown)
    yield from comparison.changes(about, _side(first), _side(second), is_whole=limits[0] != limits[1])
    yield from _names(subject, before, after)


_FIELDS = rule_fields("accounts", before="assignment")


def _compiled(
    section: AssignmentSection, layer: Layer | None, lists: Mapping[str, tuple[str, ...]]
) -> LayerRules | None:
    return None if layer is None else compile_layer(layer, section, lists)


def _side(layer: LayerRules | None) -> Side[Decision]:
    """Give what decides: of each rule its condition, territory and kind, and the territories above it."""

    def decide(holding: Sequence[int]) -> Decision:
        placements = layer.place(holding) if layer else ()
        if not placements or placements[0].method == "catch_all":
            return _BY_NO_RULE
        return tuple((placed.territory_id, placed.family or "") for placed in placements)

    if layer is None:
        return Side([], decide)
    entries = [
        Entry(rule.when, (entry.territory, entry.kind, entry.family, layer.ancestors.get(entry.territory, frozenset())))
        for rule, entry in zip(layer.rules.rules, layer.entries, strict=True)
    ]
    return Side(entries, decide, layer.precedence() if layer.winners == 1 else None)


def _words(decision: Decision, catch_all: str) -> str:
    if decision == _BY_NO_RULE:
        return catch_all
    return " and ".join(f"{name} (family: {family})" if family else name for name, family in decision)


def _names(subject: str, before: Layer | None, after: Layer | None) -> Iterator[Note]:
    """Tell what only stands otherwise in the files: names of rules and their order, where it decides nothing."""
    if before is None or after is None:
        return
    first, second = ([rule.rule for rule in layer.rules if rule.rule] for layer in (before, after))
    if sorted(first) != sorted(second):
        yield Note("assignment", subject, "some rules have other names")
    elif first != second:
        yield Note("assignment", subject, "some rules stand in another place")
