"""Leads as a Salesforce export has them; more than half belong to an account, which their data shows well or badly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from rightful.sample.accounts import DUPLICATE_SHARE, Accounts
from rightful.sample.contacts import copies, draw_lines, repeated
from rightful.sample.dice import Dice, Ints
from rightful.sample.mess import blanked, junked, messy_text, misspelled, shortened
from rightful.sample.people import draw_people, write_emails
from rightful.sample.spellings import (
    instants_before,
    write_countries,
    write_employees,
    write_industries,
    write_phones,
    write_postal_codes,
    write_revenue,
    write_websites,
)
from rightful.sample.team import SPECIALTIES, Team

__all__ = ["Leads", "draw_leads", "strangers_of"]

_BELONGING_SHARE = 0.6
_SECONDS_PER_DAY = 86_400
_SOURCES = ("Web", "Web", "Trade Show", "Webinar", "Content Download", "Partner Referral", "Purchased List", "Demo Request", "Chat")  # fmt: skip
_STATUSES = (
    "Open - Not Contacted",
    "Open - Not Contacted",
    "Working - Contacted",
    "Nurturing",
    "Closed - Not Converted",
)
_NO_COMPANY = ("n/a", "self", "Self Employed", "Student", "-", "test", "asdf", "Freelance", "private")


@dataclass(frozen=True, slots=True)
class Leads:
    """The leads and what is true of them.

    Attributes:
        written: The columns of ``leads.csv``.
        facts: A row per lead in the same order: ``lead_id``, ``account_id`` as it truly is, ``owner_id``, ``age_seconds``.
        duplicates: ``object``, ``record_id``, ``duplicate_of``.
    """

    written: pl.DataFrame
    facts: pl.DataFrame
    duplicates: pl.DataFrame


def strangers_of(leads: int) -> int:
    """Say how many companies without an account so many leads need."""
    return max(1, round(leads * (1 - _BELONGING_SHARE)))


def draw_leads(companies: pl.DataFrame, accounts: Accounts, count: int, team: Team, as_of: date, dice: Dice) -> Leads:
    """Draw leads.

    Args:
        companies: The companies behind the accounts, then those that have none.
        accounts: The accounts.
        count: How many.
        team: Development reps own some leads already.
        as_of: Today, in the sample.
        dice: Chance.
    """
    originals = round(count / (1 + DUPLICATE_SHARE))
    first, place = repeated(count, originals, dice)
    company = _companies_of(companies, len(accounts.id_of_company), originals, dice.child("company"))[place]
    known = companies[company]
    belongs = pl.Series(company < len(accounts.id_of_company))
    nothing = pl.Series([None], dtype=pl.String)
    account_id = accounts.id_of_company.gather(np.minimum(company, len(accounts.id_of_company) - 1)).zip_with(
        belongs, nothing
    )
    people, email, line = _people_of(companies, company, place, dice)
    lead_id = pl.Series(np.arange(1, count + 1)).cast(pl.String).str.zfill(7).str.replace("^", "00Q5g000")
    owner = blanked(dice.pick(count, [rep for pool in team.pools.values() for rep in pool]), 0.55, dice.child("owner"))
    converted = dice.chance(count, 0.03) & belongs
    seconds = 60 + (dice.uniform(count) ** 2 * 180 * _SECONDS_PER_DAY).astype(np.int64)
    written = pl.DataFrame(
        {
            "Id": lead_id,
            "FirstName": blanked(messy_text(people["given"], dice), 0.04, dice),
            "LastName": messy_text(people["family"], dice),
            "Company": _company_names(known, dice.child("name")),
            "Title": blanked(junked(messy_text(people["title"], dice), 0.015, dice), 0.12, dice),
            "Email": email,
            "Phone": blanked(junked(write_phones(known, line, dice.child("phone")), 0.015, dice), 0.4, dice),
            "Website": blanked(write_websites(known["domain"], dice.child("web")), 0.72, dice),
            "Street": blanked(messy_text(known["street"], dice), 0.7, dice),
            "City": blanked(messy_text(known["city"], dice), 0.4, dice),
            "State": blanked(dice.mix(known["state"], (0.4, known["state_name"])).replace("", None), 0.5, dice),
            "PostalCode": blanked(write_postal_codes(known, dice.child("postal")), 0.45, dice),
            "Country": blanked(write_countries(known, dice.child("country")), 0.2, dice),
            "NumberOfEmployees": blanked(write_employees(known["size"], known["number_style"], dice.child("size")), 0.4, dice),
            "AnnualRevenue": blanked(write_revenue(known["revenue_usd"], known, dice.child("revenue")), 0.5, dice),
            "Industry": blanked(write_industries(known["industry_number"], dice.child("industry")), 0.4, dice),
            "LeadSource": blanked(dice.pick(count, _SOURCES), 0.05, dice),
            "Status": dice.pick(count, _STATUSES),
            "Product_Interest__c": blanked(dice.pick(count, ("Platform", *SPECIALTIES)), 0.4, dice),
            "IsConverted": pl.Series(["false"]).gather(np.zeros(count, dtype=np.int64)).zip_with(~converted, pl.Series(["true"])),
            "ConvertedAccountId": account_id.zip_with(converted, nothing),
            "OwnerId": owner,
            "CreatedDate": instants_before(as_of, seconds, "%Y-%m-%dT%H:%M:%S.000Z"),
        }
    )  # fmt: skip
    facts = pl.DataFrame({"lead_id": lead_id, "account_id": account_id, "owner_id": owner, "age_seconds": seconds})
    return Leads(written, facts, copies("lead", lead_id, first))


def _companies_of(companies: pl.DataFrame, with_account: int, count: int, dice: Dice) -> Ints:
    """Choose the companies that leads come from; larger ones send more."""
    size = companies["size"].to_numpy()
    inside = dice.weighted(count, size[:with_account] ** 0.3)
    outside = with_account + dice.below(count, len(companies) - with_account)
    return np.where(dice.shuffled(count) < round(count * _BELONGING_SHARE), inside, outside)


def _people_of(
    companies: pl.DataFrame, company: Ints, place: Ints, dice: Dice
) -> tuple[pl.DataFrame, pl.Series, pl.Series]:
    """Draw the person behind each lead; a repeated lead is the same person, with the same address."""
    first = np.unique(place, return_index=True)[1]
    known = companies[company[first]]
    people = draw_people(known["language"], dice.child("people"))
    email = write_emails(people, known["domain"], dice.child("email"), free_share=0.2)
    line = draw_lines(known, dice.child("line"))
    return people[place], email.gather(place), line.gather(place)


def _company_names(known: pl.DataFrame, dice: Dice) -> pl.Series:
    """Write company names as people type them into forms."""
    name, core = known["name"], known["core"]
    label = known["domain"].str.split(".").list.first()
    initials = known["core_latin"].str.replace_all(r"([A-Za-z])[A-Za-z]*[^A-Za-z]*", "${1}").str.to_uppercase()
    written = dice.mix(
        name,
        (0.3, core),
        (0.08, known["core_latin"]),
        (0.06, shortened(core)),
        (0.05, known["brand"]),
        (0.04, label),
        (0.02, initials.zip_with(initials.str.len_chars() > 2, core)),
        (0.03, core + " " + known["city"]),
        (0.02, dice.pick(len(known), _NO_COMPANY)),
    )
    return blanked(messy_text(misspelled(written, 0.08, dice), dice), 0.03, dice)
