"""Lay two ordered lists of rules over one another: which combinations of field values do they decide differently?

What stands in both lists in the same order decides alike wherever no edited rule holds. So only the rules that can hold together
with an edited one are compared, and a small edit of a large plan stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Generic, TypeVar

from rightful.rules.conditions import Condition
from rightful.rules.field_cells import cells_for
from rightful.rules.formulas import Formula, Plainer
from rightful.rules.literals import Fields
from rightful.rules.matches import Outcome
from rightful.rules.proofs.chart import paired
from rightful.rules.proofs.domain import Domains
from rightful.rules.proofs.precedence import IN_ORDER, Precedence
from rightful.rules.proofs.regions import Region, changed_regions, regions_of
from rightful.rules.rule import Rule, tests_by_field
from rightful.rules.ruleset import compile_rules

__all__ = ["Entry", "Side", "differing_regions", "united"]

_MOST_PAIRS = 2_000_000  # comparisons of an edited rule with another; beyond, all rules are compared

Decision = TypeVar("Decision", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule of one of the lists.

    Attributes:
        when: When it holds.
        meaning: All that the decision depends on beside ``when`` and the place in the list; names of rules are no part of it.
    """

    when: Condition
    meaning: Hashable


@dataclass(frozen=True, slots=True)
class Side(Generic[Decision]):
    """One of the two lists.

    Attributes:
        entries: The rules, in order of priority.
        decide: Gives the decision from the positions of the rules that hold, rising; where one rule wins, from its position alone.
        precedence: Which rules win over which beyond their order; None where several may win: only smaller lists can be compared
            then.
    """

    entries: Sequence[Entry]
    decide: Callable[[Sequence[int]], Decision]
    precedence: Precedence | None = IN_ORDER


def differing_regions(
    before: Side[Decision],
    after: Side[Decision],
    fields: Fields,
    *,
    domains: Domains | None = None,
    is_whole: bool = False,
) -> tuple[Region[tuple[Decision, Decision]], ...]:
    """Give the regions that two lists decide differently, by (decision before, decision after).

    Exact: a record is in the region of its two decisions, and in none where they are equal.

    Args:
        before: The first list.
        after: The second list.
        fields: The fields that rules may test, with their kinds.
        domains: What values fields can have; others are in no region.
        is_whole: True where decisions depend on something beside the lists that differs: then all rules are compared.

    Raises:
        ChartTooLargeError: There are too many cases to be compared.

    Example:
        >>> from rightful.rules import OneOf, RuleKind
        >>> def side(*states):
        ...     rule = Entry(OneOf("state", frozenset(states)), "west")
        ...     return Side([rule], lambda holding: "west" if holding else "none")
        >>> [region] = differing_regions(side("CA"), side("CA", "OR"), {"state": RuleKind.TEXT})
        >>> region.label, str(region.boxes[0])
        (('none', 'west'), 'state = OR')
    """
    edited = _edited(before.entries, after.entries)
    if not edited and not is_whole:
        return ()
    conditions = list(dict.fromkeys(entry.when for entry in (*before.entries, *after.entries)))
    is_whole = is_whole or len(edited) * len(conditions) > _MOST_PAIRS
    kept = conditions if is_whole else _touching(conditions, edited, fields)
    if before.precedence is None or after.precedence is None:
        return _by_outcome(before, after, kept, fields, domains)
    (old, old_precedence), (new, new_precedence) = _listed(before, kept), _listed(after, kept)
    return changed_regions(old, new, fields, domains, (old_precedence, new_precedence))


def united(regions: Sequence[Region[Decision]]) -> Region[Decision]:
    """Join regions that ``differing_regions`` gave at once into one; it has the label of the first."""
    whole = regions[0].chart
    for region in regions[1:]:
        whole = paired(whole, region.chart, max)
    return replace(regions[0], chart=whole)


def _edited(before: Sequence[Entry], after: Sequence[Entry]) -> list[Condition]:
    """Give the conditions of entries that are no part of one common sequence of both lists."""
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = [
        entry
        for kind, start, stop, other_start, other_stop in steps
        if kind != "equal"
        for entry in (*before[start:stop], *after[other_start:other_stop])
    ]
    return list(dict.fromkeys(entry.when for entry in changed))


def _touching(conditions: Sequence[Condition], edited: Sequence[Condition], fields: Fields) -> list[Condition]:
    """Keep what may hold together with an edited condition; what is kept needlessly only costs time."""
    tests = tests_by_field([Rule("", when) for when in conditions], fields)
    plainer = Plainer([cells_for(name, fields[name], atoms) for name, atoms in tests.items()])
    changed = [plainer.formula(when) for when in edited]

    def touches(formula: Formula) -> bool:
        return any(plainer.gate((formula, other), is_every=True) is not False for other in changed)

    return [when for when in conditions if touches(plainer.formula(when))]


_Listed = tuple[Sequence[Rule], Callable[[int | None], Decision]]


def _listed(side: Side[Decision], kept: Sequence[Condition]) -> tuple[_Listed[Decision], Precedence]:
    """Write the kept part of a list as rules with the answer where each wins, and who wins over whom among them."""
    is_kept = frozenset(kept)
    positions = [position for position, entry in enumerate(side.entries) if entry.when in is_kept]
    rules = [Rule(str(position), side.entries[position].when) for position in positions]

    def answer(rule: int | None) -> Decision:
        return side.decide(() if rule is None else (positions[rule],))

    return (rules, answer), _among(side.precedence or IN_ORDER, positions)


def _among(precedence: Precedence, positions: Sequence[int]) -> Precedence:
    """Give who wins over whom among some rules, numbered as they stand."""
    number_of = {position: number for number, position in enumerate(positions)}

    def numbered(rules: Mapping[int, frozenset[int]]) -> dict[int, frozenset[int]]:
        return {
            number_of[rule]: frozenset(number_of[other] for other in others if other in number_of)
            for rule, others in rules.items()
            if rule in number_of
        }

    silent = frozenset(number_of[rule] for rule in precedence.silent if rule in number_of)
    return Precedence(silent, numbered(precedence.taken_by), numbered(precedence.yields_to))


def _by_outcome(
    before: Side[Decision], after: Side[Decision], kept: Sequence[Condition], fields: Fields, domains: Domains | None
) -> tuple[Region[tuple[Decision, Decision]], ...]:
    """Compile the distinct conditions of both lists as one: an outcome then says what either would decide."""
    number_of = {when: number for number, when in enumerate(kept)}
    rules = compile_rules([Rule(str(number), when) for when, number in number_of.items()], fields)
    places = [_positions(side, number_of) for side in (before, after)]

    def label(outcome: Outcome) -> tuple[Decision, Decision] | None:
        holding = [sorted(position for rule in outcome for position in found[rule]) for found in places]
        pair = before.decide(holding[0]), after.decide(holding[1])
        return None if pair[0] == pair[1] else pair

    return regions_of(rules, label, is_first=False, domains=domains)


def _positions(side: Side[Decision], number_of: dict[Condition, int]) -> list[list[int]]:
    positions: list[list[int]] = [[] for _ in number_of]
    for position, entry in enumerate(side.entries):
        if entry.when in number_of:
            positions[number_of[entry.when]].append(position)
    return positions
