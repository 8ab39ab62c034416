"""Links that no evidence decides: made by hand, kept from the CRM, or by affiliation; and pairs that must never match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.plan.matching import Link
from rightful.stages.matching.affiliations import Affiliated
from rightful.stages.matching.index import CandidateIndex, Pairs

__all__ = ["LINK_METHODS", "Linked", "Links"]

LINK_METHODS = ("manual_link", "crm_link", "affiliation")
"""What may decide instead of evidence, the strongest first."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The account that a link gives a record.

    Attributes:
        account_id: The account; of a merged account the survivor. None when the link names no account of the book.
        method: One of ``LINK_METHODS``.
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
        never: Record -> accounts that it must not match.
        survivors: Merged account -> the account that survived.
        keeps_crm_links: Whether a record's own account in the CRM stays.
    """

    manual: Mapping[str, str]
    never: Mapping[str, frozenset[str]]
    survivors: Mapping[str, str]
    keeps_crm_links: bool

    @classmethod
    def of(
        cls,
        object_name: str,
        manual: Sequence[Link],
        never: Sequence[Link],
        survivors: Mapping[str, str],
        *,
        keeps_crm_links: bool,
    ) -> Links:
        """Collect the plan's links of one object (``lead`` or ``contact``)."""
        forbidden: dict[str, set[str]] = {}
        for link in never:
            if link.object == object_name:
                forbidden.setdefault(link.record_id, set()).add(link.account_id)
        return cls(
            manual={link.record_id: link.account_id for link in manual if link.object == object_name},
            never={record_id: frozenset(accounts) for record_id, accounts in forbidden.items()},
            survivors=survivors,
            keeps_crm_links=keeps_crm_links,
        )

    def of_records(
        self,
        record_ids: Sequence[str],
        crm_account_ids: Sequence[str | None],
        affiliated: Sequence[Affiliated | None],
        index: CandidateIndex,
    ) -> list[Linked | None]:
        """Give the link of each record; None when it has none and evidence decides.

        A manual link wins over the CRM's, and that over an affiliation, which a pair that must never match does not have.
        A link to an account that the book does not have gives no account: evidence decides then, and the reason tells.
        """
        by_hand = [self.manual.get(record_id) for record_id in record_ids]
        in_crm = crm_account_ids if self.keeps_crm_links else [None] * len(record_ids)
        belongs = [
            None if each and self._is_never(record_id, each) else each
            for record_id, each in zip(record_ids, affiliated, strict=True)
        ]
        by_affiliation = [each.account_id for each in belongs if each]
        named = list(dict.fromkeys(account_id for account_id in (*by_hand, *in_crm, *by_affiliation) if account_id))
        if not named:
            return [None] * len(record_ids)
        living = {given: self._living(given) for given in named}
        is_here = dict(zip(named, (row >= 0 for row in index.rows_of(list(living.values()))), strict=True))
        found = {given: living[given] for given in named if is_here[given]}
        return [_linked(*each, found) for each in zip(by_hand, in_crm, belongs, strict=True)]

    def is_never(self, record_ids: Sequence[str], pairs: Pairs, index: CandidateIndex) -> npt.NDArray[np.bool_]:
        """Tell which pairs the plan forbids."""
        forbidden = np.zeros(len(pairs.person), bool)
        if self.never:
            for person, record_id in enumerate(record_ids):
                accounts = self.never.get(record_id)
                if accounts:
                    rows = index.rows_of([self._living(account_id) for account_id in sorted(accounts)])
                    start, end = np.searchsorted(pairs.person, (person, person + 1))
                    forbidden[start:end] = np.isin(pairs.account[start:end], rows)
        return forbidden

    def _is_never(self, record_id: str, affiliated: Affiliated) -> bool:
        forbidden = self.never.get(record_id, frozenset())
        return self._living(affiliated.account_id) in {self._living(account_id) for account_id in forbidden}

    def _living(self, account_id: str) -> str:
        return self.survivors.get(account_id, account_id)


def _linked(
    manual: str | None, crm: str | None, affiliated: Affiliated | None, found: Mapping[str, str]
) -> Linked | None:
    lost = ""
    if manual is not None:
        if manual in found:
            return Linked(
                found[manual], "manual_link", f"Linked by hand to {_named(manual, found[manual])} in the plan."
            )
        lost = f"The manual link names account {manual}, which is not in the book. "
    if crm:
        if crm in found:
            return Linked(found[crm], "crm_link", f"{lost}Linked to {_named(crm, found[crm])} in the CRM.")
        lost += f"The CRM's link names account {crm}, which is not in the book. "
    if affiliated:
        given = affiliated.account_id
        if given in found:
            reason = f"{lost}Affiliated with {_named(given, found[given])} in the plan, by its {affiliated.because}."
            return Linked(found[given], "affiliation", reason)
        lost += f"Its {affiliated.because} is affiliated with account {given}, which is not in the book. "
    return Linked(None, "none", lost) if lost else None


def _named(given: str, account_id: str) -> str:
    return f"account {account_id}" if given == account_id else f"account {account_id} (into which {given} was merged)"
