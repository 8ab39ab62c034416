from __future__ import annotations

import pytest

from rightful.stages.quality.subdivisions import clean_state, find_state, is_state_of


@pytest.mark.parametrize(
    ("country", "code", "spellings"),
    [
        ("US", "CA", "CA|Calif.|California|CALIFORNIA|US-CA|State of California"),
        ("US", "MA", "Massachusetts|Mass.|MA|Massachusets"),
        ("US", "DC", "D.C.|Washington DC|District of Columbia"),
        ("US", "WV", "W. Virginia|West Virginia"),
        ("US", "NY", "New York|New York State|NY"),
        ("US", "GA", "Georgia"),
        ("DE", "BY", "Bayern|Bavaria|BY"),
        ("DE", "NW", "NRW|Nordrhein-Westfalen|North Rhine-Westphalia"),
        ("CA", "QC", "Quebec|Québec|QC"),
        ("AU", "NSW", "New South Wales|NSW"),
        ("JP", "13", "Tokyo|東京都|Tokyo-to"),
        ("CN", "BJ", "Beijing|北京"),
        ("BR", "SP", "São Paulo|Sao Paulo|SP"),
        ("FR", "IDF", "Île-de-France|Ile de France"),
        ("ES", "CT", "Cataluña|Catalonia|Catalunya"),
        ("MX", "CMX", "CDMX|Ciudad de México"),
        ("NL", "NH", "Noord-Holland|North Holland"),
        ("GB", "ENG", "England"),
        ("IN", "MH", "Maharashtra"),
    ],
)
def test_spellings(country: str, code: str, spellings: str) -> None:
    found = {text: clean_state(text, country).state for text in spellings.split("|")}
    assert found == dict.fromkeys(spellings.split("|"), code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NSW", "AU-NSW"),
        ("Texas", "US-TX"),
        ("TX", "US-TX"),
        ("Ontario", "CA-ON"),
        ("Jalisco", "MX-JAL"),
        ("US-NY", "US-NY"),
    ],
)
def test_a_state_of_one_country_alone_tells_the_country(text: str, code: str) -> None:
    assert clean_state(text)[1::2] == (code, code[:2])


@pytest.mark.parametrize("text", ["Georgia", "BC", "12", "Mexico", "Luxembourg", "X"])
def test_a_state_of_several_countries_tells_none(text: str) -> None:
    assert clean_state(text).country is None


@pytest.mark.parametrize(
    ("text", "country", "reason"),
    [
        ("Bavaria", "US", "not_in_country"),
        ("Londn", "GB", "unknown"),
        ("12", "US", "unknown"),
        ("Massachusets", "US", "spelling_corrected"),
        ("CA", "US", ""),
        (None, "US", ""),
    ],
)
def test_reasons(text: str | None, country: str, reason: str) -> None:
    assert clean_state(text, country).reason == reason


def test_states_of_a_country() -> None:
    assert is_state_of("Calif.", "US")
    assert not is_state_of("Bavaria", "US")
    assert not is_state_of(None, "US")
    assert find_state("US-NY", "US") == "US-NY"
