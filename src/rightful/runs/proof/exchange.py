"""A proof for machines: JSON, SARIF for code review, and the baseline of accepted findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rightful.errors import Mistake, Place, PlanError
from rightful.runs.proof.finding import KINDS, Finding, Proof, Severity

__all__ = ["as_json", "as_sarif", "read_baseline", "write_baseline"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LONGEST = 200


def as_json(proof: Proof, most: int = 0, least: Severity = Severity.NOTE) -> dict[str, Any]:
    """Give a proof as plain data."""
    return {
        "plan": proof.plan_name,
        "version": proof.plan_version,
        "book": proof.book or None,
        "accounts": proof.accounts,
        "counts": {str(severity): proof.count(severity) for severity in Severity},
        "accepted": proof.accepted,
        "gone": proof.gone,
        "unproven": list(proof.unproven),
        "findings": [finding.as_json() for finding in proof.findings(most, least)],
    }


def as_sarif(proof: Proof, folder: Path, most: int = 0, least: Severity = Severity.NOTE) -> dict[str, Any]:
    """Give a proof as SARIF 2.1.0, which code review tools show beside the lines.

    Args:
        proof: The proof.
        folder: Folder of the plan, as it is called from where the review looks; places are below it.
        most: How many findings; 0 for all.
        least: Findings of less severity are left out.

    Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
    """
    rules = [{"id": kind, "shortDescription": {"text": words}} for kind, words in KINDS.items()]
    results = [_result(finding, folder) for finding in proof.findings(most, least)]
    driver = {"name": "rightful prove", "rules": rules}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(finding: Finding, folder: Path) -> dict[str, Any]:
    text = f"{finding.where}: {finding.message}. {finding.repair[:1].upper()}{finding.repair[1:]}."
    return {
        "ruleId": finding.kind,
        "level": str(finding.severity),
        "message": {"text": text},
        "locations": [_location(place, folder) for place in finding.places],
        "partialFingerprints": {"rightful/v1": finding.fingerprint},
        "properties": finding.as_json(),
    }


def _location(place: Place, folder: Path) -> dict[str, Any]:
    region = {"startLine": place.line, **({"startColumn": place.column} if place.column else {})}
    physical: dict[str, Any] = {"artifactLocation": {"uri": (folder / place.file).as_posix()}}
    return {"physicalLocation": physical | ({"region": region} if place.line else {})}


def write_baseline(proof: Proof, path: Path) -> int:
    """Write a file of all findings, so that a later proof reports only new ones; give how many.

    The file is sorted and one line per finding, so that a review shows what is accepted.
    """
    accepted = {each.fingerprint: _words_of(each.kind, each.where, each.subject) for each in proof.candidates}
    content = {"plan": proof.plan_name, "accepted": dict(sorted(accepted.items(), key=lambda item: (item[1], item[0])))}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(accepted)


def _words_of(kind: str, where: str, subject: tuple[str, ...]) -> str:
    """Say what is accepted, shortly."""
    words = f"{kind} in {where}: {', '.join(part for part in subject if part)}"
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def read_baseline(path: Path) -> frozenset[str]:
    """Read the fingerprints of accepted findings.

    Raises:
        PlanError: The file is missing or no baseline.
    """
    remedy = "write it with `rightful prove PLAN --write-baseline FILE`"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problem = f"the baseline cannot be read: {error.strerror}"
        raise PlanError(Mistake(Place(str(path)), problem, remedy=remedy)) from error
    except ValueError as error:
        raise PlanError(Mistake(Place(str(path)), "the baseline is no JSON", remedy=remedy)) from error
    accepted = content.get("accepted") if isinstance(content, Mapping) else None
    if not isinstance(accepted, Mapping):
        raise PlanError(Mistake(Place(str(path)), "the baseline has no findings under `accepted`", remedy=remedy))
    return frozenset(map(str, accepted))
