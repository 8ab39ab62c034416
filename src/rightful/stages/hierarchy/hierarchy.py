"""One hierarchy of all accounts: its links, its families, its decisions; a book may have several side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from rightful.plan.hierarchy import HierarchySection
from rightful.stages.hierarchy.accounts import Accounts
from rightful.stages.hierarchy.forest import NO_PARENT, Family, families
from rightful.stages.hierarchy.links import Links, settle
from rightful.stages.hierarchy.overrides import Overridden, overridden
from rightful.stages.hierarchy.reasons import reasons

__all__ = ["HIERARCHIES", "Hierarchy", "hierarchies_table"]

HIERARCHIES = pa.schema(
    [
        *((name, pa.string()) for name in ("hierarchy", "account_id", "parent_id", "ultimate_parent_id")),
        ("hierarchy_depth", pa.float64()),
        ("family_size", pa.float64()),
        ("hierarchy_reason", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A hierarchy of all accounts, by position.

    Attributes:
        links: Each account's parent, and where it comes from.
        family: Tops, depths and sizes.
        overrides: What people decided.
    """

    links: Links
    family: Family
    overrides: Overridden

    @classmethod
    def of(
        cls, accounts: Accounts, section: HierarchySection, survivors: Mapping[str, str], shared: frozenset[str]
    ) -> Hierarchy:
        """Settle every account's parent.

        Args:
            accounts: The accounts.
            section: Methods and overrides.
            survivors: For each merged account the one that stands for it now.
            shared: Domains that propose nothing.
        """
        overrides = overridden(accounts, section.overrides, survivors)
        links = settle(accounts, overrides.claims, section, shared)
        return cls(links, families(links.parents), overrides)

    def columns(self, accounts: Accounts) -> dict[str, pa.Array]:
        """Give what the hierarchy says of each account, as columns of ``HIERARCHIES`` but its name."""
        parents = self.links.parents
        return {
            "account_id": accounts.ids,
            "parent_id": accounts.ids.take(pa.array(parents, mask=parents == NO_PARENT)),
            "ultimate_parent_id": accounts.ids.take(pa.array(self.family.tops)),
            "hierarchy_depth": pa.array(self.family.depths.astype(np.float64)),
            "family_size": pa.array(self.family.sizes.astype(np.float64)),
            "hierarchy_reason": reasons(accounts, self.links, self.overrides),
        }


def hierarchies_table(accounts: Accounts, hierarchies: Mapping[str, Hierarchy]) -> pa.Table:
    """Put the hierarchies beside the main one under one another, by name."""
    parts = [
        pa.table({"hierarchy": pa.array([name] * len(accounts), pa.string()), **hierarchy.columns(accounts)})
        for name, hierarchy in sorted(hierarchies.items())
    ]
    return pa.concat_tables([HIERARCHIES.empty_table(), *(part.cast(HIERARCHIES) for part in parts)])
