"""What tie-breakers and filters know of accounts: one value per account, in the order of the index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.plan.matching import AccountFilter, TieBreaker
from rightful.rules import Fields, Lists, Rule, RuleSet, compile_rules, parse_expression

__all__ = ["COUNTED", "FACT_COLUMNS", "AccountFacts", "FactReader"]

Floats = npt.NDArray[np.float64]

FACT_COLUMNS = (
    "account_type",
    "open_opportunities",
    "owner_is_active",
    "last_activity_on",
    "contacts",
    "created_on",
    "ultimate_parent_id",
)
"""Columns of accounts that tie-breakers read; three of them are counted by the stage, the others are cleaned fields."""

COUNTED = {
    "open_opportunities": TieBreaker.OPEN_OPPORTUNITY,
    "contacts": TieBreaker.MOST_CONTACTS,
    "owner_is_active": TieBreaker.ACTIVE_OWNER,
}
"""Columns that are counted over the book, with the tie-breakers that read them."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Facts about accounts, one entry per account.

    Attributes:
        preference: Per tie-breaker: a number, the higher the better; unknown is lowest. ``same_country`` depends on the
            person and is not here.
        filters: Names of the plan's filters, in order.
        failed: The first filter that the account fails, as a position in ``filters``; -1 when it meets all.
    """

    preference: dict[TieBreaker, Floats]
    filters: tuple[str, ...]
    failed: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class FactReader:
    """Reads facts from accounts: one or many.

    Attributes:
        filters: Names of the plan's filters, in order.
        rules: Their conditions, each as a rule of its own.
    """

    filters: tuple[str, ...]
    rules: tuple[RuleSet, ...]

    @classmethod
    def of(cls, filters: tuple[AccountFilter, ...], fields: Fields, lists: Lists) -> FactReader:
        """Make the reader of a plan's filters."""
        conditions = [parse_expression(each.when.text, fields, each.when.place, lists) for each in filters]
        return cls(
            tuple(each.name for each in filters),
            tuple(
                compile_rules([Rule(each.name, condition)], fields)
                for each, condition in zip(filters, conditions, strict=True)
            ),
        )

    def read(self, accounts: pa.Table) -> AccountFacts:
        """Read facts: columns ``account_id``, ``FACT_COLUMNS`` and those that filters name."""
        failed = np.full(len(accounts), -1, np.int32)
        for number, rules in enumerate(self.rules):
            holds = np.asarray(rules.first_table(accounts)) == 0
            failed = np.where((failed < 0) & ~holds, number, failed).astype(np.int32)
        return AccountFacts(_preference(accounts), self.filters, failed)


def _preference(accounts: pa.Table) -> dict[TieBreaker, Floats]:
    is_top = pc.equal(accounts["ultimate_parent_id"], accounts["account_id"])
    activity = _days(accounts["last_activity_on"])
    created = _days(accounts["created_on"])
    preference = {
        TieBreaker.CUSTOMER: _numbers(pc.equal(accounts["account_type"], "customer")),
        TieBreaker.OPEN_OPPORTUNITY: (_numbers(accounts["open_opportunities"]) > 0).astype(np.float64),
        TieBreaker.ACTIVE_OWNER: _numbers(accounts["owner_is_active"]),
        TieBreaker.NEWEST_ACTIVITY: activity,
        TieBreaker.MOST_CONTACTS: _numbers(accounts["contacts"]),
        TieBreaker.OLDEST: -created,
        TieBreaker.ULTIMATE_PARENT: _numbers(is_top),
        TieBreaker.FAMILY_MEMBER: -_numbers(is_top),
    }
    # An unknown date is neither new nor old.
    preference[TieBreaker.OLDEST][np.isneginf(created)] = -np.inf
    return preference


def _numbers(column: pa.ChunkedArray) -> Floats:
    return np.array(pc.fill_null(pc.cast(column, pa.float64()), 0.0), np.float64)


def _days(dates: pa.ChunkedArray) -> Floats:
    days = pc.cast(pc.cast(dates, pa.int32()), pa.float64())
    return np.array(pc.fill_null(days, -np.inf), np.float64)
