from __future__ import annotations

import pytest

from rightful.stages.quality.inference import country_of_domain, country_of_state_and_zip, infer_country, infer_state


@pytest.mark.parametrize(
    ("evidence", "value", "reason"),
    [
        ({"domain": "acme.de"}, "DE", "inferred_from_domain"),
        ({"phone_country": "DE", "domain": "acme.de"}, "DE", "inferred_from_phone"),
        ({"state_country": "AU", "phone_country": "AU"}, "AU", "inferred_from_state"),
        ({"postal_country": "GB", "domain": "acme.co.uk"}, "GB", "inferred_from_postal_code"),
        ({"phone_country": "DE", "domain": "acme.fr"}, None, "evidence_conflicts"),
        ({"state_country": "US", "postal_country": "CA"}, None, "evidence_conflicts"),
        ({"domain": "acme.com"}, None, ""),
        ({"domain": "acme.io"}, None, ""),
        ({}, None, ""),
    ],
)
def test_countries_are_inferred_only_from_evidence_that_agrees(
    evidence: dict[str, str], value: str | None, reason: str
) -> None:
    assert infer_country(**evidence) == (value, reason)


@pytest.mark.parametrize(
    ("domain", "country"), [("acme.co.uk", "GB"), ("acme.de", "DE"), ("acme.ai", None), ("acme.eu", None), (None, None)]
)
def test_endings_of_countries(domain: str | None, country: str | None) -> None:
    assert country_of_domain(domain) == country


def test_state_and_zip_code_together_are_sure() -> None:
    assert country_of_state_and_zip("CA", "94105") == "US"
    assert country_of_state_and_zip("CA", "02134") is None
    assert country_of_state_and_zip("CA", None) is None


def test_states_are_inferred_from_zip_codes() -> None:
    assert infer_state("US", "02134") == ("MA", "inferred_from_postal_code")
    assert infer_state("DE", "10115") == (None, "")
    assert infer_state("US", None) == (None, "")
