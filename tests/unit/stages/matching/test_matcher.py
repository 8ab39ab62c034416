from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from rightful.stages.matching import Matcher
from rightful.stages.matching.keys import Keys, people_keys, rarest_words
from rightful.stages.matching.parties import PERSON_COLUMNS, read_people

MatcherOf = Callable[..., Matcher]

TWINS = [
    {"account_id": "A1", "core_name": "acme widgets", "domain": "acme.com", "country": "US"},
    {"account_id": "A2", "core_name": "acme widgets", "domain": "acme.com", "country": "DE"},
]
LEAD = {"lead_id": "L1", "core_name": "acme widgets", "domain": "acme.com"}


def twins(first: dict[str, Any], second: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**TWINS[0], **first}, {**TWINS[1], **second}]


@pytest.mark.parametrize(
    ("breaker", "loser", "winner"),
    [
        ("customer", {"account_type": "prospect"}, {"account_type": "customer"}),
        ("open_opportunity", {}, {"open_opportunities": 2}),
        ("active_owner", {"owner_is_active": False}, {"owner_is_active": True}),
        ("newest_activity", {"last_activity_on": date(2026, 1, 1)}, {"last_activity_on": date(2026, 2, 1)}),
        ("newest_activity", {}, {"last_activity_on": date(2001, 2, 1)}),
        ("most_contacts", {"contacts": 1}, {"contacts": 2}),
        ("oldest", {"created_on": date(2020, 1, 1)}, {"created_on": date(2019, 1, 1)}),
        ("oldest", {}, {"created_on": date(2019, 1, 1)}),
        ("ultimate_parent", {"ultimate_parent_id": "A2"}, {"ultimate_parent_id": "A2"}),
        ("family_member", {"ultimate_parent_id": "A1"}, {"ultimate_parent_id": "A1"}),
    ],
)
def test_tie_breakers_decide_and_are_named(
    matcher_of: MatcherOf, breaker: str, loser: dict[str, Any], winner: dict[str, Any]
) -> None:
    match = matcher_of(twins(loser, winner), matching=f"tie_breakers: [{breaker}]").match_one("leads", LEAD)
    assert match.account_id == "A2"
    assert f"Of 2 equally likely accounts, {breaker} decided" in match.reason


def test_the_country_of_the_person_breaks_a_tie(matcher_of: MatcherOf) -> None:
    match = matcher_of(TWINS, matching="tie_margin: 12").match_one("leads", {**LEAD, "country": "DE"})
    assert match.account_id == "A2"
    assert "same_country decided" in match.reason


def test_tie_breakers_count_in_their_order(matcher_of: MatcherOf) -> None:
    accounts = twins({"contacts": 9}, {"account_type": "customer"})
    assert matcher_of(accounts).match_one("leads", LEAD).account_id == "A2"
    other = matcher_of(accounts, matching="tie_breakers: [most_contacts, customer]").match_one("leads", LEAD)
    assert other.account_id == "A1"


def test_without_a_tie_breaker_the_smaller_id_wins(matcher_of: MatcherOf) -> None:
    match = matcher_of(list(reversed(TWINS)), matching="tie_breakers: []").match_one("leads", LEAD)
    assert match.account_id == "A1"
    assert "the better evidence decided" in match.reason


def test_a_filter_rules_accounts_out_and_says_so(matcher_of: MatcherOf) -> None:
    plan = "filters: [{name: no competitors, when: \"account_type <> 'competitor'\"}]"
    accounts = twins({"account_type": "competitor"}, {"account_type": "prospect"})
    match = matcher_of(accounts, matching=plan).match_one("leads", LEAD)
    assert match.account_id == "A2"
    assert [row["filtered_by"] for row in match.candidates] == [None, "no competitors"]
    assert "A1" in match.reason
    assert "ruled out by no competitors" in match.reason
    alone = matcher_of(accounts[:1], matching=plan).match_one("leads", LEAD)
    assert alone.account_id is None
    assert "ruled out by no competitors" in alone.reason


def test_the_first_failed_filter_is_named(matcher_of: MatcherOf) -> None:
    plan = "filters: [{name: big, when: employees >= 100}, {name: german, when: \"country = 'DE'\"}]"
    accounts = twins({"employees": 500.0}, {"employees": 5.0})
    match = matcher_of(accounts, matching=plan).match_one("leads", LEAD)
    assert {row["account_id"]: row["filtered_by"] for row in match.candidates} == {"A1": "german", "A2": "big"}


