"""The roots of sources, hard links, and answers in the one language of path patterns."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
#: Sets in brackets, and runs of stars, which all crossed folders.
_PARTS = re.compile(r"(\[!?\]?[^\]]*\])|\*+")


def upgrade() -> None:
    """Make the table of roots, mark holdings that are hard links, carry over the patterns of answers."""
    op.create_table(
        "roots",
        sa.Column("source_id", _NUMBER, sa.ForeignKey("sources.id"), primary_key=True, autoincrement=False),
        sa.Column("device", sa.BigInteger, nullable=False),
        sa.Column("inode", sa.BigInteger, nullable=False),
        sa.Column("store", _NAME, nullable=False),
        sa.Column("linked", sa.Integer, nullable=False),
        sa.Column("files", sa.BigInteger, nullable=False),
        sa.Column("doubt", _NAME, nullable=False),
        sa.Column("lost", sa.BigInteger, nullable=False),
        sa.Column("since", _NAME, nullable=False),
        sa.Column("accepted", sa.Integer, nullable=False),
    )
    op.add_column("holdings", sa.Column("linked", sa.Integer, nullable=False, server_default="0"))
    _carry_patterns(op.get_bind())


def _carry_patterns(connection: sa.Connection) -> None:
    """Until now every star of an answer's pattern crossed folders; where two would become one, they stay."""
    table = sa.table("answers", sa.column("source", _NAME), sa.column("pattern", _NAME), sa.column("fact", _NAME))
    rows = connection.execute(sa.select(table.c.source, table.c.pattern, table.c.fact)).all()
    taken = set(map(tuple, rows))
    for source, pattern, fact in sorted(taken):
        carried = _PARTS.sub(lambda part: part[1] or "**", pattern)
        if carried != pattern and (source, carried, fact) not in taken:
            taken.add((source, carried, fact))
            connection.execute(
                sa.update(table)
                .where(table.c.source == source, table.c.pattern == pattern, table.c.fact == fact)
                .values(pattern=carried)
            )
