"""The plan's section ``matching.yaml``: which account a lead or contact belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import Mistake, PlanError
from rightful.plan.matching_weights import MatchingWeights
from rightful.plan.section import Name, RestOfPlan, Section, Written, place_of, rule_fields
from rightful.rules import RuleKind, parse_expression

__all__ = [
    "AccountFilter",
    "Affiliation",
    "DomainOnly",
    "Emphasis",
    "Link",
    "MatchGate",
    "MatchingSection",
    "NameMeaning",
    "TieBreaker",
    "filter_fields",
]


_ACCOUNT = OBJECT_OF_TABLE["accounts"]
_STAGES_BEFORE = ("quality", "segmentation", "hierarchy")


class DomainOnly(StrEnum):
    """What an equal domain is worth when no other field speaks for the account."""

    OFF = "off"
    FALLBACK = "fallback"
    ALWAYS = "always"


class TieBreaker(StrEnum):
    """What decides between accounts that the evidence cannot tell apart."""

    CUSTOMER = "customer"
    OPEN_OPPORTUNITY = "open_opportunity"
    ACTIVE_OWNER = "active_owner"
    SAME_COUNTRY = "same_country"
    NEWEST_ACTIVITY = "newest_activity"
    MOST_CONTACTS = "most_contacts"
    OLDEST = "oldest"
    ULTIMATE_PARENT = "ultimate_parent"
    FAMILY_MEMBER = "family_member"


class AccountFilter(Section):
    """A condition that an account must meet to be matched."""

    name: str = Field(description="Name of the filter, as the reasons of matches give it.")
    when: Written = Field(
        description="Expression on the account's fields that must hold, such as `account_type <> 'competitor'`."
    )


class NameMeaning(Section):
    """A name or word that stands for another."""

    name: str = Field(
        description="Company name without its legal form, or single word, as people write it; case does not matter."
    )
    means: str = Field(description="What it is compared as: a name or word of the same kind.")


class Link(Section):
    """A lead or contact and an account that belong together, or never do."""

    object: Literal["lead", "contact"] = Field(default="lead", description="What the record is: `lead` or `contact`.")
    record_id: Name = Field(description="Identifier of the lead or contact.")
    account_id: Name = Field(description="Identifier of the account; of a merged account its survivor counts.")


class Affiliation(Section):
    """A company that belongs to an account without being it: a brand, an agency, a subsidiary that has no account."""

    name: str = Field(
        default="", description="Its name as people write it, without the legal form; case and marks do not matter."
    )
    domain: str = Field(default="", description="Its registrable domain such as acme.com, of web or business e-mail.")
    account_id: Name = Field(description="Identifier of the account; of a merged account its survivor counts.")

    @field_validator("domain")
    @classmethod
    def _lower(cls, domain: str) -> str:
        return domain.lower()

    @model_validator(mode="after")
    def _name_or_domain(self) -> Self:
        if not self.name and not self.domain:
            message = (
                f"an affiliation with account {self.account_id!r} has neither name nor domain: fill one of the two"
            )
            raise ValueError(message)
        return self


class Emphasis(Section):
    """How much each field's evidence counts: 1 as it is, 0 not at all, 2 twice."""

    domain: float = Field(default=1.0, ge=0, le=5, description="Multiplies what domains say.")
    name: float = Field(default=1.0, ge=0, le=5, description="Multiplies what company names say.")
    phone: float = Field(default=1.0, ge=0, le=5, description="Multiplies what phone numbers say.")
    street: float = Field(default=1.0, ge=0, le=5, description="Multiplies what streets say.")
    postal_code: float = Field(default=1.0, ge=0, le=5, description="Multiplies what postal codes say.")
    city: float = Field(default=1.0, ge=0, le=5, description="Multiplies what cities say.")
    state: float = Field(default=1.0, ge=0, le=5, description="Multiplies what states say.")
    country: float = Field(default=1.0, ge=0, le=5, description="Multiplies what countries say.")


class MatchGate(Section):
    """What matches must be worth by labels: `rightful check` fails below it."""

    file: str = Field(description="File of labels in the plan's folder, such as labels.csv, as `match evaluate` reads.")
    precision: float = Field(default=0.0, ge=0, le=1, description="Least share of matches that are right.")
    recall: float = Field(default=0.0, ge=0, le=1, description="Least share of records with an account that get it.")

    @model_validator(mode="after")
    def _wants_something(self) -> Self:
        if self.precision == self.recall == 0:
            message = "the gate wants nothing: give precision, recall, or both"
            raise ValueError(message)
        return self


