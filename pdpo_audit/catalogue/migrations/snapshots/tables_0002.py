"""The tables of migration 0002."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()
Name = String().with_variant(String(collation="C"), "postgresql")
Large = BigInteger()
Number = BigInteger().with_variant(Integer, "sqlite")
Foreign = Text()

Table(
    "sources",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Name, nullable=False, unique=True),
)

Table(
    "folders",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("listing", LargeBinary),
    UniqueConstraint("source_id", "key"),
)

Table(
    "contents",
    metadata,
    Column("id", Number, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("sha256", LargeBinary, nullable=False, index=True),
    Column("member", Name, nullable=False),
    Column("image_sha256", LargeBinary, nullable=False),
    Column("bytes", Large, nullable=False, index=True),
    Column("format", Name, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("captured_at", Name, nullable=False),
    Column("metadata", Foreign, nullable=False),
    Column("reason", Name, nullable=False),
    Column("detail", Foreign, nullable=False),
    Column("examined", Integer, nullable=False),
)

Table(
    "holdings",
    metadata,
    Column("id", Number, primary_key=True),
    Column("folder_id", ForeignKey("folders.id"), nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("member", Name, nullable=False),
    Column("size", Large, nullable=False),
    Column("modified_ns", Large, nullable=False),
    Column("inode", Large, nullable=False),
    Column("content_id", ForeignKey("contents.id"), index=True),
    Column("reason", Name, nullable=False),
    Column("detail", Foreign, nullable=False),
    Column("image", Integer, nullable=False),
    Column("first_seen", Name, nullable=False),
    Column("vanished_on", Name, nullable=False),
    UniqueConstraint("folder_id", "name", "member"),
)

Table(
    "passed_over",
    metadata,
    Column("source_id", ForeignKey("sources.id"), primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    Column("path", LargeBinary, nullable=False),
    Column("reason", Name, nullable=False),
    Column("detail", Foreign, nullable=False),
)

Table(
    "fingerprints",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("method", Name, nullable=False),
    Column("perceptual", LargeBinary, nullable=False),
    Column("phash", LargeBinary, nullable=False),
    Column("texture", Integer, nullable=False),
    Column("thumbnail", LargeBinary, nullable=False),
    Column("keypoints", LargeBinary, nullable=False),
    Column("regions", LargeBinary, nullable=False),
    Column("quality", Integer, nullable=False),
    Column("detail", Float, nullable=False),
)

Table(
    "pairs",
    metadata,
    Column("left_id", ForeignKey("contents.id"), primary_key=True),
    Column("right_id", ForeignKey("contents.id"), primary_key=True),
    Column("method", Name, nullable=False),
    Column("verdict", Name, nullable=False),
    Column("relation", Name, nullable=False),
    Column("reverse", Name, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("evidence", Text, nullable=False),
)

Table(
    "elections",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("voters", Text, nullable=False),
    Column("method", Name, nullable=False),
    Column("elected", Text, nullable=False),
    Column("beaten", Text, nullable=False),
)

Table(
    "clusters",
    metadata,
    Column("id", Name, primary_key=True),
    Column("master_id", Large, nullable=False),
    Column("master_reason", Foreign, nullable=False),
    Column("confirmed_by", Name, nullable=False),
    Column("first_found", Name, nullable=False),
)

Table(
    "cluster_contents",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("cluster_id", ForeignKey("clusters.id"), nullable=False, index=True),
    Column("relation", Name, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("evidence", Text, nullable=False),
)

Table(
    "face_readings",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("detector", Name, primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("crowd", Integer, nullable=False),
    Column("faces", Integer, nullable=False),
    Column("largest", Integer, nullable=False),
    Column("dropped", Integer, nullable=False),
    Column("reason", Name, nullable=False),
    Column("detail", Foreign, nullable=False),
    Column("thumbnail", LargeBinary, nullable=False),
)

Table(
    "faces",
    metadata,
    Column("content_id", ForeignKey("contents.id"), nullable=False),
    Column("detector", Name, nullable=False),
    Column("x", Integer, nullable=False),
    Column("y", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("eye_distance_px", Float, nullable=False),
    Column("sharpness", Float, nullable=False),
    Column("grade", Name, nullable=False),
    Column("reason", Text, nullable=False),
    Index("faces_of_content", "content_id", "detector"),
)

Table(
    "levels",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("level", Name, nullable=False),
    Column("reason", Foreign, nullable=False),
    Column("sensitivity", Name),
    Column("named", Integer, nullable=False),
)

Table(
    "judgements",
    metadata,
    Column("kind", Name, primary_key=True),
    Column("left", LargeBinary, primary_key=True),
    Column("right", LargeBinary, primary_key=True),
    Column("value", Name, nullable=False),
    Column("code", Name, nullable=False),
    Column("place", LargeBinary, nullable=False),
    Column("by", Name, nullable=False),
    Column("role", Name, nullable=False),
    Column("at", Name, nullable=False),
    Column("reason", Foreign, nullable=False),
)

Table(
    "holds",
    metadata,
    Column("hold_id", Name, primary_key=True),
    Column("document", Text, nullable=False),
)

Table(
    "hold_contents",
    metadata,
    Column("hold_id", ForeignKey("holds.hold_id"), primary_key=True),
    Column("sha256", LargeBinary, primary_key=True),
    Column("place", LargeBinary, primary_key=True),
)

Table(
    "answers",
    metadata,
    Column("source", Name, primary_key=True),
    Column("pattern", Name, primary_key=True),
    Column("fact", Name, primary_key=True),
    Column("value", Text, nullable=False),
    Column("answered_by", Name, nullable=False),
    Column("answered_on", Name, nullable=False),
)

Table(
    "determinations",
    metadata,
    Column("finding_id", Name, primary_key=True),
    Column("decision", Name, nullable=False),
    Column("reason", Foreign, nullable=False),
    Column("decided_by", Name, nullable=False),
    Column("role", Name, nullable=False),
    Column("decided_on", Name, nullable=False),
)

Table(
    "people",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Name, nullable=False, index=True),
    Column("document", Text, nullable=False),
    Column("stated_at", Name, nullable=False),
    Column("stated_by", Name, nullable=False),
)

Table(
    "audits",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", Name, nullable=False, unique=True),
    Column("started_at", Name, nullable=False),
    Column("finished_at", Name, nullable=False),
    Column("assessed_on", Name, nullable=False),
    Column("folder", Name, nullable=False),
    Column("event", Large, nullable=False),
    Column("last_holding", Large, nullable=False),
    Column("methods", Text, nullable=False),
)

Table(
    "terms",
    metadata,
    Column("id", Number, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("text", Foreign, nullable=False),
)

FINDING_TERMS = (
    "rule", "pack", "pack_version", "pack_sha256", "severity", "proposal", "counted_from", "source", "owner",
    "jurisdiction", "authority", "authority_rank", "confidence", "people_level", "status", "determination",
    "explanation",
)  # fmt: skip
DISPOSITION_TERMS = ("source", "outcome", "act", "due_rule", "due_rank", "rules", "missing_facts", "explanation")
FINDING_KEYS = (
    "rule", "severity", "proposal", "counted_from", "due_on", "cluster_id", "source", "owner", "jurisdiction",
    "authority_rank", "confidence", "people_level", "status",
)  # fmt: skip
DISPOSITION_KEYS = ("outcome", "act", "due_on", "due_rule", "due_rank", "source", "missing_facts")

Table(
    "findings",
    metadata,
    Column("audit", ForeignKey("audits.number"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("finding_id", Name, nullable=False),
    Column("due_on", Name),
    Column("cluster_id", Name),
    Column("path", Text),
    Column("place", LargeBinary, nullable=False),
    *(Column(name, Integer) for name in FINDING_TERMS),
    *(Index(f"findings_by_{name}", "audit", name, "row") for name in FINDING_KEYS),
    Index("findings_by_place", "audit", "place"),
    Index("findings_by_finding_id", "audit", "finding_id"),
)

Table(
    "dispositions",
    metadata,
    Column("audit", ForeignKey("audits.number"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("due_on", Name),
    Column("path", Text),
    Column("place", LargeBinary, nullable=False),
    *(Column(name, Integer) for name in DISPOSITION_TERMS),
    *(Index(f"dispositions_by_{name}", "audit", name, "row") for name in DISPOSITION_KEYS),
    Index("dispositions_by_place", "audit", "place"),
)

Table(
    "events",
    metadata,
    Column("sequence", Large, primary_key=True, autoincrement=False),
    Column("at", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("told", LargeBinary),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)

Table(
    "event_texts",
    metadata,
    Column("sequence", ForeignKey("events.sequence"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("actor", Foreign, nullable=False),
    Column("details", Foreign, nullable=False),
)

Table("catalogue", metadata, Column("key", Name, primary_key=True), Column("value", Text, nullable=False))

Table("counters", metadata, Column("name", Name, primary_key=True), Column("value", Large, nullable=False))

Table(
    "remembered_places",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("first_seen", Name, nullable=False),
)

Table(
    "made_files",
    metadata,
    Column("path", Name, primary_key=True),
    Column("kind", Name, nullable=False),
    Column("made_on", Name, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
)