def test_same_country_rules_out_other_countries_but_not_unknown_ones(matcher_of: MatcherOf) -> None:
    matcher = matcher_of(TWINS[:1], matching="same_country: true")
    assert matcher.match_one("leads", {**LEAD, "country": "FR"}).candidates[0]["filtered_by"] == "same_country"
    assert matcher.match_one("leads", LEAD).account_id == "A1"


@pytest.mark.parametrize(
    ("policy", "person", "account_id"),
    [
        ("off", {"domain": "acme.com"}, None),
        ("off", {"domain": "acme.com", "core_name": "acme widgets"}, "A1"),
        ("fallback", {"domain": "acme.com"}, "A1"),
        ("fallback", {"domain": "acme.com", "core_name": "hinterland foods", "phone": "+4955555"}, "A3"),
        ("always", {"domain": "acme.com", "core_name": "zebra mills", "country": "FR", "city": "Lyon"}, "A1"),
    ],
)
def test_domain_only_policies(
    matcher_of: MatcherOf, policy: str, person: dict[str, Any], account_id: str | None
) -> None:
    accounts = [
        {**TWINS[0], "city": "Boston"},
        {"account_id": "A3", "core_name": "hinterland foods", "phone": "+4955555"},
    ]
    match = matcher_of(accounts, matching=f"domain_only: {policy}").match_one("leads", {"lead_id": "L", **person})
    assert match.account_id == account_id


def test_between_weak_and_strong_a_person_looks(matcher_of: MatcherOf) -> None:
    match = matcher_of(TWINS, matching="{strong: 0.9999999, weak: 0.1}").match_one("leads", LEAD)
    assert (match.account_id, match.method) == (None, "none")
    assert match.reason.startswith("Review: A1 (")
    assert match.probability is not None
    assert match.probability > 0.1


def test_nothing_shared_is_no_candidate(matcher_of: MatcherOf) -> None:
    match = matcher_of(TWINS).match_one("leads", {"lead_id": "L", "core_name": "zebra"})
    assert (match.account_id, match.probability, match.method, match.candidates) == (None, None, "none", ())


def test_a_manual_link_wins_over_evidence_and_crm(matcher_of: MatcherOf) -> None:
    links = "object,record_id,account_id\nlead,L1,A2\ncontact,L9,A2\n"
    matcher = matcher_of(
        [*TWINS, {"account_id": "A9"}], matching="manual_links: manual_links.csv", **{"manual_links.csv": links}
    )
    match = matcher.match_one("leads", {**LEAD, "account_id": "A9"})
    assert (match.account_id, match.method, match.probability) == ("A2", "manual_link", 1.0)
    assert matcher.match_one("leads", {**LEAD, "lead_id": "L9"}).account_id == "A1"
    assert matcher.match_one("contacts", {**LEAD, "contact_id": "L9"}).method == "manual_link"


def test_a_link_to_a_merged_account_gives_its_survivor(matcher_of: MatcherOf) -> None:
    plan = "manual_links: [{record_id: L1, account_id: OLD}]"
    match = matcher_of(TWINS, {"OLD": "A2"}, matching=plan).match_one("leads", LEAD)
    assert match.account_id == "A2"
    assert "OLD was merged" in match.reason


def test_a_link_to_an_unknown_account_is_told_and_evidence_decides(matcher_of: MatcherOf) -> None:
    plan = "manual_links: [{record_id: L1, account_id: GONE}]"
    match = matcher_of(TWINS, matching=plan).match_one("leads", {**LEAD, "account_id": "LOST"})
    assert (match.account_id, match.method) == ("A1", "evidence")
    assert "GONE, which is not in the book" in match.reason
    assert "LOST, which is not in the book" in match.reason


def test_a_crm_link_stays_unless_the_plan_says_rematch(matcher_of: MatcherOf) -> None:
    accounts = [*TWINS, {"account_id": "A9"}]
    lead = {**LEAD, "account_id": "A9"}
    assert matcher_of(accounts).match_one("leads", lead).method == "crm_link"
    assert matcher_of(accounts, matching="crm_links: rematch").match_one("leads", lead).account_id == "A1"


