"""The stored, unrecognisable pictures of copies, for plans."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store


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
