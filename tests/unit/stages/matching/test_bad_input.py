"""What people really write, from the raw text to the match: sensible answers, and work that does not grow with the nonsense."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from rightful.stages.lift import apply
from rightful.stages.matching import Matcher
from rightful.stages.matching.index import MOST_CANDIDATES
from rightful.stages.matching.keys import people_keys, rarest_words
from rightful.stages.matching.names import Spellings
from rightful.stages.matching.parties import PERSON_COLUMNS, read_people
from rightful.stages.quality.settings import Settings
from rightful.stages.quality.steps import steps_for

MatcherOf = Callable[..., Matcher]

STEPS = {table: steps_for(Settings(table)) for table in ("accounts", "leads")}

BOOK = {
    "blank": "",
    "form": "GmbH",
    "rockets": "Acme Rockets Inc.",
    "cyrillic": "ПАО Роснефть",
    "japanese": "東京電力ホールディングス株式会社",
    "arabic": "شركة النهضة للتجارة",
    "thai": "ไทยเบฟเวอเรจ",
    "greek": "Εθνική Τράπεζα",
    "long": "Zeta Works " * 1_000,
    "glued": "y" * 10_000,
}
NONSENSE = (
    "",
    "   ",
    "\u200b",
    "GmbH",
    "Ltd.",
    "S.A. de C.V.",
    "n/a",
    "-",
    "...",
    "!!!",
    "<br>",
    "<p></p>",
    "&nbsp;",
    "🚀🚀🚀",
)


def clean(table: str, record: dict[str, Any]) -> dict[str, Any]:
    return apply(STEPS[table], {f"{name}_raw": value for name, value in record.items()})


@pytest.fixture(scope="module")
def matcher(matcher_of: MatcherOf) -> Matcher:
    return matcher_of([{**clean("accounts", {"name": name}), "account_id": key} for key, name in BOOK.items()])


def best(matcher: Matcher, **lead: str) -> str | None:
    found = matcher.match_one("leads", {**clean("leads", lead), "lead_id": "L"}).candidates
    return str(found[0]["account_id"]) if found else None


@pytest.mark.parametrize("name", NONSENSE)
def test_a_name_that_says_nothing_finds_nobody(matcher: Matcher, name: str) -> None:
    found = matcher.match_one("leads", {**clean("leads", {"company": name}), "lead_id": "L"})
    assert found.account_id is None
    assert not found.probability or found.probability < 0.5


@pytest.mark.parametrize(
    ("name", "account_id"),
    [
        ("🚀 Acme Rockets 🚀", "rockets"),
        ("<b>Acme Rockets</b>", "rockets"),
        ("Acme&nbsp;Rockets &amp; Co.", "rockets"),
        ("Acme\tRockets\n", "rockets"),
        ("\u202eAcme Rockets", "rockets"),
        ("Ａｃｍｅ　Ｒｏｃｋｅｔｓ", "rockets"),
        ("Роснефть", "cyrillic"),
        ("東京電力ホールディングス", "japanese"),
        ("شركة النهضة للتجارة", "arabic"),
        ("ไทยเบฟเวอเรจ", "thai"),
        ("ΕΘΝΙΚΗ ΤΡΑΠΕΖΑ", "greek"),
        ("Zeta Works " * 1_000, "long"),
        ("y" * 10_000, "glued"),
    ],
)
def test_a_name_is_found_in_any_script_and_through_any_dress(matcher: Matcher, name: str, account_id: str) -> None:
    assert best(matcher, company=name) == account_id


@pytest.mark.parametrize("part", ["x", "x ", "acme works ", "東", "🚀 ", "<b>", "é", "a-b.c/"])
def test_work_for_a_name_does_not_grow_with_its_length(matcher: Matcher, part: str) -> None:
    keys, peaks = [], []
    for length in (10_000, 100_000):
        lead = clean("leads", {"company": part * (length // len(part)), "email": "e" * length, "website": "w" * length})
        person = read_people({name: [lead.get(name)] for name in PERSON_COLUMNS}, Spellings.of({}))
        counts = matcher.index.word_counts[matcher.index.known_words(person.names)]
        keys.append(len(people_keys(person, rarest_words(person.names, counts)).hash))
        tracemalloc.start()
        matcher.match_one("leads", {**lead, "lead_id": "L"})
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert keys[1] <= keys[0] <= 1_000
    assert max(peaks) < 5_000_000


@pytest.mark.parametrize(
    "shared",
    [
        {"name": "Shell Station"},
        {"website": "uni.edu", "name": "University"},
        {"website": "hosting-company.com"},
        {"phone": "+49 30 901820", "name": "Business Center"},
    ],
)
def test_work_for_a_lead_does_not_grow_with_accounts_that_share_everything(
    matcher_of: MatcherOf, shared: dict[str, str]
) -> None:
    account = clean("accounts", {**shared, "city": "Berlin", "country": "Germany"})
    lead = clean("leads", {**{("company" if name == "name" else name): text for name, text in shared.items()}})
    person = read_people({name: [lead.get(name)] for name in PERSON_COLUMNS}, Spellings.of({}))
    compared = []
    for accounts in (500, 2_000):
        index = matcher_of([{**account, "account_id": f"A{number:05d}"} for number in range(accounts)]).index
        assert len(index.table.rows) < 20 * accounts
        compared.append(len(index.candidates(person).account))
    assert compared[1] <= compared[0] <= MOST_CANDIDATES


@pytest.mark.parametrize("domain", ["wordpress.com", "gmail.com", "linkedin.com", "qq.com"])
def test_a_domain_that_everybody_has_says_nothing(matcher_of: MatcherOf, domain: str) -> None:
    names = ("Nordwind Energy", "Bakery Smith", "Zeta Works")
    accounts = [
        {**clean("accounts", {"name": name, "website": f"https://{domain}"}), "account_id": f"A{number}"}
        for number, name in enumerate(names)
    ]
    matcher = matcher_of(accounts)
    stranger = {"company": "Quiet Harbour", "email": f"ann.lee@{domain}", "website": f"www.{domain}"}
    assert matcher.match_one("leads", {**clean("leads", stranger), "lead_id": "L"}).account_id is None
    assert best(matcher, **{**stranger, "company": "Bakery Smith"}) == "A1"
