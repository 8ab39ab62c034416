"""One rule: a key, a condition, and where it stands in the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rightful.errors import Mistake, Place, PlanError
from rightful.rules.conditions import And, Atom, Condition, Not, Or
from rightful.rules.literals import Fields, Unreadable, known_field

__all__ = ["Rule", "atoms_in", "tests_by_field"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the plan. Among rules that match, the one that stands first wins.

    Attributes:
        key: How the plan calls it.
        when: What a record must meet.
        place: Where it stands.
    """

    key: str
    when: Condition
    place: Place | None = None


def atoms_in(condition: Condition) -> Iterator[Atom]:
    """Walk over the tests of single fields in a condition."""
    pending = [condition]
    while pending:
        part = pending.pop()
        if isinstance(part, Atom):
            yield part
        elif isinstance(part, And | Or):
            pending.extend(part.parts)
        elif isinstance(part, Not):
            pending.append(part.part)


def tests_by_field(rules: Sequence[Rule], fields: Fields) -> dict[str, list[Atom]]:
    """Gather the distinct tests of each field, fields by name.

    Raises:
        PlanError: A rule tests a field that does not exist, or as another kind than it is.
    """
    found: dict[Atom, None] = {}
    mistakes: list[Mistake] = []
    for rule in rules:
        for atom in atoms_in(rule.when):
            if atom in found:
                continue
            found[atom] = None
            try:
                kind = known_field(atom.field, fields)
                if not atom.is_for(kind):
                    raise Unreadable(f"{str(atom)!r} does not fit field {atom.field!r}, a {kind}")
            except Unreadable as error:
                problem = f"rule {rule.key!r}: {error.problem}"
                mistakes.append(Mistake(rule.place, problem, error.allowed, error.remedy))
    if mistakes:
        raise PlanError(mistakes)
    by_field: dict[str, list[Atom]] = {name: [] for name in sorted({atom.field for atom in found})}
    for atom in found:
        by_field[atom.field].append(atom)
    return by_field
