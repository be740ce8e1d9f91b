"""Faces, and the people levels that follow from them."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, Text

from pdpo_audit.catalogue.schema.kinds import Foreign, Name, metadata

face_readings = Table(
    "face_readings",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("detector", Name, primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("crowd", Integer, nullable=False),
    # How many faces, and the height of the tallest in pixels: they outlive the boxes, which go at sign-off.
    Column("faces", Integer, nullable=False),
    Column("largest", Integer, nullable=False),
    # Candidates that a second look took for no face.
    Column("dropped", Integer, nullable=False),
    Column("reason", Name, nullable=False),
    Column("detail", Foreign, nullable=False),
    Column("thumbnail", LargeBinary, nullable=False),
)

faces = Table(
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
    # Of an animation, from 0.
    Column("frame", Integer, nullable=False, server_default="0"),
    Column("covered", Integer, nullable=False, server_default="0"),
    Index("faces_of_content", "content_id", "detector"),
)

levels = Table(
    "levels",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("level", Name, nullable=False),
    Column("reason", Foreign, nullable=False),
    # Flags joined by commas; NULL where nothing supplies them ("not looked for", which is not "none").
    Column("sensitivity", Name),
    Column("named", Integer, nullable=False),
)
