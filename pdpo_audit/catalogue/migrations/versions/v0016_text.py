"""What the text pass told of pictures: kinds and boxes of identity numbers, and what words hint at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Pictures known so far are looked at by the next scan."""
    whole = [sa.Column(name, sa.Integer(), nullable=False) for name in ("x", "y", "width", "height", "frame")]
    op.create_table(
        "text_readings",
        sa.Column("content_id", _NUMBER, sa.ForeignKey("contents.id"), primary_key=True),
        sa.Column("method", _NAME, primary_key=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("read_on", _NAME, nullable=False),
        sa.Column("reason", _NAME, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_table(
        "text_marks",
        sa.Column("content_id", _NUMBER, sa.ForeignKey("contents.id"), nullable=False),
        sa.Column("method", _NAME, nullable=False),
        sa.Column("kind", _NAME, nullable=False),
        sa.Column("tier", _NAME, nullable=False),
        *whole,
    )
    op.create_index("text_marks_of_content", "text_marks", ["content_id", "method"])
