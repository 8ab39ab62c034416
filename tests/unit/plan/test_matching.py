from __future__ import annotations

import pytest

from rightful.errors import PlanError
from rightful.plan import plan_from
from rightful.plan.matching import DomainOnly, TieBreaker


def test_an_empty_plan_matches_with_defaults() -> None:
    section = plan_from({}).matching
    assert section.domain_only is DomainOnly.FALLBACK
    assert section.tie_breakers[0] is TieBreaker.CUSTOMER
    assert section.weak < section.strong


def test_links_are_read_from_a_table() -> None:
    table = "object,record_id,account_id\nlead,00042,A1\n"
    section = plan_from({"matching.yaml": "manual_links: manual_links.csv", "manual_links.csv": table}).matching
    assert section.manual_links[0].record_id == "00042"


def test_synonyms_are_written_as_core_names() -> None:
    section = plan_from({"matching.yaml": "synonyms: [{name: '  Big  Blue', means: IBM}]"}).matching
    assert section.spellings == {"big blue": "ibm"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("strong: 1.5", "strong"),
        ("{strong: 0.3, weak: 0.5}", "weak is 0.5, above strong"),
        ("domain_only: sometimes", "fallback"),
        ("tie_breakers: [custommer]", "customer"),
        ("tie_breakers: [customer, customer]", "'customer' stands more than once"),
        ("filters: [{name: f, when: employes > 3}]", "employes"),
        ('filters: [{name: f, when: "score > 3"}]', "score"),
        ("filters: [{name: f, when: employees > 3}, {name: f, when: employees > 4}]", "'f' stands more than once"),
        (
            "manual_links: [{record_id: L1, account_id: A1}, {record_id: L1, account_id: A2}]",
            "'lead L1' stands more than",
        ),
        ("manual_links: [{object: account, record_id: L1, account_id: A1}]", "object"),
        (
            "{manual_links: [{record_id: L1, account_id: A1}], never_match: [{record_id: L1, account_id: A1}]}",
            "never to match",
        ),
        ("weights: {domain: -1}", "domain"),
        ("weights: {fax: 1}", "fax"),
    ],
)
def test_mistakes_are_told(text: str, problem: str) -> None:
    with pytest.raises(PlanError, match=problem):
        plan_from({"matching.yaml": text})


def test_a_mistake_in_a_filter_has_its_place() -> None:
    with pytest.raises(PlanError) as error:
        plan_from({"matching.yaml": "filters:\n  - name: f\n    when: employes > 3\n"})
    place = error.value.mistakes[0].place
    assert place is not None
    assert (place.file, place.line) == ("matching.yaml", 3)
