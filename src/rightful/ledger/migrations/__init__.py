"""How the tables of the ledger came to be: one Alembic revision per change."""

HEAD = "desk"
"""The newest revision: that of the tables in ``schema``."""
