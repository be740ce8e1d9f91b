"""What a reviewer looks at: the copies of one duplicate cluster, or one holding, with all that is known of each."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.audits import Words
from pdpo_audit.catalogue.places import ORDER, PLACE, PLACES, moment_of, path_of, place_key
from pdpo_audit.catalogue.schema.audits import DISPOSITION_TERMS
from pdpo_audit.catalogue.stated.documents import captured_of, stated_document
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.clusters import Relation
from pdpo_audit.model.people import PeopleLevel

_HELD, _CONTENTS, _IN_CLUSTER, _CLUSTERS, _LEVELS, _READ = (
    schema.holdings, schema.contents, schema.cluster_contents, schema.clusters, schema.levels, schema.face_readings,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One present holding; ``evidence`` is what was measured against the master, ``stated`` what its metadata say."""

    holding: int
    content: int
    digest: bytes
    sha256: bytes
    source: str
    path: str
    bytes: int
    format: str
    width: int
    height: int
    modified: str
    captured: str
    first_seen: str
    stated: Mapping[str, Any]
    relation: str
    similarity: float
    evidence: Mapping[str, Any]
    is_master: bool
    confirmed_by: str
    master_reason: str
    level: str
    level_reason: str
    #: ``None`` where nobody looked for faces.
    faces: int | None
    has_picture: bool


def copies_of_cluster(store: Store, cluster_id: str, detector: str, *, most: int = 200) -> list[Copy]:
    """The present copies of a duplicate cluster, the master first, then in the order of places."""
    return _copies(store, _IN_CLUSTER.c.cluster_id == cluster_id, detector, most)


def copies_of_holding(store: Store, holding: int, detector: str) -> list[Copy]:
    """One present holding, as a list of one; empty where it is there no more."""
    return _copies(store, _HELD.c.id == holding, detector, 1)


def content_in(store: Store, content: int, sources: Collection[str]) -> bool:
    """Whether a present holding of a content lies in one of these sources."""
    query = (
        select(func.count())
        .select_from(PLACES)
        .where(_HELD.c.content_id == content, _HELD.c.vanished_on == "", schema.sources.c.name.in_(sorted(sources)))
    )
    with store.reading() as connection:
        return bool(connection.execute(query).scalar())


def stored_picture(store: Store, content: int, detector: str) -> bytes:
    """The pixelated JPEG that the face pass made of a content, or ``b""``."""
    query = select(_READ.c.thumbnail).where(_READ.c.content_id == content, _READ.c.detector == detector)
    with store.reading() as connection:
        return bytes(connection.execute(query).scalar() or b"")


def dispositions_at(store: Store, audit_id: str, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """What the ladder says of some places (source, path) in an audit: its columns by name."""
    table, audits = schema.dispositions, schema.audits
    keys = [place_key(*place) for place in places]
    found: dict[tuple[str, str], Any] = {}
    with store.reading() as connection:
        number = connection.execute(select(audits.c.number).where(audits.c.id == audit_id)).scalar()
        rows = connection.execute(select(table).where(table.c.audit == number, table.c.place.in_(keys))).all()
        words = Words(connection)
        words.learn({value for row in rows for name in DISPOSITION_TERMS if (value := getattr(row, name)) is not None})
        for row in rows:
            said = {
                name: words.word(value) if name in DISPOSITION_TERMS else value or ""
                for name, value in row._mapping.items()
            }
            found[str(said["source"]), str(said["path"])] = said
    return found


def links_of(store: Store, contents: Sequence[int]) -> list[tuple[int, str, float]]:
    """Contents that are related to some of these and not duplicates of them: which, how, how similar."""
    pairs = schema.pairs
    kinds = ["same-layout", "same-scene"]
    found: dict[int, tuple[int, str, float]] = {}
    with store.reading() as connection:
        for mine, other in ((pairs.c.left_id, pairs.c.right_id), (pairs.c.right_id, pairs.c.left_id)):
            query = select(other, pairs.c.verdict, pairs.c.similarity).where(
                mine.in_(list(contents)), pairs.c.verdict.in_(kinds)
            )
            for row in connection.execute(query.limit(50)):
                found[row[0]] = (row[0], row[1], row[2])
    return sorted(found.values())


def _copies(store: Store, where: ColumnElement[bool], detector: str, most: int) -> list[Copy]:
    query = (
        select(
            *PLACE, _HELD.c.id, _HELD.c.size, _HELD.c.modified_ns, _HELD.c.first_seen, _HELD.c.content_id,
            _CONTENTS.c.digest, _CONTENTS.c.sha256, _CONTENTS.c.format, _CONTENTS.c.width, _CONTENTS.c.height,
            _CONTENTS.c.captured_at, _CONTENTS.c.metadata, _HELD.c.beside, _IN_CLUSTER.c.relation,
            _IN_CLUSTER.c.similarity, _IN_CLUSTER.c.evidence, _CLUSTERS.c.master_id,
            _CLUSTERS.c.master_reason, _CLUSTERS.c.confirmed_by,
            _LEVELS.c.level, _LEVELS.c.reason.label("level_reason"), _READ.c.faces, _READ.c.reason.label("unread"),
            func.length(_READ.c.thumbnail).label("pictured"),
        )
        .select_from(
            PLACES.join(_CONTENTS, _CONTENTS.c.id == _HELD.c.content_id)
            .outerjoin(_IN_CLUSTER, _IN_CLUSTER.c.content_id == _HELD.c.content_id)
            .outerjoin(_CLUSTERS, _CLUSTERS.c.id == _IN_CLUSTER.c.cluster_id)
            .outerjoin(_LEVELS, _LEVELS.c.content_id == _HELD.c.content_id)
            .outerjoin(_READ, (_READ.c.content_id == _HELD.c.content_id) & (_READ.c.detector == detector))
        )
        .where(_HELD.c.vanished_on == "", where)
        .order_by((_CLUSTERS.c.master_id == _HELD.c.id).desc(), *ORDER)
        .limit(most)
    )  # fmt: skip
    with store.reading() as connection:
        rows = connection.execute(query).all()
    heads = {row.content_id for row in rows if row.master_id == row.id}
    return [_copy(row, heads) for row in rows]


def _copy(row: Any, heads: Collection[int]) -> Copy:
    is_master = row.master_id is not None and row.master_id == row.id
    relation = Relation.MASTER.value if is_master else row.relation or ""
    identical = not is_master and row.content_id in heads
    return Copy(
        holding=row.id,
        content=row.content_id,
        digest=bytes(row.digest),
        sha256=bytes(row.sha256),
        source=row.source,
        path=path_of(row),
        bytes=row.size,
        format=row.format,
        width=row.width,
        height=row.height,
        modified=moment_of(row.modified_ns),
        captured=captured_of(row.captured_at, row.beside),
        first_seen=row.first_seen,
        stated=json.loads(stated_document(row.metadata, row.beside) or "{}"),
        relation=Relation.BYTE_IDENTICAL.value if identical else relation,
        similarity=1.0 if is_master or identical else row.similarity or 0.0,
        evidence=json.loads(row.evidence or "{}"),
        is_master=is_master,
        confirmed_by=row.confirmed_by or "",
        master_reason=row.master_reason or "",
        level=row.level or PeopleLevel.UNKNOWN.value,
        level_reason=row.level_reason or "",
        faces=None if row.faces is None or row.unread else row.faces,
        has_picture=bool(row.pictured),
    )
