"""Periodic reviews: plans with their history, what became of each slot, and the notices that go out."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from pdpo_audit.catalogue.schema.kinds import Foreign, Large, Name, Number, metadata

# Every version of every plan, in the order in which it was said; a day may begin only one of them.
plans = Table(
    "plans",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Name, nullable=False, index=True),
    # The plan as JSON; empty from the day on which it was removed.
    Column("document", Text, nullable=False),
    # The first day on which it counts.
    Column("since", Name, nullable=False),
    Column("act", Name, nullable=False),
    Column("stated_at", Name, nullable=False),
    Column("stated_by", Foreign, nullable=False),
)

# A slot is known by its plan and its date before it was moved to a working day: nobody can begin it twice.
slots = Table(
    "slots",
    metadata,
    Column("plan", Name, primary_key=True),
    Column("day", Name, primary_key=True),
    Column("due_on", Name, nullable=False),
    Column("state", Name, nullable=False),
    Column("began_at", Name, nullable=False),
    Column("ended_at", Name, nullable=False),
    Column("audit_id", Name, nullable=False),
    Column("reason", Foreign, nullable=False),
    Column("sealed", Integer, nullable=False),
    Column("signed_at", Name, nullable=False),
)

# The chain of reviews: each sealed record with its place and digest.
review_records = Table(
    "review_records",
    metadata,
    Column("number", Large, primary_key=True, autoincrement=False),
    Column("plan", Name, nullable=False),
    Column("day", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("folder", Name, nullable=False),
    Column("sha256", Name, nullable=False),
    Column("at", Name, nullable=False),
)

# Notices that go out, each once: counts and a link, never a name, a path or a picture.
notices = Table(
    "notices",
    metadata,
    Column("id", Number, primary_key=True),
    # What it is about, at which step, to whom and by which way.
    Column("key", Name, nullable=False),
    Column("way", Name, nullable=False),
    Column("recipient", Foreign, nullable=False),
    Column("document", Text, nullable=False),
    Column("made_at", Name, nullable=False),
    Column("tries", Integer, nullable=False),
    # UTC; nobody else takes it before then.
    Column("next_at", Name, nullable=False),
    Column("sent_at", Name, nullable=False),
    Column("fault", Foreign, nullable=False),
    UniqueConstraint("key"),
    Index("notices_by_sent_at", "sent_at", "next_at"),
)
