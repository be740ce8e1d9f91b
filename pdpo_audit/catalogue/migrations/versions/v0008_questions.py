"""The days on which questions were put are kept; findings name their authorities in Traditional Chinese, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table: nobody knows when questions were put before. Audits made before cite in English only."""
    op.create_table(
        "questions_put",
        *(sa.Column(name, _NAME, primary_key=True) for name in ("source", "pattern", "fact", "asked_on")),
        sa.Column("asked_by", _NAME, nullable=False),
    )
    op.add_column("findings", sa.Column("authority_zh", sa.Integer))
    op.create_index("findings_by_authority_zh", "findings", ["audit", "authority_zh", "row"])
