"""How the tables of the ledger came to be: one Alembic revision per change."""

HEAD = "kept"
"""The newest revision: that of the tables in ``schema``."""
