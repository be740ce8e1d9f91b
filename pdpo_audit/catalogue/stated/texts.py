"""Text readings in the catalogue, until the working data's end date: kinds and boxes, never what was read."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import PLACE, PLACES
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.locations.holdings import Fault, SkipReason
from pdpo_audit.model.text.marks import Covers, Kind, Mark, Tier
from pdpo_audit.model.text.readings import TextFailure, TextReading


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCounts:
    """Contents in which text was looked for, those of them that could not be read, and those with a legible number."""

    looked: int
    failed: int
    legible: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """A picture kept for reports: the detector that made it, and what is to be covered in it."""

    content: int
    detector: str
    thumbnail: bytes
    covers: Covers


def record_readings(transaction: Transaction, readings: Sequence[TextReading | TextFailure], *, on: str) -> None:
    """Record what the text pass told, or why it could not look, on a day (``YYYY-MM-DD``)."""
    connection, marks = transaction.connection, schema.text_marks
    rows = []
    for one in readings:
        connection.execute(delete(marks).where(marks.c.content_id == one.content, marks.c.method == one.method))
        row = {"content_id": one.content, "method": one.method, "read_on": on, "width": 0, "height": 0, "lines": 0,
               "reason": "", "detail": ""}  # fmt: skip
        if isinstance(one, TextFailure):
            rows.append(row | {"reason": one.skipped.reason.value, "detail": one.skipped.detail})
        else:
            rows.append(row | {"width": one.width, "height": one.height, "lines": one.lines})
    transaction.upsert(schema.text_readings, rows, ["content_id", "method"])
    found = [
        {"content_id": one.content, "method": one.method, **dataclasses.asdict(mark)}
        for one in readings
        if isinstance(one, TextReading)
        for mark in one.marks
    ]
    if found:
        connection.execute(insert(marks), found)


def read_contents(store: Store, method: str) -> set[int]:
    """The contents that ``method`` has read, or failed to read; those whose place was at fault may be read yet."""
    table = schema.text_readings
    places = [reason.value for reason in SkipReason if reason.fault is Fault.PLACE]
    with store.reading() as connection:
        done = (table.c.method == method) & table.c.reason.not_in(places)
        return set(connection.execute(select(table.c.content_id).where(done)).scalars())


def load_readings(store: Store, method: str, contents: Collection[int]) -> Iterator[TextReading]:
    """What ``method`` told of these contents; those that it could not read are left out."""
    table = schema.text_readings
    marks = load_marks(store, method)
    with store.reading() as connection:
        query = select(table).where(table.c.method == method, table.c.reason == "")
        rows = [row for row in connection.execute(query) if row.content_id in contents]
    for row in rows:
        yield TextReading(
            content=row.content_id,
            method=method,
            marks=tuple(marks.get(row.content_id, ())),
            lines=row.lines,
            width=row.width,
            height=row.height,
        )


def load_marks(store: Store, method: str) -> dict[int, list[Mark]]:
    """Every mark in force, by content."""
    table = schema.text_marks
    found: dict[int, list[Mark]] = {}
    with store.reading() as connection:
        query = select(table).where(table.c.method == method)
        for row in connection.execute(query.order_by(table.c.content_id, table.c.kind, table.c.y, table.c.x)):
            fields = row._asdict()
            del fields["content_id"], fields["method"]
            mark = Mark(**(fields | {"kind": Kind(row.kind), "tier": Tier(row.tier)}))
            found.setdefault(row.content_id, []).append(mark)
    return found


def known_boxes(store: Store, content: int, method: str) -> Covers:
    """What is to be covered in the first picture of one content; all of it where the boxes were forgotten."""
    marks, read = schema.text_marks, schema.text_readings
    query = (
        select(
            marks.c.x,
            marks.c.y,
            marks.c.width,
            marks.c.height,
            read.c.width.label("across"),
            read.c.height.label("down"),
        )
        .join(read, (read.c.content_id == marks.c.content_id) & (read.c.method == marks.c.method))
        .where(marks.c.content_id == content, marks.c.method == method, marks.c.tier == Tier.LEGIBLE.value)
        .where(marks.c.frame == 0)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    boxes = tuple((row.x, row.y, row.width, row.height) if row.width else (0, 0, row.across, row.down) for row in rows)
    return Covers(boxes=boxes, of_width=rows[0].across if rows else 0)


def kinds_of(store: Store, contents: Collection[int], method: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was told of some contents together: kinds of legible number, and topics that words hint at."""
    table = schema.text_marks
    query = select(table.c.kind, table.c.tier).where(table.c.method == method, table.c.content_id.in_(contents))
    with store.reading() as connection:
        rows = connection.execute(query.distinct().order_by(table.c.kind)).all()
    legible = Tier.LEGIBLE.value
    return (
        tuple(row.kind for row in rows if row.tier == legible),
        tuple(row.kind for row in rows if row.tier != legible),
    )


