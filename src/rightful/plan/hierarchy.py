"""The plan's section ``hierarchy.yaml``: where parents come from, what a person has decided, how families roll up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from rightful.errors import Mistake
from rightful.plan.section import Name, RestOfPlan, Section, place_of

__all__ = ["DomainOwner", "HeadCriterion", "HierarchySection", "Method", "NumberKey", "Override", "RollUp"]

Method = Literal["parent_account_id", "company_number", "parent_name", "domain", "legal_name", "site_name"]
NumberKey = Literal["parent_company_number", "ultimate_company_number", "company_number"]
HeadCriterion = Literal["has_children", "customer", "largest", "oldest", "shortest_name"]
RollUp = Literal["own_or_children", "sum", "max"]

_FILE = "hierarchy.yaml"
_TOP = "none"


class Override(Section):
    """A person's decision on the parent of an account; no method and no broken cycle changes it."""

    account_id: Name = Field(min_length=1, description="Account whose parent is decided.")
    parent_id: Name = Field(
        min_length=1, description="Its parent; `none` says that the account is the top of its family."
    )
    reason: str = Field(default="", description="Why, for explanations.")
    by: str = Field(default="", description="Who decided.")

    @property
    def is_top(self) -> bool:
        """True where the account is to have no parent."""
        return self.parent_id.casefold() == _TOP


class DomainOwner(Section):
    """A web domain and the company that it belongs to; a company may have several."""

    domain: Name = Field(min_length=1, description="A registrable domain, such as acme.de.")
    owner: str = Field(min_length=1, description="Its owner: the same words for each of its domains.")


class HierarchyBeside(Section):
    """A further hierarchy, such as one for sales: it decides nothing else, and stands in the table hierarchies."""

    hierarchy: Name = Field(min_length=1, description="Its name, such as sales.")
    methods: tuple[Method, ...] = Field(description="Where its parents come from, as for the main hierarchy.")
    apply_proposals: bool = Field(default=True, description="Yes: what methods propose becomes the parent.")
    overrides: tuple[Override, ...] = Field(
        default=(), description="Parents decided by people in this hierarchy; those of the main one do not count."
    )


