"""The sample book as a whole: every table, the truth behind it, and a few broken rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from rightful.sample.accounts import DUPLICATE_SHARE, Accounts, draw_accounts
from rightful.sample.companies import draw_companies
from rightful.sample.contacts import Contacts, draw_contacts
from rightful.sample.dice import Dice
from rightful.sample.leads import Leads, draw_leads, strangers_of
from rightful.sample.rarities import with_rarities
from rightful.sample.team import Team, draw_team
from rightful.sample.work import (
    draw_activities,
    draw_buying_centers,
    draw_opportunities,
    draw_orders,
    draw_tasks,
)

__all__ = ["BROKEN", "SampleBook", "Size", "draw_book", "write_book"]

BROKEN: dict[str, tuple[str, ...]] = {
    "accounts": (
        "{first},Quartz Duplicate Inc.,www.quartzduplicate.com,,,,,,US,,,,Prospect,,,,,,,,2025-02-01,,\n",  # the key is there already
        (
            "A9000001,Ragged Row Ltd,www.raggedrow.co.uk,020 79460000,1 High Street,London,England,EC1A 1AA,United Kingdom,12,,Software,"
            "Prospect,,,,,,Platform,,2025-03-01,2025-04-01,R00006,one cell,too many\n"
        ),
        ",No Key GmbH,www.nokey.de,089 2123456,Hauptstraße 1,München,Bayern,80331,Deutschland,40,,Maschinenbau,Prospect,,,,,,,,2025-01-01,,\n",
    ),
    "leads": (
        "{first},Jane,Twice,Same Key Corp.,CFO,jane.twice@samekey.com,,,,,,,US,,,,Web,Open - Not Contacted,,false,,,2026-05-05T10:00:00.000Z\n",
        "00Q5g0009000001,Short,Row\n",
    ),
    "buying_centers": ("B9000001,Nul\x00 byte,Analytics,,Finance,A0000001,\n",),
}
"""Rows that cannot be read, by table: they belong in quarantine. ``{first}`` is the key of the table's first record."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the sample is, and what it depends on: the same values give the same bytes."""

    accounts: int
    leads: int
    reps: int
    seed: int
    as_of: date


@dataclass(frozen=True, slots=True)
class SampleBook:
    """The sample book.

    Attributes:
        tables: The rows of each file of the book, by table.
        truth: What is true, by file of ``truth/``.
        team: The sales team.
        accounts: The accounts with what is true of them.
        companies: The companies behind the accounts.
    """

    tables: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]
    team: Team
    accounts: Accounts
    companies: pl.DataFrame


def draw_book(size: Size) -> SampleBook:
    """Compose the whole book."""
    dice = Dice(size.seed, "sample")
    with_account = round(size.accounts / (1 + DUPLICATE_SHARE))
    companies = draw_companies(with_account, strangers_of(size.leads), dice.child("companies"))
    team = draw_team(size.reps, size.as_of, dice.child("team"))
    inside = companies.head(with_account)
    accounts = draw_accounts(inside, size.accounts, team, size.as_of, dice.child("accounts"))
    contacts = draw_contacts(inside, accounts, size.as_of, dice.child("contacts"))
    leads = draw_leads(companies, accounts, size.leads, team, size.as_of, dice.child("leads"))
    opportunities = draw_opportunities(accounts, size.as_of, dice.child("opportunities"))
    tables = {
        "accounts": with_rarities("accounts", accounts.written, accounts.duplicates, dice.child("rare accounts")),
        "contacts": contacts.written,
        "leads": with_rarities("leads", leads.written, leads.duplicates, dice.child("rare leads")),
        "buying_centers": draw_buying_centers(inside, accounts, dice.child("buying centers")),
        "opportunities": opportunities,
        "orders": draw_orders(opportunities, dice.child("orders")),
        "tasks": draw_tasks(accounts, leads, contacts, opportunities, size.as_of, dice.child("tasks")),
        "activities": draw_activities(leads, contacts, size.as_of, dice.child("activities")),
        "reps": team.table(),
        "absences": _draw_absences(team, size.as_of, dice.child("absences")),
    }
    return SampleBook(tables, _truth(accounts, contacts, leads), team, accounts, inside)


def _truth(accounts: Accounts, contacts: Contacts, leads: Leads) -> dict[str, pl.DataFrame]:
    """Tell what is true: whom each person works for, which records are one, who owns whom."""
    return {
        "lead_matches": leads.facts.select("lead_id", "account_id"),
        "contact_matches": contacts.facts.select("contact_id", "account_id"),
        "duplicates": pl.concat([accounts.duplicates, contacts.duplicates, leads.duplicates]),
        "parents": accounts.parents,
    }


def _draw_absences(team: Team, as_of: date, dice: Dice) -> pl.DataFrame:
    """Let one rep in eight be away at some time around today, some with a stand-in, and one on a long leave."""
    away, stand_in = team.on_leave
    sellers = [rep for rep in team.reps if rep.role != "sales_manager" and rep.rep_id not in {away, team.inactive}]
    chosen = [sellers[int(place)] for place in np.sort(dice.shuffled(len(sellers))[: max(2, len(sellers) // 8)])]
    rows = [(away, -20, 100, stand_in, "Parental leave")]
    for number, rep in enumerate(chosen):
        colleagues = [each.rep_id for each in sellers if each.team == rep.team and each.rep_id != rep.rep_id]
        start = -2 if number % 3 == 0 else int(dice.below(1, 30)[0])
        kind = "Sick leave" if number % 5 == 4 else "Vacation"
        rows.append(
            (
                rep.rep_id,
                start,
                start + 4 + 5 * (number % 3),
                colleagues[0] if colleagues and number % 2 == 0 else "",
                kind,
            )
        )
    return pl.DataFrame(
        [
            (
                f"X{number:05d}",
                rep,
                str(as_of + timedelta(days=start)),
                str(as_of + timedelta(days=end)),
                cover or None,
                kind,
            )
            for number, (rep, start, end, cover, kind) in enumerate(rows, start=1)
        ],
        schema=["absence_id", "rep_id", "starts_at", "ends_at", "cover_rep_id", "absence_type"],
        orient="row",
    )


def write_book(book: SampleBook, folder: Path) -> None:
    """Write the book and the truth as CSV; contacts begin with a byte order mark, orders have semicolons, as exports do."""
    (folder / "book").mkdir(parents=True)
    (folder / "truth").mkdir()
    for name, table in book.tables.items():
        path = folder / "book" / f"{name}.csv"
        table.write_csv(path, include_bom=name == "contacts", separator=";" if name == "orders" else ",")
        broken = "".join(BROKEN.get(name, ())).replace("{first}", str(table.item(0, 0)))
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(broken)
    for name, table in book.truth.items():
        table.write_csv(folder / "truth" / f"{name}.csv")
