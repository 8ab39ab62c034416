"""Reading a book from files and databases, and writing tables to files."""

from __future__ import annotations

from rightful.connectors.book import SourceBook, check_sources, read_book
from rightful.connectors.write import write_table

__all__ = ["SourceBook", "check_sources", "read_book", "write_table"]
