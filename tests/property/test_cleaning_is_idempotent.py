"""Cleaning twice is cleaning once, and no text whatever makes a cleaning function fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rightful.stages.quality.cities import clean_city
from rightful.stages.quality.company_names import clean_company_name
from rightful.stages.quality.countries import clean_country
from rightful.stages.quality.email import clean_email
from rightful.stages.quality.person_names import clean_person_name, split_person_name
from rightful.stages.quality.phone import clean_phone
from rightful.stages.quality.postal_codes import clean_postal_code
from rightful.stages.quality.subdivisions import clean_state
from rightful.stages.quality.text import clean_text
from rightful.stages.quality.web import clean_web_address

FRAGMENTS = (
    "Acme", "acme", "GmbH", "& Co.", "KG", "Inc.", "Ltd", "LLC", "S.A.", "de C.V.", "A/S", "AB", "AG", "SpA", "SPA", "株式会社",
    "(株)", "有限公司", "ООО", "«Ромашка»", "The", "of", "dba", "formerly", "(", ")", ",", ".", "/", "-", "&", "&amp;", "<b>", "</b>",
    "Müller", "MÃ¼ller", "\u200b", "\x00", "\xa0", "🙂", "a division of", "USA", "U.S.A.", "Germany", "Georgia", "CA", "Calif.",
    "Boston", "MA", "02110", "SW1A 1AA", "www.", "http://", "acme.com", "@", "ann", "dot", "at", "facebook.com", "co.uk",
    "+49", "(0)30", "901820", "415", "555-2671", "ext. 12", "00", "Dr.", "Jr.", "McDONALD", "o'brien", "van", "der", "山田", "PhD",
)  # fmt: skip
SENTENCES = st.lists(st.sampled_from(FRAGMENTS), max_size=7).flatmap(
    lambda words: st.sampled_from([" ", ""]).map(lambda gap: gap.join(words))
)
TEXTS = st.one_of(
    SENTENCES,
    SENTENCES.map(str.upper),
    SENTENCES.map(str.lower),
    st.text(max_size=40),
    st.text("aA.,- @0(", max_size=20),
)
COUNTRIES = st.sampled_from((None, "US", "DE", "GB", "CA", "SE", "IT", "JP", "HK", "ZZ"))


def company(text: str | None, country: str | None) -> tuple[Any, ...]:
    return clean_company_name(text, country)[:-1]


def web(text: str | None, _: str | None) -> tuple[Any, ...]:
    return clean_web_address(text)[:-1]


def email(text: str | None, _: str | None) -> tuple[Any, ...]:
    return clean_email(text)[:-1]


def phone(text: str | None, country: str | None) -> tuple[Any, ...]:
    return clean_phone(text, country)[:3]


CLEANERS: tuple[Callable[[str | None, str | None], tuple[Any, ...]], ...] = (
    lambda text, _: clean_text(text)[:1],
    company,
    web,
    email,
    phone,
    lambda text, _: clean_country(text)[:1],
    lambda text, country: clean_postal_code(text, country)[:1],
    lambda text, country: clean_city(text, country)[:1],
    lambda text, _: clean_person_name(text, None)[:1],
    lambda text, _: clean_person_name(None, text)[1:2],
)
NAMES = ("text", "company", "web", "email", "phone", "country", "postal", "city", "first", "last")


@pytest.mark.parametrize("clean", CLEANERS, ids=NAMES)
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(text=TEXTS, country=COUNTRIES)
def test_cleaning_twice_is_cleaning_once(
    clean: Callable[[str | None, str | None], tuple[Any, ...]], text: str, country: str | None
) -> None:
    once = clean(text, country)
    if once[0] is not None:
        assert clean(once[0], country) == once


@settings(max_examples=150, deadline=None, derandomize=True)
@given(text=TEXTS, country=COUNTRIES)
def test_a_state_stays_in_its_country(text: str, country: str | None) -> None:
    found = clean_state(text, country)
    if found.state is not None:
        assert clean_state(found.state, found.country)[:4] == found[:4]


ABSURD = (
    "a" * 10_000, "&amp;" * 2_500, "<b" * 5_000, "(" * 10_000, "a.b@" * 2_500, "Ã¼" * 5_000, "1 " * 5_000, "株" * 10_000, ", " * 5_000,
    "GmbH & Co. KG " * 700, "ext" * 3_000, "\x00" * 10_000, "\ud800" * 100, "🙂" * 10_000, "a@b,com;" * 1_000, "<!--" * 2_500,
)  # fmt: skip


@pytest.mark.parametrize("clean", CLEANERS, ids=NAMES)
@pytest.mark.parametrize("text", ABSURD, ids=lambda text: ascii(text[:6]))
def test_absurd_texts_are_survived(clean: Callable[[str | None, str | None], tuple[Any, ...]], text: str) -> None:
    clean(text, "US")
    clean(text, None)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=TEXTS)
def test_a_split_person_stays_split(text: str) -> None:
    whole = split_person_name(text)
    again = clean_person_name(whole.first, whole.last)
    assert (again.first, again.last) == (whole.first, whole.last)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(text=TEXTS, country=COUNTRIES)
def test_a_company_with_a_name_has_a_core(text: str, country: str | None) -> None:
    found = clean_company_name(text, country)
    assert (found.name is None) == (found.core is None)
    assert found.core != ""
