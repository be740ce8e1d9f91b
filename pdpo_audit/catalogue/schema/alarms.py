"""Copies in which erased ones came back."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table

from pdpo_audit.catalogue.schema.kinds import Foreign, Large, Name, metadata

disposal_alarms = Table(
    "disposal_alarms",
    metadata,
    # The line of the plan under which the copy was erased.
    Column("plan_id", ForeignKey("disposal_plans.plan_id"), primary_key=True),
    Column("number", Large, primary_key=True, autoincrement=False),
    # Digest of source and path where it lies again (``places.place_key``).
    Column("place", LargeBinary, primary_key=True),
    Column("source", Foreign, nullable=False),
    Column("path", Foreign, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    # ``model.disposition.returns``: in what they agree, and what most likely brought it back.
    Column("match", Name, nullable=False),
    Column("cause", Name, nullable=False),
    Column("seen_on", Name, nullable=False),
    # 1 once a notice was put out.
    Column("told", Integer, nullable=False),
)
