"""Score, grade and rating of one record: what the desk calls, and what the batch must equal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.plan.scoring import AccountScore, condition_of
from rightful.plan.trained_score import TrainedScore
from rightful.rules import Condition, OneOf, all_of
from rightful.stages.scoring.accounts import PersonScore, account_interest
from rightful.stages.scoring.grade import Grade, ProfileRule, grade_record, profile_rules
from rightful.stages.scoring.interest import (
    THOUSAND,
    Activity,
    Interest,
    InterestRules,
    ScorePart,
    interest_of,
    interest_rules,
    points_text,
    tally,
)
from rightful.stages.scoring.trained import trained_part

__all__ = [
    "OverrideRule",
    "ScoreResult",
    "ScoringRules",
    "conclude",
    "rating_of",
    "score_account",
    "score_person",
    "scoring_rules",
]

_MOST = 100 * THOUSAND


@dataclass(frozen=True, slots=True)
class OverrideRule:
    """A score or grade that is set where the condition holds; None leaves it as it is."""

    when: Condition
    score_thousandths: int | None
    grade: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ScoringRules:
    """The plan's scoring section for one table, ready to decide; picklable.

    Attributes:
        table: accounts, contacts or leads.
        profiles: Criteria of fit.
        interest: Points for activities.
        overrides: In the plan's order; the first whose condition holds wins.
        bands: Lowest score of each band in thousandths, best first.
        account_score: How an account's interest follows from its people's.
        trained: Trained score, for leads only.
        trained_points: Points for a trained probability of 100 %.
    """

    table: str
    profiles: tuple[ProfileRule, ...]
    interest: InterestRules
    overrides: tuple[OverrideRule, ...]
    bands: tuple[int, ...]
    account_score: AccountScore
    trained: TrainedScore | None
    trained_points: float

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the table that any rule reads, sorted."""
        conditions = [override.when for override in self.overrides]
        for profile in self.profiles:
            conditions.append(profile.when)
            conditions += [each.possibly for each in profile.criteria]
        read = {field for condition in conditions for field in condition.fields()}
        return tuple(sorted(read | {feature.field for feature in (self.trained.features if self.trained else ())}))


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """What scoring says of one record.

    Attributes:
        score: Interest, 0 to 100, decayed to the as-of instant; 0 without activity.
        score_reason: What brought it.
        grade: Fit, F to A+.
        grade_reason: Criteria met, missed and unknown.
        rating: Letter of the grade and number of the score band: A1 is the best.
        parts: What brought how many points; they add up to the score.
    """

    score: float
    score_reason: str
    grade: str
    grade_reason: str
    rating: str
    parts: tuple[ScorePart, ...]


def scoring_rules(plan: Plan, table: str) -> ScoringRules:
    """Make the plan's scoring section ready to decide the records of a table.

    Raises:
        PlanError: A condition cannot be read; a loaded plan has none such.
    """
    section = plan.scoring
    key = OBJECT_OF_TABLE[table].key
    overrides = []
    for each in section.overrides:
        if each.table != table:
            continue
        condition = condition_of(each, table, plan.lists)
        if each.record_id:
            condition = all_of([OneOf(key, frozenset((str(each.record_id),))), condition])
        thousandths = None if each.score is None else round(each.score * THOUSAND)
        overrides.append(OverrideRule(condition, thousandths, each.grade, str(each.reason)))
    return ScoringRules(
        table=table,
        profiles=profile_rules(section.profiles, table, plan.lists),
        interest=interest_rules(section.activities, section.groups),
        overrides=tuple(overrides),
        bands=tuple(round(band * THOUSAND) for band in section.bands),
        account_score=section.account_score,
        trained=section.trained_score if table == "leads" else None,
        trained_points=section.trained_points,
    )


def score_person(
    record: Mapping[str, object], activities: Iterable[Activity], rules: ScoringRules, as_of: datetime
) -> ScoreResult:
    """Score one lead or contact.

    Args:
        record: Values by field; a field that it lacks is blank.
        activities: What the person did, in any order.
        rules: Of the record's table.
        as_of: UTC instant to which activities decay; the only clock.
    """
    interest = interest_of(tally(activities, rules.interest, as_of), rules.interest)
    trained = trained_part(record, rules.trained, rules.trained_points) if rules.trained else None
    return conclude(interest, trained, grade_record(record, rules.profiles), _override(record, rules), rules)


def score_account(record: Mapping[str, object], people: Iterable[PersonScore], rules: ScoringRules) -> ScoreResult:
    """Score one account from the scores of its people."""
    interest = account_interest(people, rules.account_score)
    return conclude(interest, None, grade_record(record, rules.profiles), _override(record, rules), rules)


def conclude(
    interest: Interest, trained: ScorePart | None, grade: Grade, override: OverrideRule | None, rules: ScoringRules
) -> ScoreResult:
    """Bring interest, trained score, grade and override together."""
    parts = interest.parts if trained is None else (*interest.parts, trained)
    total = interest.thousandths + (trained.thousandths if trained else 0)
    kept = max(0, min(_MOST, total))
    words = [_sum_words(parts, total, kept)]
    if kept != total:
        parts = (*parts, ScorePart("limit", kept - total, "kept within 0 to 100"))
    if override is not None and override.score_thousandths is not None:
        words.insert(0, f"override {override.reason}: {points_text(override.score_thousandths)}; without it")
        parts = (*parts, ScorePart("override", override.score_thousandths - kept, override.reason))
        kept = override.score_thousandths
    reason = "; ".join(each for each in (" ".join(words), interest.remark, _trained_words(trained)) if each)
    letter, grade_reason = grade.letter, grade.reason
    if override is not None and override.grade is not None:
        grade_reason = f"override {override.reason}: {override.grade}; without it {letter}, {grade_reason}"
        letter = override.grade
    return ScoreResult(kept / THOUSAND, reason, letter, grade_reason, rating_of(letter, kept, rules.bands), parts)


def rating_of(grade: str, score_thousandths: int, bands: Sequence[int]) -> str:
    """Join the grade's letter and the number of the score's band.

    Example:
        >>> rating_of("B+", 60_000, (75_000, 50_000, 25_000))
        'B2'
    """
    number = 1
    for lowest in bands:
        if score_thousandths >= lowest:
            break
        number += 1
    return f"{grade[0]}{number}"


def _override(record: Mapping[str, object], rules: ScoringRules) -> OverrideRule | None:
    return next((each for each in rules.overrides if each.when.holds(record)), None)


def _sum_words(parts: Sequence[ScorePart], total: int, kept: int) -> str:
    if not parts:
        return "no activity"
    signed = [
        f"{'-' if thousandths < 0 else '+'} {name} {points_text(abs(thousandths))}" for name, thousandths, _ in parts
    ]
    words = " ".join(signed).removeprefix("+ ")
    result = f" = {points_text(total)}" if len(parts) > 1 else ""
    return words + result + (f", kept within 0 to 100: {points_text(kept)}" if kept != total else "")


def _trained_words(trained: ScorePart | None) -> str:
    return f"trained: {trained.detail}" if trained else ""
