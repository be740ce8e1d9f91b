"""Counts for people who ask where the workspace stands: of the same things and under the same words as the reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.stated.told import text_failures
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.model.people import PeopleLevel, rank

_HELD, _CONTENTS, _MATES, _LEVELS = schema.holdings, schema.contents, schema.cluster_contents, schema.levels
_PRESENT = (_HELD.c.vanished_on == "") & (_HELD.c.image == 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCount:
    """Pictures at a people level, all their copies, and the copies that have this level by themselves."""

    pictures: int = 0
    held: int = 0
    holdings: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much the catalogue knows.

    ``pictures`` counts duplicate clusters plus holdings that are in none; ``contents`` counts different files. A
    picture that is held more than once has the highest level of its copies.
    """

    holdings: int
    pictures: int
    contents: int
    bytes: int
    clusters: int
    additional_copies: int
    skipped: int
    face_readings: int
    people: dict[str, LevelCount]


def totals(store: Store, detector: str = "", text: str = "") -> Totals:
    """Everything that is counted; ``detector`` and ``text`` name the readings of faces and text whose failures count as
    not examined."""
    with store.reading() as connection:

        def count(query: Select[Any]) -> int:
            return int(connection.execute(query).scalar() or 0)

        holdings = count(select(func.count()).select_from(_HELD).where(_PRESENT))
        in_clusters = _HELD.join(_MATES, _MATES.c.content_id == _HELD.c.content_id)
        members = count(select(func.count()).select_from(in_clusters).where(_PRESENT))
        clusters = count(select(func.count(_MATES.c.cluster_id.distinct())).select_from(in_clusters).where(_PRESENT))
        return Totals(
            holdings=holdings,
            pictures=holdings - members + clusters,
            contents=count(select(func.count(_HELD.c.content_id.distinct())).where(_PRESENT)),
            bytes=count(_file_bytes()) + count(_inner_bytes()),
            clusters=clusters,
            additional_copies=members - clusters,
            skipped=_skipped(connection, detector, text),
            face_readings=count(select(func.count()).select_from(schema.face_readings)),
            people=_people(connection),
        )


def _file_bytes() -> Select[Any]:
    """The bytes of files that are pictures, each file once."""
    return select(func.sum(_HELD.c.size)).where(_PRESENT, _HELD.c.member.in_(["", "page/1"]), _HELD.c.linked == 0)


def _inner_bytes() -> Select[Any]:
    """The bytes of pictures inside other files, pages of one counted once."""
    page = _HELD.c.member.like("page/%") | (_HELD.c.member.like("%!/page/%") & _HELD.c.member.notlike("%!/page/1"))
    own = schema.contents
    return (
        select(func.sum(own.c.bytes))
        .select_from(_HELD.join(own, own.c.id == _HELD.c.content_id))
        .where(_PRESENT, _HELD.c.member != "", ~page, _HELD.c.linked == 0)
    )


def _textless(detector: str, text: str) -> Select[Any]:
    """How many readable holdings there are in which no text could be looked for, but faces could."""
    failed = text_failures(text, detector)
    joined = _HELD.join(failed, failed.c.content_id == _HELD.c.content_id).join(
        _CONTENTS, _CONTENTS.c.id == _HELD.c.content_id
    )
    return (
        select(func.count())
        .select_from(joined)
        .where(_HELD.c.vanished_on == "", _HELD.c.reason == "", _CONTENTS.c.reason == "")
    )


def _skipped(connection: Connection, detector: str, text: str) -> int:
    """The rows of the table ``skipped`` but for sidecars: passed over, not readable, or readable and no
    face, or no text, could be looked for. No file is two of them.
    """
    readings = schema.face_readings
    unread = _HELD.outerjoin(_CONTENTS, _CONTENTS.c.id == _HELD.c.content_id)
    faceless = unread.join(readings, readings.c.content_id == _HELD.c.content_id)
    counted = [
        select(func.count()).select_from(schema.passed_over),
        select(func.count())
        .select_from(unread)
        .where(
            (_HELD.c.vanished_on == "")
            & (_HELD.c.reason.not_in(("", SkipReason.SIDECAR.value)) | (_CONTENTS.c.reason != ""))
        ),
        select(func.count())
        .select_from(faceless)
        .where(
            _HELD.c.vanished_on == "",
            _HELD.c.reason == "",
            _CONTENTS.c.reason == "",
            readings.c.detector == detector,
            readings.c.reason != "",
        ),
        _textless(detector, text),
    ]
    return sum(int(connection.execute(query).scalar() or 0) for query in counted)


