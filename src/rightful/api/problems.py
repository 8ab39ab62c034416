"""Errors as problem documents, and the one table from our errors to HTTP status.

Source: RFC 9457, "Problem Details for HTTP APIs".
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from starlette.responses import Response

from rightful.errors import (
    BadRecord,
    BookError,
    DeskBusy,
    DeskDown,
    DeskError,
    DiskFull,
    EngineError,
    InProgress,
    KeyConflict,
    LedgerError,
    Mistake,
    NoSuchRecord,
    PlanError,
    Refused,
    RightfulError,
    RunError,
)

__all__ = ["KINDS", "PROBLEM_JSON", "STATUS_OF", "Kind", "Problem", "kind_of", "problem_of"]

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the end of its type URI, its status, and its title, the same each time."""

    name: str
    status: int
    title: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("bad-request", 400, "The request cannot be read"),
            Kind("bad-record", 400, "The record cannot be read"),
            Kind("no-key", 401, "A valid API key is needed"),
            Kind("not-allowed", 403, "The key may not do this"),
            Kind("not-found", 404, "There is no such thing"),
            Kind("wrong-method", 405, "The address does not know this method"),
            Kind("refused", 409, "The record does not allow this now"),
            Kind("in-progress", 409, "The same command is being carried out"),
            Kind("too-large", 413, "The request is too large"),
            Kind("wrong-content", 415, "The request is not JSON"),
            Kind("key-conflict", 422, "The idempotency key was used for something else"),
            Kind("bad-plan", 422, "The plan has mistakes; the one before stays in force"),
            Kind("too-many", 429, "Too many requests"),
            Kind("busy", 429, "The desk is busy"),
            Kind("internal", 500, "The desk failed"),
            Kind("down", 503, "The desk takes nothing now"),
            Kind("disk-full", 507, "There is no room to write"),
        )
    }
)
"""Every kind of problem by its name."""

STATUS_OF: Mapping[type[RightfulError], str] = MappingProxyType(
    {
        BadRecord: "bad-record",
        NoSuchRecord: "not-found",
        Refused: "refused",
        InProgress: "in-progress",
        KeyConflict: "key-conflict",
        DeskBusy: "busy",
        DeskDown: "down",
        DiskFull: "disk-full",
        DeskError: "internal",
        PlanError: "bad-plan",
        LedgerError: "down",
        EngineError: "down",
        RunError: "down",
        BookError: "down",
    }
)
"""The kind of problem of each of our errors; a test walks the tree of errors."""

_RETRY_SECONDS = 5
"""When to come back after an error of the database that does not say when."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem to be told.

    Attributes:
        kind: What kind it is.
        mistakes: What is wrong, allowed, and to be done.
        retry_after_seconds: When the same may be asked again; 0 where that would change nothing.
    """

    kind: Kind
    mistakes: Sequence[Mistake] = ()
    retry_after_seconds: float = 0

    def as_json(self, instance: str) -> dict[str, Any]:
        """Give the members of the document; ``instance`` names the request."""
        first = self.mistakes[0] if self.mistakes else Mistake(None, self.kind.title)
        document: dict[str, Any] = {
            "type": f"urn:rightful:problem:{self.kind.name}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": "\n".join(str(each) for each in self.mistakes) or self.kind.title,
            "instance": instance,
            "place": str(first.place) if first.place else None,
            "allowed": first.allowed or None,
            "remedy": first.remedy or None,
        }
        if len(self.mistakes) > 1:
            document["mistakes"] = [_plain(each) for each in self.mistakes]
        return document

    def response(self, instance: str, headers: Iterable[tuple[str, str]] = ()) -> Response:
        """Give the document as a response."""
        body = json.dumps(self.as_json(instance), ensure_ascii=False).encode("utf-8", "replace")
        response = Response(body, self.kind.status, media_type=PROBLEM_JSON)
        for name, value in headers:
            response.headers[name] = value
        if self.retry_after_seconds:
            response.headers["Retry-After"] = str(max(1, math.ceil(self.retry_after_seconds)))
        return response


def problem_of(error: RightfulError) -> Problem:
    """Give the problem that one of our errors is."""
    kind = kind_of(type(error))
    seconds = error.retry_after_seconds if isinstance(error, DeskError) else 0
    if kind.status >= 500 and not seconds:
        seconds = _RETRY_SECONDS
    if kind.status >= 500 and not isinstance(error, DeskError):
        return Problem(kind, retry_after_seconds=seconds)  # what a database says is for the log, not for strangers
    return Problem(kind, error.mistakes, seconds)


def kind_of(error: type[RightfulError]) -> Kind:
    """Give the kind of problem of a class of our errors."""
    for each in error.__mro__:
        if each in STATUS_OF:
            return KINDS[STATUS_OF[each]]
    return KINDS["internal"]


def _plain(mistake: Mistake) -> dict[str, str | None]:
    return {
        "place": str(mistake.place) if mistake.place else None,
        "problem": mistake.problem,
        "allowed": mistake.allowed or None,
        "remedy": mistake.remedy or None,
    }
