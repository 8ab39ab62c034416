"""What people of the sample have decided: named accounts, pins, corrections, parents, links."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from rightful.sample.book import SampleBook
from rightful.sample.territories import Row

__all__ = ["corrections", "manual_links", "named_accounts", "never_match", "parents", "pins", "strategic_domains"]

_STRATEGIC_ACCOUNTS = 8
_STRATEGIC_DOMAINS = 12


def _largest(book: SampleBook) -> pl.DataFrame:
    """Give the largest companies at the top of their family, each with the id of its account."""
    tops = book.companies.filter(pl.col("parent").is_null()).sort("size", "company", descending=[True, False])
    chosen = tops.head(_STRATEGIC_ACCOUNTS + _STRATEGIC_DOMAINS)
    return chosen.with_columns(book.accounts.id_of_company.gather(chosen["company"]).alias("account_id"))


def named_accounts(book: SampleBook) -> list[Row]:
    """Name the largest companies, some by id and some by domain."""
    by_id = _largest(book).head(_STRATEGIC_ACCOUNTS - 2)
    by_domain = _largest(book)[_STRATEGIC_ACCOUNTS - 2 : _STRATEGIC_ACCOUNTS]
    reasons = ("global account program", "board sponsor", "strategic since last year")
    return [
        {
            "account_id": row.get("account_id", ""),
            "domain": row.get("domain", ""),
            "layer": "geography",
            "territory": "strategic",
            "reason": reasons[number % 3],
        }
        for number, row in enumerate([*by_id.select("account_id").to_dicts(), *by_domain.select("domain").to_dicts()])
    ]


def strategic_domains(book: SampleBook) -> list[Row]:
    """List the domains of the next largest companies."""
    return [
        {"domain": row["domain"], "company": row["name"]}
        for row in _largest(book).tail(_STRATEGIC_DOMAINS).iter_rows(named=True)
    ]


def pins(book: SampleBook, as_of: date) -> list[Row]:
    """Pin some customers, an opportunity that is about to close, and a buying center; one pin has ended."""
    is_kept = pl.col("owner_id").is_not_null() & (pl.col("owner_id") != book.team.inactive)
    customers = book.accounts.facts.filter(is_kept & ~pl.col("is_copy") & pl.col("is_customer")).head(5)
    closing = book.tables["opportunities"].filter(is_kept & pl.col("stage").str.starts_with("Negotiation")).head(1)
    centers = book.tables["buying_centers"].filter(is_kept).head(1)
    renewing, knows = ("renewal", "renewal in negotiation"), ("relationship", "knows the customer for years")
    rows = [
        (
            "account",
            account,
            "account_executive",
            owner,
            *(renewing if number % 2 else knows),
            (90, 180, -5)[number % 3],
        )
        for number, (account, owner) in enumerate(customers.select("account_id", "owner_id").iter_rows())
    ]
    rows += [
        ("opportunity", record, "", owner, "closing", "about to close", 31)
        for record, owner in closing.select("opportunity_id", "owner_id").iter_rows()
    ]
    rows += [
        ("buying center", record, "", owner, *knows, 365)
        for record, owner in centers.select("buying_center_id", "owner_id").iter_rows()
    ]
    names = ("object", "record_id", "role", "rep_id", "pin_class", "reason")
    return [
        dict(zip(names, row[:-1], strict=True))
        | {"pinned_by": "head of sales", "ends_on": as_of + timedelta(days=row[-1])}
        for row in rows
    ]


def corrections(book: SampleBook) -> list[Row]:
    """Put two values right, and empty a third."""
    known = book.companies.with_columns(
        book.accounts.id_of_company.gather(book.companies["company"]).alias("account_id")
    )
    by = "sales operations"
    return [
        {
            "table": "accounts",
            "record_id": known["account_id"][3],
            "field": "employees",
            "value": str(known["size"][3]),
            "by": by,
        },
        {
            "table": "accounts",
            "record_id": known["account_id"][5],
            "field": "country",
            "value": known["country"][5],
            "by": by,
        },
        {"table": "leads", "record_id": book.tables["leads"]["Id"][7], "field": "website", "value": "", "by": by},
    ]


def parents(book: SampleBook) -> list[Row]:
    """Decide two parents: one company is told the parent it truly has, another that it has none."""
    true, free = book.truth["parents"], _largest(book)["account_id"][0]
    row = true.filter(pl.col("account_id") != free).row(0, named=True)
    return [
        {
            "account_id": row["account_id"],
            "parent_id": row["parent_account_id"],
            "reason": "annual report",
            "by": "sales operations",
        },
        {"account_id": free, "parent_id": "none", "reason": "spun off", "by": "sales operations"},
    ]


def manual_links(book: SampleBook) -> list[Row]:
    """Link two leads with their accounts by hand."""
    leads = book.truth["lead_matches"].filter(pl.col("account_id").is_not_null())
    return [{"object": "lead", "record_id": lead, "account_id": account} for lead, account in leads.head(2).iter_rows()]


def never_match(book: SampleBook) -> list[Row]:
    """Forbid a pair that only looks right."""
    leads = book.truth["lead_matches"]
    strangers = leads.filter(pl.col("account_id").is_null())
    return [{"object": "lead", "record_id": strangers["lead_id"][0], "account_id": leads["account_id"].drop_nulls()[5]}]
