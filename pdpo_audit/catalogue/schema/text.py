"""What the text pass told of pictures: kinds and boxes, never a number or a word that was read."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from pdpo_audit.catalogue.schema.kinds import Foreign, Name, metadata

text_readings = Table(
    "text_readings",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("method", Name, primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    # In how many lines there was text at all.
    Column("lines", Integer, nullable=False),
    Column("read_on", Name, nullable=False),
    Column("reason", Name, nullable=False),
    Column("detail", Foreign, nullable=False),
)

text_marks = Table(
    "text_marks",
    metadata,
    Column("content_id", ForeignKey("contents.id"), nullable=False),
    Column("method", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("tier", Name, nullable=False),
    # Pixels of the upright picture; all 0 of words, and of numbers once the boxes were forgotten.
    Column("x", Integer, nullable=False),
    Column("y", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    # Of an animation, from 0; below it that of a further picture in the file.
    Column("frame", Integer, nullable=False),
    Index("text_marks_of_content", "content_id", "method"),
)
