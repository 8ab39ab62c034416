"""Prove a plan, layer by layer, with the accounts of a run where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pyarrow.compute as pc

from rightful.errors import RunError
from rightful.plan import Plan
from rightful.plan.section import rule_fields
from rightful.rules import parse_expression
from rightful.rules.proofs import ChartTooLargeError, Domains
from rightful.runs.proof.accounts import Accounts, accounts_of
from rightful.runs.proof.calendar import holes
from rightful.runs.proof.domains import account_domains, kept_by
from rightful.runs.proof.finding import Candidate, Proof, Stake
from rightful.runs.proof.gaps import gaps
from rightful.runs.proof.idle import idle, unproven_exclusions
from rightful.runs.proof.layer import LayerProof, layer_proof
from rightful.runs.proof.lists import idle_rules
from rightful.runs.proof.overlaps import overlaps
from rightful.runs.proof.values import unreachable
from rightful.runs.run import Run
from rightful.stages.territories import LayerRules, compile_layer

__all__ = ["newest_run", "prove"]

_LOOKS: Mapping[str, Callable[[LayerProof], Iterable[Candidate]]] = {
    "gaps": gaps,
    "rules that never decide": idle,
    "overlaps": overlaps,
    "values that do not occur": unreachable,
}


def prove(plan: Plan, run: Run | None = None, accepted: Iterable[str] = ()) -> Proof:
    """Prove a plan.

    Every layer is proven exactly, by its rules alone: gaps, overlaps, rules that never decide, values that do not occur. Of the other
    ordered lists, for segments, scores and routing, the rules that never decide are found.
    With a run the accounts in each finding are counted and weighed, and holes of coverage in time are sought.

    Args:
        plan: The plan.
        run: A run of it: its accounts and reps; None proves the rules alone.
        accepted: Fingerprints of findings that are accepted and not reported again.

    Returns:
        The findings, the worst and most valuable first; what could not be proven is said.
    """
    layers = [compile_layer(layer, plan.assignment, plan.lists) for layer in plan.assignment.layers]
    fields = sorted({name for layer in layers for names in layer.fields for name in names})
    family = _family_fields(plan)
    accounts = None if run is None else accounts_of(run, [*fields, *family])
    domains: Domains = account_domains(plan)
    notes: list[str] = []
    if accounts is not None:
        domains, dropped = kept_by(
            domains, accounts.table.select([name for name in fields if name in accounts.table.column_names])
        )
        notes += [f"the book holds unusual values of {name}: any value counts as possible" for name in dropped]
    found: list[Candidate] = []
    for layer in layers:
        of_layer, unproven = _proven(layer_proof(plan, layer, domains, accounts))
        found += of_layer
        notes += unproven
    of_lists, unproven = idle_rules(plan, domains)
    found += of_lists
    notes += unproven
    if run is not None and accounts is not None:
        found += holes(plan, accounts, _territories(run, accounts))
    return _proof(plan, accounts, found, notes, frozenset(accepted))


def _family_fields(plan: Plan) -> tuple[str, ...]:
    """Give the fields by which members of a family are told that follow another account."""
    when = plan.assignment.families.when
    if when is None:
        return ()
    return tuple(
        sorted(
            parse_expression(when.text, rule_fields("accounts", before="assignment"), when.place, plan.lists).fields()
        )
    )


def newest_run(plan_folder: Path) -> Run | None:
    """Give the newest run of a plan; None where there is none."""
    try:
        return Run.latest(plan_folder)
    except RunError:
        return None


def _proven(proof: LayerProof) -> tuple[list[Candidate], list[str]]:
    """Look at a layer in every way; give what could not be proven as well."""
    found: list[Candidate] = []
    notes: list[str] = []
    for what, look in _LOOKS.items():
        try:
            found += list(look(proof))
        except ChartTooLargeError:
            notes.append(_too_large(proof.rules, what))
    left = 0 if notes else unproven_exclusions(proof)
    if left:
        notes.append(f"layer {proof.name}: whether {left} more exclusions matter is not proven")
    return found, notes


def _too_large(rules: LayerRules, what: str) -> str:
    fields = ", ".join(rules.rules.exploded_fields[:3])
    cause = f"; {fields} combine too freely" if fields else ""
    return f"layer {rules.layer}: {what} are NOT proven, for there are too many cases{cause}"


def _territories(run: Run, accounts: Accounts) -> dict[str, Stake]:
    """Weigh what lies in each territory."""
    winners = run.scan("account_territories").filter("is_winner").select("account_id", "territory_id")
    found: dict[str, Stake] = {}
    for (territory,), rows in winners.collect().sort("territory_id").group_by("territory_id", maintain_order=True):
        inside = pc.is_in(accounts.table["account_id"], rows["account_id"].to_arrow().cast("string"))
        found[str(territory)] = accounts.stake(inside.to_numpy(zero_copy_only=False))
    return found


def _proof(
    plan: Plan, accounts: Accounts | None, found: Iterable[Candidate], notes: Iterable[str], accepted: frozenset[str]
) -> Proof:
    ranked = sorted(found, key=lambda each: each.order)
    kept = tuple(each for each in ranked if each.fingerprint not in accepted) if accepted else tuple(ranked)
    known = {each.fingerprint for each in ranked} if accepted else frozenset()
    return Proof(
        plan_name=plan.name,
        plan_version=plan.version,
        book=_book(plan, accounts),
        accounts=accounts.table.num_rows if accounts else 0,
        candidates=kept,
        accepted=len(ranked) - len(kept),
        gone=len(accepted - known),
        unproven=tuple(notes),
    )


def _book(plan: Plan, accounts: Accounts | None) -> str:
    if accounts is None:
        return ""
    changed = "" if accounts.plan_version == plan.version else ", made with another version of the plan"
    return f"the run as of {accounts.as_of:%Y-%m-%d %H:%M} UTC{changed}"
