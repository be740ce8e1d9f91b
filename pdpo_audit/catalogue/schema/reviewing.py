"""The review pages: who was invited, who is there, what was decided one after another, who looked at what."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, Text

from pdpo_audit.catalogue.schema.kinds import Foreign, Name, Number, metadata

# Personal links. Of the secrets only SHA-256 digests are kept.
invitations = Table(
    "invitations",
    metadata,
    Column("id", Number, primary_key=True),
    Column("person", Name, nullable=False, index=True),
    Column("secret", LargeBinary, nullable=False, unique=True),
    Column("made_at", Name, nullable=False),
    Column("made_by", Name, nullable=False),
    Column("expires_at", Name, nullable=False),
    # Digest of the first browser that used it; empty until then. No other browser may use it.
    Column("browser", LargeBinary, nullable=False),
    Column("used_at", Name, nullable=False),
    Column("revoked_at", Name, nullable=False),
    Column("revoked_by", Name, nullable=False),
)

review_sessions = Table(
    "review_sessions",
    metadata,
    Column("id", Number, primary_key=True),
    # 0: the one-time link of the server itself, which gives set-up only.
    Column("invitation", Number, nullable=False, index=True),
    Column("secret", LargeBinary, nullable=False, unique=True),
    Column("browser", LargeBinary, nullable=False),
    Column("began_at", Name, nullable=False),
    Column("seen_at", Name, nullable=False),
    Column("ended_at", Name, nullable=False),
)

# Every decision made on the pages, so that one can be taken back to what was said before it; what stands now is in
# ``determinations``.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Number, primary_key=True),
    # Decisions made together, by one act of one person.
    Column("batch", Name, nullable=False, index=True),
    Column("finding_id", Name, nullable=False, index=True),
    Column("decision", Name, nullable=False),
    Column("reason", Foreign, nullable=False),
    Column("decided_by", Name, nullable=False),
    Column("role", Name, nullable=False),
    Column("decided_on", Name, nullable=False),
    # The decision that stood before, as JSON; empty where there was none.
    Column("before", Text, nullable=False),
    Column("browser", LargeBinary, nullable=False),
    Column("recorded_at", Name, nullable=False),
    # Empty while it stands.
    Column("taken_back_by", Name, nullable=False),
    Column("taken_back_at", Name, nullable=False),
)

# Who looked at what: a duplicate cluster or a picture by its digest, never by a path.
review_accesses = Table(
    "review_accesses",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", Name, nullable=False, index=True),
    Column("person", Name, nullable=False),
    Column("what", Name, nullable=False),
    Column("subject", Name, nullable=False),
    Column("reason", Foreign, nullable=False),
)
