"""Fit as a letter: start at D, each criterion met adds thirds of a letter, each missed takes them, unknown leaves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from rightful.plan.scoring import Clause, GradeLetter, Profile, condition_of
from rightful.rules import Condition
from rightful.stages.scoring.undecided import possibly, surely

__all__ = ["GRADES", "CriterionRule", "Grade", "ProfileRule", "State", "grade_of", "grade_record", "profile_rules"]

GRADES: tuple[GradeLetter, ...] = ("F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+")
"""From the worst fit to the best; neighbours are a third of a letter apart."""

_START = GRADES.index("D")


class State(IntEnum):
    """What a record says about a criterion."""

    MISSED = 0
    UNKNOWN = 1
    MET = 2


@dataclass(frozen=True, slots=True)
class CriterionRule:
    """A criterion, ready to decide.

    Attributes:
        name: As the plan calls it.
        thirds: Thirds of a letter that it moves the grade.
        surely: Holds when the criterion is met.
        possibly: Does not hold when it is missed; between the two it is unknown.
    """

    name: str
    thirds: int
    surely: Condition
    possibly: Condition


@dataclass(frozen=True, slots=True)
class ProfileRule:
    """A profile, ready to decide: which records it is for, and its criteria in the plan's order."""

    name: str
    when: Condition
    criteria: tuple[CriterionRule, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """Fit with its reason.

    Attributes:
        letter: F to A+.
        reason: Profile, criteria met, missed and unknown with the thirds that each moved.
    """

    letter: str
    reason: str


NO_PROFILE = Grade("D", "no profile applies: stays at D")


def profile_rules(
    profiles: Sequence[Profile], table: str, lists: Mapping[str, tuple[str, ...]]
) -> tuple[ProfileRule, ...]:
    """Make the profiles of a table ready to decide.

    Raises:
        PlanError: A condition cannot be read.
    """
    return tuple(
        ProfileRule(
            profile.profile,
            condition_of(Clause(when=profile.when), table, lists),
            tuple(
                CriterionRule(each.criterion, each.thirds, surely(condition), possibly(condition))
                for each in profile.criteria
                for condition in (condition_of(each, table, lists),)
            ),
        )
        for profile in profiles
        if profile.table == table
    )


def grade_record(record: Mapping[str, object], profiles: Sequence[ProfileRule]) -> Grade:
    """Grade one record by the first profile that is for it.

    Args:
        record: Values of the record by field; a field that it lacks is blank.
        profiles: Profiles of the record's table.
    """
    profile = next((each for each in profiles if each.when.holds(record)), None)
    if profile is None:
        return NO_PROFILE
    return grade_of(profile, tuple(_state(criterion, record) for criterion in profile.criteria))


def grade_of(profile: ProfileRule, states: Sequence[State]) -> Grade:
    """Add up what the criteria say.

    Example:
        >>> from rightful.rules.conditions import ANY
        >>> large, vp = CriterionRule("large", 3, ANY, ANY), CriterionRule("VP", 1, ANY, ANY)
        >>> grade_of(ProfileRule("leads", ANY, (large, vp)), (State.MET, State.MISSED))
        Grade(letter='C-', reason='profile leads: met large +3/3; missed VP -1/3')
    """
    thirds = sum(each.thirds * (state - State.UNKNOWN) for each, state in zip(profile.criteria, states, strict=True))
    letter = GRADES[max(0, min(len(GRADES) - 1, _START + thirds))]
    found = {
        state: [_words(each, state) for each, given in zip(profile.criteria, states, strict=True) if given is state]
        for state in (State.MET, State.MISSED, State.UNKNOWN)
    }
    parts = [f"{state.name.lower()} {', '.join(words)}" for state, words in found.items() if words]
    return Grade(letter, f"profile {profile.name}: {'; '.join(parts) or 'no criteria'}")


def _state(criterion: CriterionRule, record: Mapping[str, object]) -> State:
    if criterion.surely.holds(record):
        return State.MET
    return State.UNKNOWN if criterion.possibly.holds(record) else State.MISSED


def _words(criterion: CriterionRule, state: State) -> str:
    moved = {State.MET: f" +{criterion.thirds}/3", State.MISSED: f" -{criterion.thirds}/3", State.UNKNOWN: ""}
    return criterion.name + moved[state]
