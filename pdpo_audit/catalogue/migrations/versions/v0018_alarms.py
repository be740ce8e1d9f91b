"""Copies in which erased ones came back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "disposal_alarms",
        sa.Column("plan_id", _NAME, sa.ForeignKey("disposal_plans.plan_id"), primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("place", sa.LargeBinary(), primary_key=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("match", _NAME, nullable=False),
        sa.Column("cause", _NAME, nullable=False),
        sa.Column("seen_on", _NAME, nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
    )
