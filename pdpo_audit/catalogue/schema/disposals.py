"""Plans of disposition, what became of each copy, who approved, the log of the acts, and what may come back."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from pdpo_audit.catalogue.schema.kinds import Foreign, Large, Name, metadata

disposal_plans = Table(
    "disposal_plans",
    metadata,
    Column("plan_id", Name, primary_key=True),
    # The plan's header as canonical JSON; its SHA-256 is what approvals are bound to.
    Column("document", Text, nullable=False),
    Column("sha256", Name, nullable=False),
    Column("made_at", Name, nullable=False),
    # Empty while it may be carried out; else what ended it: ``rejected``, ``certified``.
    Column("ended", Name, nullable=False),
)

# One line of a plan, as it was sealed, and where it stands.
disposal_items = Table(
    "disposal_items",
    metadata,
    Column("plan_id", ForeignKey("disposal_plans.plan_id"), primary_key=True),
    Column("number", Large, primary_key=True, autoincrement=False),
    Column("line", Foreign, nullable=False),
    # Digest of source and path (``places.place_key``), and the bytes: who asks for a copy finds its plans.
    Column("place", LargeBinary, nullable=False, index=True),
    Column("sha256", LargeBinary, nullable=False, index=True),
    Column("act", Name, nullable=False),
    Column("state", Name, nullable=False),
    Column("detail", Name, nullable=False),
    # What was intended and has no result yet: ``act``, ``undo``, ``finish``; empty otherwise.
    Column("intent", Name, nullable=False),
    # The last result as JSON (``model.disposition.plans.Result``); empty before the first.
    Column("result", Foreign, nullable=False),
    # The last day in the quarantine; empty where it waits in none.
    Column("ends_on", Name, nullable=False),
    Index("disposal_items_by_state", "plan_id", "state"),
    Index("disposal_items_by_intent", "plan_id", "intent"),
)

disposal_approvals = Table(
    "disposal_approvals",
    metadata,
    Column("plan_id", ForeignKey("disposal_plans.plan_id"), primary_key=True),
    Column("number", Large, primary_key=True, autoincrement=False),
    # The approval as its key signed it, and the signature (CMS, DER).
    Column("document", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("received_at", Name, nullable=False),
    Column("received_by", Foreign, nullable=False),
)

# The log of each plan: a chain like that of the events (``model.events``), begun by the plan itself.
disposal_log = Table(
    "disposal_log",
    metadata,
    Column("plan_id", ForeignKey("disposal_plans.plan_id"), primary_key=True),
    Column("sequence", Large, primary_key=True, autoincrement=False),
    Column("at", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("told", LargeBinary, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("actor", Foreign, nullable=False),
    Column("details", Foreign, nullable=False),
)

# Keyed digests of bytes and pixels that were certified as erased, until the key is destroyed.
disposal_returns = Table(
    "disposal_returns",
    metadata,
    Column("plan_id", ForeignKey("disposal_plans.plan_id"), primary_key=True),
    Column("number", Large, primary_key=True, autoincrement=False),
    Column("bytes_key", LargeBinary, nullable=False),
    # Empty where the pixels were not digested.
    Column("pixels_key", LargeBinary, nullable=False),
    Column("rule", Name, nullable=False),
    Column("erased_on", Name, nullable=False),
    Column("until", Name, nullable=False),
)
