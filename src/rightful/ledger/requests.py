"""What the desk was asked and what it answered, held to the audit chain by a digest in each entry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from rightful.ledger.desk_tables import desk_requests

__all__ = ["DROPPED_TO", "requests_digest", "unlike_requests"]

DROPPED_TO = "requests_dropped_to"
"""Fact of an entry: requests of entries up to this position are kept no longer."""

_ROWS = 10_000
_BY_ENTRY = sa.select(
    desk_requests.c.position, desk_requests.c.key, desk_requests.c.body, desk_requests.c.answer
).order_by(desk_requests.c.position)


def requests_digest(requests: Iterable[tuple[str, str, str]]) -> str:
    """Give the digest of an entry's requests: key, command and answer of each, in any order.

    Example:
        >>> requests_digest([("k1", "{}", "{}"), ("k2", "{}", "{}")]) == requests_digest([("k2", "{}", "{}"), ("k1", "{}", "{}")])
        True
    """
    lines = sorted(" ".join(_digest(text) for text in request) for request in requests)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def unlike_requests(connection: sa.Connection, contents: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Compare the requests that each entry holds with the digest that it left; those that were dropped by policy are passed over."""
    facts = {content["position"]: content.get("facts", {}) for content in contents if "position" in content}
    dropped = max((fact.get(DROPPED_TO, 0) for fact in facts.values()), default=0)
    wrote = {
        position: (fact["requests"], fact["requests_digest"])
        for position, fact in facts.items()
        if "requests_digest" in fact
    }
    stored = connection.execute(_BY_ENTRY, execution_options={"yield_per": _ROWS})
    for position, rows in groupby(stored, key=itemgetter(0)):
        there = [tuple(row[1:]) for row in rows]
        if wrote.pop(position, None) != (len(there), requests_digest(there)):
            yield f"what the desk was asked and answered is not what entry {position} wrote: {len(there)} requests are there"
    for position in wrote:
        if position > dropped:
            yield f"what the desk was asked and answered in entry {position} is gone"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
