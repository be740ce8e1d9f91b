"""The tables of version 0.1.0, which knew SQLite only."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them; a PostgreSQL catalogue begins with the next migration."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in Path(__file__).with_name("v0001.sql").read_text("utf-8").splitlines():
            op.execute(statement)
