"""Links that no evidence decides: made by hand in the plan, or kept from the CRM; and pairs that must never match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.plan.matching import Link
from rightful.stages.matching.index import Pairs

__all__ = ["Linked", "Links"]


@dataclass(frozen=True, slots=True)
class Linked:
    """The account that a link gives a record.

    Attributes:
        account_id: The account; of a merged account the survivor. None when the link names no account of the book.
        method: ``manual_link`` or ``crm_link``.
        reason: Whose link it is, in words.
    """

    account_id: str | None
    method: str
    reason: str


@dataclass(frozen=True, slots=True)
class Links:
    """Links of the records of one object.

    Attributes:
        manual: Record -> account, as the plan says.
        never: Record -> row numbers of accounts that it must not match.
        rows: Account -> row number in the index.
        survivors: Merged account -> the account that survived.
        keeps_crm_links: Whether a record's own account in the CRM stays.
    """

    manual: Mapping[str, str]
    never: Mapping[str, frozenset[int]]
    rows: Mapping[str, int]
    survivors: Mapping[str, str]
    keeps_crm_links: bool

    def of_record(self, record_id: str, crm_account_id: str | None) -> Linked | None:
        """Give the link of a record; None when it has none and evidence decides.

        A manual link wins over the CRM's. A link to an account that the book does not have gives no account: evidence
        decides then, and the reason tells.
        """
        lost = ""
        given = self.manual.get(record_id)
        if given is not None:
            account_id = self._living(given)
            if account_id in self.rows:
                return Linked(account_id, "manual_link", f"Linked by hand to {_named(given, account_id)} in the plan.")
            lost = f"The manual link names account {given}, which is not in the book. "
        if crm_account_id and self.keeps_crm_links:
            account_id = self._living(crm_account_id)
            if account_id in self.rows:
                return Linked(
                    account_id, "crm_link", f"{lost}Linked to {_named(crm_account_id, account_id)} in the CRM."
                )
            lost += f"The CRM's link names account {crm_account_id}, which is not in the book. "
        return Linked(None, "none", lost) if lost else None

    def is_never(self, record_ids: Sequence[str], pairs: Pairs) -> npt.NDArray[np.bool_]:
        """Tell which pairs the plan forbids."""
        forbidden = np.zeros(len(pairs.person), bool)
        if self.never:
            for person, record_id in enumerate(record_ids):
                rows = self.never.get(record_id)
                if rows:
                    start, end = np.searchsorted(pairs.person, (person, person + 1))
                    forbidden[start:end] = np.isin(pairs.account[start:end], list(rows))
        return forbidden

    def _living(self, account_id: str) -> str:
        return self.survivors.get(account_id, account_id)


def links_of(
    object_name: str,
    manual: Sequence[Link],
    never: Sequence[Link],
    rows: Mapping[str, int],
    survivors: Mapping[str, str],
    *,
    keeps_crm_links: bool,
) -> Links:
    """Collect the plan's links of one object (``lead`` or ``contact``)."""
    forbidden: dict[str, set[int]] = {}
    for link in never:
        row = rows.get(survivors.get(link.account_id, link.account_id))
        if link.object == object_name and row is not None:
            forbidden.setdefault(link.record_id, set()).add(row)
    return Links(
        manual={link.record_id: link.account_id for link in manual if link.object == object_name},
        never={record_id: frozenset(accounts) for record_id, accounts in forbidden.items()},
        rows=rows,
        survivors=survivors,
        keeps_crm_links=keeps_crm_links,
    )


def _named(given: str, account_id: str | None) -> str:
    return f"account {account_id}" if given == account_id else f"account {account_id} (into which {given} was merged)"
