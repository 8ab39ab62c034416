"""Interest as points: activities bring points that decay, groups of activities have limits.

All sums are whole thousandths of a point, and ages are whole seconds. So the order of activities does not matter, and the
sum that a database makes over millions of rows equals the one made here for a single record to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from rightful.plan.scoring import ActivityGroup, ActivityPoints

__all__ = [
    "NO_INTEREST",
    "THOUSAND",
    "Activity",
    "Interest",
    "InterestRules",
    "PointsRule",
    "ScorePart",
    "Tally",
    "TypeSum",
    "decayed",
    "interest_of",
    "interest_rules",
    "points_text",
    "tally",
]

THOUSAND = 1000
DAY_SECONDS = 86_400
_SECOND = timedelta(seconds=1)
_UNLIMITED = 10**15


@dataclass(frozen=True, slots=True)
class Activity:
    """What a person did, and when (UTC); either may be unknown."""

    activity_type: str | None
    occurred_at: datetime | None


@dataclass(frozen=True, slots=True)
class PointsRule:
    """What a type of activity brings: thousandths of a point when fresh, none after ``decay_seconds`` (0: never decays)."""

    activity_type: str
    thousandths: int
    decay_seconds: int


@dataclass(frozen=True, slots=True)
class GroupRule:
    """Types of activity that share a limit; limits in thousandths of a point."""

    name: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class InterestRules:
    """Points by type, the groups in order of their first type, and for each type the position of its group."""

    points: tuple[PointsRule, ...]
    groups: tuple[GroupRule, ...]
    group_of: tuple[int, ...]


class TypeSum(NamedTuple):
    """The activities of one type: position of its rule, how many, and what they bring together, decayed.

    A named tuple, for millions of them are made.
    """

    rule: int
    activities: int
    thousandths: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The activities of one record, added up.

    Attributes:
        sums: One entry per listed type that the record has, in the order of the rules.
        later: Activities after the as-of instant; ignored.
        undated: Activities without an instant; ignored.
        unlisted: Activities of types that the plan does not list; they bring nothing.
        newest_days: Whole days since the newest activity, listed or not; None without one.
    """

    sums: tuple[TypeSum, ...]
    later: int = 0
    undated: int = 0
    unlisted: int = 0
    newest_days: int | None = None


class ScorePart(NamedTuple):
    """One row of ``score_parts``: what brought how many points, and why; a named tuple, for millions of them are made."""

    part: str
    thousandths: int
    detail: str

    @property
    def points(self) -> float:
        """The points as people read them."""
        return self.thousandths / THOUSAND


@dataclass(frozen=True, slots=True)
class Interest:
    """Points from activities before they are kept within 0 to 100, with what they come from."""

    thousandths: int
    parts: tuple[ScorePart, ...]
    remark: str


NO_INTEREST = Interest(0, (), "")
"""What a person without any activity has."""


def interest_rules(activities: Sequence[ActivityPoints], groups: Sequence[ActivityGroup]) -> InterestRules:
    """Make the plan's points ready to decide."""
    limits = {each.group: each for each in groups}
    names = list(dict.fromkeys(each.group or each.activity_type for each in activities))
    points = tuple(
        PointsRule(
            str(each.activity_type),
            round(each.points * THOUSAND),
            max(1, round(each.decay_days * DAY_SECONDS)) if each.decay_days else 0,
        )
        for each in activities
    )
    group_of = tuple(names.index(each.group or each.activity_type) for each in activities)
    return InterestRules(points, tuple(_group(name, limits.get(name)) for name in names), group_of)


def _group(name: str, limit: ActivityGroup | None) -> GroupRule:
    least = -_UNLIMITED if limit is None or limit.least is None else round(limit.least * THOUSAND)
    most = _UNLIMITED if limit is None or limit.most is None else round(limit.most * THOUSAND)
    return GroupRule(str(name), least, most)


def decayed(thousandths: int, age_seconds: int, decay_seconds: int) -> int:
    """Give what is left of an activity's points: points x (1 - age / decay), towards zero to a thousandth.

    Example:
        >>> decayed(15_000, age_seconds=30 * 86_400, decay_seconds=90 * 86_400)
        10000
    """
    if decay_seconds == 0:
        return thousandths
    left = max(0, decay_seconds - age_seconds)
    size = abs(thousandths) * left // decay_seconds
    return size if thousandths >= 0 else -size


def tally(activities: Iterable[Activity], rules: InterestRules, as_of: datetime) -> Tally:
    """Add up the activities of one record.

    Args:
        activities: In any order.
        rules: Points by type.
        as_of: UTC instant to which they decay; later activities are ignored and counted.
    """
    position = {rule.activity_type: number for number, rule in enumerate(rules.points)}
    sums: dict[int, tuple[int, int]] = {}
    later = undated = unlisted = 0
    newest: int | None = None
    for each in activities:
        if each.occurred_at is None:
            undated += 1
            continue
        if each.occurred_at > as_of:
            later += 1
            continue
        age = (as_of - each.occurred_at) // _SECOND
        newest = age if newest is None else min(newest, age)
        number = position.get(each.activity_type or "")
        if number is None:
            unlisted += 1
            continue
        count, brought = sums.get(number, (0, 0))
        worth = decayed(rules.points[number].thousandths, age, rules.points[number].decay_seconds)
        sums[number] = (count + 1, brought + worth)
    days = None if newest is None else newest // DAY_SECONDS
    return Tally(tuple(TypeSum(number, *sums[number]) for number in sorted(sums)), later, undated, unlisted, days)


def interest_of(found: Tally, rules: InterestRules) -> Interest:
    """Bring the sums of the types together by group, within each group's limits.

    Returns:
        Points, which may be negative or above 100; one part per group that has activities; a remark on what was ignored.
    """
    wanted: dict[int, int] = {}
    words: dict[int, str] = {}
    for rule, count, thousandths in found.sums:
        group = rules.group_of[rule]
        said = f"{count} {rules.points[rule].activity_type} {points_text(thousandths)}"
        if group in words:
            words[group] += f", {said}"
            wanted[group] += thousandths
        else:
            words[group] = said
            wanted[group] = thousandths
    parts = tuple([_part(rules.groups[group], wanted[group], words[group]) for group in sorted(wanted)])
    return Interest(sum([part.thousandths for part in parts]), parts, _remark(found))


def _part(group: GroupRule, wanted: int, words: str) -> ScorePart:
    if group.least <= wanted <= group.most:
        return ScorePart(group.name, wanted, words)
    given = group.most if wanted > group.most else group.least
    return ScorePart(group.name, given, f"{words}; limited from {points_text(wanted)}")


def points_text(thousandths: int) -> str:
    """Write points with at most three decimals.

    Example:
        >>> points_text(12_500), points_text(-25_000)
        ('12.5', '-25')
    """
    return repr(thousandths / THOUSAND).removesuffix(".0")  # the shortest digits that read as this number


def _remark(found: Tally) -> str:
    words = []
    if found.newest_days is not None:
        words.append(f"newest activity {_ago(found.newest_days)}")
    if found.later:
        words.append(f"{found.later} after the as-of time ignored")
    if found.undated:
        words.append(f"{found.undated} without a time ignored")
    if found.unlisted:
        words.append(f"{found.unlisted} of other types ignored")
    return ", ".join(words)


def _ago(days: int) -> str:
    if days == 0:
        return "today"
    return "1 day ago" if days == 1 else f"{days} days ago"
