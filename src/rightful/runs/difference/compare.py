"""Compare two plans by what they decide, section by section in the order of the pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from rightful.plan.matching import filter_fields
from rightful.plan.plan import SECTIONS
from rightful.plan.routing import routing_fields
from rightful.plan.section import Section, rule_fields
from rightful.plan.working_hours import read_hours
from rightful.rules import Fields
from rightful.rules.proofs.chart import ChartTooLargeError
from rightful.runs.difference.choices import About, Comparison, Count, condition_of_written, condition_that_differs
from rightful.runs.difference.coverage import coverage_that_differs
from rightful.runs.difference.records import Change, Note, PlanDifference, PlanNamed
from rightful.runs.difference.renames import renamed
from rightful.runs.difference.revisions import NamedPlan
from rightful.runs.difference.routing import routing_that_differs
from rightful.runs.difference.scoring import scoring_that_differs
from rightful.runs.difference.segments import segments_that_differ
from rightful.runs.difference.settings import ABSENT, CONDITIONS, Setting, plain, settings_that_differ
from rightful.runs.difference.territories import territories_that_differ
from rightful.runs.difference.words import is_inert, key_words, subject_of, value_words, words_of

__all__ = ["compare_plans"]


def compare_plans(before: NamedPlan, after: NamedPlan, count: Count | None = None) -> PlanDifference:
    """Compare two plans by what they decide; names, descriptions and orders without effect are no change.

    Args:
        before: The first plan.
        after: The second plan.
        count: Counts the records of a table in a region, where a book was read.
    """
    first, names = renamed(before.plan, after.plan)
    comparison = Comparison(first, after.plan, count)
    found = [
        *(each for file, part in _parts(comparison) for each in _exact(file, part, comparison)),
        *_lists(comparison),
    ]
    found += _untold(comparison, {each.section for each in found})
    changes = [each for each in found if isinstance(each, Change)]
    notes = [each for each in found if isinstance(each, Note)]
    told = [
        Note("assignment" if what == "territory" else "routing", f"{what} {old}", f"is called {new} now")
        for what, renames in names.items()
        for old, new in renames.items()
    ]
    return PlanDifference(
        _named(before), _named(after), tuple(changes), (*told, *notes), tuple(names.get("territory", {}).items())
    )


Part = Callable[[Comparison], Iterator[Change | Note]]

_RULES: Mapping[str, tuple[Part, ...]] = {
    "segmentation": (segments_that_differ,),
    "scoring": (scoring_that_differs,),
    "assignment": (territories_that_differ, coverage_that_differs),
    "routing": (routing_that_differs,),
}
"""What compares the rules of a section by their meaning; all else of it is compared as settings."""


def _parts(comparison: Comparison) -> Iterator[tuple[str, Part]]:
    """Give what compares the plans, section by section; sections that say the same are passed over."""
    for file in SECTIONS:
        before, after = _section(comparison, file)
        if comparison.has_other_lists or plain(before) != plain(after):
            for part in _RULES.get(file, ()):
                yield file, part
            if file != "segmentation":
                yield file, partial(_of_settings, file=file)


def _exact(file: str, part: Part, comparison: Comparison) -> Iterator[Change | Note]:
    """Give what a part finds; where its rules have too many cases that is said, never passed over."""
    try:
        yield from part(comparison)
    except ChartTooLargeError:
        words = "the rules have too many cases to describe what changes between them; compare on the book with --book"
        yield Change(file, "rules", words)


def _named(named: NamedPlan) -> PlanNamed:
    return PlanNamed(named.name, named.plan.name, named.plan.version)


def _lists(comparison: Comparison) -> Iterator[Note]:
    """Tell which named lists differ; what that changes is told where rules read them."""
    before, after = comparison.before.lists, comparison.after.lists
    for name in dict.fromkeys((*after, *before)):
        first, second = set(before.get(name, ())), set(after.get(name, ()))
        if first != second:
            words = f"{len(second - first)} entries came, {len(first - second)} went"
            yield Note("plan", f"list {name}", words)


def _section(comparison: Comparison, file: str) -> tuple[Section, Section]:
    name = "general" if file == "plan" else file
    return getattr(comparison.before, name), getattr(comparison.after, name)


def _untold(comparison: Comparison, told: set[str]) -> Iterator[Note]:
    """Tell the sections that differ in nothing but names of rules, their order and the way they are written."""
    for file in SECTIONS:
        before, after = _section(comparison, file)
        if file not in told and plain(before) != plain(after):
            yield Note(file, f"{file}.yaml", "rules have other names, another order, or are written otherwise")


def _of_settings(comparison: Comparison, file: str) -> Iterator[Change | Note]:
    before, after = _section(comparison, file)
    for setting in settings_that_differ(before, after, has_other_lists=comparison.has_other_lists):
        if (setting.owner, setting.key) in CONDITIONS and ABSENT not in (setting.before, setting.after):
            yield from _condition(comparison, file, setting)
        elif is_inert(setting):
            yield Note(file, subject_of(setting), words_of(setting))
        elif not _is_written_alike(setting):
            yield Change(file, subject_of(setting), words_of(setting), *_sides(setting))


def _sides(setting: Setting) -> tuple[str, str]:
    """Write both values where they are single ones."""
    values = setting.before, setting.after
    if any(value is ABSENT or isinstance(value, Section | Mapping) for value in values):
        return "", ""
    return value_words(setting.before), value_words(setting.after)


def _is_written_alike(setting: Setting) -> bool:
    """Tell whether working hours are the same though written otherwise."""
    if setting.key != "working_hours":
        return False
    return read_hours(setting.before.text).blocks == read_hours(setting.after.text).blocks


def _condition(comparison: Comparison, section: str, setting: Setting) -> Iterator[Change | Note]:
    table, fields, is_all = _fields_of(setting)
    conditions = (
        condition_of_written(setting.before, comparison.before, fields, is_all=is_all),
        condition_of_written(setting.after, comparison.after, fields, is_all=is_all),
    )
    subject, path = subject_of(setting), key_words(setting)
    words = f"{path} holds, and did not", f"{path} no longer holds"
    about = About(section, subject, table, fields)
    found = list(condition_that_differs(comparison, about, words, conditions))
    yield from found
    if not found and plain(setting.before) != plain(setting.after):
        yield Note(section, subject, f"{path} is written otherwise and means the same")


def _fields_of(setting: Setting) -> tuple[str, Fields, bool]:
    """Give the table and the fields that a condition reads, and whether it holds for all records where it is left out."""
    match setting.owner.__name__, setting.key:
        case "MovePolicy", _:
            table = setting.path[0].key
            return table, rule_fields(table, before="assignment"), False
        case "Families", _:
            return "accounts", rule_fields("accounts", before="assignment"), False
        case "AccountFilter", _:
            return "accounts", filter_fields(), True
        case "Pool", _:
            return "reps", rule_fields("reps"), False
        case "OpenRecords", "opportunities_when":
            return "opportunities", rule_fields("opportunities", before="routing"), False
        case _, key:
            return "leads", routing_fields(), key == "records_when"
