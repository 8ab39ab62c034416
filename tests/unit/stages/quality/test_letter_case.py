from __future__ import annotations

import pytest

from rightful.stages.quality.letter_case import is_one_case, tidy_company_case, tidy_person_case, tidy_place_case


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("BANK OF IBM SYSTEMS GMBH", "Bank of IBM Systems GmbH"),
        ("acme consulting ag", "Acme Consulting AG"),
        ("BASF SE", "BASF SE"),
        ("ACME", "ACME"),
        ("IBM DEUTSCHLAND GMBH", "IBM Deutschland GmbH"),
        ("ST. MARY'S HOSPITAL", "St. Mary's Hospital"),
        ("MT SINAI", "Mt Sinai"),
        ("THE HOME DEPOT", "The Home Depot"),
        ("CVS HEALTH", "CVS Health"),
        ("U.S. BANK", "U.S. Bank"),
        ("A.O. SMITH", "A.O. Smith"),
        ("AT&T", "AT&T"),
        ("iPhone shop", "iPhone shop"),
        ("eBay", "eBay"),
        ("株式会社", "株式会社"),
    ],
)
def test_companies(written: str, tidy: str) -> None:
    assert tidy_company_case(written) == tidy


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("MCDONALD", "McDonald"),
        ("O'BRIEN-SMITH", "O'Brien-Smith"),
        ("von trapp", "von Trapp"),
        ("DeVito", "DeVito"),
        ("strauß", "Strauß"),
    ],
)
def test_people(written: str, tidy: str) -> None:
    assert tidy_person_case(written) == tidy


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("FRANKFURT AM MAIN", "Frankfurt am Main"),
        ("st. louis", "St. Louis"),
        ("O'FALLON", "O'Fallon"),
        ("MCALLEN", "McAllen"),
        ("RIO DE JANEIRO", "Rio de Janeiro"),
        ("NYC", "NYC"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
    ],
)
def test_places(written: str, tidy: str) -> None:
    assert tidy_place_case(written) == tidy


def test_scripts_without_case_have_no_case() -> None:
    assert not is_one_case("東京")
    assert not is_one_case("123")
