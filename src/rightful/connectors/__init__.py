"""Reading a book from files and databases, and writing tables to files."""

from __future__ import annotations

from rightful.connectors.write import write_table

__all__ = ["write_table"]
