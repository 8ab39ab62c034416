"""Say for each account where its parent comes from, or why it has none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from rightful.plan.hierarchy import Override
from rightful.stages.hierarchy.accounts import Accounts
from rightful.stages.hierarchy.forest import NO_PARENT
from rightful.stages.hierarchy.links import Links
from rightful.stages.hierarchy.overrides import Overridden

__all__ = ["reasons"]

_SILENT = "top: no source names a parent"


def reasons(accounts: Accounts, links: Links, overrides: Overridden) -> pa.Array:
    """Give ``hierarchy_reason`` for each account, such as ``parent A1 by domain acme.com``."""
    words = np.full(len(accounts), _SILENT, dtype=object)
    ids = accounts.ids.to_numpy(zero_copy_only=False)
    for number, claims in enumerate(links.claims):
        decided = links.sources == number
        said = claims.said.to_numpy(zero_copy_only=False)
        for account in np.flatnonzero(decided & (links.parents != NO_PARENT)).tolist():
            parent = ids[links.parents[account]]
            value = "" if said[account] in {None, parent} else f" {said[account]}"
            words[account] = f"parent {parent} by {claims.source}{value}"
        for account in np.flatnonzero(decided & (links.parents == NO_PARENT)).tolist():
            words[account] = f"top by {claims.source}{f' {said[account]}' if said[account] else ''}"
        silent = claims.is_missing & (links.sources == -1)
        for account in np.flatnonzero(silent).tolist():
            words[account] = f"top: {claims.source} {said[account]} {claims.problem}"
    for account, text in _cut(ids, links):
        words[account] = text
    for account, override in overrides.by_position.items():
        words[account] = f"{_overridden(override, is_missing=bool(overrides.claims.is_missing[account]))}"
    return pa.array(words, pa.string())


def _cut(ids: np.ndarray[tuple[int], np.dtype[np.object_]], links: Links) -> Iterator[tuple[int, str]]:
    for cut in links.cuts:
        source = links.claims[cut.source].source
        circle = f"a circle of {len(cut.cycle)} accounts"
        yield cut.account, f"top: link to {ids[cut.parent]} by {source} cut, it closed {circle}"


def _overridden(override: Override, *, is_missing: bool) -> str:
    place = "top" if override.is_top else f"parent {override.parent_id}"
    if is_missing:
        place = f"top: parent {override.parent_id}, not in the book,"
    by = f", {override.by}" if override.by else ""
    reason = f" ({override.reason}{by})" if override.reason or by else ""
    return f"{place} by override{reason}"
