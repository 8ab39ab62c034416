from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from rightful.crm import Kind
from rightful.stages.quality import readings
from rightful.stages.quality.settings import ColumnHabits, Settings

SETTINGS = Settings("accounts", rates={"USD": 1.0, "EUR": 1.1})
LEADS = Settings("leads")


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (readings.read_text("street", "  1 Main   St "), ("1 Main St", "street=white_space_tidied")),
        (readings.read_text("street", "n/a"), (None, "street=blank_word")),
        (readings.read_text("street", None), (None, None)),
        (
            readings.read_code("account_type", "Former  Customer"),
            ("former_customer", "account_type=white_space_tidied"),
        ),
        (readings.read_code("account_type", "Customer"), ("customer", "account_type=normalised")),
        (readings.read_code("account_type", "customer"), ("customer", None)),
        (readings.read_words("tags", "b; a;b"), ("a;b", "tags=sorted")),
        (readings.read_words("tags", "a;b"), ("a;b", None)),
        (readings.read_reference(" 001 "), ("001",)),
        (readings.read_reference(""), (None,)),
        (readings.read_company("name", "ACME GMBH"), ("ACME GmbH", "acme", None, "GmbH", "name=case_repaired")),
        (readings.read_company("name", "asdf"), (None, None, None, None, "name=keyboard_run")),
        (readings.read_company("name", "Zeta Inc. dba Road Runner LLC")[1:3], ("zeta", "road runner")),
        (readings.read_company_core("company", "Acme Inc."), ("Acme Inc.", "acme", None, "company=legal_form_split")),
        (readings.read_web(LEADS, "http://acme.co.uk/x"), ("acme.co.uk", "domain=host_taken")),
        (readings.read_web(LEADS, "linkedin.com/company/acme"), (None, "domain=shared_domain")),
        (readings.read_web(LEADS, None, "acme.com"), ("acme.com", "domain=inferred_from_email")),
        (readings.read_web(Settings("leads", infers=frozenset()), None, "acme.com"), (None, None)),
        (readings.read_email(LEADS, "a@acme.com"), ("a@acme.com", "acme.com", False, False, "acme.com", None)),
        (readings.read_email(LEADS, "a@gmail.com"), ("a@gmail.com", "gmail.com", True, False, None, None)),
        (readings.read_email(LEADS, "n/a"), (None, None, None, None, None, "email=blank_word")),
        (readings.read_person("ann", "LEE", None), ("Ann", "Lee", "name=case_repaired")),
        (readings.read_person(None, None, "Lee, Ann"), ("Ann", "Lee", "name=name_split")),
        (readings.read_person("Ann", None, "Bob Lee"), ("Ann", None, None)),
        (readings.read_title("VP  Sales"), ("VP Sales", "Sales", "VP", "title=white_space_tidied; job=title_read")),
        (readings.read_employees(None, "11-50", None), (23.0, 11.0, 50.0, "employees=middle_of_range")),
        (readings.read_employees(None, "10001+", None), (10001.0, 10001.0, None, "employees=lower_bound")),
        (readings.read_employees(None, "1.000", "DE"), (1000.0, 1000.0, 1000.0, "employees=locale_decided")),
        (readings.read_employees("point", "1.000", "DE"), (1.0, 1.0, 1.0, "employees=locale_decided")),
        (readings.read_employees(None, "-999", None), (None, None, None, "employees=dummy_number")),
        (readings.read_employees(None, "asdf", None), (None, None, None, "employees=keyboard_run")),
        (readings.read_employees(None, "99000000", None), (None, None, None, "employees=implausible")),
        (readings.read_amount(SETTINGS, "amount", "$1,500"), (1500.0, "amount=number_formatted")),
        (readings.read_amount(SETTINGS, "amount", "£100"), (None, "amount=no_exchange_rate")),
        (readings.read_industry(SETTINGS, "Banking"), ("Banking", None)),
        (readings.read_industry(SETTINGS, "5812"), (None, "industry=ambiguous")),
        (readings.read_country("country", "Deutschland"), ("DE", "country=name_recognised")),
        (readings.read_identifier("company_number", "12-345-6789"), ("123456789", "company_number=normalised")),
        (readings.read_identifier("company_number", "n/a"), (None, "company_number=blank_word")),
        (readings.read_outcome(None, None, "Closed Won"), (True, True, "is_closed=read_from_stage")),
        (readings.read_outcome(None, None, "Lost"), (True, False, "is_closed=read_from_stage")),
        (readings.read_outcome("no", None, "Prospecting"), (False, False, None)),
        (readings.read_outcome("true", "true", None), (True, True, None)),
        (readings.read_outcome(None, None, None), (None, None, None)),
        (readings.read_done(None, "Completed"), (True, "is_closed=read_from_status")),
        (readings.read_done("0", "Completed"), (False, None)),
        (readings.read_done(None, None), (None, None)),
        (readings.same("x"), ("x",)),
        (readings.read_number(None, "capacity", "12"), (12.0, None)),
        (readings.read_day(None, "close_on", "11/1/2024"), (None, "close_on=ambiguous")),
        (readings.read_day(True, "close_on", "11/1/2024"), (date(2024, 1, 11), "close_on=day_first_decided")),  # noqa: FBT003 - a table's cell
        (readings.read_truth("is_active", "yes"), (True, "is_active=flag_read")),
        (readings.join_notes(frozenset(), None, "a=b", None, "c=d"), ("a=b; c=d",)),
        (readings.join_notes(frozenset(), None, None), (None,)),
    ],
)
def test_a_reading_gives_values_and_a_note(reading: tuple[Any, ...], expected: tuple[Any, ...]) -> None:
    assert reading == expected


