"""The tables of the catalogue. Observations hang on the content's digest and the method that made them."""

from __future__ import annotations

import dataclasses

from sqlalchemy import (
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

from pdpo_audit.model.methods import CATALOGUE
from pdpo_audit.model.pictures import Fingerprint

#: Raised with every change of the tables; an older catalogue is refused with advice instead of misread.
VERSION = CATALOGUE

metadata = MetaData()

facts_of_catalogue = Table(
    "catalogue", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False)
)

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
)

folders = Table(
    "folders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("path", LargeBinary, nullable=False),
    # Digest of the listing once everything in it is recorded; NULL while work on the folder is pending.
    Column("listing", LargeBinary),
    UniqueConstraint("source_id", "path"),
)

contents = Table(
    "contents",
    metadata,
    Column("id", Integer, primary_key=True),
    # SHA-256 of the file's bytes; for a page or part, of those 32 bytes followed by the member's name.
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("sha256", LargeBinary, nullable=False, index=True),
    Column("member", String, nullable=False),
    Column("image_sha256", LargeBinary, nullable=False),
    Column("bytes", Integer, nullable=False, index=True),
    Column("format", String, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("captured_at", String, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
)

holdings = Table(
    "holdings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folder_id", ForeignKey("folders.id"), nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("member", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("modified_ns", Integer, nullable=False),
    Column("inode", Integer, nullable=False),
    Column("content_id", ForeignKey("contents.id"), index=True),
    # Why there is no content, or why its content was not decoded; empty where it was.
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
    # 1 where name or signature says image: such a file is a holding even when it could not be examined.
    Column("image", Integer, nullable=False),
    Column("first_seen", String, nullable=False),
    Column("vanished_on", String, nullable=False),
    UniqueConstraint("folder_id", "name", "member"),
)

# What is no regular file (links, pipes, folders that cannot be listed): written anew with every scan of its source.
passed_over = Table(
    "passed_over",
    metadata,
    Column("source_id", ForeignKey("sources.id"), primary_key=True),
    Column("path", LargeBinary, primary_key=True),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
)

_KINDS = {"bytes": LargeBinary, "str": String, "int": Integer, "float": Float}

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    *(Column(field.name, _KINDS[str(field.type)], nullable=False) for field in dataclasses.fields(Fingerprint)),
)

pairs = Table(
    "pairs",
    metadata,
    Column("left_id", ForeignKey("contents.id"), primary_key=True),
    Column("right_id", ForeignKey("contents.id"), primary_key=True),
    Column("method", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("relation", String, nullable=False),
    Column("reverse", String, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("evidence", Text, nullable=False),
)

# Elections that were held among the contents of one frame: these are not read again for them.
elections = Table(
    "elections",
    metadata,
    # Ids of contents with their orientations, as JSON.
    Column("voters", Text, primary_key=True),
    Column("method", String, nullable=False),
    # Ids of contents, as JSON; both empty where nobody was elected.
    Column("elected", Text, nullable=False),
    Column("beaten", Text, nullable=False),
)

# What named people said of contents, by digest: a master confirmed, a pair rejected, a legal determination.
judgements = Table(
    "judgements",
    metadata,
    Column("kind", String, primary_key=True),
    # Digests of contents; the smaller one first, the second only of a rejected pair.
    Column("left", LargeBinary, primary_key=True),
    Column("right", LargeBinary, primary_key=True),
    Column("value", String, nullable=False),
    Column("code", String, nullable=False),
    # Digest of the place that was confirmed as the master's: judgements outlive the paths.
    Column("place", LargeBinary, nullable=False),
    Column("by", String, nullable=False),
    Column("role", String, nullable=False),
    Column("at", String, nullable=False),
    Column("reason", Text, nullable=False),
)

clusters = Table(
    "clusters",
    metadata,
    Column("id", String, primary_key=True),
    # A holding's id; no foreign key, because a changed file is recorded anew and clusters are formed after that.
    Column("master_id", Integer, nullable=False),
    Column("master_reason", Text, nullable=False),
    Column("confirmed_by", String, nullable=False),
    Column("first_found", String, nullable=False),
)

cluster_contents = Table(
    "cluster_contents",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("cluster_id", ForeignKey("clusters.id"), nullable=False, index=True),
    Column("relation", String, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("evidence", Text, nullable=False),
)

face_readings = Table(
    "face_readings",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("detector", String, primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("crowd", Integer, nullable=False),
    # How many faces, and the height of the tallest in pixels: they outlive the boxes, which go at sign-off.
    Column("faces", Integer, nullable=False),
    Column("largest", Integer, nullable=False),
    # Candidates that a second look took for no face.
    Column("dropped", Integer, nullable=False),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("thumbnail", LargeBinary, nullable=False),
)

faces = Table(
    "faces",
    metadata,
    Column("content_id", ForeignKey("contents.id"), nullable=False),
    Column("detector", String, nullable=False),
    Column("x", Integer, nullable=False),
    Column("y", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("eye_distance_px", Float, nullable=False),
    Column("sharpness", Float, nullable=False),
    Column("grade", String, nullable=False),
    Column("reason", Text, nullable=False),
    Index("faces_of_content", "content_id", "detector"),
)

levels = Table(
    "levels",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("level", String, nullable=False),
    Column("reason", Text, nullable=False),
    # Flags joined by commas; NULL where nothing supplies them ("not looked for", which is not "none").
    Column("sensitivity", String),
    Column("named", Integer, nullable=False),
)

holds = Table(
    "holds",
    metadata,
    Column("hold_id", String, primary_key=True),
    Column("document", Text, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("source", String, primary_key=True),
    Column("pattern", String, primary_key=True),
    Column("fact", String, primary_key=True),
    Column("value", Text, nullable=False),
    Column("answered_by", String, nullable=False),
    Column("answered_on", String, nullable=False),
)

determinations = Table(
    "determinations",
    metadata,
    # Of the rule, its pack, the content's digest and the place: it finds the same finding again in later audits.
    Column("finding_id", String, primary_key=True),
    Column("decision", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", String, nullable=False),
    Column("role", String, nullable=False),
    Column("decided_on", String, nullable=False),
)

audits = Table(
    "audits",
    metadata,
    Column("id", String, primary_key=True),
    Column("started_at", String, nullable=False),
    Column("finished_at", String, nullable=False),
    Column("assessed_on", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("document", Text, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("audit_id", ForeignKey("audits.id"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("finding_id", String, nullable=False),
    Column("document", Text, nullable=False),
)

dispositions = Table(
    "dispositions",
    metadata,
    Column("audit_id", ForeignKey("audits.id"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("outcome", String, nullable=False),
    Column("document", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)
