"""Files for a CRM's bulk loader: one per batch, and what the loader answers beside it.

A batch becomes ``<name>.csv`` (or ``.parquet``). Bulk loaders answer with lists of what they wrote, what they refused and what they
did not look at; put them beside the batch as ``<name>.success.csv``, ``<name>.error.csv`` and ``<name>.unprocessed.csv``. Their rows
are known by the column ``change_id``, which loaders pass through, or by the record's key.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from rightful.connectors.write import write_table
from rightful.connectors.writeback.port import Batch, Receipt
from rightful.crm import OBJECT_OF_TABLE

__all__ = ["FilesWriteBack"]

_MESSAGES = ("error", "errors", "sf__error", "message", "error_message")
_KEYS = ("record_id", "id", "sf__id")


class FilesWriteBack:
    """Writes batches as files, and reads the loader's answers beside them."""

    def __init__(self, folder: Path, file_format: str = "csv") -> None:
        self.folder, self._format = folder, file_format

    def send(self, batch: Batch) -> None:
        """Write a batch as a file with the CRM's key and ``owner_id``; the same batch gives the same bytes."""
        key = OBJECT_OF_TABLE[batch.table].key
        names = [key if name == "record_id" else name for name in batch.rows.column_names]
        write_table(batch.rows.rename_columns(names), self.path_of(batch))

    def path_of(self, batch: Batch) -> Path:
        """Give the file of a batch."""
        return self.folder / f"{batch.name}.{self._format}"

    def receipt(self, batch: Batch) -> Receipt:
        """Read the answers that lie beside a batch; files that are not there answer nothing."""
        changes = dict(zip(*(batch.rows[name].to_pylist() for name in ("record_id", "change_id")), strict=True))
        known = frozenset(changes.values())
        key = OBJECT_OF_TABLE[batch.table].key
        answers = {
            kind: dict(_answers(self.folder / f"{batch.name}.{kind}.csv", (*_KEYS, key), changes, known))
            for kind in ("success", "error", "unprocessed")
        }
        failed = answers["error"]
        return Receipt(
            frozenset(answers["success"]) - frozenset(failed),
            failed,
            frozenset(answers["unprocessed"]) - frozenset(failed) - frozenset(answers["success"]),
        )


def _answers(
    path: Path, keys: tuple[str, ...], changes: Mapping[str, str], known: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Give (change_id, message) of the rows of an answer that belong to the batch."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            values = {name.strip().casefold(): (value or "").strip() for name, value in row.items() if name}
            change_id = values.get("change_id", "")
            if change_id not in known:
                records = (values.get(name.casefold(), "").removeprefix("'") for name in keys)
                change_id = next((changes[record] for record in records if record in changes), "")
            if change_id:
                yield change_id, next((values[name] for name in _MESSAGES if values.get(name)), "refused, no message")
