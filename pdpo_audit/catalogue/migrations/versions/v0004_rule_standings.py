"""How rules stand in the organisation: periods adopted in writing, lawyers' reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table; nothing was said before."""
    names = ("kind", "rule", "by", "on", "until", "period", "firm", "wording")
    op.create_table(
        "rule_standings",
        sa.Column("id", _NUMBER, primary_key=True),
        *(sa.Column(name, _NAME, nullable=False) for name in names),
        sa.Column("reference", sa.Text, nullable=False),
    )
