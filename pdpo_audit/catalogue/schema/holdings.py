"""Where copies lie, and what one read of a file told of its contents."""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import Column, Float, ForeignKey, Integer, LargeBinary, Table, UniqueConstraint

from pdpo_audit.catalogue.schema.kinds import Foreign, Large, Name, Number, metadata
from pdpo_audit.model.pictures import Fingerprint

sources = Table(
    "sources",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Name, nullable=False, unique=True),
)

# The root of each source as the last scan that reached it left it, and why the last scan did not reach it.
roots = Table(
    "roots",
    metadata,
    Column("source_id", ForeignKey("sources.id"), primary_key=True, autoincrement=False),
    # Device and inode of the root; both 0 where no scan has asked for them.
    Column("device", Large, nullable=False),
    Column("inode", Large, nullable=False),
    # The id of its file system, or what it was mounted from; empty where there is none.
    Column("store", Name, nullable=False),
    Column("linked", Integer, nullable=False),
    # How many files it held.
    Column("files", Large, nullable=False),
    # Why it was not reached (``locations.roots.Doubt``; empty where it was), how many files are missing, since when.
    Column("doubt", Name, nullable=False),
    Column("lost", Large, nullable=False),
    Column("since", Name, nullable=False),
    # 1 where a person said that it is as it should be: its next scan takes what it finds.
    Column("accepted", Integer, nullable=False),
)

folders = Table(
    "folders",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("path", LargeBinary, nullable=False),
    # BLAKE2b-128 of the path: a PostgreSQL index holds no key of over 2,700 bytes, and paths may have 4,096.
    Column("key", LargeBinary, nullable=False),
    # Digest of the listing once everything in it is recorded; NULL while work on the folder is pending.
    Column("listing", LargeBinary),
    UniqueConstraint("source_id", "key"),
)

contents = Table(
    "contents",
    metadata,
    Column("id", Number, primary_key=True),
    # SHA-256 of the file's bytes; for a page or part, of those 32 bytes followed by the member's name.
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
    # 0 once a purge has forgotten what was read: the digest stays, and the next file with these bytes is read again.
    Column("examined", Integer, nullable=False),
)

holdings = Table(
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
    # Why there is no content, or why its content was not decoded; empty where it was.
    Column("reason", Name, nullable=False),
    # More of the reason; without one what a reader should know of the place: which slide shows it.
    Column("detail", Foreign, nullable=False),
    # 1 where name or signature says image: such a file is a holding even when it could not be examined.
    Column("image", Integer, nullable=False),
    Column("first_seen", Name, nullable=False),
    # Empty: held; a day: gone since; ``model.locations.roots.NOT_REACHED``: nobody could look.
    Column("vanished_on", Name, nullable=False),
    # 1 where the file has another name in this source under which its bytes are counted.
    Column("linked", Integer, nullable=False, server_default="0"),
    # Of a sidecar: what stands in it, as JSON (``sidecars.write_said``); empty for every other file.
    Column("said", Foreign, nullable=False, server_default=""),
    # Of a picture: what its sidecars say of it, as JSON; the same bytes elsewhere may have others, or none.
    Column("beside", Foreign, nullable=False, server_default=""),
    UniqueConstraint("folder_id", "name", "member"),
)

# What is no regular file (links, pipes, folders that cannot be listed): written anew with every scan of its source.
passed_over = Table(
    "passed_over",
    metadata,
    Column("source_id", ForeignKey("sources.id"), primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    Column("path", LargeBinary, nullable=False),
    Column("reason", Name, nullable=False),
    Column("detail", Foreign, nullable=False),
)

_KINDS: dict[str, Any] = {"bytes": LargeBinary(), "str": Name, "int": Integer(), "float": Float()}

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    *(Column(field.name, _KINDS[str(field.type)], nullable=False) for field in dataclasses.fields(Fingerprint)),
)
