"""Companies that belong to an account without being it: brands, agencies, subsidiaries that have no account of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rightful.plan.matching import Affiliation
from rightful.stages.matching.names import Spellings, read_name

__all__ = ["COLUMNS", "Affiliated", "Affiliations"]

_DOMAINS = ("domain", "email_domain")
_NAMES = ("core_name", "other_name")
COLUMNS = (*_DOMAINS, *_NAMES)
"""Columns of people that affiliations look at, in the order in which they decide."""


@dataclass(frozen=True, slots=True)
class Affiliated:
    """The account that a person's company is affiliated with, and what said so, in words."""

    account_id: str
    because: str


@dataclass(frozen=True, slots=True)
class Affiliations:
    """The plan's affiliations, findable by domain and by name.

    Attributes:
        by_domain: Registrable domain -> account.
        by_name: Name as its words without blanks -> account.
        spellings: What names and words are compared as.
    """

    by_domain: Mapping[str, str]
    by_name: Mapping[str, str]
    spellings: Spellings

    @classmethod
    def of(cls, affiliations: Sequence[Affiliation], spellings: Spellings) -> Affiliations:
        """Collect a plan's affiliations."""
        return cls(
            {each.domain: each.account_id for each in affiliations if each.domain},
            {read_name(each.name.casefold(), spellings).compact: each.account_id for each in affiliations if each.name},
            spellings,
        )

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.by_domain or self.by_name)

    def of_people(self, columns: Mapping[str, Sequence[Any]]) -> list[Affiliated | None]:
        """Give what the company of each person is affiliated with: columns ``COLUMNS``; the first that names an account decides."""
        return [self._of(person) for person in zip(*(columns[name] for name in COLUMNS), strict=True)]

    def _of(self, person: Sequence[str | None]) -> Affiliated | None:
        *domains, core_name, other_name = person
        for domain in domains:
            if domain and domain in self.by_domain:
                return Affiliated(self.by_domain[domain], f"domain {domain}")
        for name in (core_name, other_name) if self.by_name else ():
            account_id = self.by_name.get(read_name(name, self.spellings).compact) if name else None
            if account_id:
                return Affiliated(account_id, f"name {name!r}")
        return None