def _people(connection: Connection) -> dict[str, LevelCount]:
    """Counts by level, in the levels' order; every present holding is in one of them."""
    joined = _HELD.outerjoin(_LEVELS, _LEVELS.c.content_id == _HELD.c.content_id).outerjoin(
        _MATES, _MATES.c.content_id == _HELD.c.content_id
    )
    query = (
        select(_MATES.c.cluster_id, _LEVELS.c.level, func.count())
        .select_from(joined)
        .where(_PRESENT)
        .group_by(_MATES.c.cluster_id, _LEVELS.c.level)
        .order_by(_MATES.c.cluster_id)
    )
    found = {level: [0, 0, 0] for level in PeopleLevel}
    highest: dict[str, PeopleLevel] = {}
    copies: dict[str, int] = {}
    for cluster, stated, number in connection.execute(query, execution_options={"yield_per": 10_000}):
        level = PeopleLevel(stated) if stated else PeopleLevel.UNKNOWN
        found[level][2] += number
        if cluster is None:
            found[level][0] += number
            found[level][1] += number
        else:
            highest[cluster] = max(level, highest.get(cluster, level), key=rank)
            copies[cluster] = copies.get(cluster, 0) + number
    for cluster, level in highest.items():
        found[level][0] += 1
        found[level][1] += copies[cluster]
    return {level.value: LevelCount(pictures=one, held=held, holdings=own) for level, (one, held, own) in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSource:
    """A source of which anything is known: how much of it the catalogue holds, examined or not."""

    files: int
    known: int


def seen_sources(store: Store) -> dict[str, SeenSource]:
    """Every source that a scan reached, by name: the files that it found there, and what is known of them now.

    After the working data was forgotten nothing is known of files that are there.
    """
    sources, roots, folders = schema.sources, schema.roots, schema.folders
    held = select(folders.c.source_id, func.count().label("number")).select_from(
        _HELD.join(folders, folders.c.id == _HELD.c.folder_id)
    )
    passed = schema.passed_over
    with store.reading() as connection:
        known = {row[0]: row[1] for row in connection.execute(held.group_by(folders.c.source_id))}
        for source, number in connection.execute(select(passed.c.source_id, func.count()).group_by(passed.c.source_id)):
            known[source] = known.get(source, 0) + number
        rows = connection.execute(
            select(sources.c.id, sources.c.name, roots.c.files).join(roots, roots.c.source_id == sources.c.id)
        ).all()
    return {row.name: SeenSource(files=row.files, known=known.get(row.id, 0)) for row in rows}


def skipped_by_reason(store: Store, detector: str = "", text: str = "") -> dict[str, int]:
    """What was seen and not examined, by reason: passed over, or not readable.

    With ``detector`` and ``text`` the rows of the table ``skipped``: readable pictures in which no face or text could
    be looked for, too.
    """
    reason = func.coalesce(func.nullif(_HELD.c.reason, ""), _CONTENTS.c.reason, "")
    passed, readings = schema.passed_over, schema.face_readings
    unread = _HELD.outerjoin(_CONTENTS, _CONTENTS.c.id == _HELD.c.content_id)
    queries = (
        select(passed.c.reason, func.count()).group_by(passed.c.reason),
        select(reason, func.count())
        .select_from(unread)
        .where(_HELD.c.vanished_on == "", reason != "")
        .group_by(reason),
        select(readings.c.reason, func.count())
        .select_from(unread.join(readings, readings.c.content_id == _HELD.c.content_id))
        .where(_HELD.c.vanished_on == "", reason == "", readings.c.detector == detector, readings.c.reason != "")
        .group_by(readings.c.reason),
    )
    found: dict[str, int] = {}
    with store.reading() as connection:
        for query in queries:
            for name, number in connection.execute(query):
                found[name] = found.get(name, 0) + number
        if textless := int(connection.execute(_textless(detector, text)).scalar() or 0):
            found[SkipReason.TEXT_PASS_FAILED.value] = textless
    return found


def unread_formats(store: Store) -> dict[str, int]:
    """Copies held of pictures whose format could not be decoded, by format."""
    query = (
        select(_CONTENTS.c.format, func.count())
        .join(_HELD, _HELD.c.content_id == _CONTENTS.c.id)
        .where(_HELD.c.vanished_on == "", _CONTENTS.c.reason == SkipReason.FORMAT_NOT_DECODED.value)
        .group_by(_CONTENTS.c.format)
    )
    with store.reading() as connection:
        return {row[0]: int(row[1]) for row in connection.execute(query.order_by(_CONTENTS.c.format))}
