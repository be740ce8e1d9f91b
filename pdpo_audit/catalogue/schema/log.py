"""The event log. What an event tells stands apart from it: the chain verifies with the text and without."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, Table

from pdpo_audit.catalogue.schema.kinds import Foreign, Large, Name, metadata

events = Table(
    "events",
    metadata,
    Column("sequence", Large, primary_key=True, autoincrement=False),
    Column("at", Name, nullable=False),
    Column("kind", Name, nullable=False),
    # Salted digest of the text; NULL in events of version 0.1.0, whose text was chained in the clear.
    Column("told", LargeBinary),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)

# Who did it and what was done, with an end date of its own (``[catalogue] keep.log_details``).
event_texts = Table(
    "event_texts",
    metadata,
    Column("sequence", ForeignKey("events.sequence"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("actor", Foreign, nullable=False),
    Column("details", Foreign, nullable=False),
)