def test_a_revenue_is_given_in_dollars_with_its_range_and_currency() -> None:
    assert readings.read_revenue(SETTINGS, "annual_revenue", "€2 million", None) == (
        2_200_000.0,
        2_200_000.0,
        2_200_000.0,
        "EUR",
        "annual_revenue=unit_millions",
    )
    value, low, high, currency, why = readings.read_revenue(SETTINGS, "annual_revenue", "10-100 M", None)
    assert (low, high, currency, why) == (1e7, 1e8, "USD", "annual_revenue=middle_of_range")
    assert value == pytest.approx(31_622_776.6)


def test_an_amount_that_the_source_states_in_dollars_needs_no_rate() -> None:
    reading = readings.read_revenue(SETTINGS, "annual_revenue", "JPY ¥253.78 billion ( US$ 2.21 billion)", None)
    assert reading[0] == 2_210_000_000.0
    assert reading[3] == "JPY"


def test_the_country_says_what_a_sign_of_several_currencies_means_though_the_column_knows_its_mark() -> None:
    marked = Settings("accounts", rates={"JPY": 0.0064}, habits={"annual_revenue": ColumnHabits(decimal_mark="point")})
    value, _, _, currency, _ = readings.read_revenue(marked, "annual_revenue", "¥ 2.31 trillion (2021)", "JP")
    assert (value, currency) == (14_784_000_000.0, "JPY")
    *_, why = readings.read_revenue(marked, "annual_revenue", "¥ 2.31 trillion (2021)", None)
    assert why == "annual_revenue=currency_ambiguous"


def test_an_instant_without_a_zone_is_in_the_plans() -> None:
    settings = Settings("leads", time_zone="Europe/Berlin")
    assert readings.read_instant(settings, "created_at", "2026-01-05 12:00") == (
        datetime(2026, 1, 5, 11, tzinfo=UTC),
        "created_at=zone_assumed",
    )


def test_the_columns_other_codes_decide_about_an_industry() -> None:
    settings = Settings("accounts", habits={"industry": ColumnHabits(schemes={4: "sic"})})
    assert readings.read_industry(settings, "5812") == ("Hospitality & Travel", "industry=scheme_decided")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.TEXT, " ACME ", ("ACME", None)),
        (Kind.CODE, "n/a", ("n/a", None)),
        (Kind.NUMBER, " 12 ", (12.0, None)),
        (Kind.NUMBER, "12 people", (None, "field=kept_blank")),
        (Kind.DATE, "2026-01-05", (date(2026, 1, 5), None)),
        (Kind.DATE, "5.1.2026", (None, "field=kept_blank")),
        (Kind.INSTANT, "2026-01-05T12:00:00Z", (datetime(2026, 1, 5, 12, tzinfo=UTC), None)),
        (Kind.FLAG, "true", (True, None)),
        (Kind.FLAG, "perhaps", (None, "field=kept_blank")),
        (Kind.NUMBER, None, (None, None)),
    ],
)
def test_a_field_kept_from_cleaning_has_only_its_plain_form(
    kind: Kind, text: str | None, expected: tuple[Any, ...]
) -> None:
    assert readings.read_kept(kind, "field", text) == expected


def test_notes_about_fields_kept_from_cleaning_fall_away() -> None:
    kept = frozenset({"industry"})
    assert readings.join_notes(kept, "industry=words; city=case_repaired", "industry=kept_blank") == (
        "city=case_repaired; industry=kept_blank",
    )
