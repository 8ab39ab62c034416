"""The plan's section ``scoring.yaml``: what shows interest, who fits, and what past conversions teach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from rightful.errors import Mistake, PlanError, near_miss
from rightful.plan.conditions import columns_are_cells, read_condition
from rightful.plan.section import Name, RestOfPlan, Section, Written, place_of, rule_fields
from rightful.plan.trained_score import TrainedScore
from rightful.rules import Condition

__all__ = [
    "AccountScore",
    "ActivityGroup",
    "ActivityPoints",
    "Clause",
    "Criterion",
    "GradeLetter",
    "Override",
    "Profile",
    "ScoringSection",
    "Training",
    "condition_of",
]

ScoredTable = Literal["accounts", "contacts", "leads"]
GradeLetter = Literal["F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+"]

_FILE = "scoring.yaml"
_LONGEST_DECAY_DAYS = 3650


class Clause(Section):
    """A condition, as an expression, as cells under field names, or both (then both must hold)."""

    when: Written | None = Field(default=None, description="Condition in SQL notation, beside or instead of cells.")
    cells: Mapping[str, Written] = Field(
        default={}, description="Conditions by field in cell notation; each key that is no other key here is a field."
    )

    @model_validator(mode="before")
    @classmethod
    def _columns_are_cells(cls, value: Any) -> Any:
        return columns_are_cells(cls, value)


class ActivityPoints(Section):
    """What one kind of activity is worth."""

    activity_type: Name = Field(description="Type of activity, lower case with underscores, such as form_filled.")
    points: float = Field(
        ge=-1000, le=1000, description="Points for a fresh activity; negative ones take interest away."
    )
    decay_days: float | None = Field(
        default=None,
        gt=0,
        le=_LONGEST_DECAY_DAYS,
        description="Days in which each activity's points fall evenly to nothing; left out, they stay.",
    )
    group: Name = Field(default="", description="Group that shares a limit; left out, the type is its own group.")


class ActivityGroup(Section):
    """A limit on what several kinds of activity bring together."""

    group: Name = Field(description="Name of the group, as in `activities`.")
    most: float | None = Field(default=None, ge=0, description="Most points the group gives; left out, no limit.")
    least: float | None = Field(
        default=None, le=0, description="Least points the group gives, a negative number; left out, no limit."
    )


class Criterion(Clause):
    """One thing that makes a record fit: met raises the grade, missed lowers it, unknown leaves it."""

    criterion: Name = Field(description="Name of the criterion, as reasons give it.")
    thirds: int = Field(default=1, ge=1, le=3, description="Thirds of a letter that it moves the grade: 1, 2 or 3.")


class Profile(Section):
    """The criteria for one kind of record; the first profile of a table whose `when` holds applies."""

    profile: str = Field(description="Name of the profile, as reasons give it.")
    table: ScoredTable = Field(description="Table of the records: accounts, contacts or leads.")
    when: Written | None = Field(default=None, description="Which records it is for; left out, all.")
    criteria: tuple[Criterion, ...] = Field(description="The criteria, often the name of a CSV file.")


class Override(Clause):
    """A score or grade that is set, whatever the activities and criteria say; the first that applies wins."""

    table: ScoredTable = Field(default="leads", description="Table of the records: accounts, contacts or leads.")
    record_id: Name = Field(default="", description="Key of the record; left out, the condition chooses the records.")
    score: float | None = Field(default=None, ge=0, le=100, description="Score that is set; left out, it stays.")
    grade: GradeLetter | None = Field(default=None, description="Grade that is set; left out, it stays.")
    reason: Name = Field(description="Why, such as `competitor`.")


class AccountScore(Section):
    """How the interest of an account follows from that of its people."""

    method: Literal["diminishing", "max", "average"] = Field(
        default="diminishing",
        description="diminishing: the best person counts whole, each next one `factor` times as much as the one before."
        " max: the best person. average: the mean of the best `people`.",
    )
    factor: float = Field(default=0.5, ge=0, le=1, description="For diminishing: share of the one before.")
    people: int = Field(default=5, ge=1, le=50, description="How many people count, best first.")


class Training(Section):
    """What `rightful train` learns from."""

    file: str = Field(
        default="", description="CSV, Parquet or XLSX file in the plan's folder; left out, the leads of the newest run."
    )
    label: str = Field(default="is_converted", description="Column that says whether the record converted.")
    time: str = Field(
        default="",
        description="Column that orders the records: date, instant or number; left out, created_at, or the file's order.",
    )
    exclude: tuple[str, ...] = Field(default=(), description="Columns that must not be used.")
    keep: tuple[str, ...] = Field(
        default=(), description="Columns that are used although they look as if they leaked the outcome."
    )
    blanks: tuple[str, ...] = Field(
        default=("Select", "n/a", "N/A", "-"), description="Values that mean nothing was chosen."
    )
    fields: Mapping[str, str] = Field(
        default={},
        description="Fields of leads by the file's columns, such as `Lead Source: lead_source`; columns left out keep their name.",
    )
    min_age_days: float = Field(
        default=30.0,
        ge=0,
        le=_LONGEST_DECAY_DAYS,
        description="Leads of a run that are younger than this many days are left out: they may still convert. A file is taken whole.",
    )
    test_share: float = Field(
        default=0.25, ge=0.05, le=0.5, description="Share of the newest records kept for testing."
    )


def _points(*rows: tuple[str, float, float | None, str]) -> tuple[ActivityPoints, ...]:
    return tuple(
        ActivityPoints(activity_type=kind, points=points, decay_days=days, group=group)
        for kind, points, days, group in rows
    )


DEFAULT_ACTIVITIES = _points(
    ("demo_requested", 40, 90, "hand_raise"),
    ("contact_requested", 40, 90, "hand_raise"),
    ("trial_started", 40, 90, "hand_raise"),
    ("meeting_held", 30, 120, "conversation"),
    ("call_connected", 15, 90, "conversation"),
    ("email_replied", 15, 90, "conversation"),
    ("webinar_attended", 15, 90, "event"),
    ("event_attended", 15, 90, "event"),
    ("webinar_registered", 5, 60, "event"),
    ("form_filled", 15, 90, "content"),
    ("content_downloaded", 8, 60, "content"),
    ("pricing_viewed", 10, 45, "web"),
    ("page_visited", 1, 30, "web"),
    ("email_clicked", 3, 45, "email"),
    ("email_opened", 1, 30, "email"),
    ("unsubscribed", -25, 365, "refusal"),
    ("email_bounced", -10, 365, "refusal"),
    ("marked_spam", -40, None, "refusal"),
)
DEFAULT_GROUPS = (
    ActivityGroup(group="hand_raise", most=60),
    ActivityGroup(group="conversation", most=60),
    ActivityGroup(group="event", most=40),
    ActivityGroup(group="content", most=40),
    ActivityGroup(group="web", most=25),
    ActivityGroup(group="email", most=15),
    ActivityGroup(group="refusal", least=-60),
)


class ScoringSection(Section):
    """What shows interest (score), who fits (grade), and what past conversions teach (trained score)."""

    activities: tuple[ActivityPoints, ...] = Field(
        default=DEFAULT_ACTIVITIES,
        description="Points by type of activity, often the name of a CSV file; left out, a usual set. Other types bring nothing.",
    )
    groups: tuple[ActivityGroup, ...] = Field(
        default=DEFAULT_GROUPS, description="Limits on groups of activities; a group without an entry has no limit."
    )
    profiles: tuple[Profile, ...] = Field(
        default=(), description="Criteria of fit by kind of record; a record without a profile stays at D."
    )
    bands: tuple[float, ...] = Field(
        default=(75.0, 50.0, 25.0),
        description="Lowest score of each band, best first: with 75, 50, 25 the ratings run from A1 to F4.",
    )
    account_score: AccountScore = Field(
        default=AccountScore(), description="How accounts get a score from their people."
    )
    overrides: tuple[Override, ...] = Field(
        default=(),
        description="Scores and grades that are set, often the name of a CSV file; the first that applies wins.",
    )
    trained_score: TrainedScore | None = Field(
        default=None,
        description="Trained score of leads: name of the JSON file that `rightful train` wrote, such as models/lead_score.json.",
    )
    trained_points: float = Field(
        default=50.0, ge=0, le=100, description="Points that a trained probability of 100 % adds to a lead's score."
    )
    training: Training = Field(default=Training(), description="What `rightful train` learns from.")

    def profiles_of(self, table: str) -> tuple[Profile, ...]:
        """Give the profiles of a table in order."""
        return tuple(profile for profile in self.profiles if profile.table == table)

    @model_validator(mode="after")
    def _bands_descend(self) -> Self:
        if any(upper <= lower for upper, lower in pairwise(self.bands)):
            message = (
                f"bands are {', '.join(f'{band:g}' for band in self.bands)}: each must be lower than the one before"
            )
            raise ValueError(message)
        return self

    def mistakes(self, plan: RestOfPlan) -> Iterator[Mistake]:
        """Check conditions, names that repeat, and names that must exist elsewhere."""
        yield from _repeated("activity type", [each.activity_type for each in self.activities])
        yield from _repeated("group", [each.group for each in self.groups])
        yield from self._idle_groups()
        for profile in self.profiles:
            yield from _unreadable(Clause(when=profile.when), profile.table, plan)
            yield from _repeated("criterion", [each.criterion for each in profile.criteria])
            for criterion in profile.criteria:
                yield from _without_condition(criterion, criterion.criterion)
                yield from _unreadable(criterion, profile.table, plan)
        for override in self.overrides:
            if not override.record_id:
                yield from _without_condition(override, override.reason)
            yield from _unreadable(override, override.table, plan)
        yield from self._unusable_features()

    def _idle_groups(self) -> Iterator[Mistake]:
        used = sorted({each.group for each in self.activities})
        for each in self.groups:
            if self.groups is not DEFAULT_GROUPS and each.group not in used:
                problem = f"no activity is in group {str(each.group)!r}"
                yield Mistake(
                    place_of(each.group, _FILE), problem, ", ".join(used), near_miss(each.group, used), "warning"
                )

    def _unusable_features(self) -> Iterator[Mistake]:
        fields = list(rule_fields("leads", before="scoring"))
        for feature in self.trained_score.features if self.trained_score else ():
            if feature.field not in fields:
                problem = f"the trained score reads {feature.field!r}, which leads do not have"
                remedy = (
                    near_miss(feature.field, fields) or "name the lead's field under training.fields and train again"
                )
                yield Mistake(place_of(feature.field, _FILE), problem, ", ".join(fields), remedy)


def condition_of(clause: Clause, table: str, lists: Mapping[str, tuple[str, ...]]) -> Condition:
    """Read the condition of a clause: all its cells and its expression must hold.

    Rules may use the fields of the table that quality, segmentation, hierarchy and matching give.

    Raises:
        PlanError: A cell or the expression cannot be read; all mistakes at once.
    """
    fields = rule_fields(table, before="scoring")
    return read_condition(clause.cells, clause.when, fields, lists, keys=type(clause).model_fields, table=table)


def _unreadable(clause: Clause, table: str, plan: RestOfPlan) -> Iterator[Mistake]:
    try:
        condition_of(clause, table, plan.lists)
    except PlanError as error:
        yield from error.mistakes


def _without_condition(clause: Clause, name: str) -> Iterator[Mistake]:
    if clause.when is None and not clause.cells:
        problem = f"{name!r} has no condition"
        yield Mistake(place_of(name, _FILE), problem, remedy="add `when:`, or a cell under a field's name")


def _repeated(what: str, names: Sequence[str]) -> Iterator[Mistake]:
    for name, times in Counter(names).items():
        if times > 1:
            last = next(each for each in reversed(names) if each == name)
            yield Mistake(place_of(last, _FILE), f"{what} {str(name)!r} is there {times} times", remedy="keep one")
