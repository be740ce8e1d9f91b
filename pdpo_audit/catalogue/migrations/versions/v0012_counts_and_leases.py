"""Counts of each audit are kept; review pages know leases, tokens and other identities; pages find what they show."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables, empty: of audits made before counts are made when they are first asked for."""
    op.create_table(
        "audit_counts",
        sa.Column("audit", _NUMBER, sa.ForeignKey("audits.number"), primary_key=True),
        *(sa.Column(name, _NAME, primary_key=True) for name in ("what", "source", "value")),
        sa.Column("number", sa.BigInteger(), nullable=False),
    )
    op.create_table("leases", _id(), *_names("person", "taken_at", "until", "ended_at"))
    op.create_table(
        "leased_cases",
        sa.Column("lease", _NUMBER, sa.ForeignKey("leases.id"), primary_key=True),
        sa.Column("subject", _NAME, primary_key=True),
    )
    op.create_table(
        "review_tokens",
        _id(),
        sa.Column("secret", sa.LargeBinary(), unique=True, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        *_names("person", "scope", "made_at", "made_by", "expires_at", "used_on", "revoked_at", "revoked_by"),
    )
    for name in ("person", "way"):
        op.add_column("review_sessions", sa.Column(name, _NAME, server_default="", nullable=False))
    for name, table, columns in (
        ("ix_leases_person", "leases", ["person"]),
        ("ix_leases_until", "leases", ["until"]),
        ("leased_cases_by_subject", "leased_cases", ["subject"]),
        ("ix_review_tokens_person", "review_tokens", ["person"]),
        ("decisions_by_person", "decisions", ["decided_by", "id"]),
        ("pairs_by_right", "pairs", ["right_id"]),
        ("judgements_by_left", "judgements", ["left"]),
        ("judgements_by_right", "judgements", ["right"]),
    ):
        op.create_index(name, table, columns)


def _id() -> sa.Column[Any]:
    return sa.Column("id", _NUMBER, primary_key=True)


def _names(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, _NAME, nullable=False) for name in names]
