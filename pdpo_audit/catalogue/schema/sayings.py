"""What people say: holds, answers, determinations, judgements of pictures, how rules stand; and who they are."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from pdpo_audit.catalogue.schema.kinds import Foreign, Name, Number, metadata

# What named people said of contents, by digest: a master confirmed, a pair rejected, a legal determination.
judgements = Table(
    "judgements",
    metadata,
    Column("kind", Name, primary_key=True),
    # Digests of contents; the smaller one first, the second only of a rejected pair.
    Column("left", LargeBinary, primary_key=True),
    Column("right", LargeBinary, primary_key=True),
    Column("value", Name, nullable=False),
    Column("code", Name, nullable=False),
    # Digest of the place that was confirmed as the master's: judgements outlive the paths.
    Column("place", LargeBinary, nullable=False),
    Column("by", Name, nullable=False),
    Column("role", Name, nullable=False),
    Column("at", Name, nullable=False),
    Column("reason", Foreign, nullable=False),
    Index("judgements_by_left", "left"),
    Index("judgements_by_right", "right"),
)

holds = Table(
    "holds",
    metadata,
    Column("hold_id", Name, primary_key=True),
    Column("document", Text, nullable=False),
)

# What a hold has selected so far, so that it never selects less: the content, and the keyed digest of its place
# (empty where the hold is on every copy of it).
hold_contents = Table(
    "hold_contents",
    metadata,
    Column("hold_id", ForeignKey("holds.hold_id"), primary_key=True),
    Column("sha256", LargeBinary, primary_key=True),
    Column("place", LargeBinary, primary_key=True),
)

# Every answer that was ever given, so that who answered is kept when somebody else answers again: of one place and fact
# the last that nobody took back counts.
answers = Table(
    "answers",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source", Name, nullable=False),
    Column("pattern", Name, nullable=False),
    Column("fact", Name, nullable=False),
    Column("value", Text, nullable=False),
    Column("answered_by", Name, nullable=False),
    Column("answered_on", Name, nullable=False),
    Column("recorded_at", Name, nullable=False),
    # Empty while it stands.
    Column("taken_back_by", Name, nullable=False),
    Column("taken_back_at", Name, nullable=False),
)

determinations = Table(
    "determinations",
    metadata,
    # Of the rule, its pack, the content's digest and the place: it finds the same finding again in later audits.
    Column("finding_id", Name, primary_key=True),
    Column("decision", Name, nullable=False),
    Column("reason", Foreign, nullable=False),
    Column("decided_by", Name, nullable=False),
    Column("role", Name, nullable=False),
    Column("decided_on", Name, nullable=False),
)

# The days on which questions were put to people; an answer closes them, taking it back opens the question anew.
questions_put = Table(
    "questions_put",
    metadata,
    Column("source", Name, primary_key=True),
    Column("pattern", Name, primary_key=True),
    Column("fact", Name, primary_key=True),
    Column("asked_on", Name, primary_key=True),
    Column("asked_by", Name, nullable=False),
)

# How rules stand here: a suggested period adopted in writing, a lawyer's review. The newest counts.
rule_standings = Table(
    "rule_standings",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", Name, nullable=False),
    Column("rule", Name, nullable=False),
    Column("by", Name, nullable=False),
    Column("on", Name, nullable=False),
    Column("until", Name, nullable=False),
    Column("reference", Text, nullable=False),
    Column("period", Name, nullable=False),
    Column("firm", Name, nullable=False),
    # Digest of the rule's text that was said of.
    Column("wording", Name, nullable=False),
)

# Who is who, as the settings said from a day on; the newest entry of a name counts.
people = Table(
    "people",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Name, nullable=False, index=True),
    # A person of the settings as JSON; empty once the settings name this person no more.
    Column("document", Text, nullable=False),
    Column("stated_at", Name, nullable=False),
    Column("stated_by", Name, nullable=False),
)