AFFILIATIONS = """affiliations:
  - {name: Zebra-Works, account_id: A1}
  - {domain: Zoo.example, account_id: OLD}
  - {domain: gone.example, account_id: GONE}
"""


@pytest.mark.parametrize(
    ("person", "account_id", "words"),
    [
        ({"core_name": "zebra works"}, "A1", "Affiliated with account A1 in the plan, by its name 'zebra works'."),
        ({"core_name": "holding", "other_name": "zebra works"}, "A1", "by its name 'zebra works'"),
        ({"email_domain": "zoo.example"}, "A2", "account A2 (into which OLD was merged) in the plan, by its domain zoo.example"),
        ({"core_name": "zebra works", "domain": "zoo.example"}, "A2", "by its domain zoo.example"),
        ({"core_name": "acme widgets", "domain": "gone.example"}, "A1", "affiliated with account GONE, which is not in the book"),
        ({"core_name": "zebra"}, None, "No account shares"),
    ],
)  # fmt: skip
def test_an_affiliated_company_goes_to_its_account(
    matcher_of: MatcherOf, person: dict[str, Any], account_id: str | None, words: str
) -> None:
    match = matcher_of(TWINS, {"OLD": "A2"}, matching=AFFILIATIONS).match_one("leads", {"lead_id": "L1", **person})
    assert match.account_id == account_id
    assert words in match.reason


def test_hands_and_the_crm_win_over_an_affiliation_and_a_forbidden_pair_has_none(matcher_of: MatcherOf) -> None:
    zebra = {"lead_id": "L1", "core_name": "zebra works"}
    assert matcher_of(TWINS, matching=AFFILIATIONS).match_one("leads", zebra).method == "affiliation"
    in_crm = matcher_of(TWINS, matching=AFFILIATIONS).match_one("leads", {**zebra, "account_id": "A2"})
    assert (in_crm.account_id, in_crm.method) == ("A2", "crm_link")
    by_hand = matcher_of(TWINS, matching=AFFILIATIONS + "manual_links: [{record_id: L1, account_id: A2}]")
    assert by_hand.match_one("leads", zebra).method == "manual_link"
    never = matcher_of(TWINS, matching=AFFILIATIONS + "never_match: [{record_id: L1, account_id: A1}]")
    assert never.match_one("leads", zebra).method == "none"


def test_a_never_match_pair_is_ruled_out(matcher_of: MatcherOf) -> None:
    plan = "never_match: [{record_id: L1, account_id: A1}]"
    matcher = matcher_of(TWINS, matching=plan)
    match = matcher.match_one("leads", LEAD)
    assert match.account_id == "A2"
    assert {row["account_id"]: row["filtered_by"] for row in match.candidates} == {"A2": None, "A1": "never_match"}
    assert matcher.match_one("leads", {**LEAD, "lead_id": "L2"}).account_id == "A1"


def test_rows_stay_in_their_order_whatever_decides_them(matcher_of: MatcherOf) -> None:
    rows = [
        {"lead_id": "L3", "account_id": "A9"},
        {**LEAD, "lead_id": "L2"},
        {"lead_id": "L1", "account_id": "A9"},
        {"lead_id": "L0", "core_name": "zebra"},
        {"lead_id": "LB", "core_name": "zebra works"},
    ]
    kinds = {name: pa.bool_() if name == "is_free_email" else pa.string() for name in PERSON_COLUMNS}
    columns = {"lead_id": pa.string(), "account_id": pa.string(), **kinds}
    people = pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in columns.items()})
    matches = matcher_of([*TWINS, {"account_id": "A9"}], matching=AFFILIATIONS).match("leads", people).matches
    assert matches["lead_id"].to_pylist() == ["L3", "L2", "L1", "L0", "LB"]
    assert matches["match_method"].to_pylist() == ["crm_link", "evidence", "crm_link", "none", "affiliation"]
    assert len(matcher_of(TWINS).match("leads", people.slice(0, 0)).matches) == 0


def test_no_accounts_no_match(matcher_of: MatcherOf) -> None:
    assert matcher_of([]).match_one("leads", LEAD).method == "none"


