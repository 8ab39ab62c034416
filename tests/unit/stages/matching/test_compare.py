from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from rightful.stages.matching import Matcher
from rightful.stages.matching.weighing import shipped_weights

MatcherOf = Callable[..., Matcher]

ACME = {
    "account_id": "A1",
    "core_name": "acme widgets",
    "domain": "acmewidgets.com",
    "phone": "+493012345678",
    "street": "Main Street 5",
    "city": "Berlin",
    "state": "BE",
    "postal_code": "10115",
    "country": "DE",
}
OTHER = {"account_id": "A2", "core_name": "hinterland foods", "domain": "hinterland.org"}


def evidence(matcher_of: MatcherOf, account: dict[str, Any], **person: Any) -> dict[str, tuple[str, float]]:
    """Give words and points per field of the first candidate."""
    candidates = matcher_of([account, OTHER]).match_one("leads", {"lead_id": "L1", **person}).candidates
    parts = [part.rsplit(": ", 1) for part in str(candidates[0]["evidence"]).split("; ")]
    return {words.split(": ", 1)[0]: (words.split(": ", 1)[1], float(points)) for words, points in parts}


@pytest.mark.parametrize(
    ("person", "field", "words", "sign"),
    [
        ({"domain": "acmewidgets.com"}, "domain", "acmewidgets.com equals the account's", 1),
        ({"domain": "acmewidgets.de"}, "domain", "acmewidgets.de has the label of acmewidgets.com", 1),
        (
            {"domain": "acmewidgts.com", "phone": "+493012345678"},
            "domain",
            "acmewidgts.com is nearly acmewidgets.com",
            0,
        ),
        ({"domain": "other.com", "phone": "+493012345678"}, "domain", "other.com differs from acmewidgets.com", -1),
        ({"core_name": "acme widgets"}, "name", "'acme widgets' equals the account's", 1),
        ({"core_name": "acme widget"}, "name", "'acme widget' is near 'acme widgets', both have 'acme'", 1),
        ({"core_name": "zebra", "domain": "acmewidgets.com"}, "name", "'zebra' is unlike 'acme widgets'", -1),
        ({"core_name": "acmewidgets"}, "name", "'acmewidgets' equals the account's", 1),
        ({"phone": "+493012345678"}, "phone", "equals the account's", 1),
        ({"phone": "+493012349999", "core_name": "acme widgets"}, "phone", "is of the account's number block", 1),
        ({"phone": "+4940987654321", "core_name": "acme widgets"}, "phone", "differs from the account's", -1),
        ({"street": "Main street, 5", "core_name": "acme widgets"}, "street", "equals the account's", 1),
        ({"postal_code": "10115", "core_name": "acme widgets"}, "postal_code", "equals the account's", 1),
        ({"city": "BERLIN", "core_name": "acme widgets"}, "city", "equals the account's", 1),
        ({"state": "BY", "core_name": "acme widgets"}, "state", "differs from the account's", -1),
        ({"country": "FR", "core_name": "acme widgets"}, "country", "differs from the account's", -1),
    ],
)
def test_each_field_says_what_it_found(
    matcher_of: MatcherOf, person: dict[str, Any], field: str, words: str, sign: int
) -> None:
    found, points = evidence(matcher_of, ACME, **person)[field]
    assert found == words
    # Nearly the same web address is better than another, and by itself speaks neither for nor against.
    assert points * sign > 0 or (sign == 0 and abs(points) < 1)


def test_unknown_fields_say_nothing(matcher_of: MatcherOf) -> None:
    assert list(evidence(matcher_of, ACME, domain="acmewidgets.com")) == ["domain", "rival"]


def test_what_one_side_lacks_is_told(matcher_of: MatcherOf) -> None:
    found = evidence(matcher_of, ACME, core_name="acme widgets", phone="+493012345678")
    assert found["domain"][0] == "none of a company, the account has acmewidgets.com"
    account = {name: value for name, value in ACME.items() if name != "domain"}
    found = evidence(matcher_of, account, domain="zebra.com", phone="+493012345678")
    assert found["domain"][0] == "zebra.com, the account has none"
    found = evidence(matcher_of, {**ACME, "domain": "aw-group.com"}, domain="acmewidgets.com")
    assert found["domain"][0] == "acmewidgets.com spells the account's name, but its domain is aw-group.com"


def test_initials_are_evidence(matcher_of: MatcherOf) -> None:
    account = {"account_id": "A1", "core_name": "international business machines"}
    words, points = evidence(matcher_of, account, core_name="ibm")["name"]
    assert words == "'ibm' and 'international business machines': the one is the initials of the other"
    assert points > 0


def test_the_better_of_web_address_and_mail_speaks(matcher_of: MatcherOf) -> None:
    found = evidence(matcher_of, ACME, domain="personal-page.com", email_domain="acmewidgets.com", is_free_email=False)
    assert found["domain"][0] == "acmewidgets.com equals the account's"


def test_a_domain_that_many_share_is_worth_less(matcher_of: MatcherOf) -> None:
    accounts = [{"account_id": f"A{n}", "domain": "host.com", "core_name": f"firm number {n}"} for n in range(50)]
    shared = matcher_of(accounts).match_one("leads", {"lead_id": "L", "domain": "host.com"}).candidates[0]
    alone = matcher_of(accounts[:1]).match_one("leads", {"lead_id": "L", "domain": "host.com"}).candidates[0]
    assert shared["score"] < alone["score"] - 1


def test_points_add_up_to_the_score(matcher_of: MatcherOf) -> None:
    person = {"lead_id": "L", "domain": "acmewidgets.com", "core_name": "acme", "city": "Paris", "phone": "+4930999"}
    (candidate,) = matcher_of([ACME]).match_one("leads", person).candidates
    points = sum(float(points) for points in re.findall(r": ([+-][\d.]+)(?:;|$)", str(candidate["evidence"])))
    assert candidate["score"] == pytest.approx(points + shipped_weights().prior, abs=0.25)


def test_a_plan_makes_a_field_count_more_or_less(matcher_of: MatcherOf) -> None:
    person = {"lead_id": "L", "domain": "acmewidgets.com", "country": "FR"}
    differs = shipped_weights().country["unknown"]["differs"]
    assert differs < 0
    for weight in (1, 4):
        matcher = matcher_of([ACME], matching=f"weights: {{country: {weight}}}")
        told = matcher.match_one("leads", person).candidates[0]["evidence"]
        assert f"country: differs from the account's: {weight * differs:+.1f}" in told


def test_synonyms_make_names_equal(matcher_of: MatcherOf) -> None:
    plan = "synonyms: [{name: Big Blue, means: acme widgets}]"
    person = {"lead_id": "L", "core_name": "big blue"}
    assert matcher_of([ACME, OTHER]).match_one("leads", person).account_id is None
    assert matcher_of([ACME, OTHER], matching=plan).match_one("leads", person).account_id == "A1"
