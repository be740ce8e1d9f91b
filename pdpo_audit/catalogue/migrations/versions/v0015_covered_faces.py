"""A face says whether its lower half looks covered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Faces known so far were not looked at for it; the next scan looks at every picture again."""
    op.add_column("faces", sa.Column("covered", sa.Integer(), server_default="0", nullable=False))
