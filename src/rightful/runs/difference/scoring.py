"""Compare how two plans grade and override: profiles, their criteria, and scores that are set."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.plan.scoring import Criterion, Override, Profile, condition_of
from rightful.plan.section import rule_fields
from rightful.rules import OneOf, all_of
from rightful.runs.difference.choices import (
    About,
    Choice,
    Comparison,
    Rules,
    condition_of_written,
    condition_that_differs,
    rules_that_differ,
)
from rightful.runs.difference.records import Change

__all__ = ["scoring_that_differs"]

_TABLES = ("leads", "contacts", "accounts")
_SECTION = "scoring"


def scoring_that_differs(comparison: Comparison) -> Iterator[Change]:
    """Say which records get other profiles, criteria or overrides; points and limits are settings."""
    for table in _TABLES:
        yield from _rules(comparison, table, "profiles", _profiles)
        yield from _criteria(comparison, table)
        yield from _rules(comparison, table, "overrides", _overrides)


def _about(subject: str, table: str) -> About:
    return About(_SECTION, subject, table, rule_fields(table, before=_SECTION))


def _rules(comparison: Comparison, table: str, what: str, rules_of: Callable[[Plan, str], Rules]) -> Iterator[Change]:
    about = _about(f"{what} of {table}", table)
    return rules_that_differ(comparison, about, rules_of(comparison.before, table), rules_of(comparison.after, table))


def _profiles(plan: Plan, table: str) -> Rules:
    fields = rule_fields(table, before=_SECTION)
    choices = (
        Choice(condition_of_written(each.when, plan, fields, is_all=True), f"profile {each.profile}")
        for each in plan.scoring.profiles_of(table)
    )
    return Rules(tuple(choices), "no profile")


def _criteria(comparison: Comparison, table: str) -> Iterator[Change]:
    """Compare the criteria of the profiles that both plans have."""
    first, second = (
        {each.profile: each for each in plan.scoring.profiles_of(table)}
        for plan in (comparison.before, comparison.after)
    )
    for name in second:
        if name in first:
            yield from _profile(comparison, table, first[name], second[name])


def _profile(comparison: Comparison, table: str, before: Profile, after: Profile) -> Iterator[Change]:
    subject = f"profile {after.profile} of {table}"
    first, second = ({str(each.criterion): each for each in profile.criteria} for profile in (before, after))
    for name in dict.fromkeys((*second, *first)):
        was, is_now = first.get(name), second.get(name)
        if was is None or is_now is None:
            verb, criterion, plan = (
                ("is new", is_now, comparison.after) if was is None else ("is gone", was, comparison.before)
            )
            assert criterion is not None  # noqa: S101 - one of the two is there
            when = condition_of(criterion, table, plan.lists)
            words = f"criterion {name} {verb}: {_moves(criterion)} where {when}"
            yield Change(_SECTION, subject, words)
        else:
            yield from _criterion(comparison, (subject, table), was, is_now)


def _criterion(comparison: Comparison, about: tuple[str, str], before: Criterion, after: Criterion) -> Iterator[Change]:
    subject, table = about
    name = str(after.criterion)
    if before.thirds != after.thirds:
        words = f"criterion {name} {_moves(after)} instead of {before.thirds}/3"
        yield Change(_SECTION, subject, words, f"{before.thirds}/3", f"{after.thirds}/3")
    conditions = (
        condition_of(before, table, comparison.before.lists),
        condition_of(after, table, comparison.after.lists),
    )
    words_of_both = f"criterion {name} is met, and was not", f"criterion {name} is no longer met"
    yield from condition_that_differs(comparison, _about(subject, table), words_of_both, conditions)


def _moves(criterion: Criterion) -> str:
    return f"moves the grade by {criterion.thirds}/3 of a letter"


def _overrides(plan: Plan, table: str) -> Rules:
    key = OBJECT_OF_TABLE[table].key
    choices = []
    for each in plan.scoring.overrides:
        if each.table == table:
            condition = condition_of(each, table, plan.lists)
            if each.record_id:
                condition = all_of([OneOf(key, frozenset((str(each.record_id),))), condition])
            choices.append(Choice(condition, _set(each)))
    return Rules(tuple(choices), "nothing is set")


def _set(override: Override) -> str:
    parts = [f"score {override.score:g}"] if override.score is not None else []
    parts += [f"grade {override.grade}"] if override.grade is not None else []
    return f"{' and '.join(parts) or 'nothing'} is set"
