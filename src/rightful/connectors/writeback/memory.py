"""A CRM in memory: takes batches at once, and can refuse records or stop in the middle."""

from __future__ import annotations

from collections.abc import Mapping

from rightful.connectors.writeback.port import Batch, Receipt

__all__ = ["MemoryWriteBack"]


class MemoryWriteBack:
    """Keeps owners in a dictionary, for rehearsals and tests.

    Attributes:
        owners: Rep by (table, record_id, role); the owner's role is empty.
        batches: Names of the batches in the order in which they came.
        refused: Message by record_id; such records are refused until they are taken out.
        stops_after: Records that it takes before it stops and leaves the rest unprocessed; None: it does not stop.

    Example:
        >>> crm = MemoryWriteBack({("accounts", "A1", ""): "R1"})
        >>> crm.owners["accounts", "A1", ""]
        'R1'
    """

    def __init__(self, owners: Mapping[tuple[str, str, str], str | None] | None = None) -> None:
        self.owners: dict[tuple[str, str, str], str | None] = dict(owners or {})
        self.batches: list[str] = []
        self.refused: dict[str, str] = {}
        self.stops_after: int | None = None
        self._receipts: dict[str, Receipt] = {}

    def send(self, batch: Batch) -> None:
        """Take a batch: write what is not refused, up to where it stops."""
        self.batches.append(batch.name)
        confirmed, failed, unprocessed = set(), {}, set()
        for number, row in enumerate(batch.rows.to_pylist()):
            change_id, record_id = row["change_id"], row["record_id"]
            if self.stops_after is not None and number >= self.stops_after:
                unprocessed.add(change_id)
            elif record_id in self.refused:
                failed[change_id] = self.refused[record_id]
            else:
                self.owners[batch.table, record_id, row["role"]] = row["owner_id"]
                confirmed.add(change_id)
        self._receipts[batch.name] = Receipt(frozenset(confirmed), failed, frozenset(unprocessed))

    def receipt(self, batch: Batch) -> Receipt:
        """Give what happened to a batch."""
        return self._receipts.get(batch.name, Receipt())
