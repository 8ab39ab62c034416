from __future__ import annotations

import pytest

from rightful.stages.quality.countries import clean_country, country_codes
from rightful.stages.quality.spelling import fold


@pytest.mark.parametrize(
    ("code", "spellings"),
    [
        (
            "DE",
            "Deutschland|Germany|DEU|GER|276|Alemania|Allemagne|Germany (DE)|Federal Republic of Germany|Германия|德国|ドイツ",
        ),
        (
            "US",
            "U.S.A.|USA|us|United States of America|Vereinigte Staaten|Etats-Unis|EE.UU.|America|US - United States|美国",
        ),
        ("GB", "England|Scotland|Wales|Northern Ireland|UK|U.K.|Great Britain|Royaume-Uni"),
        ("NL", "Holland|The Netherlands|Nederland|Pays-Bas"),
        ("KR", "Corea del Sur|South Korea|Korea|Republic of Korea|대한민국|Südkorea|韓国"),
        ("KP", "North Korea|Nordkorea"),
        ("CN", "中国|PRC|P.R. China|Mainland China|Китай"),
        ("JP", "日本|Japan|Japón"),
        ("RU", "Россия|Russia|Russian Federation"),
        ("CZ", "Czech Republic|Tschechien|Česko|Czechia"),
        ("TR", "Türkiye|Turkey"),
        ("CI", "Côte d'Ivoire|Ivory Coast"),
        ("CH", "Schweiz|Suisse|Svizzera|CHE"),
        ("AT", "Austria|Österreich|Autriche"),
        ("AU", "Australia|Australien"),
        ("SK", "Slovakia|Slowakei"),
        ("SI", "Slovenia|Slowenien"),
        ("CD", "DRC"),
        ("MM", "Burma|Myanmar"),
        ("AE", "UAE|Emirates"),
        ("XK", "Kosovo"),
        ("TW", "Taiwan"),
        ("HK", "Hong Kong"),
        ("NA", "Namibia"),
        ("GE", "Georgia"),
        ("FR", "Paris, France"),
    ],
)
def test_spellings(code: str, spellings: str) -> None:
    assert {text: clean_country(text).code for text in spellings.split("|")} == dict.fromkeys(
        spellings.split("|"), code
    )


@pytest.mark.parametrize("code", sorted(country_codes()))
def test_every_code_is_itself(code: str) -> None:
    assert clean_country(code) == (code, None, "")


@pytest.mark.parametrize(
    ("country", "state", "expected"),
    [
        ("Georgia", None, ("GE", None, "name_recognised")),
        ("Georgia", "GA", ("US", "US-GA", "read_as_state")),
        ("CA", "California", ("US", "US-CA", "read_as_state")),
        ("CA", "ON", ("CA", None, "")),
        ("IN", "Indiana", ("US", "US-IN", "read_as_state")),
        ("IN", "Karnataka", ("IN", None, "")),
        ("California", None, ("US", "US-CA", "state_in_country_field")),
        ("Ontario", None, ("CA", "CA-ON", "state_in_country_field")),
    ],
)
def test_states_in_the_country_field(country: str, state: str | None, expected: tuple[str | None, ...]) -> None:
    assert clean_country(country, state) == expected


@pytest.mark.parametrize("text", ["Germny", "Untied States", "Switzerlnd", "Netherlnds"])
def test_misspellings_are_corrected_where_one_country_is_near(text: str) -> None:
    assert clean_country(text).code in {"DE", "US", "CH", "NL"}


@pytest.mark.parametrize("text", ["Europe", "EMEA", "EU", "Narnia", "A", "N/A", "Worldwide", "123456"])
def test_no_country(text: str) -> None:
    assert clean_country(text) == (None, None, "unknown")


@pytest.mark.parametrize("text", [None, "", "  "])
def test_blank(text: str | None) -> None:
    assert clean_country(text) == (None, None, "")


def test_folding_ignores_case_accents_and_marks() -> None:
    assert fold("CÔTE D'IVOIRE") == fold("cote  d'ivoire") == "cote divoire"
    assert fold("Trinidad & Tobago") == fold("Trinidad and Tobago")
