"""Face readings and people levels in the catalogue, until the working data's end date."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.locations.holdings import Fault, SkipReason
from pdpo_audit.model.people import Face, FaceFailure, FaceReading, Grade, PeopleLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLevel:
    """The people level of one content; ``sensitivity`` is ``None`` where nothing looked for flags."""

    content: int
    level: PeopleLevel
    reason: str
    sensitivity: tuple[str, ...] | None
    named: int


def record_readings(transaction: Transaction, readings: Sequence[FaceReading | FaceFailure]) -> None:
    """Record what the face pass found, or why it could not look."""
    connection = transaction.connection
    for one in readings:
        table = schema.faces
        connection.execute(delete(table).where(table.c.content_id == one.content, table.c.detector == one.detector))
    rows = []
    for one in readings:
        row = {"content_id": one.content, "detector": one.detector, "width": 0, "height": 0, "crowd": 0, "faces": 0,
               "largest": 0, "dropped": 0, "reason": "", "detail": "", "thumbnail": b""}  # fmt: skip
        if isinstance(one, FaceFailure):
            rows.append(row | {"reason": one.skipped.reason.value, "detail": one.skipped.detail})
        else:
            largest = max((face.height for face in one.faces), default=0)
            seen = {"width": one.width, "height": one.height, "crowd": int(one.crowd), "thumbnail": one.thumbnail,
                    "faces": len(one.faces), "largest": largest, "dropped": one.dropped}  # fmt: skip
            rows.append(row | seen)
    transaction.upsert(schema.face_readings, rows, ["content_id", "detector"])
    faces = [
        {"content_id": one.content, "detector": one.detector, **dataclasses.asdict(face), "covered": int(face.covered)}
        for one in readings
        if isinstance(one, FaceReading)
        for face in one.faces
    ]
    if faces:
        connection.execute(insert(schema.faces), faces)


def load_faces(store: Store, detector: str) -> dict[int, list[Face]]:
    """Faces by content for every content that ``detector`` read.

    Neither failures are in it nor contents whose boxes were forgotten: their levels stand as they were graded.
    """
    found: dict[int, list[Face]] = {}
    with store.reading() as connection:
        table = schema.face_readings
        seen = (table.c.detector == detector) & (table.c.reason == "")
        for row in connection.execute(select(table.c.content_id).where(seen, table.c.faces == 0)):
            found[row.content_id] = []
        for row in connection.execute(select(schema.faces).where(schema.faces.c.detector == detector)):
            found.setdefault(row.content_id, []).append(_face(row))
    return found


def known_faces(store: Store, content: int, detector: str) -> tuple[Face, ...] | None:
    """The faces of one content; ``None`` where the face pass has not read it, or its boxes were forgotten."""
    table, read = schema.faces, schema.face_readings
    with store.reading() as connection:
        mine = (read.c.content_id == content) & (read.c.detector == detector) & (read.c.reason == "")
        seen = connection.execute(select(read.c.faces).where(mine)).scalar()
        rows = connection.execute(
            select(table).where(table.c.content_id == content, table.c.detector == detector)
        ).all()
    return None if seen is None or len(rows) < seen else tuple(_face(row) for row in rows)


def _face(row: Row[Any]) -> Face:
    fields = row._asdict()
    del fields["content_id"], fields["detector"]
    return Face(**(fields | {"grade": Grade(row.grade), "covered": bool(row.covered)}))


def read_contents(store: Store, detector: str) -> set[int]:
    """The contents that ``detector`` has read, or failed to read; those whose place was at fault may be read yet."""
    table = schema.face_readings
    places = [reason.value for reason in SkipReason if reason.fault is Fault.PLACE]
    done = (table.c.detector == detector) & table.c.reason.not_in(places)
    with store.reading() as connection:
        return set(connection.execute(select(table.c.content_id).where(done)).scalars())


def failures(store: Store, detector: str) -> dict[int, str]:
    """Why ``detector`` could not look at contents, by content."""
    table = schema.face_readings
    query = select(table.c.content_id, table.c.reason).where(table.c.detector == detector, table.c.reason != "")
    with store.reading() as connection:
        return {row.content_id: row.reason for row in connection.execute(query)}


def reading_sizes(store: Store, detector: str) -> dict[int, tuple[int, int, int]]:
    """Width and height of the picture as read, and whether it shows a crowd (1 or 0), by content."""
    table = schema.face_readings
    with store.reading() as connection:
        query = select(table.c.content_id, table.c.width, table.c.height, table.c.crowd)
        return {
            row[0]: (row[1], row[2], row[3]) for row in connection.execute(query.where(table.c.detector == detector))
        }


def dropped_candidates(store: Store, detector: str) -> int:
    """How many candidates ``detector`` took for faces first and, on a second look, for none."""
    table = schema.face_readings
    with store.reading() as connection:
        total = connection.execute(select(func.sum(table.c.dropped)).where(table.c.detector == detector)).scalar()
    return int(total or 0)


def covered_pictures(store: Store, detector: str) -> int:
    """In how many contents ``detector`` found a face whose lower half looks covered."""
    table = schema.faces
    seen = select(func.count(func.distinct(table.c.content_id))).where(
        table.c.detector == detector, table.c.covered != 0
    )
    with store.reading() as connection:
        return int(connection.execute(seen).scalar_one())


def load_levels(store: Store) -> dict[int, StoredLevel]:
    """The people levels in force, by content."""
    with store.reading() as connection:
        rows = connection.execute(select(schema.levels)).all()
    return {
        row.content_id: StoredLevel(
            content=row.content_id,
            level=PeopleLevel(row.level),
            reason=row.reason,
            sensitivity=None if row.sensitivity is None else tuple(flag for flag in row.sensitivity.split(",") if flag),
            named=row.named,
        )
        for row in rows
    }


def forgotten(store: Store, detector: str) -> set[int]:
    """Contents in which ``detector`` saw faces whose boxes are no longer kept."""
    table, faces = schema.face_readings, schema.faces
    kept = select(faces.c.content_id).where(faces.c.detector == detector)
    with store.reading() as connection:
        query = select(table.c.content_id).where(
            table.c.detector == detector, table.c.faces > 0, table.c.content_id.not_in(kept)
        )
        return set(connection.execute(query).scalars())


def replace_levels(transaction: Transaction, levels: Iterable[StoredLevel]) -> None:
    """Put ``levels`` in place of those in force; one that stands is not written again."""
    rows = [
        {
            "content_id": one.content,
            "level": one.level.value,
            "reason": one.reason,
            "sensitivity": None if one.sensitivity is None else ",".join(one.sensitivity),
            "named": one.named,
        }
        for one in levels
    ]
    changed, gone = transaction.differing(schema.levels, rows, "content_id")
    transaction.drop(schema.levels, "content_id", gone)
    transaction.upsert(schema.levels, changed, ["content_id"])
