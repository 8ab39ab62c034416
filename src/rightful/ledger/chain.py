"""The audit chain: what an entry says, and how it holds on to the one before.

An entry is a JSON object; its hash is the SHA-256 of its canonical text (keys sorted, no blanks, ASCII), which holds the hash of
the entry before. It names ids, codes, counts and digests, never a person. ``verify_chain`` checks the written chain and can be read
alone; this module makes it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC

from rightful.errors import LedgerError, Mistake
from rightful.ledger.shapes import instant_of

__all__ = ["NOTHING", "Content", "Fact", "checked_facts", "hash_of", "signature"]

Fact = str | int | bool | None
NOTHING = ""
"""What the first entry holds in place of the hash of the one before."""
_CODE = re.compile(r"[\w.:/+=-]{0,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Content:
    """What an entry of the chain says.

    Attributes:
        position: Its number, from 1, without gap.
        recorded_at: When, in microseconds since 1970 UTC; later than the one before.
        event: What was done, such as import or apply.
        change_set_id: By which change set; None for none.
        plan_version: By which version of the plan; None for none.
        actor: Salted digest of who did it, see ``signature``.
        rows_recorded: Beliefs that begin to be held.
        rows_superseded: Beliefs that cease to be held.
        rows_digest: Digest of both.
        previous: Hash of the entry before; empty for the first.
        facts: Further ids, codes, counts and digests.
    """

    position: int
    recorded_at: int
    event: str
    change_set_id: str | None
    plan_version: str | None
    actor: str
    rows_recorded: int
    rows_superseded: int
    rows_digest: str
    previous: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def as_text(self) -> str:
        """Write the entry canonically: this text is hashed and stored."""
        moment = instant_of(self.recorded_at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        content = {
            "position": self.position,
            "recorded_at": moment,
            "event": self.event,
            "change_set_id": self.change_set_id,
            "plan_version": self.plan_version,
            "actor": self.actor,
            "rows_recorded": self.rows_recorded,
            "rows_superseded": self.rows_superseded,
            "rows_digest": self.rows_digest,
            "previous": self.previous,
            "facts": dict(self.facts),
        }
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def hash_of(text: str) -> str:
    """Give the hash of an entry's canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def signature(actor: str, salt: str) -> str:
    """Give the digest that stands in the chain for a person; without the salt nobody can guess the name from it."""
    return hashlib.sha256(f"{salt}\n{actor}".encode()).hexdigest()


def checked_facts(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Refuse what could be personal data: only numbers and codes without blanks or @ come into the chain.

    Raises:
        LedgerError: A value is longer text.

    Example:
        >>> checked_facts({"records": 3, "reason": "rep_left"})
        {'records': 3, 'reason': 'rep_left'}
    """
    wrong = [name for name, value in facts.items() if isinstance(value, str) and not _CODE.fullmatch(value)]
    if wrong:
        allowed = "numbers, and up to 200 letters, digits and . : / + = - _"
        raise LedgerError(Mistake(None, f"{name} is no code, so it may be personal", allowed) for name in wrong)
    return dict(facts)
