"""What a person should look at: cut cycles, parents that are missing, sources that disagree, proposals not applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from rightful.stages.hierarchy.accounts import Accounts
from rightful.stages.hierarchy.claims import IS_TOP, Claims
from rightful.stages.hierarchy.forest import NO_PARENT, Family
from rightful.stages.hierarchy.hierarchy import Hierarchy
from rightful.stages.hierarchy.links import Links
from rightful.stages.hierarchy.overrides import Overridden

__all__ = ["FINDINGS", "findings_table"]

FINDINGS = {
    "cycle": "Accounts name each other as parents in a circle; one link was cut.",
    "missing_parent": "The record names a parent that is not in the book, or that its name does not tell.",
    "conflict": "Two sources name different parents, or put the account into different families.",
    "unknown_override": "The plan overrides an account that is not in the book, or one that another override decides after a merge.",
    "proposal": "A method proposes a parent; the plan does not apply proposals.",
}
"""Every code of ``hierarchy_findings``, with its meaning."""

_SCHEMA = pa.schema([("account_id", pa.string()), ("finding", pa.string()), ("detail", pa.string())])
_LONGEST_CYCLE_SHOWN = 10

Finding = tuple[str, str, str]


def findings_table(accounts: Accounts, hierarchies: Mapping[str, Hierarchy]) -> pa.Table:
    """List the findings of hierarchies by name, ordered by account, then finding, then detail; the main one has no name.

    Returns:
        Table of account_id, finding (a key of ``FINDINGS``) and detail; an account may have several.
    """
    ids = accounts.ids.to_pylist()
    rows = sorted(
        {
            (account_id, finding, f"{name}: {detail}" if name else detail)
            for name, hierarchy in hierarchies.items()
            for account_id, finding, detail in _findings(ids, hierarchy)
        }
    )
    return pa.Table.from_arrays(
        [pa.array(column, pa.string()) for column in zip(*rows, strict=True)] if rows else [[], [], []], schema=_SCHEMA
    )


def _findings(ids: list[str], hierarchy: Hierarchy) -> Iterator[Finding]:
    links, family, overrides = hierarchy.links, hierarchy.family, hierarchy.overrides
    yield from _cycles(ids, links)
    yield from _unknown_overrides(overrides)
    for number, claims in enumerate(links.claims):
        yield from _missing(ids, links, claims)
        yield from _not_applied(ids, links, claims, number)
        if claims is not overrides.claims and not claims.is_proposal:
            yield from _conflicts(ids, links, family, claims, number)


def _cycles(ids: list[str], links: Links) -> Iterator[Finding]:
    for cut in links.cuts:
        shown = [ids[account] for account in cut.cycle[:_LONGEST_CYCLE_SHOWN]]
        circle = " > ".join([*shown, "..." if len(cut.cycle) > len(shown) else ids[cut.account]])
        source = links.claims[cut.source].source
        yield (
            ids[cut.account],
            "cycle",
            f"{len(cut.cycle)} accounts in a circle: {circle}; link to {ids[cut.parent]} by {source} cut",
        )


def _unknown_overrides(overrides: Overridden) -> Iterator[Finding]:
    for override in overrides.strays:
        yield str(override.account_id), "unknown_override", f"overridden to {override.parent_id}"


def _missing(ids: list[str], links: Links, claims: Claims) -> Iterator[Finding]:
    """List parents that point nowhere; numbers and names only where nothing else gave the account a parent.

    Numbers and names often speak of companies that are no accounts, and that is no fault where a parent is known.
    """
    is_listed = claims.is_missing
    if claims.source not in {"override", "parent_account_id"}:
        is_listed = is_listed & (links.sources == -1)
    for account in np.flatnonzero(is_listed).tolist():
        said = claims.said[account].as_py() or "the parent of its override"
        yield ids[account], "missing_parent", f"{claims.source} {said} {claims.problem}"


def _conflicts(ids: list[str], links: Links, family: Family, claims: Claims, number: int) -> Iterator[Finding]:
    """List accounts for which a weaker source says something else than the one that decided."""
    is_weaker = (links.sources != -1) & (links.sources != number) & (claims.parents != NO_PARENT)
    is_top = links.parents == NO_PARENT
    if claims.is_ultimate:
        claimed_tops = family.tops[np.where(claims.links, claims.parents, 0)]
        differs = np.where(claims.links, claimed_tops != family.tops, ~is_top)
    else:
        differs = np.where(claims.links, claims.parents != links.parents, ~is_top)
    for account in np.flatnonzero(is_weaker & differs & ~links.is_cut).tolist():
        claimed, parent = int(claims.parents[account]), int(links.parents[account])
        says = "it is the top" if claimed == IS_TOP else ids[claimed]
        settled = "no parent" if parent == NO_PARENT else ids[parent]
        source = links.claims[int(links.sources[account])].source
        yield ids[account], "conflict", f"{settled} by {source}, but {claims.source} says {says}"


def _not_applied(ids: list[str], links: Links, claims: Claims, number: int) -> Iterator[Finding]:
    if not claims.is_proposal or (links.sources == number).any():
        return
    for account in np.flatnonzero(claims.links & (links.sources == -1)).tolist():
        said = claims.said[account].as_py()
        yield ids[account], "proposal", f"{ids[int(claims.parents[account])]} by {claims.source} {said}"
