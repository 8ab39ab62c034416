"""The whole job on real input: every row accounted for, every record placed, no nonsense."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from rightful.crm import OBJECTS
from rightful.plan import load_plan
from rightful.runs.pipeline import run_plan
from rightful.runs.run import Run
from rightful.runs.why import explain

pytestmark = pytest.mark.real

BOOKS = Path(__file__).parent / "books"


def run_book(name: str, real_data: Path, folder: Path) -> Run:
    plan_folder = folder / name
    shutil.copytree(BOOKS / name, plan_folder)
    sources = plan_folder / "sources.yaml"
    sources.write_text(sources.read_text().replace("{data}", str(real_data)))
    return run_plan(load_plan(plan_folder))


@pytest.fixture(scope="module")
def companies(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_book("companies", real_data, tmp_path_factory.mktemp("books"))


@pytest.fixture(scope="module")
def maven(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_book("maven", real_data, tmp_path_factory.mktemp("books"))


def rows_of(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def read(run: Run, table: str) -> int:
    return next(count.read for count in run.manifest.counts if count.table == table)


def test_every_row_of_the_companies_is_accounted_for(companies: Run, real_data: Path) -> None:
    files = (
        "hifld_hospitals/hospitals.csv",
        "inc5000/inc5000_2019.csv",
        "inc5000/inc5000_revenue_strings.csv",
        "index_constituents/companies.csv",
        "fortune1000/fortune1000_2018.csv",
    )
    assert read(companies, "accounts") == sum(rows_of(real_data / file) for file in files)
    assert read(companies, "leads") == 20_000
    assert all(count.is_balanced for count in companies.manifest.counts)


@pytest.mark.parametrize("book", ["companies", "maven"])
def test_every_record_has_a_rep_or_an_exception(book: str, request: pytest.FixtureRequest) -> None:
    run: Run = request.getfixturevalue(book)
    exceptions = run.exceptions
    reps = set(run.frame("reps")["rep_id"])
    for crm_object in OBJECTS:
        columns = [name for name in ("assigned_rep_id", "routed_rep_id") if name in crm_object.rule_fields]
        if not columns:
            continue
        frame = run.frame(crm_object.table)
        placed = frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in columns))
        listed = set(exceptions.filter(pl.col("object") == crm_object.name)["record_id"])
        silent = set(frame[crm_object.key]) - set(placed[crm_object.key]) - listed
        assert not silent, crm_object.table
        for name in columns:
            assert set(frame[name].drop_nulls()) <= reps
    assert exceptions["cause"].null_count() == exceptions["repair"].null_count() == 0


def test_the_numbers_of_the_companies_are_facts(companies: Run) -> None:
    accounts = companies.frame("accounts")
    walmart = accounts.filter(pl.col("account_id") == "F-1")
    assert walmart["employees"].to_list()[0] == 2_300_000
    assert walmart["annual_revenue_usd"].to_list()[0] == 500_343_000_000
    assert accounts["employees"].drop_nulls().is_between(0, 3_000_000).all()
    assert accounts["annual_revenue_usd"].drop_nulls().is_between(0, 1_500_000_000_000).all()
    hospitals = accounts.filter(pl.col("account_id").str.starts_with("H-"))
    assert set(hospitals["industry"].drop_nulls()) == {"Healthcare"}
    assert hospitals["country"].drop_nulls().is_in(["US", "PR", "GU", "VI", "AS", "MP", "PW"]).all()
    assert hospitals["employees"].drop_nulls().ge(0).all()


def test_texts_that_say_nothing_are_blank(companies: Run) -> None:
    accounts = companies.frame("accounts")
    for name in ("name", "phone", "domain", "city", "street", "employees"):
        assert not accounts[name].cast(pl.String).str.contains("(?i)not available|-999").any()


def test_probabilities_and_scores_stay_in_their_bounds(companies: Run) -> None:
    leads = companies.frame("leads")
    assert leads["match_probability"].drop_nulls().is_between(0, 1).all()
    assert leads["score"].is_between(0, 100).all()
    matched = leads.filter(pl.col("matched_account_id").is_not_null())
    assert 0.05 < matched.height / leads.height < 0.5  # the leads are of another book that shares some companies


@pytest.mark.parametrize("book", ["companies", "maven"])
def test_the_report_shows_no_nonsense(book: str, request: pytest.FixtureRequest) -> None:
    page = (request.getfixturevalue(book).folder / "report.html").read_text(encoding="utf-8")
    page = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    for nonsense in (">nan", ">None<", ">inf<", "NaN", "-999", "NOT AVAILABLE"):
        assert nonsense not in page


def test_any_hospital_and_any_lead_can_be_asked_about(companies: Run) -> None:
    for table, key in (("accounts", "account_id"), ("leads", "lead_id")):
        for record_id in companies.frame(table)[key].sort().gather_every(2_000).to_list():
            assert list(explain(companies, record_id).lines())


def test_the_small_crm_keeps_its_families_and_its_history(maven: Run) -> None:
    accounts = maven.frame("accounts")
    assert accounts.height + sum(count.merged for count in maven.manifest.counts) == 85
    stated = accounts.filter(pl.col("parent_name").is_not_null())
    assert stated.height == stated["parent_id"].drop_nulls().len() > 0
    followers = accounts.filter(pl.col("ultimate_parent_id") != pl.col("account_id"))
    heads = dict(zip(accounts["account_id"], accounts["territory_id"], strict=True))
    assert all(row["territory_id"] == heads[row["ultimate_parent_id"]] for row in followers.to_dicts())
    opportunities = maven.frame("opportunities")
    assert opportunities.height == 8_800
    closed = opportunities.filter("is_closed")
    assert closed.height == 2_473 + 4_238
    assert (closed["assigned_rep_id"] == closed["owner_id"]).all()
    assert opportunities.filter("is_won").height == 4_238