class HierarchySection(Section):
    """Where parents come from, what a person has decided, how families roll up."""

    methods: tuple[Method, ...] = Field(
        default=("parent_account_id", "company_number", "parent_name", "domain", "site_name"),
        description="Where an account's parent comes from, in order; the first method that knows one wins. parent_account_id: the CRM's"
        " own link. company_number: a data provider's numbers. parent_name: the parent's name, where it names one account alone."
        " domain: accounts with one web domain go under one of them (a proposal). legal_name: accounts with one name and different"
        " legal forms or countries go under one of them (a proposal). site_name: accounts whose names are alike up to a dash, such as"
        " `South University-Savannah`, go under one of them (a proposal).",
    )
    number_keys: tuple[NumberKey, ...] = Field(
        default=("parent_company_number", "ultimate_company_number", "company_number"),
        description="Numbers that lead to a parent, in order: the account that has the parent's number, the one that has the ultimate"
        " parent's, and, of several accounts with one and the same number, the head.",
    )
    apply_proposals: bool = Field(
        default=False,
        description="Yes: what domain and legal_name propose becomes the parent of accounts that have none. No: it is listed in"
        " hierarchy_findings for a person to look at, and changes no parent.",
    )
    head: tuple[HeadCriterion, ...] = Field(
        default=("has_children", "customer", "largest", "oldest", "shortest_name"),
        description="Which of several accounts heads them, first criterion first: one with children already, a customer, the one with the"
        " most employees, the one created first, the one with the shortest name; ties go to the smallest account_id.",
    )
    most_accounts_per_domain: int = Field(
        default=200,
        ge=2,
        description="A domain with more accounts than this belongs to a host or a portal and proposes nothing.",
    )
    most_accounts_per_name: int = Field(
        default=20,
        ge=2,
        description="A name with more accounts than this is common and proposes nothing.",
    )
    shared_domains: tuple[str, ...] = Field(
        default=(),
        description="Further domains that many companies share and that propose nothing; free-mail and throw-away domains never do.",
    )
    domain_owners: tuple[DomainOwner, ...] = Field(
        default=(),
        description="Domains of one owner; usually the name of a CSV file with these columns. Accounts with any domain of one owner go"
        " under one of them, as accounts with one domain do.",
    )
    overrides: tuple[Override, ...] = Field(
        default=(),
        description="Parents decided by people; usually the name of a CSV file with these columns.",
    )
    beside: tuple[HierarchyBeside, ...] = Field(
        default=(),
        description="Further hierarchies side by side with the main one, each with methods and overrides of its own.",
    )
    employees: RollUp = Field(
        default="own_or_children",
        description="How family_employees is made. own_or_children: at each account the larger of its own figure and the sum of its"
        " children's, for a parent's figure often holds theirs. sum: all figures added. max: the largest figure.",
    )
    annual_revenue: RollUp = Field(
        default="own_or_children",
        description="How family_annual_revenue_usd is made: own_or_children, sum or max, as for employees.",
    )

    def sections_beside(self) -> Iterator[tuple[str, HierarchySection]]:
        """Give each further hierarchy by its name, as a section of its own; what it does not say is as in the main one."""
        for each in self.beside:
            changes = {name: getattr(each, name) for name in ("methods", "apply_proposals", "overrides")}
            yield str(each.hierarchy), self.model_copy(update={**changes, "beside": ()})

    def owner_of_domain(self) -> dict[str, str]:
        """Give the owner of each listed domain, domains in small letters."""
        return {str(each.domain).lower(): each.owner for each in self.domain_owners}

    def mistakes(self, plan: RestOfPlan) -> Iterator[Mistake]:
        """Check that no method, account or domain is listed twice, and that overrides form no circle; in each hierarchy."""
        yield from self._domains_of_two()
        names = [str(each.hierarchy) for each in self.beside]
        for each in self.beside:
            if names.count(str(each.hierarchy)) > 1:
                problem = f"two hierarchies are called {str(each.hierarchy)!r}"
                yield Mistake(place_of(each.hierarchy, _FILE), problem, remedy="give each a name of its own")
        for _, section in self.sections_beside():
            yield from section.model_copy(update={"domain_owners": ()}).mistakes(plan)
        for key, values in (("methods", self.methods), ("number_keys", self.number_keys), ("head", self.head)):
            for value in dict.fromkeys(value for value in values if values.count(value) > 1):
                yield Mistake(place_of(value, _FILE), f"{key} lists {value!r} twice", remedy="keep one of them")
        parent_of: dict[str, str] = {}
        for override in self.overrides:
            if override.account_id in parent_of:
                problem = f"account {str(override.account_id)!r} is overridden twice"
                yield Mistake(place_of(override.account_id, _FILE), problem, remedy="keep one of the rows")
            elif not override.is_top:
                parent_of[override.account_id] = override.parent_id
        yield from self._circles(parent_of)

    def _domains_of_two(self) -> Iterator[Mistake]:
        seen: set[str] = set()
        for each in self.domain_owners:
            domain = str(each.domain).lower()
            if domain in seen:
                problem = f"domain {str(each.domain)!r} is listed twice"
                yield Mistake(place_of(each.domain, _FILE), problem, "one owner for each", "keep one of the rows")
            seen.add(domain)

    def _circles(self, parent_of: dict[str, str]) -> Iterator[Mistake]:
        settled: set[str] = set()
        for override in self.overrides:
            path: dict[str, None] = {}
            step = str(override.account_id)
            while step in parent_of and step not in settled and step not in path:
                path[step] = None
                step = parent_of[step]
            if step in path:
                circle = [*list(path)[list(path).index(step) :], step]
                problem = f"overrides form a circle: {' < '.join(circle[:10])}"
                yield Mistake(
                    place_of(override.account_id, _FILE), problem, "a tree", "write `none` as parent of the top"
                )
            settled.update(path)
