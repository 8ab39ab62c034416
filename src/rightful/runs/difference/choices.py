"""Compare ordered rules of which the first that holds decides, and single conditions: where do they decide differently?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rightful.plan import Plan
from rightful.plan.section import Written
from rightful.rules import ANY, NEVER, Condition, Fields, parse_expression
from rightful.rules.product import Decision, Entry, Side, differing_regions
from rightful.rules.proofs.regions import Region
from rightful.runs.difference.records import Affected, Change, RegionWords

__all__ = ["Choice", "Comparison", "Rules", "condition_of_written", "condition_that_differs", "rules_that_differ"]

Count = Callable[[str, Region[Any]], Affected]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans, and the book's records to count in regions.

    Attributes:
        before: The first plan.
        after: The second plan.
        count: Counts the records of a table in a region; None where no book was read.
    """

    before: Plan
    after: Plan
    count: Count | None = None

    @property
    def has_other_lists(self) -> bool:
        """Tell whether named lists differ."""
        return dict(self.before.lists) != dict(self.after.lists)

    def regions(
        self, table: str, before: Side[Decision], after: Side[Decision], fields: Fields, *, is_whole: bool = False
    ) -> Iterator[tuple[Decision, Decision, RegionWords]]:
        """Give the regions that two lists of rules decide differently: decision before, decision after, and where."""
        for region in differing_regions(before, after, fields, is_whole=is_whole):
            witness = tuple((name, "" if value is None else str(value)) for name, value in region.witness().items())
            boxes = tuple(map(str, region.boxes)) + (() if region.is_complete else (_MORE,))
            affected = self.count(table, region) if self.count else None
            yield *region.label, RegionWords(table, boxes, witness, affected)


_MORE = "and more, which the book's records show"


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule of an ordered list: when it holds, and what it then decides, in words."""

    when: Condition
    decision: str


@dataclass(frozen=True, slots=True)
class Rules:
    """An ordered list of rules.

    Attributes:
        choices: The rules; the first that holds decides.
        otherwise: What holds where none does, in words.
    """

    choices: tuple[Choice, ...]
    otherwise: str

    @property
    def side(self) -> Side[str]:
        """Give what decides."""

        def decide(positions: Sequence[int]) -> str:
            return self.choices[positions[0]].decision if positions else self.otherwise

        return Side([Entry(choice.when, choice.decision) for choice in self.choices], decide)


def rules_that_differ(
    comparison: Comparison, about: tuple[str, str, str], before: Rules, after: Rules, fields: Fields
) -> Iterator[Change]:
    """Say where two lists of rules decide differently.

    Args:
        comparison: The plans.
        about: Section, subject, and the table whose records the rules decide.
        before: Rules of the first plan.
        after: Rules of the second plan.
        fields: The fields that rules may use.
    """
    section, subject, table = about
    is_whole = before.otherwise != after.otherwise
    for first, second, region in comparison.regions(table, before.side, after.side, fields, is_whole=is_whole):
        yield Change(section, subject, f"{second} instead of {first}", first, second, region)


def condition_that_differs(
    comparison: Comparison,
    about: tuple[str, str, str],
    words: tuple[str, str],
    conditions: tuple[Condition, Condition],
    fields: Fields,
) -> Iterator[Change]:
    """Say for which records a condition holds that it did not hold for, and the other way round.

    Args:
        comparison: The plans.
        about: Section, subject, and the table whose records the condition reads.
        words: What is so for records for which it newly holds, and for those for which it no longer does.
        conditions: That of the first plan and that of the second.
        fields: The fields that it may use.
    """
    section, subject, table = about
    before, after = (Rules((Choice(when, "yes"),), "no") for when in conditions)
    for first, second, region in comparison.regions(table, before.side, after.side, fields):
        yield Change(section, subject, words[0] if second == "yes" else words[1], first, second, region)


def condition_of_written(written: Written | None, plan: Plan, fields: Fields, *, is_all: bool = False) -> Condition:
    """Read an expression; where nothing is written it holds for no record, or for all."""
    if written is None:
        return ANY if is_all else NEVER
    return parse_expression(written.text, fields, written.place, plan.lists)
