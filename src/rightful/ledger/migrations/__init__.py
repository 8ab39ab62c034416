"""How the tables of the ledger came to be: one Alembic revision per change."""
