"""The stored, unrecognisable pictures of copies, for plans."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.people import known_faces
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.people import Face


def pictures_of(store: Store, digests: Sequence[str]) -> dict[str, bytes]:
    """The pixelated JPEG of each file that has one, by its SHA-256 (hex); one read for a few hundred."""
    contents, readings = schema.contents, schema.face_readings
    wanted = [bytes.fromhex(one) for one in dict.fromkeys(digests)]
    query = (
        select(contents.c.sha256, readings.c.thumbnail)
        .join(readings, readings.c.content_id == contents.c.id)
        .where(contents.c.sha256.in_(wanted), contents.c.member == "", readings.c.thumbnail != b"")
    )
    with store.reading() as connection:
        return {bytes(row.sha256).hex(): bytes(row.thumbnail) for row in connection.execute(query)}


def faces_of(store: Store, sha256: bytes, detector: str) -> tuple[Face, ...]:
    """The faces that a detector found in a file; none where it has not looked, or the boxes were forgotten."""
    contents = schema.contents
    query = select(contents.c.id).where(contents.c.sha256 == sha256, contents.c.member == "")
    with store.reading() as connection:
        found = connection.execute(query).scalar()
    return (known_faces(store, int(found), detector) or ()) if found is not None else ()


def masked_digests(store: Store) -> frozenset[bytes]:
    """The files that this program made by covering faces, by their SHA-256."""
    items = schema.disposal_items
    query = select(items.c.result).where(items.c.act == DisposalAct.MASK.value, items.c.result != "")
    with store.reading() as connection:
        made = (json.loads(result).get("made", "") for result in connection.execute(query).scalars())
        return frozenset(bytes.fromhex(one) for one in made if one)


def contents_of(store: Store, digests: Sequence[str]) -> dict[str, int]:
    """The number of the content of each file that is known, by its SHA-256 (hex)."""
    contents = schema.contents
    wanted = [bytes.fromhex(one) for one in dict.fromkeys(digests)]
    query = select(contents.c.sha256, contents.c.id).where(contents.c.sha256.in_(wanted), contents.c.member == "")
    with store.reading() as connection:
        return {bytes(row.sha256).hex(): int(row.id) for row in connection.execute(query)}
