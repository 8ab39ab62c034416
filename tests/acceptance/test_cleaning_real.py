"""Every name, address and number of five real sets is cleaned without failing, and what is known stays known."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rightful.stages.quality.cities import clean_city
from rightful.stages.quality.company_names import clean_company_name
from rightful.stages.quality.countries import clean_country
from rightful.stages.quality.phone import clean_phone
from rightful.stages.quality.postal_codes import clean_postal_code
from rightful.stages.quality.subdivisions import clean_state
from rightful.stages.quality.web import clean_web_address

pytestmark = pytest.mark.real


def _rows(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_hospitals(real_data: Path) -> None:
    rows = _rows(real_data / "hifld_hospitals" / "hospitals.csv")
    assert all(clean_country(row["COUNTRY"], row["STATE"]).code for row in rows)
    assert sum(clean_state(row["STATE"], "US").state is None for row in rows) <= 1  # Palau is no state
    assert all(clean_postal_code(row["ZIP"], "US").code == row["ZIP"] for row in rows)
    assert all(clean_city(row["CITY"], "US").city for row in rows)
    numbers = [row["TELEPHONE"] for row in rows if row["TELEPHONE"] != "NOT AVAILABLE"]
    assert sum(clean_phone(number, "US").e164 is not None for number in numbers) / len(numbers) > 0.998
    sites = [row["WEBSITE"] for row in rows if row["WEBSITE"] != "NOT AVAILABLE"]
    assert sum(clean_web_address(site).registrable_domain is not None for site in sites) / len(sites) > 0.999
    names = [clean_company_name(row["NAME"]) for row in rows]
    assert all(name.name and not (name.name.isupper() and " " in name.name and len(name.name) > 12) for name in names)


def test_growing_companies(real_data: Path) -> None:
    rows = _rows(real_data / "inc5000" / "inc5000_2019.csv")
    assert all(clean_company_name(row["name"]).core for row in rows)
    assert all(clean_state(row["state"], "US").state == row["state"] for row in rows)
    sites = [row["url"] for row in rows if row["url"]]
    assert sum(clean_web_address(site).registrable_domain is not None for site in sites) / len(sites) > 0.99


def test_listed_companies(real_data: Path) -> None:
    rows = _rows(real_data / "index_constituents" / "companies.csv")
    assert all(clean_company_name(row["name"]).core for row in rows)
    places = [row["country_raw"] for row in rows if row["country_raw"] not in {"", "none"}]
    unknown = [place for place in places if clean_country(place).code is None]
    assert all(place.endswith(", Georgia") for place in unknown), unknown  # the state or the country: left open
    assert len(unknown) < 0.02 * len(places)


def test_colleges(real_data: Path) -> None:
    rows = _rows(real_data / "ipeds_hd" / "hd2019.csv", "latin-1")
    assert all(clean_company_name(row["INSTNM"]).core for row in rows)
    assert sum(clean_postal_code(row["ZIP"], "US").code is None for row in rows) <= 1
    assert sum(clean_state(row["STABBR"], "US").state is None for row in rows) <= 3  # free associated states
    sites = [row["WEBADDR"] for row in rows if row["WEBADDR"].strip()]
    assert all(clean_web_address(site).host for site in sites)
    # A spreadsheet turned some numbers into powers of ten: none of them may be read as a number.
    assert all(clean_phone(row["GENTELE"], "US").e164 is None for row in rows if "E+" in row["GENTELE"])


def test_a_hundred_thousand_names(real_data: Path) -> None:
    names = pq.read_table(real_data / "lead_to_account" / "dev100k" / "accounts.parquet")["name"].unique().to_pylist()
    for name in names[:30_000]:
        found = clean_company_name(name)
        assert found.core, name
        assert clean_company_name(found.name)[:3] == found[:3], name


def test_most_forms_of_the_official_list_are_known(real_data: Path) -> None:
    rows = _rows(real_data / "legal_forms" / "iso20275_elf_codes_1.4.1.csv")
    forms = [
        (row["Country Code (ISO 3166-1)"], form.strip().strip('"'))
        for row in rows
        if row["ELF Status ACTV/INAC"] == "ACTV"
        for form in row["Abbreviations Local language"].split(";")
        if form.strip()
    ]
    known = [
        form
        for country, form in forms
        if clean_company_name(f"Acme Widgets {form}", country).legal_form
        or clean_company_name(f"{form} Acme Widgets", country).legal_form
    ]
    assert len(known) / len(forms) > 0.81
