"""Prove a plan: what it leaves uncovered, what it decides twice, and what in it never decides anything."""

from __future__ import annotations

from rightful.runs.proof.finding import Finding, Proof, Severity, Stake
from rightful.runs.proof.prove import prove

__all__ = ["Finding", "Proof", "Severity", "Stake", "prove"]
