"""Parents that nobody stated: accounts with one web domain, one name in several legal forms, or one name up to a dash, are a family.

A proposal only ever gives a parent to an account that has none, and all accounts of a group get the same one: the group's head,
or, where the head's own top is in the group as well, that one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.stages.hierarchy.accounts import Accounts, Groups
from rightful.stages.hierarchy.claims import Claims
from rightful.stages.hierarchy.forest import NO_PARENT, Family, Positions, break_cycles
from rightful.stages.hierarchy.names import fold

__all__ = ["Standing", "by_domain", "by_legal_name", "by_site_name"]

# A dash between words, or between a letter and a capital: ``Acme College-Boston``, not ``e-mail``.
_SITE = re.compile(r"(?P<house>[^–—:-]*\w[)\]]?)\s*(?:[–—:]|-(?=\s|[A-Z0-9]))\s*\S")


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand before a proposal.

    Attributes:
        is_open: Accounts without a parent that nothing and nobody keeps at the top.
        family: Tops by the links so far.
        ranks: How well each account heads others; 0 is the best.
    """

    is_open: npt.NDArray[np.bool_]
    family: Family
    ranks: Positions


def by_domain(
    accounts: Accounts, standing: Standing, shared: frozenset[str], owners: Mapping[str, str], most: int
) -> Claims:
    """Propose one parent for the accounts of a web domain, or of several domains that one owner has.

    Args:
        accounts: The accounts.
        standing: Links so far.
        shared: Domains that many companies share: free mail, throw-away mail, and the plan's own.
        owners: The owner of each domain of which the plan knows it.
        most: A domain, or an owner, with more accounts proposes nothing.
    """
    domains = accounts.column("domain")
    is_shared = pc.is_in(domains, value_set=pa.array(sorted(shared), pa.string()))
    own = pc.if_else(is_shared, None, domains)
    listed = pa.array(sorted(owners), pa.string())
    said = pa.array([f"{domain} of {owners[domain]}" for domain in listed.to_pylist()], pa.string())
    groups = pa.array([f"of {owners[domain]}" for domain in listed.to_pylist()], pa.string())
    place = pc.index_in(own, value_set=listed)
    parents = _under_heads(Groups.by(pc.coalesce(groups.take(place), own)), standing, most)
    return Claims("domain", parents, pc.coalesce(said.take(place), own), _none(accounts), is_proposal=True)


def by_legal_name(accounts: Accounts, standing: Standing, most: int) -> Claims:
    """Propose one parent for incorporated accounts of one core name, each of another legal form or country than the parent.

    Two companies of one name, form and country are two companies, or a duplicate, but no family.
    """
    forms = accounts.column("legal_form")
    names = pc.if_else(pc.is_valid(forms), accounts.column("core_name"), None)
    parents = _under_heads(Groups.by(names), standing, most)
    seats = pc.binary_join_element_wise(forms, accounts.column("country"), "/", null_handling="replace")
    codes = Groups.by(seats).codes
    parents = np.where((parents != NO_PARENT) & (codes == codes[parents]), NO_PARENT, parents)
    return Claims("legal_name", parents, names, _none(accounts), is_proposal=True)


def by_site_name(accounts: Accounts, standing: Standing, most: int) -> Claims:
    """Propose one parent for sites of one house: names alike up to a dash, of two words at least.

    One word in front of a dash is as often a part of a word: ``Coca-Cola``, ``Rolls-Royce``.
    """
    houses = [_house(name) for name in accounts.column("name").to_pylist()]
    column = pa.array(houses, pa.string())
    return Claims(
        "site_name", _under_heads(Groups.by(column), standing, most), column, _none(accounts), is_proposal=True
    )


def _house(name: str | None) -> str | None:
    """Give what stands before the first dash of a name, ready to be compared; None where that says too little."""
    found = _SITE.match(name or "")
    house = fold(found["house"]) if found else ""
    return house if " " in house else None


def _under_heads(groups: Groups, standing: Standing, most: int) -> Positions:
    """Put the open accounts of each group under its head."""
    sizes = groups.sizes()
    heads = groups.heads(standing.ranks)
    tops = standing.family.tops
    has_top_inside = groups.codes[tops[heads]] == np.arange(len(heads))
    heads = np.where(has_top_inside, tops[heads], heads)
    is_usable = (sizes >= 2) & (sizes <= most)
    group_heads = np.append(np.where(is_usable, heads, NO_PARENT), NO_PARENT)[groups.codes]
    return _without_circles(np.where(standing.is_open, group_heads, NO_PARENT), standing)


def _without_circles(parents: Positions, standing: Standing) -> Positions:
    """Take back what would close a circle: a head below itself or its own child, or heads of several groups in a round.

    Of the accounts in such a circle the best ranked one stays at the top.
    """
    tops = np.where(parents == NO_PARENT, NO_PARENT, standing.family.tops[parents])
    _, cycles = break_cycles(tops, len(parents) - standing.ranks)
    kept = parents.copy()
    kept[cycles.broken] = NO_PARENT
    return kept


def _none(accounts: Accounts) -> npt.NDArray[np.bool_]:
    return np.zeros(len(accounts), dtype=np.bool_)
