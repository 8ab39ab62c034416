"""Checkpoints of the desk: how it stood at a position, so that what was asked before can go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "kept"
down_revision = "desk"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "desk_checkpoints",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("moment", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "desk_checkpoint_parts",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
