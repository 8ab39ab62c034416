"""Compare how two plans name regions, industry groups, segments and personas."""

from __future__ import annotations

from collections.abc import Iterator

from rightful.plan import Plan
from rightful.plan.segmentation import OUTPUTS, Band, Output, OutputName, SegmentedTable, output_fields
from rightful.rules.conditions import Range
from rightful.runs.difference.choices import About, Choice, Comparison, Rules, rules_that_differ
from rightful.runs.difference.records import Change
from rightful.stages.segmentation.outputs import UNKNOWN, NamedRow, compile_output
from rightful.stages.segmentation.usual import USUAL

__all__ = ["segments_that_differ"]

_TABLES: tuple[SegmentedTable, ...] = ("accounts", "leads", "contacts")


def segments_that_differ(comparison: Comparison) -> Iterator[Change]:
    """Say which field values get another name; rules for all records are compared once, not per table."""
    for name in OUTPUTS:
        told: list[tuple[Output, Output]] = []
        for table in _TABLES:
            if table == "accounts" and name == "persona":
                continue
            (before, block), (after, other_block) = (_output(plan, table, name) for plan in _plans(comparison))
            if any(before is first and after is second for first, second in told):
                continue
            told.append((before, after))
            is_common = block is None and other_block is None
            subject = name.replace("_", " ") + ("" if is_common else f" of {table}")
            yield from _spans(subject, before, after)
            about = About("segmentation", subject, table, output_fields(None, name))
            rules = [_rules(plan, table, name) for plan in _plans(comparison)]
            yield from rules_that_differ(comparison, about, rules[0], rules[1])
    yield from _lent(comparison)


def _plans(comparison: Comparison) -> tuple[Plan, Plan]:
    return comparison.before, comparison.after


def _output(plan: Plan, table: SegmentedTable, name: OutputName) -> tuple[Output, SegmentedTable | None]:
    return plan.segmentation.output_for(table, name) or (USUAL[name], None)


def _rules(plan: Plan, table: SegmentedTable, name: OutputName) -> Rules:
    """Give lists, rules and bands in the order in which they are tried; a band here speaks of the plain number."""
    output, _ = _output(plan, table, name)
    compiled = compile_output(name, table, plan.segmentation, plan.lists)
    named = [Choice(row.when, str(row.name)) for row in compiled.rows if isinstance(row, NamedRow)]
    banded = [choice for band in output.bands for choice in _band(band)]
    copied = f"its {' and '.join(output.copy_of)}" if output.copy_of else UNKNOWN
    return Rules((*named, *banded), copied)


def _band(band: Band) -> Iterator[Choice]:
    edges = list(band.edges.items())
    ends = [edge for _, edge in edges[1:]]
    for (name, edge), end in zip(edges, [*ends, None], strict=True):
        yield Choice(Range(str(band.field), edge, end, includes_high=False), name)


def _spans(subject: str, before: Output, after: Output) -> Iterator[Change]:
    """Compare what ranges get whose ends are in two bands."""
    first, second = ({str(band.field): band.when_range_spans for band in each.bands} for each in (before, after))
    for field in first:
        was, is_now = first[field], second.get(field)
        if is_now and was != is_now:
            words = f"a range of {field} across two bands is judged by {is_now} instead of {was}"
            yield Change("segmentation", subject, words, was, is_now)


def _lent(comparison: Comparison) -> Iterator[Change]:
    """Compare what contacts take from their account."""
    before, after = (set(plan.segmentation.contacts.from_account) for plan in _plans(comparison))
    for name in OUTPUTS:
        if (name in before) is not (name in after):
            sources = ("its account", "its own fields")
            was, is_now = sources if name in before else sources[::-1]
            words = f"a contact's {name.replace('_', ' ')} comes from {is_now} instead of {was}"
            yield Change("segmentation", "contacts", words, was, is_now)
