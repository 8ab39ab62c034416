"""Run revisions over the connection that the store hands over."""

from __future__ import annotations

from alembic import context

from rightful.ledger.schema import METADATA

# Alembic runs this file; whoever only imports it, such as a test of examples, runs nothing.
if hasattr(context, "config"):
    context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
    with context.begin_transaction():
        context.run_migrations()