class MatchingSection(Section):
    """What people declare about matching leads and contacts to accounts."""

    strong: float = Field(
        default=0.65, gt=0, lt=1, description="An account at least this probable is a match; higher is more careful."
    )
    weak: float = Field(
        default=0.2,
        gt=0,
        lt=1,
        description="From this probability up to `strong` a person should look: no match, but the reason says `review`.",
    )
    domain_only: DomainOnly = Field(
        default=DomainOnly.FALLBACK,
        description="Equal domain while name, phone, street and postal code say nothing for the account: `off` is no match,"
        " `fallback` a match when no other account is one, `always` makes an equal domain a match whatever else differs.",
    )
    filters: tuple[AccountFilter, ...] = Field(
        default=(),
        description="Conditions that an account must meet; accounts that fail stay among the candidates, marked.",
    )
    same_country: bool = Field(
        default=False, description="True: an account in another country than the person's is never matched."
    )
    tie_breakers: tuple[TieBreaker, ...] = Field(
        default=(
            TieBreaker.CUSTOMER,
            TieBreaker.OPEN_OPPORTUNITY,
            TieBreaker.ACTIVE_OWNER,
            TieBreaker.SAME_COUNTRY,
            TieBreaker.NEWEST_ACTIVITY,
            TieBreaker.MOST_CONTACTS,
            TieBreaker.OLDEST,
        ),
        description="What decides between accounts that are equally likely, first to last; then the better evidence, then the"
        " smaller account id.",
    )
    tie_margin: float = Field(
        default=1.0,
        ge=0,
        le=20,
        description="Matches whose evidence is within this many points (natural log-odds) of the best are equally likely.",
    )
    weights: Emphasis = Field(default=Emphasis(), description="How much each field's evidence counts, 1 as it is.")
    trained_weights: MatchingWeights | None = Field(
        default=None,
        description="What each finding is worth: name of the JSON file that `rightful match train` wrote, such as"
        " models/matching_weights.json; the shipped weights where there is none.",
    )
    synonyms: tuple[NameMeaning, ...] = Field(
        default=(),
        description="Names and words that stand for others: former names, brands, abbreviations of your trade.",
    )
    affiliations: tuple[Affiliation, ...] = Field(
        default=(),
        description="Companies that belong to an account without being it, such as `affiliations.csv`: their leads and"
        " contacts are matched to that account.",
    )
    crm_links: Literal["keep", "rematch"] = Field(
        default="keep",
        description="`keep`: a lead or contact that has an account in the CRM keeps it; `rematch`: evidence decides again.",
    )
    manual_links: tuple[Link, ...] = Field(
        default=(), description="Links made by hand, such as `manual_links.csv`: they win over everything else."
    )
    never_match: tuple[Link, ...] = Field(
        default=(), description="Pairs that evidence must never match, such as a namesake."
    )
    candidates: int = Field(
        default=3,
        ge=1,
        le=20,
        description="Candidates kept per lead or contact, with their evidence, for people to see.",
    )

    gate: MatchGate | None = Field(
        default=None, description="What matches must be worth by labels, such as {file: labels.csv, precision: 0.98}."
    )

    @model_validator(mode="after")
    def _weak_below_strong(self) -> Self:
        if self.weak > self.strong:
            message = f"weak is {self.weak}, above strong, which is {self.strong}: weak must not be larger"
            raise ValueError(message)
        return self

    @property
    def spellings(self) -> dict[str, str]:
        """The synonyms as core names are written: lower case, single blanks."""
        return {_core(synonym.name): _core(synonym.means) for synonym in self.synonyms}

    def mistakes(self, plan: RestOfPlan) -> Iterator[Mistake]:
        """Check filters, and names and links that stand twice."""
        fields = filter_fields()
        for account_filter in self.filters:
            try:
                parse_expression(account_filter.when.text, fields, account_filter.when.place, plan.lists)
            except PlanError as error:
                yield from error.mistakes
        yield from _repeated("filters", [account_filter.name for account_filter in self.filters])
        yield from _repeated("tie_breakers", [breaker.value for breaker in self.tie_breakers])
        yield from _repeated("synonyms", [synonym.name for synonym in self.synonyms])
        for key in ("name", "domain"):
            values = [str(getattr(each, key)) for each in self.affiliations]
            yield from _repeated("affiliations", [value for value in values if value])
        yield from _repeated("manual_links", [f"{link.object} {link.record_id}" for link in self.manual_links])
        both = set(self.manual_links) & set(self.never_match)
        for link in sorted(both, key=lambda link: (link.object, link.record_id)):
            yield Mistake(
                place_of(link.record_id, "matching.yaml"),
                f"{link.object} {str(link.record_id)!r} is linked to account {str(link.account_id)!r} and never to match it",
                remedy="keep it in manual_links or in never_match, not in both",
            )


def filter_fields() -> dict[str, RuleKind]:
    """Give the fields of accounts that filters may use: the key and what the stages before matching add."""
    known = {field.name for stage in _STAGES_BEFORE for field in _ACCOUNT.fields_of(stage)}
    return {name: kind for name, kind in rule_fields("accounts").items() if name in known or name == _ACCOUNT.key}


def _core(name: str) -> str:
    return " ".join(name.casefold().split())


def _repeated(key: str, values: list[str]) -> Iterator[Mistake]:
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield Mistake(None, f"matching.{key}: {value!r} stands more than once", remedy="keep one of them")
