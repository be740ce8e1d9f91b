"""Four eyes and sign-offs of the review pages, metadata kept with masters, and filters that were given a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TEXT = sa.Text()
_BYTES = sa.LargeBinary()


def upgrade() -> None:
    """Make the tables, empty."""
    _table("second_looks", {
        "batch": _NAME, "case_key": _NAME, "why": _NAME, "asked_of": _NAME, "sources": _TEXT, "drawn_at": _NAME,
        "first_by": _NAME, "first_browser": _BYTES, "first_choice": _NAME, "read_by": _NAME, "role": _NAME,
        "choice": _NAME, "reason": _TEXT, "read_at": _NAME, "browser": _BYTES, "withdrawn_at": _NAME,
    }, ["batch", "case_key"])  # fmt: skip
    op.create_table(
        "second_look_findings",
        sa.Column("look", _NUMBER, sa.ForeignKey("second_looks.id"), primary_key=True),
        sa.Column("finding_id", _NAME, primary_key=True),
    )
    op.create_index("ix_second_look_findings_finding_id", "second_look_findings", ["finding_id"])
    _table("page_sign_offs", {
        "subject": _NAME, "named": _NAME, "digest": _NAME, "findings": sa.BigInteger(), "role": _NAME,
        "decision": _NAME, "remark": _TEXT, "said_by": _NAME, "browser": _BYTES, "at": _NAME,
    }, ["named"])  # fmt: skip
    _table("kept_metadata", {
        "digest": _BYTES, "document": _TEXT, "kept_by": _NAME, "role": _NAME, "reason": _TEXT, "at": _NAME,
        "taken_back_by": _NAME, "taken_back_at": _NAME,
    }, ["digest"])  # fmt: skip
    op.create_table(
        "saved_filters",
        sa.Column("person", _NAME, primary_key=True),
        sa.Column("name", _NAME, primary_key=True),
        sa.Column("query", _TEXT, nullable=False),
    )


def _table(name: str, columns: dict[str, Any], indexed: Sequence[str]) -> None:
    made = [sa.Column(column, kind, nullable=False) for column, kind in columns.items()]
    op.create_table(name, sa.Column("id", _NUMBER, primary_key=True), *made)
    for column in indexed:
        op.create_index(f"ix_{name}_{column}", name, [column])
