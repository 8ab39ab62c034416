from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rightful.plan import Plan, plan_from
from rightful.rules.proofs.ground import NOTHING
from rightful.rules.proofs.regions import Region
from rightful.runs.proof.accounts import Accounts
from rightful.runs.proof.gaps import gaps
from rightful.runs.proof.layer import LayerProof, layer_proof
from rightful.runs.proof.overlaps import overlaps
from rightful.stages.assignment.accounts import place_accounts
from rightful.stages.assignment.families import POLICIES
from rightful.stages.territories import compile_layer

# A (EMEA, DE) > B (EMEA, FR) > C (EMEA, US); A > D (NA, US) > E (NA, CA); F (FR) > G (DE); H alone, and named
FAMILIES: dict[str, list[Any]] = {
    "account_id": ["A", "B", "C", "D", "E", "F", "G", "H"],
    "parent_id": [None, "A", "B", "A", "D", None, "F", None],
    "hierarchy_depth": [0.0, 1.0, 2.0, 1.0, 2.0, 0.0, 1.0, 0.0],
    "region": ["EMEA", "EMEA", "EMEA", "NA", "NA", "EMEA", "EMEA", "NA"],
    "country": ["DE", "FR", "US", "US", "CA", "FR", "DE", "CA"],
    "employees": [5000.0, 50.0, 5000.0, 5000.0, 50.0, 10.0, 20.0, 30.0],
    "domain": [None] * 8,
}
KINDS = {"hierarchy_depth": pa.float64(), "employees": pa.float64()}
TABLE = pa.table(
    {name: pa.array(values, KINDS.get(name, pa.string())) for name, values in FAMILIES.items()},
)
WORTH = np.arange(1, 9, dtype=np.float64)
NOBODY = pa.table({"rep_id": pa.array([], pa.string())})
ACCOUNTS = Accounts(TABLE, WORTH, WORTH, "", datetime(2026, 1, 1, tzinfo=UTC), NOBODY, NOBODY)
RULES = """
layers:
  - layer: geography
    rules:
      - {territory: GERMANY, country: DE}
      - {territory: USA, country: US}
      - {territory: LARGE, employees: ">=1000"}
named_accounts: [{account_id: H, territory: USA}]
"""


def plan_with(families: str) -> Plan:
    return plan_from({"assignment.yaml": f"{RULES}families: {{{families}}}\n"})


def proof_of(plan: Plan) -> LayerProof:
    [layer] = plan.assignment.layers
    return layer_proof(plan, compile_layer(layer, plan.assignment, plan.lists), {}, ACCOUNTS)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("when", ["", ", when: employees < 1000"])
def test_the_accounts_in_gaps_are_those_that_a_run_leaves_without_a_territory(policy: str, when: str) -> None:
    plan = plan_with(f"policy: {policy}{when}")
    [placed] = place_accounts(TABLE, plan.assignment, plan.lists)
    bare = [not placed.outcomes[number] for number in placed.outcome.tolist()]
    proof = proof_of(plan)
    assert proof.holding is not None
    region = Region("gap", proof.surface, proof.winners.renamed(lambda value: int(value == NOTHING)))
    found = proof.holding.where(region.mask)
    assert found.records == sum(bare)
    assert found.open_pipeline_usd == WORTH[bare].sum()
    assert max((each.stake.records for each in gaps(proof) if each.stake), default=0) <= sum(bare)


def test_an_account_that_its_family_places_is_in_no_gap_and_one_that_follows_into_a_gap_is() -> None:
    alone, together = (proof_of(plan_with(f"policy: {policy}")) for policy in ("none", "descendants"))

    def examples(proof: LayerProof) -> list[tuple[int, str | None]]:
        return [(each.stake.records, each.stake.example) for each in gaps(proof) if each.stake]

    assert examples(alone) == [(3, "F")]  # B and F in France, E in Canada; H is named
    assert examples(together) == [(2, "G")]  # G follows F; B and E follow A


def test_overlaps_count_the_accounts_that_the_rules_decide() -> None:
    [contest] = [each for each in overlaps(proof_of(plan_with("policy: descendants"))) if each.subject[0] == "GERMANY"]
    assert contest.stake is not None
    assert (contest.stake.records, contest.stake.example) == (5, "E")
