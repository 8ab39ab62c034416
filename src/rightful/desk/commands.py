"""What the desk can be told to do. A command is stored as it came, so that it can be told again and gives the same answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

__all__ = [
    "Accept",
    "Command",
    "Fire",
    "Outcome",
    "Reassign",
    "Reject",
    "Requeue",
    "Resolve",
    "Route",
    "Upsert",
    "command_from",
    "digest_of",
    "text_of",
]


@dataclass(frozen=True, slots=True)
class Route:
    """Decide who acts on a record; one that was decided before is looked at anew, with what it says now.

    Attributes:
        object: Kind of record, such as lead.
        record: Values as texts, by our names of fields or those that the plan maps to them; its key among them.
    """

    object: str
    record: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Accept:
    """A rep takes a record: the clock of its deadline stops."""

    object: str
    record_id: str
    rep_id: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A rep does not take a record: it goes to somebody else."""

    object: str
    record_id: str
    rep_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reassign:
    """A person gives a record to a rep."""

    object: str
    record_id: str
    rep_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a record: responded, closed, won, lost or disqualified; all but the first end it."""

    object: str
    record_id: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Resolve:
    """A person gives an exception to a rep, or (None) has it decided again."""

    object: str
    record_id: str
    rep_id: str | None = None


@dataclass(frozen=True, slots=True)
class Upsert:
    """Put records of the book in, or change them: accounts, contacts, reps, absences; seen by the next decision.

    Attributes:
        table: Their table.
        records: Values as texts, as in ``Route``.
    """

    table: str
    records: tuple[Mapping[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Fire:
    """Let a timer that is due have its effect; the desk itself says so."""

    timer_id: str


@dataclass(frozen=True, slots=True)
class Requeue:
    """Try to deliver a message again that was given up."""

    message_id: str


Command = Route | Accept | Reject | Reassign | Outcome | Resolve | Upsert | Fire | Requeue

_KINDS: dict[str, type[Any]] = {
    kind.__name__.lower(): kind for kind in (Route, Accept, Reject, Reassign, Outcome, Resolve, Upsert, Fire, Requeue)
}


def text_of(command: Command) -> str:
    """Write a command as canonical JSON: the same command gives the same text.

    Example:
        >>> text_of(Accept("lead", "L1", "R1"))
        '{"kind":"accept","object":"lead","record_id":"L1","rep_id":"R1"}'
    """
    values = {each.name: getattr(command, each.name) for each in fields(command)}
    plain = {"kind": type(command).__name__.lower(), **values}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(text: str) -> str:
    """Give the digest by which two commands with one key are told apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def command_from(text: str) -> Command:
    """Read what ``text_of`` wrote.

    Example:
        >>> command_from(text_of(Fire("T1")))
        Fire(timer_id='T1')
    """
    values = json.loads(text)
    kind = _KINDS[values.pop("kind")]
    if kind is Upsert:
        values["records"] = tuple(values["records"])
    return kind(**values)
