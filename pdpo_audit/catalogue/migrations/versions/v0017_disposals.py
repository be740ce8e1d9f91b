"""Disposition: plans, lines, approvals, the log of the acts, and keyed digests of what was erased."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_BYTES, _TEXT = sa.LargeBinary(), sa.Text()


def upgrade() -> None:
    """Make the tables, empty."""
    _table("disposal_plans", [sa.Column("plan_id", _NAME, primary_key=True)], {
        "document": _TEXT, "sha256": _NAME, "made_at": _NAME, "ended": _NAME,
    })  # fmt: skip
    _table("disposal_items", _of_plan("number"), {
        "line": _TEXT, "place": _BYTES, "sha256": _BYTES, "act": _NAME, "state": _NAME, "detail": _NAME,
        "intent": _NAME, "result": _TEXT, "ends_on": _NAME,
    })  # fmt: skip
    op.create_index("ix_disposal_items_place", "disposal_items", ["place"])
    op.create_index("ix_disposal_items_sha256", "disposal_items", ["sha256"])
    op.create_index("disposal_items_by_state", "disposal_items", ["plan_id", "state"])
    op.create_index("disposal_items_by_intent", "disposal_items", ["plan_id", "intent"])
    _table("disposal_approvals", _of_plan("number"), {
        "document": _TEXT, "signature": _BYTES, "received_at": _NAME, "received_by": _TEXT,
    })  # fmt: skip
    _table("disposal_log", _of_plan("sequence"), {
        "at": _NAME, "kind": _NAME, "told": _BYTES, "previous": _BYTES, "digest": _BYTES, "salt": _BYTES,
        "actor": _TEXT, "details": _TEXT,
    })  # fmt: skip
    _table("disposal_returns", _of_plan("number"), {
        "bytes_key": _BYTES, "pixels_key": _BYTES, "rule": _NAME, "erased_on": _NAME, "until": _NAME,
    })  # fmt: skip


def _of_plan(number: str) -> list[sa.Column[Any]]:
    plan = sa.Column("plan_id", _NAME, sa.ForeignKey("disposal_plans.plan_id"), primary_key=True)
    return [plan, sa.Column(number, sa.BigInteger(), primary_key=True, autoincrement=False)]


def _table(name: str, keys: list[sa.Column[Any]], columns: dict[str, Any]) -> None:
    op.create_table(name, *keys, *(sa.Column(column, kind, nullable=False) for column, kind in columns.items()))
