"""A face says in which frame of an animation it was seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Faces known so far were seen in the first frame: no other was looked at."""
    op.add_column("faces", sa.Column("frame", sa.Integer(), server_default="0", nullable=False))
