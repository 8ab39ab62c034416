from __future__ import annotations

import pytest

from rightful.crm import OBJECTS
from rightful.errors import PlanError
from rightful.plan import plan_from
from rightful.plan.sources import SourcesSection


def mistake(text: str) -> str:
    with pytest.raises(PlanError) as caught:
        plan_from({"sources.yaml": text})
    return str(caught.value)


def test_an_empty_plan_takes_the_folder_book() -> None:
    sources = plan_from({}).sources
    assert sources.folder == "book"
    assert all(sources.sources_of(crm_object.table) == () for crm_object in OBJECTS)


def test_every_table_can_have_a_source() -> None:
    tables = {crm_object.table for crm_object in OBJECTS}
    assert set(SourcesSection.model_fields) == tables | {"folder"}


def test_a_source_in_full() -> None:
    text = (
        "accounts:\n  files: [a.csv, b.csv]\n  encoding: cp1252\n  delimiter: ';'\n  key: Nr\n"
        "  columns: {name: Company, industry: }\n  constants: {country: NO}\n"
    )
    source = plan_from({"sources.yaml": text}).sources.accounts[0]
    assert source is not None
    assert [pattern.text for pattern in source.patterns] == ["a.csv", "b.csv"]
    assert source.columns["name"] is not None
    assert source.columns["name"].text == "Company"
    assert str(source.columns["name"].place) == "sources.yaml:6:19"
    assert source.columns["industry"] is None
    assert source.constants["country"].text == "NO"
    assert str(source.place) == "sources.yaml:2:11"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{key: Id}", "exactly one of file, files, url says where the table is, but none of them is given"),
        ("{file: a.csv, url: 'sqlite:///x', table: y}", "but file and url are given"),
        ("{file: a.csv, table: y}", "table and query need a url"),
        ("{url: 'sqlite:///x'}", "a url needs either table or query"),
        ("{url: 'sqlite:///x', table: a, query: SELECT 1}", "a url needs either table or query"),
        ("{url: 'sqlite:///x', table: a, encoding: utf-8}", "encoding concern files, not a database"),
        ("{file: a.csv, colums: {}}", "unknown key 'colums'"),
    ],
)
def test_keys_that_do_not_go_together(source: str, problem: str) -> None:
    assert problem in mistake(f"accounts: {source}\n")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "{file: a.csv, columns: {employes: X}}",
            "sources.yaml:1:45: accounts has no field 'employes'. Allowed: name, website,",
        ),
        ("{file: a.csv, columns: {employes: X}}", "Did you mean 'employees'?"),
        ("{file: a.csv, constants: {colour: red}}", "accounts has no field 'colour'"),
        (
            "{file: a.csv, columns: {account_id: X}}",
            "'account_id' is the key of accounts. Write `key: HEADER` instead.",
        ),
        ("{file: a.csv, columns: {name: X}, constants: {name: Y}}", "'name' has both a column and a constant"),
        ("{url: 'postgresql://me:secret@host/db', table: a}", "a password stands in the plan. Allowed: `${NAME}`"),
    ],
)
def test_names_that_do_not_exist(source: str, problem: str) -> None:
    assert problem in mistake(f"accounts: {source}\n")


def test_a_password_is_not_repeated_in_the_message() -> None:
    assert "secret" not in mistake("accounts: {url: 'postgresql://me:secret@host/db', table: a}\n")


def test_variables_are_no_passwords() -> None:
    plan_from({"sources.yaml": "accounts: {url: 'postgresql://me:${PW}@host/db', table: a}\n"})


def test_an_unknown_table() -> None:
    assert "Did you mean 'accounts'?" in mistake("acounts: {file: a.csv}\n")
