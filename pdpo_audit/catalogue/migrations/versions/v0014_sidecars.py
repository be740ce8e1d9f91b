"""A sidecar's text stands in its row, and what it says of a picture at that picture's holding, not at its content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sidecars listed so far as other files are read by the next scan."""
    op.add_column("holdings", sa.Column("said", sa.Text(), server_default="", nullable=False))
    op.add_column("holdings", sa.Column("beside", sa.Text(), server_default="", nullable=False))