@pytest.mark.parametrize("name", ["", "gmbh", "x" * 10_000, "🙂 🙂", "<b>acme</b> widgets", "東京", "a", ": ; :"])
def test_absurd_names_are_decided_without_fuss(matcher_of: MatcherOf, name: str) -> None:
    accounts = [*TWINS, {"account_id": "A3", "core_name": name}]
    match = matcher_of(accounts).match_one("leads", {"lead_id": "L", "core_name": name})
    assert match.method in {"none", "evidence"}


def test_a_university_of_thousands_gives_the_named_faculty(matcher_of: MatcherOf) -> None:
    accounts = [
        {"account_id": f"A{n:05d}", "domain": "uni.edu", "core_name": f"uni chair {n}", "city": "rome"}
        for n in range(3_000)
    ]
    accounts.append({"account_id": "B1", "domain": "uni.edu", "core_name": "uni department astronomy", "city": "rome"})
    matcher = matcher_of(accounts)
    lead = {"lead_id": "L", "email_domain": "uni.edu", "is_free_email": False, "domain": "uni.edu"}
    assert matcher.match_one("leads", {**lead, "core_name": "astronomy uni"}).account_id == "B1"
    assert matcher.match_one("leads", lead).account_id is None


def test_the_better_of_two_names_counts(matcher_of: MatcherOf) -> None:
    accounts = [
        {"account_id": "A1", "core_name": "libbys house of chilton", "city": "Chilton"},
        {"account_id": "A2", "core_name": "roadrunner", "other_name": "zeta freight", "city": "Ulm"},
    ]
    matcher = matcher_of(accounts)
    trading = {
        "lead_id": "L1",
        "core_name": "golden ventures",
        "other_name": "libbys house of chilton",
        "city": "Chilton",
    }
    match = matcher.match_one("leads", trading)
    assert match.account_id == "A1"
    assert "name: 'libbys house chilton' equals the account's" in match.reason
    former = matcher.match_one("leads", {"lead_id": "L2", "core_name": "zeta freight", "city": "Ulm"})
    assert former.account_id == "A2"
    assert [row["account_id"] for row in former.candidates] == ["A2"]


def test_another_company_that_fits_as_well_makes_a_match_less_likely(matcher_of: MatcherOf) -> None:
    lead = {"lead_id": "L1", "core_name": "acme widgets", "city": "Ulm"}
    one = {"account_id": "A1", "core_name": "acme widget", "city": "Ulm", "domain": "acme.com"}
    alone = matcher_of([one]).match_one("leads", lead)
    rival = matcher_of([one, {**one, "account_id": "A2", "domain": "acmewidget.org"}]).match_one("leads", lead)
    twin = matcher_of([one, {**one, "account_id": "A2"}]).match_one("leads", lead)
    assert alone.probability is not None
    assert rival.probability is not None
    assert rival.probability < alone.probability
    assert "rival: another company fits about as well" in rival.reason
    assert "rival: no other company fits nearly as well" in twin.reason


@pytest.mark.parametrize(
    "shared",
    [
        {
            "core_name": "acme widgets",
            "domain": "acme.com",
            "city": "rome",
            "postal_code": "10115",
            "phone": "+4930123456",
        },
        {"core_name": "gmbh", "domain": "hosting.example", "state": "BE"},
        {"core_name": "<b>acme</b> &amp; söhne 東京 🙂", "city": "🙂"},
        {"core_name": "x" * 10_000, "domain": "y" * 10_000},
    ],
)
def test_hundreds_of_the_same_account_cost_no_more_than_a_few(matcher_of: MatcherOf, shared: dict[str, Any]) -> None:
    accounts = [{"account_id": f"A{n:05d}", **shared} for n in range(500)]
    matcher = matcher_of([*accounts, {"account_id": "B1", **shared, "street": "Main Street 5", "other_name": "omega"}])
    found, _, _ = matcher.index._found(people_keys_of(matcher, shared))
    assert len(found) < 5_000
    match = matcher.match_one("leads", {"lead_id": "L1", **shared})
    assert len(match.candidates) <= 3
    assert matcher.match_one("leads", {"lead_id": "L1", **shared, "core_name": "omega"}).account_id in {"B1", None}


def people_keys_of(matcher: Matcher, person: dict[str, Any]) -> Keys:
    columns = {name: [person.get(name)] for name in PERSON_COLUMNS}
    people = read_people(columns, matcher.spellings)
    return people_keys(
        people, rarest_words(people.names, matcher.index.word_counts[matcher.index.known_words(people.names)])
    )
