"""Decisions about records that the book does not have are told by ``check``."""

from __future__ import annotations

import pytest

from conftest import TinyPlan
from rightful.plan import load_plan
from rightful.runs.check import check

DECISIONS = {
    "matching.yaml": "manual_links: manual_links.csv\nnever_match: [{record_id: L1, account_id: A2}]\n"
    "affiliations: [{domain: zoo.example, account_id: A77}]\n",
    "manual_links.csv": "object,record_id,account_id\nlead,L1,A1\nlead,L88,A1\nlead,L89,A1\ncontact,C1,A99\n",
    "hierarchy.yaml": "overrides: [{account_id: A2, parent_id: A66}, {account_id: A3, parent_id: none}]\n",
    "scoring.yaml": "overrides: [{record_id: L55, score: 1, reason: test}]\n",
    "quality.yaml": "corrections: [{table: accounts, record_id: A44, field: country, value: US}]\n"
    "duplicates: {accounts: {decisions: [{record_id: A1, other_id: A33, is_same: false}]}}\n",
    "changes.yaml": "locks: [{record_id: A22, reason: audit, locked_by: ops}]\n",
}


@pytest.fixture
def found(tiny_plan: TinyPlan) -> list[str]:
    plan = load_plan(tiny_plan(DECISIONS))
    return [str(mistake) for mistake in check(plan).mistakes if "which is not in" in mistake.problem]


def test_each_list_names_its_first_unknown_record_and_where_it_stands(found: list[str]) -> None:
    assert [line.partition(". Allowed")[0] for line in found] == [
        "quality.yaml:1:44: quality.corrections names 'A44', which is not in accounts",
        "quality.yaml:2:63: quality.duplicates.accounts.decisions names 'A33', which is not in accounts",
        "hierarchy.yaml:1:41: hierarchy.overrides names 'A66', which is not in accounts",
        "manual_links.csv:3:2: matching.manual_links names 'L88', which is not in leads, nor 1 more",
        "manual_links.csv:5:3: matching.manual_links names 'A99', which is not in accounts",
        "matching.yaml:3:50: matching.affiliations names 'A77', which is not in accounts",
        "scoring.yaml:1:25: scoring.overrides names 'L55', which is not in leads",
        "changes.yaml:1:21: changes.locks names 'A22', which is not in accounts",
    ]
