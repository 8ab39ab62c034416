"""What the sample promises: every kind of record, relation and disorder that the stages are for."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest

from rightful.connectors import read_book
from rightful.crm import OBJECT_OF_TABLE, raw
from rightful.plan import load_plan
from rightful.sample import write_sample
from rightful.sample.book import SampleBook
from rightful.sample.words import rows
from rightful.stages.quality.reasons import REASONS
from rightful.stages.quality.settings import habits_of, settings_for
from rightful.stages.quality.stage import clean_chunk

# What cleaning alone does not say (merging, references and allow-lists do), and finer points of reading that have tests of their own.
NOT_SHOWN = frozenset(
    {
        *("merged", "merged_with", "taken_from", "points_nowhere", "kept", "kept_blank", "range_parsed"),
        *("junk", "no_letters", "name_split", "country_or_state", "comma_as_thousands"),
        *("locale_decided", "currency_unknown", "serial_read", "misspelt", "shared_host"),
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Clean every table of a sample, each by itself."""
    folder = tmp_path_factory.mktemp("promises") / "acme"
    write_sample(folder, accounts=1_500, leads=500, reps=20)
    plan = load_plan(folder)
    found = {}
    for name, table in read_book(plan).tables.items():
        fields = OBJECT_OF_TABLE[name].source_fields
        habits = {each.name: habits_of(each, table[raw(each.name)].unique().to_pylist()) for each in fields}
        result = pl.from_arrow(pa.table(clean_chunk(table, settings_for(name, plan, habits))))
        assert isinstance(result, pl.DataFrame)
        found[name] = result
    return found


def codes_in(cleaned: dict[str, pl.DataFrame]) -> set[str]:
    notes = [note for table in cleaned.values() for note in table["quality_reason"].drop_nulls()]
    return {part.partition("=")[2] for note in notes for part in note.split("; ")}


def test_every_kind_of_disorder_that_cleaning_knows_is_in_the_book(cleaned: dict[str, pl.DataFrame]) -> None:
    assert set(REASONS) - codes_in(cleaned) - NOT_SHOWN == set()


@pytest.mark.parametrize("reason", sorted({row["reason"] for row in rows("rarities")}))
def test_every_rarity_is_read_as_what_it_is(reason: str, cleaned: dict[str, pl.DataFrame]) -> None:
    assert reason in codes_in(cleaned)


def test_accounts_lie_in_many_countries_and_write_many_languages(small_book: SampleBook) -> None:
    assert small_book.companies["country"].n_unique() >= 20
    assert small_book.companies["language"].n_unique() >= 10
    for script in (r"\p{Han}", r"\p{Cyrillic}", r"[äöüß]", r"[éèç]"):
        assert small_book.tables["accounts"]["name"].str.contains(script).any(), script


def test_families_are_three_levels_deep(small_book: SampleBook) -> None:
    parent = dict(small_book.truth["parents"].iter_rows())
    assert any(parent.get(parent[account]) for account in parent)
    assert not any(parent.get(parent.get(parent[account], "")) for account in parent)


def test_some_leads_belong_to_an_account_and_some_do_not(small_book: SampleBook) -> None:
    belongs = small_book.truth["lead_matches"]["account_id"]
    assert 0 < belongs.null_count() < belongs.len()


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("opportunities", "stage", ["Closed Won", "Closed Lost"]),
        ("tasks", "status", ["Completed", "Not Started"]),
        ("reps", "role", ["account_executive", "sales_development_rep", "sales_manager"]),
        ("reps", "is_active", ["true", "false"]),
        ("absences", "absence_type", ["Vacation", "Parental leave"]),
    ],
)
def test_work_and_reps_are_of_every_kind(table: str, column: str, values: list[str], small_book: SampleBook) -> None:
    assert set(values) <= set(small_book.tables[table][column].drop_nulls())


def test_some_opportunities_are_open_and_orders_are_of_those_that_were_won(small_book: SampleBook) -> None:
    stage = dict(small_book.tables["opportunities"].select("opportunity_id", "stage").iter_rows())
    assert any(not name.startswith("Closed") for name in stage.values())
    assert {stage[key] for key in small_book.tables["orders"]["opportunity_id"]} == {"Closed Won"}


def test_tasks_are_about_every_kind_of_record(small_book: SampleBook) -> None:
    about = ("lead_id", "contact_id", "opportunity_id", "account_id")
    assert min(small_book.tables["tasks"].select(about).count().row(0)) > 0


def test_reps_are_in_teams_and_have_capacities(small_book: SampleBook) -> None:
    reps = small_book.tables["reps"]
    assert reps["team"].n_unique() > 5
    assert reps["capacity"].drop_nulls().len() > 0
    assert reps["working_hours"].drop_nulls().n_unique() > 1
