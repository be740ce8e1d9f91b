"""The review pages: who was invited and is there, what was decided, read again and signed off, who looked at what."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from pdpo_audit.catalogue.schema.kinds import Foreign, Large, Name, Number, metadata

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
    # 0: the one-time link of the server itself, which gives set-up only; -1: no invitation, see ``person``.
    Column("invitation", Number, nullable=False, index=True),
    Column("secret", LargeBinary, nullable=False, unique=True),
    Column("browser", LargeBinary, nullable=False),
    Column("began_at", Name, nullable=False),
    Column("seen_at", Name, nullable=False),
    Column("ended_at", Name, nullable=False),
    # Who it is and how we know, where no invitation says it: ``oidc`` or ``header``.
    Column("person", Name, nullable=False, server_default=""),
    Column("way", Name, nullable=False, server_default=""),
)

# Tokens with which programs act for a person. Of the secrets only SHA-256 digests are kept.
review_tokens = Table(
    "review_tokens",
    metadata,
    Column("id", Number, primary_key=True),
    Column("person", Name, nullable=False, index=True),
    Column("secret", LargeBinary, nullable=False, unique=True),
    # What it is for, in the words of whoever made it.
    Column("purpose", Foreign, nullable=False),
    # The rights that it is cut down to, with commas; empty for all of the person's.
    Column("scope", Name, nullable=False),
    Column("made_at", Name, nullable=False),
    Column("made_by", Name, nullable=False),
    Column("expires_at", Name, nullable=False),
    # The day on which it was used last.
    Column("used_on", Name, nullable=False),
    Column("revoked_at", Name, nullable=False),
    Column("revoked_by", Name, nullable=False),
)

# Who has taken a batch of cases to decide them, and until when others leave them alone.
leases = Table(
    "leases",
    metadata,
    Column("id", Number, primary_key=True),
    Column("person", Name, nullable=False, index=True),
    Column("taken_at", Name, nullable=False),
    Column("until", Name, nullable=False, index=True),
    # Empty while it was neither given back nor worked off.
    Column("ended_at", Name, nullable=False),
)

leased_cases = Table(
    "leased_cases",
    metadata,
    Column("lease", ForeignKey("leases.id"), primary_key=True),
    # A duplicate cluster's id, or a finding's.
    Column("subject", Name, primary_key=True),
    Index("leased_cases_by_subject", "subject"),
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
    Index("decisions_by_person", "decided_by", "id"),
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


# A decision that a second person reads blind: the first one stays hidden until the second is recorded.
second_looks = Table(
    "second_looks",
    metadata,
    Column("id", Number, primary_key=True),
    # The decision that was drawn, and the case in it: a duplicate cluster, or a finding.
    Column("batch", Name, nullable=False, index=True),
    Column("case_key", Name, nullable=False, index=True),
    # share: drawn by chance; always: such a decision needs two people.
    Column("why", Name, nullable=False),
    # The person who has to read it; empty: anybody but the first.
    Column("asked_of", Name, nullable=False),
    # Names of the sources that its findings lie in, as JSON.
    Column("sources", Text, nullable=False),
    Column("drawn_at", Name, nullable=False),
    Column("first_by", Name, nullable=False),
    Column("first_browser", LargeBinary, nullable=False),
    Column("first_choice", Name, nullable=False),
    # Empty until somebody has read it.
    Column("read_by", Name, nullable=False),
    Column("role", Name, nullable=False),
    Column("choice", Name, nullable=False),
    Column("reason", Foreign, nullable=False),
    Column("read_at", Name, nullable=False),
    Column("browser", LargeBinary, nullable=False),
    # Empty unless the first decision was taken back before anybody read it.
    Column("withdrawn_at", Name, nullable=False),
)

second_look_findings = Table(
    "second_look_findings",
    metadata,
    Column("look", ForeignKey("second_looks.id"), primary_key=True),
    Column("finding_id", Name, primary_key=True, index=True),
)

# What people say of an audit's decisions, or of one decision, on the pages; the newest of a person and role counts.
page_sign_offs = Table(
    "page_sign_offs",
    metadata,
    Column("id", Number, primary_key=True),
    # audit or batch, and its name.
    Column("subject", Name, nullable=False),
    Column("named", Name, nullable=False, index=True),
    # Digest of the decisions that were signed off, and how many findings they were on.
    Column("digest", Name, nullable=False),
    Column("findings", Large, nullable=False),
    Column("role", Name, nullable=False),
    Column("decision", Name, nullable=False),
    Column("remark", Foreign, nullable=False),
    Column("said_by", Name, nullable=False),
    Column("browser", LargeBinary, nullable=False),
    Column("at", Name, nullable=False),
)

# Captions, rights, releases and names of copies that are kept with their master: on its content, by digest.
kept_metadata = Table(
    "kept_metadata",
    metadata,
    Column("id", Number, primary_key=True),
    Column("digest", LargeBinary, nullable=False, index=True),
    # Field to values, as JSON.
    Column("document", Foreign, nullable=False),
    Column("kept_by", Name, nullable=False),
    Column("role", Name, nullable=False),
    Column("reason", Foreign, nullable=False),
    Column("at", Name, nullable=False),
    # Empty while it stands.
    Column("taken_back_by", Name, nullable=False),
    Column("taken_back_at", Name, nullable=False),
)

# Filters of the queue that somebody gave a name.
saved_filters = Table(
    "saved_filters",
    metadata,
    Column("person", Name, primary_key=True),
    Column("name", Name, primary_key=True),
    Column("query", Text, nullable=False),
)
