"""Assessments and audits, frozen: each said once, words that repeat kept apart, an index for each way to look."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from pdpo_audit.catalogue.schema.kinds import Foreign, Large, Name, Number, metadata

audits = Table(
    "audits",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", Name, nullable=False, unique=True),
    Column("started_at", Name, nullable=False),
    Column("finished_at", Name, nullable=False),
    Column("assessed_on", Name, nullable=False),
    Column("folder", Name, nullable=False),
    # The last event and the newest record of a holding when it was assessed.
    Column("event", Large, nullable=False),
    Column("last_holding", Large, nullable=False),
    # Names and versions of the methods, as JSON.
    Column("methods", Text, nullable=False),
)

# Words of findings and dispositions, each kept once: rules, owners, authorities, explanations.
terms = Table(
    "terms",
    metadata,
    Column("id", Number, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("text", Foreign, nullable=False),
)

#: Columns of findings and dispositions that hold the number of a term; NULL where nothing is said.
FINDING_TERMS = (
    "rule", "pack", "pack_version", "pack_sha256", "severity", "proposal", "counted_from", "source", "owner",
    "jurisdiction", "authority", "authority_rank", "confidence", "people_level", "status", "determination",
    "explanation", "explanation_zh", "authority_zh",
)  # fmt: skip
DISPOSITION_TERMS = (
    "source", "outcome", "act", "due_rule", "due_rank", "rules", "missing_facts", "explanation", "explanation_zh",
)  # fmt: skip
#: Columns that are looked for: each has an index in which the rows of one value stand in their order.
FINDING_KEYS = (
    "rule", "pack", "pack_version", "pack_sha256", "severity", "proposal", "counted_from", "due_on", "cluster_id",
    "source", "owner", "jurisdiction", "authority", "authority_rank", "confidence", "people_level", "status",
    "determination", "explanation", "explanation_zh", "authority_zh", "place",
)  # fmt: skip
DISPOSITION_KEYS = (
    "outcome", "act", "due_on", "due_rule", "due_rank", "source", "rules", "missing_facts", "explanation",
    "explanation_zh", "place",
)  # fmt: skip


def _words(names: tuple[str, ...]) -> list[Column[int]]:
    return [Column(name, Integer) for name in names]


findings = Table(
    "findings",
    metadata,
    Column("audit", ForeignKey("audits.number"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("finding_id", Name, nullable=False),
    Column("due_on", Name),
    Column("cluster_id", Name),
    Column("path", Text),
    # Digest of source and path (``places.place_key``).
    Column("place", LargeBinary, nullable=False),
    *_words(FINDING_TERMS),
    *(Index(f"findings_by_{name}", "audit", name, "row") for name in FINDING_KEYS),
    # A few findings of an audit by their ids: the audit comes second, see ``pages``.
    Index("findings_by_finding_id", "finding_id", "audit", "row"),
)

dispositions = Table(
    "dispositions",
    metadata,
    Column("audit", ForeignKey("audits.number"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("due_on", Name),
    Column("path", Text),
    # Digest of source and path (``places.place_key``).
    Column("place", LargeBinary, nullable=False),
    *_words(DISPOSITION_TERMS),
    *(Index(f"dispositions_by_{name}", "audit", name, "row") for name in DISPOSITION_KEYS),
)

# How many findings and copies of an audit, as it was frozen, say one thing in one source: what counts are read from.
audit_counts = Table(
    "audit_counts",
    metadata,
    Column("audit", ForeignKey("audits.number"), primary_key=True),
    # The column that is counted by (``catalogue.audits.COUNTED``); empty in the row that says that it was done.
    Column("what", Name, primary_key=True),
    Column("source", Name, primary_key=True),
    Column("value", Name, primary_key=True),
    Column("number", Large, nullable=False),
)
