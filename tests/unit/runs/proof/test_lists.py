from __future__ import annotations

import pytest

from rightful.plan import plan_from
from rightful.runs.proof import prove
from tiny import FILES

PLAN = {name: text for name, text in FILES.items() if not name.startswith("book/")}
POOLS = "pools:\n  - pool: triage\n    members: [{rep_id: R3}]\n    is_always_open: true\nfallback_pool: triage\n"


def told(**files: str) -> list[tuple[str, str, str]]:
    texts = {**PLAN, **{name.replace("_yaml", ".yaml"): text for name, text in files.items()}}
    found = prove(plan_from(texts)).findings()
    return [(each.kind, each.where, each.message) for each in found if each.where != "geography"]


def test_the_tiny_plan_has_no_idle_rules() -> None:
    assert told() == []


def test_a_segment_that_rules_before_it_hide() -> None:
    rules = "segment:\n  rules:\n    - {name: EU, country: 'DE, FR'}\n    - {name: Germany, country: DE}\n    - {name: Rest}\n"
    [(kind, where, message)] = told(segmentation_yaml=rules)
    assert (kind, where) == ("shadowed", "segmentation segment")
    assert message.startswith(
        "'Germany (rule 2)' never decides: always before it is 'EU (rule 1)' (segmentation.yaml:3"
    )


def test_a_block_of_one_table_is_proven_by_itself() -> None:
    rules = "leads:\n  segment:\n    rules:\n      - {name: All}\n      - {name: Few, country: DE}\n"
    assert [(kind, where) for kind, where, _ in told(segmentation_yaml=rules)] == [
        ("shadowed", "segmentation segment of leads")
    ]


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ("pool_rules:\n  - {pool: triage}\n  - {pool: triage, country: DE}\n", "routing pool rules"),
        ("sla:\n  - {minutes: 30}\n  - {minutes: 60, country: DE}\n", "routing sla"),
        ("disqualify:\n  - {country: DE}\n  - {country: DE, state: BY}\n", "routing disqualify"),
        ("routes:\n  - {methods: [pool]}\n  - {methods: [pool], country: DE}\n", "routing routes"),
    ],
)
def test_rules_of_routing_that_never_decide(rules: str, where: str) -> None:
    [(kind, found, message)] = told(routing_yaml=POOLS + rules)
    assert (kind, found) == ("shadowed", where)
    assert message.startswith("'rule 2' never decides: always before it is 'rule 1'")


def test_a_rule_of_routing_that_nobody_can_meet() -> None:
    rules = (
        "sla:\n  - {rule: never, minutes: 30, when: employees > 9 AND employees < 5}\n  - {minutes: 9, country: UK}\n"
    )
    assert [(kind, where) for kind, where, _ in told(routing_yaml=POOLS + rules)] == [("dead", "routing sla")] * 2


def test_profiles_and_overrides_of_scores_that_never_apply() -> None:
    scoring = """\
profiles:
  - {profile: all, table: leads, criteria: [{criterion: big, thirds: 1, employees: ">=100"}]}
  - {profile: german, table: leads, when: country = 'DE', criteria: [{criterion: big, thirds: 1, employees: ">=100"}]}
overrides:
  - {table: leads, record_id: L1, score: 5, reason: first}
  - {table: leads, record_id: L1, score: 7, reason: second}
"""
    found = told(scoring_yaml=scoring)
    assert sorted(where for _, where, _ in found) == ["scoring overrides of leads", "scoring profiles of leads"]
    assert {kind for kind, _, _ in found} == {"shadowed"}
