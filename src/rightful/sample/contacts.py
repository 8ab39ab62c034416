"""Contacts as a HubSpot export has them: about two people per account, most of them linked to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from rightful.sample.accounts import DUPLICATE_SHARE, Accounts
from rightful.sample.dice import Dice, Ints
from rightful.sample.mess import blanked, junked, messy_text, shortened
from rightful.sample.people import draw_people, write_emails
from rightful.sample.spellings import instants_before, write_countries, write_phones, write_postal_codes

__all__ = ["CONTACTS_PER_ACCOUNT", "Contacts", "copies", "draw_contacts", "draw_lines", "repeated"]

CONTACTS_PER_ACCOUNT = 2
_LINKED_SHARE = 0.85
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts and what is true of them.

    Attributes:
        written: The columns of ``contacts.csv``.
        facts: A row per contact in the same order: ``contact_id``, ``account_id`` as it truly is, ``owner_id``.
        duplicates: ``object``, ``record_id``, ``duplicate_of``.
    """

    written: pl.DataFrame
    facts: pl.DataFrame
    duplicates: pl.DataFrame


def draw_contacts(companies: pl.DataFrame, accounts: Accounts, as_of: date, dice: Dice) -> Contacts:
    """Draw the people of the accounts.

    Args:
        companies: The companies behind the accounts.
        accounts: The accounts.
        as_of: Today, in the sample.
        dice: Chance.
    """
    count = CONTACTS_PER_ACCOUNT * len(accounts.facts)
    originals = round(count / (1 + DUPLICATE_SHARE))
    row = dice.weighted(originals, 1 + np.log(companies["size"].gather(accounts.facts["company"]).to_numpy()))
    first, place = repeated(count, originals, dice)
    known = companies[accounts.facts["company"].to_numpy()[row]]
    people = draw_people(known["language"], dice.child("people"))
    email = write_emails(people, known["domain"], dice.child("email"))
    line = draw_lines(known, dice.child("line"))
    known, people, email, line = known[place], people[place], email.gather(place), line.gather(place)
    account_id = accounts.facts["account_id"].gather(row[place])
    is_linked = dice.chance(count, _LINKED_SHARE)
    contact_id = pl.Series(np.arange(count) + 301_000_001).cast(pl.String)
    owner = blanked(accounts.facts["owner_id"].gather(row[place]), 0.1, dice.child("owner"))
    is_copy = pl.Series(first >= 0)
    seconds = 60 + dice.below(count, 900 * _SECONDS_PER_DAY)
    written = pl.DataFrame(
        {
            "Record ID": contact_id,
            "First Name": messy_text(people["given"], dice.child("given")),
            "Last Name": messy_text(people["family"], dice.child("family")),
            "Email": dice.mix(email, (0.05, email.str.to_uppercase())).zip_with(~is_copy, email),
            "Phone Number": blanked(write_phones(known, line, dice.child("phone")), 0.4, dice.child("no phone")),
            "Job Title": blanked(junked(messy_text(people["title"], dice), 0.01, dice), 0.08, dice),
            "Company Name": _company_names(known, is_linked, dice.child("company")),
            "Street Address": blanked(known["street"], 0.6, dice),
            "City": blanked(messy_text(known["city"], dice), 0.3, dice),
            "State/Region": blanked(known["state_name"].replace("", None), 0.5, dice),
            "Postal Code": blanked(write_postal_codes(known, dice), 0.4, dice),
            "Country/Region": blanked(write_countries(known, dice), 0.2, dice),
            "Associated Company IDs": account_id.zip_with(is_linked, pl.Series([None], dtype=pl.String)),
            "Contact owner": owner,
            "Create Date": instants_before(as_of, seconds, "%Y-%m-%d %H:%M"),
        }
    )  # fmt: skip
    facts = pl.DataFrame(
        {"contact_id": contact_id, "account_id": account_id, "owner_id": owner, "age_seconds": seconds}
    )
    return Contacts(written, facts, copies("contact", contact_id, first))


def _company_names(known: pl.DataFrame, is_linked: pl.Series, dice: Dice) -> pl.Series:
    """Write the company's name; only contacts with an account may lack it."""
    written = dice.mix(known["name"], (0.3, known["core"]), (0.1, shortened(known["core"])))
    return blanked(written, 0.15, dice).zip_with(is_linked, known["name"])


def draw_lines(known: pl.DataFrame, dice: Dice) -> pl.Series:
    """Give people a number in their company's city; a fifth have only the company's main line."""
    tail = pl.Series(dice.below(len(known), 100)).cast(pl.String).str.zfill(2)
    return dice.mix(known["phone_line"].str.head(-2) + tail, (0.2, known["phone_line"]))


def repeated(count: int, originals: int, dice: Dice) -> tuple[Ints, Ints]:
    """Say which rows repeat an earlier one.

    Returns:
        For each row the row that it repeats, -1 for none; and for each row which original it shows.
    """
    order = dice.shuffled(count)
    source = np.concatenate([np.arange(originals), dice.below(count - originals, originals)])[order]
    is_copy = order >= originals
    row_of = np.zeros(originals, dtype=np.int64)
    row_of[source[~is_copy]] = np.flatnonzero(~is_copy)
    return np.where(is_copy, row_of[source], -1), source


def copies(name: str, key: pl.Series, first: Ints) -> pl.DataFrame:
    """Tell the truth about repeated rows: which record repeats which."""
    place = np.flatnonzero(first >= 0)
    return pl.DataFrame({"record_id": key.gather(place), "duplicate_of": key.gather(first[place])}).select(
        pl.lit(name).alias("object"), "record_id", "duplicate_of"
    )
