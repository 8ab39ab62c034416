"""Decide which of its account's territories an opportunity has: the highest territory type wins, a tie is an exception."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["OpportunityTerritory", "choose_territory"]


@dataclass(frozen=True, slots=True)
class OpportunityTerritory:
    """The territory of an opportunity, or why it has none.

    Attributes:
        territory_id: The territory; None where none or several could be.
        reason: Why, in a sentence.
        cause: Code of the exception where ``territory_id`` is None: no_territory or territory_tie.
    """

    territory_id: str | None
    reason: str
    cause: str = ""


def choose_territory(
    territories: Sequence[str], type_of: Mapping[str, str], type_priority: Sequence[str]
) -> OpportunityTerritory:
    """Choose among the territories of an opportunity's account.

    Args:
        territories: Territories of the account, in the order of the layers.
        type_of: Type of each territory; a territory left out has none.
        type_priority: Types, most important first; all others come last, as equals.

    Example:
        >>> choose_territory(["WEST", "CLOUD"], {"CLOUD": "product"}, ["product"]).territory_id
        'CLOUD'
    """
    distinct = list(dict.fromkeys(territories))
    if not distinct:
        return OpportunityTerritory(None, "its account has no territory", "no_territory")
    if len(distinct) == 1:
        return OpportunityTerritory(distinct[0], "the only territory of its account")
    rank = {name: place for place, name in enumerate(type_priority)}
    ranked = sorted(distinct, key=lambda territory: rank.get(type_of.get(territory, ""), len(rank)))
    best = [each for each in ranked if _rank(each, type_of, rank) == _rank(ranked[0], type_of, rank)]
    if len(best) > 1:
        return OpportunityTerritory(None, f"{' and '.join(best)} are of equal type priority", "territory_tie")
    kind = type_of.get(best[0], "")
    return OpportunityTerritory(
        best[0], f"its type {kind!r} comes first among the {len(distinct)} territories of its account"
    )


def _rank(territory: str, type_of: Mapping[str, str], rank: Mapping[str, int]) -> int:
    return rank.get(type_of.get(territory, ""), len(rank))
