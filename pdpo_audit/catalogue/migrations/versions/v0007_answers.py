"""Every answer is kept with who gave it, also when somebody else answers again or it is taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_KEPT = ("source", "pattern", "fact", "value", "answered_by", "answered_on")


def upgrade() -> None:
    """Number the answers; those given so far count as recorded on the day that they state."""
    connection = op.get_bind()
    columns: list[sa.ColumnClause[str]] = [sa.column(name) for name in _KEPT]
    rows = connection.execute(sa.select(*columns).select_from(sa.table("answers", *columns))).all()
    op.drop_table("answers")
    table = op.create_table(
        "answers",
        sa.Column("id", _NUMBER, primary_key=True),
        *[sa.Column(name, sa.Text if name == "value" else _NAME, nullable=False) for name in _KEPT],
        *[sa.Column(name, _NAME, nullable=False) for name in ("recorded_at", "taken_back_by", "taken_back_at")],
    )
    given = sorted(rows, key=lambda row: (row.answered_on, row.source, row.pattern, row.fact))
    if given:
        new = {"taken_back_by": "", "taken_back_at": ""}
        op.bulk_insert(table, [{**row._mapping, "recorded_at": row.answered_on, **new} for row in given])
