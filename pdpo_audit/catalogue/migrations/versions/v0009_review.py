"""The review pages: invitations, sessions, decisions one after another, and who looked at what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TEXT = sa.Text()
_BYTES = sa.LargeBinary()


def upgrade() -> None:
    """Make the tables, empty."""
    _table("invitations", {
        "person": _NAME, "secret": _BYTES, "made_at": _NAME, "made_by": _NAME, "expires_at": _NAME, "browser": _BYTES,
        "used_at": _NAME, "revoked_at": _NAME, "revoked_by": _NAME,
    }, ["person"], unique="secret")  # fmt: skip
    _table("review_sessions", {
        "invitation": _NUMBER, "secret": _BYTES, "browser": _BYTES, "began_at": _NAME, "seen_at": _NAME,
        "ended_at": _NAME,
    }, ["invitation"], unique="secret")  # fmt: skip
    _table("decisions", {
        "batch": _NAME, "finding_id": _NAME, "decision": _NAME, "reason": _TEXT, "decided_by": _NAME, "role": _NAME,
        "decided_on": _NAME, "before": _TEXT, "browser": _BYTES, "recorded_at": _NAME, "taken_back_by": _NAME,
        "taken_back_at": _NAME,
    }, ["batch", "finding_id"])  # fmt: skip
    _table("review_accesses", {
        "at": _NAME, "person": _NAME, "what": _NAME, "subject": _NAME, "reason": _TEXT,
    }, ["at"])  # fmt: skip


def _table(name: str, columns: dict[str, Any], indexed: Sequence[str], *, unique: str = "") -> None:
    made = [sa.Column(column, kind, nullable=False) for column, kind in columns.items()]
    together = [sa.UniqueConstraint(unique)] if unique else []
    op.create_table(name, sa.Column("id", _NUMBER, primary_key=True), *made, *together)
    for column in indexed:
        op.create_index(f"ix_{name}_{column}", name, [column])
