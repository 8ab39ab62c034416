"""Accounts as the CRM has them: companies with messy values, some of them twice, most of them with an owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from rightful.sample.dice import Dice, Ints
from rightful.sample.mess import blanked, junked, messy_text, shortened, typed_wrong
from rightful.sample.spellings import (
    days_before,
    write_countries,
    write_employees,
    write_industries,
    write_phones,
    write_postal_codes,
    write_revenue,
    write_websites,
)
from rightful.sample.team import SPECIALTIES, Team

__all__ = ["DUPLICATE_SHARE", "Accounts", "draw_accounts", "product_lines"]

DUPLICATE_SHARE = 0.04
_TYPES = ("Customer", "Prospect", "Partner", "Former Customer", "Competitor")
_TYPE_WEIGHTS = (0.24, 0.64, 0.04, 0.06, 0.02)
_MISSING_PARENT = "A9999999"


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts and what is true of them.

    Attributes:
        written: The columns of ``accounts.csv``.
        facts: A row per account in the same order: ``account_id``, ``company``, ``is_copy``, ``is_customer``, ``owner_id``.
        id_of_company: The first account of each company, by company number.
        duplicates: ``object``, ``record_id``, ``duplicate_of``.
        parents: ``account_id``, ``parent_account_id`` as it truly is, for accounts with a parent.
    """

    written: pl.DataFrame
    facts: pl.DataFrame
    id_of_company: pl.Series
    duplicates: pl.DataFrame
    parents: pl.DataFrame


def draw_accounts(companies: pl.DataFrame, count: int, team: Team, as_of: date, dice: Dice) -> Accounts:
    """Write companies down as accounts, a few of them twice.

    Args:
        companies: The companies, one account each; the remaining accounts repeat some of them.
        count: Accounts in all.
        team: Who owns them.
        as_of: Today, in the sample.
        dice: Chance.
    """
    copies = dice.below(count - len(companies), len(companies))
    order = dice.shuffled(count)
    company = np.concatenate([np.arange(len(companies)), copies])[order]
    is_copy = pl.Series("is_copy", order >= len(companies))
    account_id = pl.Series("account_id", np.arange(1, count + 1)).cast(pl.String).str.zfill(7).str.replace("^", "A")
    known = companies[company]
    first = pl.DataFrame({"company": company, "account_id": account_id}).filter(~is_copy).sort("company")["account_id"]
    kind = dice.child("type").weighted(count, _TYPE_WEIGHTS)
    owner = _owners(known, team, dice.child("owner"))
    facts = pl.DataFrame(
        {
            "account_id": account_id, "company": company, "is_copy": is_copy, "is_customer": kind == 0, "owner_id": owner,
        }
    )  # fmt: skip
    written = pl.DataFrame(
        {
            "account_id": account_id,
            "name": _names(known, is_copy, dice.child("name")),
            **_contact_points(known, dice),
            **_address(known, dice.child("address")),
            "employees": write_employees(known["size"], known["number_style"], dice.child("employees")),
            "annual_revenue": write_revenue(known["revenue_usd"], known, dice.child("revenue")),
            "industry": write_industries(known["industry_number"], dice.child("industry")),
            "account_type": messy_text(pl.Series(_TYPES).gather(kind), dice.child("type case")),
            **_family(known, first, dice.child("family")),
            "product_lines": blanked(product_lines(count, dice.child("products")), 0.45, dice.child("no products")),
            "tags": blanked(
                dice.child("tags").pick(count, ("strategic", "trade show 2025;nurture", "nurture", "webinar")),
                0.85,
                dice,
            ),
            **_dates(count, as_of, dice.child("dates")),
            "owner_id": owner,
        }
    )
    duplicates = facts.filter("is_copy").select(
        pl.lit("account").alias("object"), pl.col("account_id").alias("record_id"), "company"
    )
    duplicates = duplicates.with_columns(first.gather(duplicates["company"]).alias("duplicate_of")).drop("company")
    return Accounts(written, facts, first, duplicates, _true_parents(companies, first))


def _true_parents(companies: pl.DataFrame, first: pl.Series) -> pl.DataFrame:
    children = companies.filter(pl.col("parent").is_not_null())
    return pl.DataFrame(
        {"account_id": first.gather(children["company"]), "parent_account_id": first.gather(children["parent"])}
    ).sort("account_id")


def _names(known: pl.DataFrame, is_copy: pl.Series, dice: Dice) -> pl.Series:
    """Write names; a copy has another spelling, such as no legal form or a typing mistake."""
    name, core = known["name"], known["core"]
    copies = known.filter(is_copy)
    wrong = dice.rework(copies["name"], 1.0, typed_wrong)
    other = dice.mix(
        copies["name"],
        (0.3, copies["core"]),
        (0.25, wrong),
        (0.15, shortened(copies["name"])),
        (0.1, copies["core_latin"]),
    )
    usual = dice.mix(name, (0.05, core)).scatter(is_copy.arg_true(), other)
    return messy_text(usual, dice)


def _contact_points(known: pl.DataFrame, dice: Dice) -> dict[str, pl.Series]:
    phone = write_phones(known, known["phone_line"], dice.child("phone"))
    return {
        "website": blanked(
            junked(write_websites(known["domain"], dice.child("web")), 0.01, dice), 0.13, dice.child("no web")
        ),
        "phone": blanked(junked(phone, 0.01, dice.child("junk phone")), 0.22, dice.child("no phone")),
    }