def hint_counts(store: Store, method: str) -> dict[str, dict[str, int]]:
    """By source, in how many pictures that it holds words hint at each topic."""
    marks, source = schema.text_marks, PLACE[0]
    query = (
        select(source, marks.c.kind, func.count(func.distinct(marks.c.content_id)).label("pictures"))
        .select_from(PLACES.join(marks, marks.c.content_id == schema.holdings.c.content_id))
        .where(marks.c.method == method, marks.c.tier == Tier.WORDS.value, schema.holdings.c.vanished_on == "")
        .group_by(source, marks.c.kind)
    )
    found: dict[str, dict[str, int]] = {}
    with store.reading() as connection:
        for row in connection.execute(query):
            found.setdefault(row.source, {})[row.kind] = row.pictures
    return found


def legible_contents(method: str) -> Select[Any]:
    """The contents in which a number is legible, as a query."""
    table = schema.text_marks
    return select(table.c.content_id).where(table.c.method == method, table.c.tier == Tier.LEGIBLE.value).distinct()


def contents_with_number(store: Store, method: str) -> frozenset[int]:
    """The contents in which a number is legible."""
    with store.reading() as connection:
        return frozenset(row.content_id for row in connection.execute(legible_contents(method)))


def count_readings(store: Store, method: str) -> TextCounts:
    """How far the pass came, over contents."""
    table = schema.text_readings
    with store.reading() as connection:
        query = select(func.count()).select_from(table).where(table.c.method == method)
        looked = connection.execute(query).scalar_one()
        failed = connection.execute(query.where(table.c.reason != "")).scalar_one()
        legible = connection.execute(select(func.count()).select_from(legible_contents(method).subquery())).scalar_one()
    return TextCounts(looked=int(looked), failed=int(failed), legible=int(legible))


def stored_pictures(store: Store, method: str) -> list[StoredPicture]:
    """The pictures kept for reports on which a number may be seen, with the places of the numbers."""
    faces, texts = schema.face_readings, schema.text_readings
    query = (
        select(faces.c.content_id, faces.c.detector, faces.c.thumbnail)
        .join(texts, texts.c.content_id == faces.c.content_id)
        .where(texts.c.method == method, faces.c.thumbnail != b"", faces.c.content_id.in_(legible_contents(method)))
    )
    with store.reading() as connection:
        rows = connection.execute(query.order_by(faces.c.content_id)).all()
    kept = [(row, known_boxes(store, row.content_id, method)) for row in rows]
    return [
        StoredPicture(content=row.content_id, detector=row.detector, thumbnail=bytes(row.thumbnail), covers=covers)
        for row, covers in kept
        if covers.boxes
    ]


def replace_thumbnail(transaction: Transaction, content: int, detector: str, thumbnail: bytes) -> None:
    """Put the picture with its numbers covered in place of the one before."""
    table = schema.face_readings
    mine = (table.c.content_id == content) & (table.c.detector == detector)
    transaction.connection.execute(update(table).where(mine).values(thumbnail=thumbnail))
