"""Who may do what: a key has a role, the role has scopes, and each route asks for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

__all__ = ["MEANINGS", "SCOPES", "Principal", "Role", "Scope"]


class Role(StrEnum):
    """What a key's holder is."""

    VIEWER = "viewer"
    REP = "rep"
    MANAGER = "manager"
    PLANNER = "planner"
    PUBLISHER = "publisher"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Scope(StrEnum):
    """What a route asks for."""

    ROUTE = "route"
    BOOK = "book"
    WORK = "work"
    REASSIGN = "reassign"
    RESOLVE = "resolve"
    TEAM = "team"
    DECISIONS = "decisions"
    LISTS = "lists"
    METRICS = "metrics"
    MESSAGES = "messages"
    PLAN = "plan"
    OPENAPI = "openapi"


MEANINGS: Mapping[Scope, str] = MappingProxyType(
    {
        Scope.ROUTE: "send records to be decided",
        Scope.BOOK: "put accounts, contacts, reps and absences into the book",
        Scope.WORK: "accept, reject, tell the outcome",
        Scope.REASSIGN: "give a record to another rep",
        Scope.RESOLVE: "resolve exceptions",
        Scope.TEAM: "change availability and capacity of reps",
        Scope.DECISIONS: "read decisions and records",
        Scope.LISTS: "read exceptions, pools, timers, status and the plan in force",
        Scope.METRICS: "read metrics",
        Scope.MESSAGES: "read dead letters and send them again",
        Scope.PLAN: "put a changed plan in force",
        Scope.OPENAPI: "read the description of the interface",
    }
)

_READS = frozenset({Scope.DECISIONS, Scope.LISTS, Scope.METRICS, Scope.OPENAPI})
SCOPES: Mapping[Role, frozenset[Scope]] = MappingProxyType(
    {
        Role.VIEWER: _READS,
        Role.AUDITOR: _READS | {Scope.MESSAGES},
        Role.REP: frozenset({Scope.WORK, Scope.DECISIONS, Scope.TEAM, Scope.OPENAPI}),
        Role.MANAGER: _READS
        | {Scope.ROUTE, Scope.BOOK, Scope.WORK, Scope.REASSIGN, Scope.RESOLVE, Scope.TEAM, Scope.MESSAGES},
        Role.PLANNER: _READS,
        Role.PUBLISHER: _READS | {Scope.PLAN},
        Role.ADMIN: frozenset(Scope),
    }
)
"""The scopes of each role. A rep's are for the rep's own records, availability and capacity; a planner changes files, a publisher
puts them in force."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls.

    Attributes:
        key_id: Identifier of the key; it is what logs, the audit chain and limits name.
        role: Its role.
        scopes: What it may do: the role's scopes, or those of them that the key was narrowed to.
        rep_ids: The reps that a key of role rep speaks for.
    """

    key_id: str
    role: Role
    scopes: frozenset[Scope]
    rep_ids: frozenset[str] = frozenset()

    @classmethod
    def of(cls, key_id: str, role: Role, words: Iterable[str]) -> Principal:
        """Make who calls from what is stored: scopes, and ``rep:R1`` for each rep.

        Example:
            >>> sorted(Principal.of("k1", Role.REP, ["work", "rep:R1"]).scopes)
            [<Scope.WORK: 'work'>]
        """
        given = set(words)
        reps = frozenset(word.removeprefix("rep:") for word in given if word.startswith("rep:"))
        named = {scope for scope in Scope if scope.value in given}
        return cls(key_id, role, SCOPES[role] & named if named else SCOPES[role], reps)

    def may(self, scope: Scope) -> bool:
        """Tell whether the key has a scope."""
        return scope in self.scopes

    def speaks_for(self, rep_id: str | None) -> bool:
        """Tell whether the key may act for a rep: those of role rep for their own alone."""
        return self.role is not Role.REP or (rep_id is not None and rep_id in self.rep_ids)
