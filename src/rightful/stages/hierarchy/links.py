"""Settle each account's parent: overrides first, then the plan's methods in order; cycles are cut as they appear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rightful.plan.hierarchy import HierarchySection
from rightful.stages.hierarchy.accounts import Accounts, head_ranks
from rightful.stages.hierarchy.claims import Claims
from rightful.stages.hierarchy.forest import NO_PARENT, Positions, break_cycles, families
from rightful.stages.hierarchy.proposals import Standing, by_domain, by_legal_name, by_site_name
from rightful.stages.hierarchy.stated import by_id, by_name, by_number

__all__ = ["Cut", "Links", "settle"]

_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Cut:
    """A cycle that was cut.

    Attributes:
        account: Account whose link was cut.
        parent: The parent it lost.
        source: Number of the claims that gave the link.
        cycle: The accounts of the cycle, from the account upwards.
    """

    account: int
    parent: int
    source: int
    cycle: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """Each account's parent, and where it comes from.

    Attributes:
        parents: Position of the parent, ``NO_PARENT`` at the top; without cycles.
        sources: Number of the claims that decided, also where they say that the account is the top; -1 where none did.
        claims: All claims, strongest first: overrides, then the plan's methods.
        cuts: The cycles that were cut.
        is_cut: Accounts that lost their link so.
    """

    parents: Positions
    sources: Positions
    claims: tuple[Claims, ...]
    cuts: tuple[Cut, ...]
    is_cut: npt.NDArray[np.bool_]


@dataclass
class _Settling:
    """The state while claims come in, one source after the other."""

    parents: Positions
    sources: Positions
    is_cut: npt.NDArray[np.bool_]
    claims: list[Claims] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)

    def take(self, claims: Claims, *, is_applied: bool) -> None:
        """Let a source decide where no stronger one did, and cut the cycles that this makes.

        All links of a new cycle but those of this source were there before and made none, so this source's are the weakest.
        """
        number = len(self.claims)
        self.claims.append(claims)
        if not is_applied:
            return
        decides = (self.sources == _NOBODY) & (claims.parents != NO_PARENT)
        self.sources[decides] = number
        is_link = decides & claims.links
        if not is_link.any():
            return
        self.parents[is_link] = claims.parents[is_link]
        before = self.parents
        self.parents, cycles = break_cycles(before, self.sources)
        self.is_cut[cycles.broken] = True
        for account, parent in zip(cycles.broken.tolist(), cycles.lost.tolist(), strict=True):
            self.cuts.append(Cut(account, parent, int(self.sources[account]), _walk(before, account)))

    def standing(self, accounts: Accounts, section: HierarchySection) -> Standing:
        """Say how things stand, for a proposal."""
        is_open = (self.parents == NO_PARENT) & (self.sources == _NOBODY)
        return Standing(is_open, families(self.parents), self.ranks(accounts, section))

    def ranks(self, accounts: Accounts, section: HierarchySection) -> Positions:
        """Rank accounts as heads, by the children they have so far."""
        children = np.bincount(self.parents[self.parents != NO_PARENT], minlength=len(accounts))
        return head_ranks(accounts, children, section.head)


def settle(accounts: Accounts, overrides: Claims, section: HierarchySection, shared_domains: frozenset[str]) -> Links:
    """Settle the parent of every account.

    Args:
        accounts: The accounts.
        overrides: Parents decided by people; ``IS_TOP`` where they decided that there is none.
        section: Methods and their order.
        shared_domains: Domains that propose nothing.
    """
    size = len(accounts)
    state = _Settling(
        np.full(size, NO_PARENT, dtype=np.int64),
        np.full(size, _NOBODY, dtype=np.int64),
        np.zeros(size, dtype=np.bool_),
    )
    state.take(overrides, is_applied=True)
    for claims in _claims(accounts, state, section, shared_domains):
        state.take(claims, is_applied=section.apply_proposals or not claims.is_proposal)
    return Links(state.parents, state.sources, tuple(state.claims), tuple(state.cuts), state.is_cut)


def _claims(
    accounts: Accounts, state: _Settling, section: HierarchySection, shared_domains: frozenset[str]
) -> Iterator[Claims]:
    """Give the claims of the plan's methods in order; each sees what the earlier ones have settled."""
    for method in section.methods:
        match method:
            case "parent_account_id":
                yield by_id(accounts)
            case "company_number":
                ranks = state.ranks(accounts, section)
                for key in section.number_keys:
                    yield by_number(accounts, key, ranks)
            case "parent_name":
                yield by_name(accounts)
            case "domain":
                standing = state.standing(accounts, section)
                owners = section.owner_of_domain()
                yield by_domain(accounts, standing, shared_domains, owners, section.most_accounts_per_domain)
            case "legal_name":
                standing = state.standing(accounts, section)
                yield by_legal_name(accounts, standing, section.most_accounts_per_name)
            case "site_name":
                standing = state.standing(accounts, section)
                yield by_site_name(accounts, standing, section.most_accounts_per_domain)


def _walk(parents: Positions, start: int) -> tuple[int, ...]:
    """List the accounts of a cycle from one of them upwards."""
    path = [start]
    while (step := int(parents[path[-1]])) != start:
        path.append(step)
    return tuple(path)
