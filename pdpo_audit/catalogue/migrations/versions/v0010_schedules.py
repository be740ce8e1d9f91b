"""Periodic reviews: plans with their history, slots, the chain of their records, and notices."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TEXT = sa.Text()


def upgrade() -> None:
    """Make the tables, empty."""
    _table("plans", _numbered(), {
        "name": _NAME, "document": _TEXT, "since": _NAME, "act": _NAME, "stated_at": _NAME, "stated_by": _TEXT,
    })  # fmt: skip
    op.create_index("ix_plans_name", "plans", ["name"])
    keys = [sa.Column(name, _NAME, primary_key=True) for name in ("plan", "day")]
    _table("slots", keys, {
        "due_on": _NAME, "state": _NAME, "began_at": _NAME, "ended_at": _NAME, "audit_id": _NAME, "reason": _TEXT,
        "sealed": sa.Integer(), "signed_at": _NAME,
    })  # fmt: skip
    number = sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False)
    told = ("plan", "day", "kind", "folder", "sha256", "at")
    _table("review_records", [number], dict.fromkeys(told, _NAME))
    _table("notices", _numbered(), {
        "key": _NAME, "way": _NAME, "recipient": _TEXT, "document": _TEXT, "made_at": _NAME, "tries": sa.Integer(),
        "next_at": _NAME, "sent_at": _NAME, "fault": _TEXT,
    }, sa.UniqueConstraint("key"))  # fmt: skip
    op.create_index("notices_by_sent_at", "notices", ["sent_at", "next_at"])


def _numbered() -> list[sa.Column[Any]]:
    return [sa.Column("id", _NUMBER, primary_key=True)]


def _table(name: str, keys: list[sa.Column[Any]], columns: dict[str, Any], *together: sa.UniqueConstraint) -> None:
    made = [sa.Column(column, kind, nullable=False) for column, kind in columns.items()]
    op.create_table(name, *keys, *made, *together)
