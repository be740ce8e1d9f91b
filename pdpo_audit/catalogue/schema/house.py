"""What the catalogue notes of itself: facts, counters, what it made, and what a purge leaves of places."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, Text

from pdpo_audit.catalogue.schema.kinds import Large, Name, metadata

# One row, ``writer``, is what a writing transaction on PostgreSQL locks first.
facts_of_catalogue = Table(
    "catalogue", metadata, Column("key", Name, primary_key=True), Column("value", Text, nullable=False)
)

# Numbers that only grow, incremented in the database.
counters = Table("counters", metadata, Column("name", Name, primary_key=True), Column("value", Large, nullable=False))

# When the file at a place was first seen, kept through a purge. The key is a keyed digest of the place, or of the
# file's identity (inode, size, time) so that a renamed file is found, too; the key lies outside of the catalogue.
remembered_places = Table(
    "remembered_places",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("first_seen", Name, nullable=False),
)

# Files that the program made for people and that end: spreadsheets, handouts, backups.
made_files = Table(
    "made_files",
    metadata,
    Column("path", Name, primary_key=True),
    Column("kind", Name, nullable=False),
    Column("made_on", Name, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
)
