"""Compare ordered rules of which the first that holds decides, and single conditions: where do they decide differently?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rightful.plan import Plan
from rightful.plan.section import Written
from rightful.rules import ANY, NEVER, Condition, Fields, parse_expression
from rightful.rules.product import Decision, Entry, Side, differing_regions, united
from rightful.rules.proofs.regions import Region
from rightful.runs.difference.records import Affected, Change, RegionWords

__all__ = [
    "About",
    "Choice",
    "Comparison",
    "Rules",
    "condition_of_written",
    "condition_that_differs",
    "rules_that_differ",
]

Count = Callable[[str, Region[Any]], Affected]


@dataclass(frozen=True, slots=True)
class About:
    """What rules decide.

    Attributes:
        section: Section of the plan.
        subject: What it concerns, such as ``pool rules``.
        table: Table whose records the rules decide.
        fields: The fields that rules may use.
        shown: Writes the decisions before and after.
    """

    section: str
    subject: str
    table: str
    fields: Fields
    shown: Callable[[tuple[Any, Any]], tuple[str, str]] = lambda label: label


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

    def changes(
        self, about: About, before: Side[Decision], after: Side[Decision], *, is_whole: bool = False
    ) -> Iterator[Change]:
        """Say what two lists of rules decide differently, and where.

        Where many decisions become the same one, they are told as one change, with each of them as a part of it.

        Args:
            about: What the rules decide, and how decisions are written.
            before: The first plan's rules.
            after: The second plan's rules.
            is_whole: True where decisions depend on something beside the rules that differs.
        """
        found = differing_regions(before, after, about.fields, is_whole=is_whole)
        if len(found) > _MOST_REGIONS:  # nobody reads that many; their masks stay exact
            found = tuple(replace(region, most_boxes=_FEW_BOXES) for region in found)
        becoming: dict[str, list[Region[tuple[Decision, Decision]]]] = {}
        for region in found:
            becoming.setdefault(about.shown(region.label)[1], []).append(region)
        for is_now, regions in becoming.items():
            parts = tuple(self._change(about, region, *about.shown(region.label)) for region in regions)
            if len(parts) < _MANY:
                yield from parts
                continue
            was = ", ".join(part.before for part in parts)
            whole = self._change(about, united(regions), was, is_now)
            yield replace(whole, words=f"{is_now} instead of {len(parts)} others: {was}", parts=parts)

    def _change(self, about: About, region: Region[Any], was: str, is_now: str) -> Change:
        witness = tuple((name, "" if value is None else str(value)) for name, value in region.witness().items())
        boxes = tuple(map(str, region.boxes)) + (() if region.is_complete else (_MORE,))
        affected = self.count(about.table, region) if self.count else None
        where = RegionWords(about.table, boxes, witness, affected)
        return Change(about.section, about.subject, f"{is_now} instead of {was}", was, is_now, where)


_MANY = 4
_MOST_REGIONS, _FEW_BOXES = 100, 2
_MORE = "and more regions like these"


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


def rules_that_differ(comparison: Comparison, about: About, before: Rules, after: Rules) -> Iterator[Change]:
    """Say where two lists of rules decide differently."""
    return comparison.changes(about, before.side, after.side, is_whole=before.otherwise != after.otherwise)


def condition_that_differs(
    comparison: Comparison, about: About, words: tuple[str, str], conditions: tuple[Condition, Condition]
) -> Iterator[Change]:
    """Say for which records a condition holds that it did not hold for, and the other way round.

    Args:
        comparison: The plans.
        about: What it concerns.
        words: What is so for records for which it newly holds, and for those for which it no longer does.
        conditions: That of the first plan and that of the second.
    """
    before, after = (Rules((Choice(when, "yes"),), "no") for when in conditions)
    for change in rules_that_differ(comparison, about, before, after):
        yield replace(change, words=words[0] if change.after == "yes" else words[1])


def condition_of_written(written: Written | None, plan: Plan, fields: Fields, *, is_all: bool = False) -> Condition:
    """Read an expression; where nothing is written it holds for no record, or for all."""
    if written is None:
        return ANY if is_all else NEVER
    return parse_expression(written.text, fields, written.place, plan.lists)
