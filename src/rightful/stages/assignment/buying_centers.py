"""Find the buying centers of accounts: by product line, site or function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rightful.plan.assignment import BuyingCenterRules

__all__ = ["FoundCenter", "center_of_contact", "center_role", "find_centers"]


@dataclass(frozen=True, slots=True)
class FoundCenter:
    """A buying center that the CRM does not know.

    Attributes:
        buying_center_id: ``<account_id>/<value>``.
        account_id: Its account.
        found_by: product_line, site or job_function.
        value: The product line, site or function.
    """

    buying_center_id: str
    account_id: str
    found_by: str
    value: str


def find_centers(
    rules: BuyingCenterRules,
    products: Iterable[tuple[str | None, str | None]],
    people: Iterable[tuple[str | None, str | None, str | None]],
    known: Mapping[tuple[str, str], str],
) -> tuple[FoundCenter, ...]:
    """Find buying centers, in the order of their keys.

    Args:
        rules: What makes a buying center.
        products: (account_id, product lines separated by ``;``) of accounts and of their opportunities.
        people: (account_id, city, job function) of contacts.
        known: The CRM's own buying centers by (account_id, product line, site or function): those are not found again.

    Example:
        >>> rules = BuyingCenterRules(find_by=("product_line",))
        >>> [each.buying_center_id for each in find_centers(rules, [("A", "Cloud;Data")], [], {("A", "Data"): "BC1"})]
        ['A/Cloud']
    """
    found = {
        (f"{account}/{value}", found_by, account, value)
        for account, found_by, value in _candidates(rules, products, people)
        if (account, value) not in known
    }
    return tuple(FoundCenter(key, account, found_by, value) for key, found_by, account, value in sorted(found))


def _candidates(
    rules: BuyingCenterRules,
    products: Iterable[tuple[str | None, str | None]],
    people: Iterable[tuple[str | None, str | None, str | None]],
) -> Iterator[tuple[str, str, str]]:
    if "product_line" in rules.find_by:
        for account, lines in products:
            if account and lines:
                yield from ((account, "product_line", line.strip()) for line in lines.split(";") if line.strip())
    for account, city, function in people:
        if account and city and "site" in rules.find_by:
            yield account, "site", city
        is_wanted = function and (not rules.functions or function in rules.functions)
        if account and function and is_wanted and "job_function" in rules.find_by:
            yield account, "job_function", function


def center_role(values: Iterable[str | None], role_of: Mapping[str, str]) -> str | None:
    """Give the role that owns a buying center by its product line, site or function; None for the owner's role."""
    return next((str(role_of[value]) for value in values if value and value in role_of), None)


def center_of_contact(
    centers: Mapping[tuple[str, str], str], account_id: str | None, job_function: str | None, city: str | None
) -> str | None:
    """Give the buying center of a contact: by function, else by site; None where the account has neither."""
    if account_id is None:
        return None
    keys = ((account_id, value) for value in (job_function, city) if value)
    return next((centers[key] for key in keys if key in centers), None)
