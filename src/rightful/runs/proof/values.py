"""Values that rules name and that do not occur: not valid at all, or not in the book."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from functools import partial

import pyarrow.compute as pc

from rightful.errors import Place, near_miss
from rightful.rules.conditions import Atom, OneOf, Prefix
from rightful.rules.rule import atoms_in
from rightful.runs.proof.finding import Candidate, Severity, Told
from rightful.runs.proof.layer import LayerProof

__all__ = ["unreachable"]

_MOST_NAMED = 8


def unreachable(proof: LayerProof) -> Iterator[Candidate]:
    """Find the values that rules of a layer name and that no account has.

    Values which cleaning never gives, such as the country `UK`, are warnings. Values which the book does not hold are notes.
    """
    for name, named in sorted(_named(proof).items()):
        domain = proof.surface.domains.get(name)
        allowed = domain.values if domain else None
        invalid = [text for text in named if allowed is not None and not text.endswith("*") and text not in allowed]
        for text in invalid:
            told = partial(_invalid, name, text, allowed or ())
            yield Candidate("unreachable", Severity.WARNING, proof.name, (name, text), told, None, named[text])
        absent = _absent(proof, name, [text for text in named if text not in invalid])
        if absent:
            places = tuple(dict.fromkeys(place for text in absent for place in named[text]))[:_MOST_NAMED]
            told = partial(_missing, name, absent)
            yield Candidate("unreachable", Severity.NOTE, proof.name, (name, *absent), told, None, places)


def _named(proof: LayerProof) -> dict[str, dict[str, tuple[Place, ...]]]:
    """Give by field the texts that rules name, prefixes with a star, each with the places of its rules."""
    found: dict[str, dict[str, dict[Place, None]]] = {}
    for number, rule in enumerate(proof.ground.rules):
        place = proof.place(number)
        for atom in atoms_in(rule.when):
            for text in _texts(atom):
                found.setdefault(atom.field, {}).setdefault(text, {})[place] = None
    return {field: {text: tuple(places) for text, places in sorted(texts.items())} for field, texts in found.items()}


def _texts(atom: Atom) -> Collection[str]:
    if isinstance(atom, OneOf):
        return atom.values
    return (f"{atom.prefix}*",) if isinstance(atom, Prefix) else ()


def _absent(proof: LayerProof, field: str, texts: Sequence[str]) -> tuple[str, ...]:
    if proof.holding is None or field not in proof.holding.accounts.table.column_names or not texts:
        return ()
    held = pc.unique(pc.drop_null(proof.holding.accounts.table[field])).to_pylist()
    known, ranked = set(held), sorted(held)
    missing = [text for text in texts if text not in known and not text.endswith("*")]
    prefixes = [text for text in texts if text.endswith("*") and text not in known and not _begins(ranked, text[:-1])]
    return tuple(sorted((*missing, *prefixes)))


def _begins(ranked: Sequence[str], prefix: str) -> bool:
    """Tell whether one of some texts begins with a prefix: the first that does not sort before it does."""
    place = bisect_left(ranked, prefix)
    return place < len(ranked) and ranked[place].startswith(prefix)


def _invalid(field: str, text: str, values: Sequence[str]) -> Told:
    repair = (
        near_miss(text, values)
        or f"allowed: {', '.join(values[:_MOST_NAMED])}{' ...' if len(values) > _MOST_NAMED else ''}"
    )
    return Told(f"{field} is never {text!r} once it is cleaned", repair)


def _missing(field: str, texts: Sequence[str]) -> Told:
    more = f" and {len(texts) - _MOST_NAMED} more" if len(texts) > _MOST_NAMED else ""
    named = ", ".join(texts[:_MOST_NAMED])
    return Told(
        f"no account of the book has {field} {named}{more}", "nothing, if such accounts may come; else correct them"
    )
