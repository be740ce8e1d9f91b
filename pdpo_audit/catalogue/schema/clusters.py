"""Verified pairs, elections and duplicate clusters."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, LargeBinary, Table, Text

from pdpo_audit.catalogue.schema.kinds import Foreign, Large, Name, metadata

pairs = Table(
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
    Index("pairs_by_right", "right_id"),
)

# Elections that were held among the contents of one frame: these are not read again for them.
elections = Table(
    "elections",
    metadata,
    # BLAKE2b-128 of the voters.
    Column("key", LargeBinary, primary_key=True),
    # Ids of contents with their orientations, as JSON.
    Column("voters", Text, nullable=False),
    Column("method", Name, nullable=False),
    # Ids of contents, as JSON; both empty where nobody was elected.
    Column("elected", Text, nullable=False),
    Column("beaten", Text, nullable=False),
)

# A purge keeps these two, emptied of what was measured: a duplicate cluster keeps its id and its birth.
clusters = Table(
    "clusters",
    metadata,
    Column("id", Name, primary_key=True),
    # A holding's id; no foreign key, because a changed file is recorded anew and clusters are formed after that.
    Column("master_id", Large, nullable=False),
    Column("master_reason", Foreign, nullable=False),
    Column("confirmed_by", Name, nullable=False),
    Column("first_found", Name, nullable=False),
)

cluster_contents = Table(
    "cluster_contents",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("cluster_id", ForeignKey("clusters.id"), nullable=False, index=True),
    Column("relation", Name, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("evidence", Text, nullable=False),
)
