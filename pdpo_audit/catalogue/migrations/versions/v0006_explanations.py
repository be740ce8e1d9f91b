"""Findings and dispositions are explained in Traditional Chinese, too; what earlier audits said stays in English."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty for audits made before, and the index by which it is looked for."""
    for table in ("findings", "dispositions"):
        op.add_column(table, sa.Column("explanation_zh", sa.Integer))
        op.create_index(f"{table}_by_explanation_zh", table, ["audit", "explanation_zh", "row"])
