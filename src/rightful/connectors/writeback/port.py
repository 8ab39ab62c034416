"""The port through which new owners reach a CRM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

__all__ = ["OWNER_CHANGES", "Batch", "Receipt", "WriteBack"]

OWNER_CHANGES = pa.schema(
    [
        ("change_id", pa.string()),
        ("record_id", pa.string()),
        ("role", pa.string()),
        ("owner_id", pa.string()),
        ("previous_owner_id", pa.string()),
        ("territory_id", pa.string()),
        ("effective_at", pa.timestamp("us", "UTC")),
        ("reason", pa.string()),
    ]
)
"""One row per record that changes hands: ``owner_id`` null is nobody; ``role`` is empty for the owner, else a seat of the account
team; ``change_id`` is the change set and the step."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one kind that are sent together.

    Attributes:
        name: Name of the batch; the same records give the same name.
        table: Table of ``crm``, such as accounts.
        rows: Columns of ``OWNER_CHANGES``.
    """

    name: str
    table: str
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a CRM said of a batch, by ``change_id``; what is in none of the three is still under way.

    Attributes:
        confirmed: Written.
        failed: Refused, with the CRM's message.
        unprocessed: Not looked at, because the CRM stopped before; they may be sent again.
    """

    confirmed: frozenset[str] = frozenset()
    failed: Mapping[str, str] = field(default_factory=dict)
    unprocessed: frozenset[str] = frozenset()


class WriteBack(Protocol):
    """Writes owners to a CRM. Sending a batch twice is sending it once: the last owner of a record counts."""

    def send(self, batch: Batch) -> None:
        """Hand a batch over. It may be sent again after an interruption, and has the same effect then."""

    def receipt(self, batch: Batch) -> Receipt:
        """Give what is known of a batch that was sent."""
