from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.stages.quality.data import read_rows
from rightful.stages.quality.industries import INDUSTRIES, REASONS, classify_industry


@pytest.mark.parametrize(
    ("text", "industry"),
    [
        ("Software", "Software & Internet"),
        ("COMPUTER_SOFTWARE", "Software & Internet"),
        ("INFORMATION_TECHNOLOGY_AND_SERVICES", "IT Services"),
        ("HOSPITAL_HEALTH_CARE", "Healthcare"),
        ("Not For Profit", "Nonprofit"),
        ("Banking", "Banking"),
        ("Oil & Energy", "Energy"),
        ("Health Care REITs", "Real Estate"),
        ("Wholesalers: Food and Grocery", "Wholesale & Distribution"),
        ("Construction and Farm Machinery", "Machinery & Industrial Goods"),
        ("Maschinenbau", "Machinery & Industrial Goods"),
        ("Automobilzulieferer", "Automotive"),
        ("Assurance", "Insurance"),
        ("Comercio minorista", "Retail"),
        ("Costruzioni", "Construction & Engineering"),
        ("Alimentos e bebidas", "Food & Beverage"),
        ("Groothandel", "Wholesale & Distribution"),
        ("Przemysł spożywczy", "Food & Beverage"),
        ("Financial Services; Banks", "Banking"),
        ("technolgy", "Technology"),
        ("SIC 7372", "Software & Internet"),
        ("7372", "Software & Internet"),
        ("622110", "Healthcare"),
        ("541511 - Custom Computer Programming Services", "IT Services"),
        ("NACE J62.01", "Software & Internet"),
        ("62.01", "Software & Internet"),
        ("K64", "Financial Services"),
        ("31-33", "Manufacturing"),
        ("NAICS: 5415", "IT Services"),
    ],
)
def test_industries_are_classified(text: str, industry: str) -> None:
    assert classify_industry(text).industry == industry


def test_a_code_that_means_different_things_stays_open() -> None:
    assert classify_industry("2211") == (None, "2211", None, "ambiguous")
    assert classify_industry("2211", scheme="sic").industry == "Consumer Goods"
    assert classify_industry("2211", scheme="naics").industry == "Utilities & Environment"


def test_a_code_of_several_industries_has_none() -> None:
    assert classify_industry("51", scheme="naics") == (None, "51", "naics", "ambiguous")


def test_conflicting_names_are_said() -> None:
    assert classify_industry("Software; Banking") == ("Software & Internet", None, "words", "first_of_several")


def test_blanks_junk_and_unknown_words() -> None:
    assert classify_industry(None).reason == ""
    assert classify_industry("N/A").reason == "junk"
    assert classify_industry("Flimflam").reason == "unreadable"


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_the_schemes_own_names_stay(industry: str) -> None:
    assert classify_industry(industry) == (industry, None, "words", "")


def test_tables_name_only_known_industries() -> None:
    for table in ("industry_codes.csv", "industry_picklists.csv", "industry_words.csv"):
        assert {row["industry"] for row in read_rows(table)} <= {*INDUSTRIES, ""}
    assert {wider for wider in INDUSTRIES.values() if wider} <= set(INDUSTRIES)


@given(st.text(max_size=40) | st.text("ABCNISKace0123456789.- ", max_size=12))
def test_any_text_gives_a_reading(text: str) -> None:
    reading = classify_industry(text)
    assert reading.reason == "" or reading.reason in REASONS
    assert reading.industry is None or reading.industry in INDUSTRIES


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "column", "least_share"),
    [
        ("inc5000/inc5000_2019.csv", "industry", 1.0),
        ("inc5000/inc5000_revenue_strings.csv", "INDUSTRY", 1.0),
        ("fortune1000/fortune1000_2018.csv", "sector", 1.0),
        ("fortune1000/fortune1000_2018.csv", "industry", 0.99),
        ("index_constituents/companies.csv", "industries", 0.98),
        ("hifld_hospitals/hospitals.csv", "NAICS_CODE", 1.0),
        ("maven_crm/accounts.csv", "sector", 0.9),
    ],
)
def test_real_industries_are_covered(real_data: Path, file: str, column: str, least_share: float) -> None:
    with (real_data / file).open(encoding="utf-8-sig", errors="replace", newline="") as rows:
        texts = [row[column] for row in csv.DictReader(rows) if row[column].strip()]
    known = {text: classify_industry(text).industry for text in set(texts)}
    assert sum(known[text] is not None for text in texts) / len(texts) >= least_share
