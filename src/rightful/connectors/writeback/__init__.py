"""Writing owners back to where the book comes from: a port, and what is behind it."""

from __future__ import annotations

from rightful.connectors.writeback.files import FilesWriteBack
from rightful.connectors.writeback.memory import MemoryWriteBack
from rightful.connectors.writeback.port import OWNER_CHANGES, Batch, Receipt, WriteBack

__all__ = ["OWNER_CHANGES", "Batch", "FilesWriteBack", "MemoryWriteBack", "Receipt", "WriteBack"]
