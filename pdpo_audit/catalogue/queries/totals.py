"""Counts for people who ask where the workspace stands: of the same things and under the same words as the reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store
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


def totals(store: Store, detector: str = "") -> Totals:
    """Everything that is counted; ``detector`` names the face readings whose failures count as not examined."""
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
            bytes=count(
                select(func.sum(_HELD.c.size)).where(
                    _PRESENT & _HELD.c.member.in_(["", "page/1"]) & (_HELD.c.linked == 0)
                )
            ),
            clusters=clusters,
            additional_copies=members - clusters,
            skipped=_skipped(connection, detector),
            face_readings=count(select(func.count()).select_from(schema.face_readings)),
            people=_people(connection),
        )


def _skipped(connection: Connection, detector: str) -> int:
    """The rows of the table ``skipped``: passed over, not readable, or no face could be looked for."""
    readings = schema.face_readings
    unread = _HELD.outerjoin(_CONTENTS, _CONTENTS.c.id == _HELD.c.content_id)
    faceless = _HELD.join(readings, readings.c.content_id == _HELD.c.content_id)
    counted = [
        select(func.count()).select_from(schema.passed_over),
        select(func.count())
        .select_from(unread)
        .where((_HELD.c.vanished_on == "") & ((_HELD.c.reason != "") | (_CONTENTS.c.reason != ""))),
        select(func.count())
        .select_from(faceless)
        .where(_HELD.c.vanished_on == "", readings.c.detector == detector, readings.c.reason != ""),
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
