from __future__ import annotations

import polars as pl
import pytest

from rightful.sample.book import SampleBook


def test_sizes_are_as_asked_for(small_book: SampleBook) -> None:
    assert len(small_book.tables["accounts"]) == 2_000
    assert len(small_book.tables["contacts"]) == 4_000
    assert len(small_book.tables["leads"]) == 600
    assert len(small_book.tables["reps"]) == 40
    assert all(len(table) > 0 for table in small_book.tables.values())


@pytest.mark.parametrize(
    ("table", "column", "referred", "key"),
    [
        ("accounts", "owner_id", "reps", "rep_id"),
        ("contacts", "Associated Company IDs", "accounts", "account_id"),
        ("contacts", "Contact owner", "reps", "rep_id"),
        ("leads", "OwnerId", "reps", "rep_id"),
        ("leads", "ConvertedAccountId", "accounts", "account_id"),
        ("opportunities", "account_id", "accounts", "account_id"),
        ("orders", "opportunity_id", "opportunities", "opportunity_id"),
        ("tasks", "lead_id", "leads", "Id"),
        ("tasks", "contact_id", "contacts", "Record ID"),
        ("activities", "lead_id", "leads", "Id"),
        ("activities", "contact_id", "contacts", "Record ID"),
        ("buying_centers", "account_id", "accounts", "account_id"),
        ("absences", "rep_id", "reps", "rep_id"),
        ("absences", "cover_rep_id", "reps", "rep_id"),
    ],
)
def test_references_exist(small_book: SampleBook, table: str, column: str, referred: str, key: str) -> None:
    values = small_book.tables[table][column].drop_nulls()
    assert len(values)
    assert values.is_in(small_book.tables[referred][key].implode()).all()


def test_keys_are_unique(small_book: SampleBook) -> None:
    for name, table in small_book.tables.items():
        assert table.to_series(0).is_unique().all(), name


def test_one_parent_is_missing_and_two_accounts_own_each_other(small_book: SampleBook) -> None:
    accounts = small_book.tables["accounts"].select("account_id", "parent_account_id").drop_nulls()
    assert (
        accounts.filter(
            ~pl.col("parent_account_id").is_in(small_book.tables["accounts"]["account_id"].implode())
        ).height
        == 1
    )
    parent = dict(accounts.iter_rows())
    assert sum(parent.get(above) == account for account, above in parent.items()) == 2


def test_families_show_in_every_way(small_book: SampleBook) -> None:
    shown = small_book.tables["accounts"].select(
        "parent_account_id", "parent_name", "parent_company_number", "ultimate_company_number"
    )
    assert min(shown.count().row(0)) > 5


def test_somebody_who_has_left_owns_accounts(small_book: SampleBook) -> None:
    assert (small_book.tables["accounts"]["owner_id"] == small_book.team.inactive).any()


def test_the_truth_about_leads(small_book: SampleBook) -> None:
    truth = small_book.truth["lead_matches"]
    assert len(truth) == 600
    share = truth["account_id"].is_not_null().mean()
    assert 0.55 < share < 0.65
    assert truth["account_id"].drop_nulls().is_in(small_book.tables["accounts"]["account_id"].implode()).all()


def test_leads_of_an_account_show_it(small_book: SampleBook) -> None:
    leads = small_book.tables["leads"].with_columns(small_book.truth["lead_matches"]["account_id"])
    known = leads.join(small_book.tables["accounts"].select("account_id", "website"), on="account_id").drop_nulls(
        ["Email", "website"]
    )
    domain = known["Email"].str.to_lowercase().str.extract(r"@(?:mail\.)?([a-z0-9.-]+)$")
    is_same = pl.select(
        known["website"].str.to_lowercase().str.contains(domain.fill_null("?"), literal=True)
    ).to_series()
    assert 0.55 < is_same.mean() < 0.9


def test_the_truth_about_duplicates(small_book: SampleBook) -> None:
    truth = small_book.truth["duplicates"]
    for name, count, keys in (("account", 2_000, "account_id"), ("contact", 4_000, "Record ID"), ("lead", 600, "Id")):
        mine = truth.filter(pl.col("object") == name)
        table = {"account": "accounts", "contact": "contacts", "lead": "leads"}[name]
        assert 0.03 < len(mine) / count < 0.05
        assert mine["record_id"].is_in(small_book.tables[table][keys].implode()).all()
        assert mine["duplicate_of"].is_in(small_book.tables[table][keys].implode()).all()
        assert not mine["duplicate_of"].is_in(mine["record_id"].implode()).any(), "an original is itself a copy"


def test_activities_lie_in_the_last_half_year(small_book: SampleBook) -> None:
    instants = small_book.tables["activities"]["occurred_at"]
    assert instants.min() >= "2026-01-01"
    assert instants.max() < "2026-06-30T00:00:00Z"


def test_rows_come_in_one_notation_of_dates_per_file(small_book: SampleBook) -> None:
    notations = {
        ("accounts", "created_on"): r"^\d{4}-\d\d-\d\d$",
        ("opportunities", "close_on"): r"^\d\d/\d\d/\d{4}$",
        ("orders", "ordered_on"): r"^\d\d\.\d\d\.\d{4}$",
        ("tasks", "due_on"): r"^\d{4}/\d\d/\d\d$",
    }
    for (table, column), notation in notations.items():
        usual = small_book.tables[table][column].drop_nulls().str.contains(notation)
        assert (~usual).sum() <= 3, "only the rarities are written otherwise"