def _address(known: pl.DataFrame, dice: Dice) -> dict[str, pl.Series]:
    """Write addresses; every fourth says less than it should, and what is missing can often be inferred."""
    also = known["also"].str.split("|").list.first()
    city = dice.mix(known["city"], (0.08, also.zip_with(also.str.len_chars() > 0, known["city"])))
    state = dice.mix(known["state"], (0.4, known["state_name"]))
    state = state.zip_with(state.str.len_chars() > 0, pl.Series([None], dtype=pl.String))
    return {
        "street": blanked(messy_text(known["street"], dice), 0.15, dice),
        "city": blanked(junked(messy_text(city, dice), 0.008, dice), 0.06, dice),
        "state": blanked(state, 0.3, dice),
        "postal_code": write_postal_codes(known, dice),
        "country": write_countries(known, dice),
    }


def _family(known: pl.DataFrame, first: pl.Series, dice: Dice) -> dict[str, pl.Series]:
    """Write who belongs to whom: by id, by company number, by name, or only by similar names and domains.

    Two companies at the top own each other, and one parent does not exist.
    """
    count = len(known)
    parent = known["parent"]
    has_parent = parent.is_not_null()
    above = parent.fill_null(0)
    way = pl.Series(dice.weighted(count, (0.5, 0.22, 0.13, 0.15)))
    names = (
        pl.DataFrame({"company": known["company"], "name": known["name"]})
        .unique("company", keep="first")
        .sort("company")["name"]
    )
    number = _company_numbers(known["company"].to_numpy())
    grandparent = (
        pl.DataFrame({"company": known["company"], "parent": parent})
        .unique("company", keep="first")
        .sort("company")["parent"]
        .gather(above)
    )
    top = grandparent.fill_null(above)
    nothing = pl.Series([None], dtype=pl.String)
    parent_id = first.gather(above).zip_with(has_parent & (way == 0), nothing)
    says_number = has_parent & (way == 1)
    is_owner = known["company"].is_in(parent.drop_nulls().unique().implode())
    return {
        "parent_account_id": _with_flaws(parent_id, known, first),
        "parent_name": names.gather(above).zip_with(has_parent & (way == 2), nothing),
        "company_number": number.zip_with(says_number | is_owner | dice.chance(count, 0.5), nothing),
        "parent_company_number": _company_numbers(above.to_numpy()).zip_with(says_number, nothing),
        "ultimate_company_number": _company_numbers(top.to_numpy()).zip_with(
            says_number & dice.chance(count, 0.6), nothing
        ),
    }


def _with_flaws(parent_id: pl.Series, known: pl.DataFrame, first: pl.Series) -> pl.Series:
    """Let two accounts own each other, and let one name a parent that is not there."""
    parents = known["parent"].drop_nulls().unique()
    tops = (
        known.filter(pl.col("parent").is_null() & pl.col("company").is_in(parents.implode()))["company"].unique().sort()
    )
    loners = (
        known.filter(pl.col("parent").is_null() & ~pl.col("company").is_in(parents.implode()))["company"]
        .unique()
        .sort()
    )
    flaws = {} if len(loners) == 0 else {int(loners[0]): _MISSING_PARENT}
    if len(tops) > 1:
        flaws |= {int(tops[0]): first[int(tops[1])], int(tops[1]): first[int(tops[0])]}
    place = known["company"].is_in(list(flaws)).arg_true()
    values = pl.Series([flaws[company] for company in known["company"].gather(place)], dtype=pl.String)
    return parent_id.clone().scatter(place, values) if len(place) else parent_id


def _company_numbers(company: Ints) -> pl.Series:
    """Give companies the nine digits by which data providers know them."""
    return pl.Series(100_000_000 + company * 739_391 % 899_999_981).cast(pl.String)


def product_lines(count: int, dice: Dice) -> pl.Series:
    """Draw product lines, several joined by ``;``."""
    one, two = SPECIALTIES
    return dice.pick(
        count, ("Platform", "Platform", one, two, f"Platform;{one}", f"{two};Platform", f"Platform;{one};{two}")
    )


def _dates(count: int, as_of: date, dice: Dice) -> dict[str, pl.Series]:
    created = 1 + dice.below(count, 2_400)
    active = dice.below(count, np.minimum(created, 500))
    return {
        "created_on": days_before(as_of, created),
        "last_activity_on": blanked(days_before(as_of, active), 0.2, dice),
    }


def _owners(known: pl.DataFrame, team: Team, dice: Dice) -> pl.Series:
    """Give each account the owner that a CRM would have: usually the right one, sometimes one from years ago."""
    count = len(known)
    cells = list(team.executives)
    reps = [rep for cell in cells for rep, _ in team.executives[cell]]
    limits = np.array([len(team.executives[cell]) for cell in cells])
    first = np.cumsum([0, *limits])[:-1]
    number_of = pl.Series([cell.territory for cell in cells])
    wanted = (known["region"] + "." + known["segment"]).replace_strict(
        number_of, pl.Series(np.arange(len(cells))), return_dtype=pl.Int64
    )
    number = wanted.to_numpy()
    right = pl.Series(reps).gather(first[number] + dice.below(count, limits[number]))
    usual = dice.mix(
        right, (0.1, dice.pick(count, reps)), (0.01, pl.Series([team.inactive]).gather(np.zeros(count, dtype=np.int64)))
    )
    return blanked(usual, 0.06, dice)
