"""The rows of the tables ``holdings`` and ``clusters``: every stored copy, every picture that is held repeatedly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, literal, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.disposition.whereabouts import Waiting
from pdpo_audit.catalogue.places import ORDER, PLACE, PLACES, file_size_of, moment_of, path_of, size_of
from pdpo_audit.catalogue.queries.contrasts import oldest, poorest
from pdpo_audit.catalogue.queries.rights import contradictions
from pdpo_audit.catalogue.stated.documents import all_documents, captured_of, notes_of, sidecars_of
from pdpo_audit.catalogue.stated.told import kinds_told, text_summary, text_told
from pdpo_audit.model.audits import SourceRecord
from pdpo_audit.model.clocks import doubt_of
from pdpo_audit.model.clusters import Relation
from pdpo_audit.model.judgements import JudgementKind, LegalDetermination
from pdpo_audit.model.locations.holdings import ImageRef, locate
from pdpo_audit.model.locations.litter import in_trash, is_cached_thumbnail
from pdpo_audit.model.people import PeopleLevel, Version, cluster_level

_HELD = schema.holdings
_CONTENTS, _IN_CLUSTER, _CLUSTERS, _LEVELS = (
    schema.contents, schema.cluster_contents, schema.clusters, schema.levels,
)  # fmt: skip

Stream = Callable[[Any], Iterator[Row[Any]]]
Sources = Mapping[str, SourceRecord]
#: How stored metadata say that the embedded thumbnail shows another picture (``contents.write_metadata``), and how
#: members of duplicate clusters say that nothing was measured.
_STALE, _NO_EVIDENCE = '"stale_thumbnail": true', "{}"


def holding_rows(
    stream: Stream, sources: Sources, detector: str, text: str, waiting: Mapping[tuple[str, str], Waiting]
) -> Iterator[tuple[Any, ...]]:
    """One row a holding that is an image, in the order of places; ``waiting`` are the files that lie in quarantines."""
    faces = face_summary(detector)
    prints, judged = schema.fingerprints, schema.judgements
    read, told = text_summary(text), kinds_told(stream, text)
    query = (
        select(
            *PLACE, _HELD.c.id, _HELD.c.size, _CONTENTS.c.bytes.label("own_size"), _HELD.c.linked, _HELD.c.modified_ns,
            _HELD.c.first_seen, _HELD.c.content_id,
            _CONTENTS.c.sha256, _CONTENTS.c.format, _CONTENTS.c.width, _CONTENTS.c.height, _CONTENTS.c.captured_at,
            _CONTENTS.c.metadata, _HELD.c.beside, _CONTENTS.c.detail.label("note"), _HELD.c.detail,
            func.coalesce(func.nullif(_HELD.c.reason, ""), _CONTENTS.c.reason, "").label("reason"),
            _IN_CLUSTER.c.cluster_id, _IN_CLUSTER.c.relation, _IN_CLUSTER.c.similarity, _IN_CLUSTER.c.evidence,
            _CLUSTERS.c.master_id, _LEVELS.c.level, _LEVELS.c.reason.label("why"), _LEVELS.c.sensitivity,
            faces.c.faces, faces.c.largest, faces.c.read, prints.c.phash, read.c.read.label("text_read"),
            _master_content().label("master_content"), judged.c.value.label("legal"), judged.c.by.label("legal_by"),
        )
        .select_from(
            PLACES.outerjoin(_CONTENTS, _CONTENTS.c.id == _HELD.c.content_id)
            .outerjoin(_IN_CLUSTER, _IN_CLUSTER.c.content_id == _HELD.c.content_id)
            .outerjoin(_CLUSTERS, _CLUSTERS.c.id == _IN_CLUSTER.c.cluster_id)
            .outerjoin(_LEVELS, _LEVELS.c.content_id == _HELD.c.content_id)
            .outerjoin(prints, prints.c.content_id == _HELD.c.content_id)
            .outerjoin(faces, faces.c.content_id == _HELD.c.content_id)
            .outerjoin(read, read.c.content_id == _HELD.c.content_id)
            .outerjoin(judged, (judged.c.left == _CONTENTS.c.digest) & (judged.c.kind == JudgementKind.LEGAL.value))
        )
        .where(_HELD.c.vanished_on == "", _HELD.c.image == 1)
        .order_by(*ORDER)
    )  # fmt: skip
    for row in stream(query):
        waits = (
            waiting.get((row.source, ImageRef(source=row.source, locator=locate(row.folder, row.name)).path))
            if waiting
            else None
        )
        path = path_of(row)
        yield (
            *_holding(row, path, sources), *text_told(row, told), is_cached_thumbnail(path),
            waits.ends_on if waits else "", waits.place if waits else "",
        )  # fmt: skip


def _holding(row: Row[Any], path: str, sources: Sources) -> tuple[Any, ...]:
    source = sources.get(row.source)
    is_master = row.master_id is not None and row.master_id == row.id
    relation, similarity = row.relation or "", row.similarity
    captured = captured_of(row.captured_at or "", row.beside)
    if is_master:
        relation, similarity = Relation.MASTER.value, 1.0
    elif row.cluster_id and row.content_id == row.master_content:
        relation, similarity = Relation.BYTE_IDENTICAL.value, 1.0
    return (
        row.source, path, size_of(row), row.sha256.hex() if row.sha256 else "", row.format or "",
        row.width or None, row.height or None, moment_of(row.modified_ns), captured,
        row.cluster_id or "", relation, similarity, is_master, row.level or PeopleLevel.UNKNOWN.value,
        "not looked for" if row.sensitivity is None else row.sensitivity,
        (row.faces or 0) if row.read else None, row.largest,
        source.owner if source else "", source.jurisdiction if source else "", row.reason,
        row.phash.hex() if row.phash else "", row.first_seen,
        _STALE in (row.metadata or ""), row.legal or LegalDetermination.NOT_ASSESSED.value, row.legal_by or "",
        "" if row.evidence in (None, _NO_EVIDENCE) else row.evidence,
        "" if row.reason else notes_of(row.note or "", row.beside, row.detail), bool(row.linked),
        in_trash(path),
        doubt_of(captured, row.first_seen) or "", sidecars_of(row.beside), row.why or "",
    )  # fmt: skip


def face_summary(detector: str) -> Any:
    """Faces by content: how many, the tallest in pixels, and whether the pass read the content at all."""
    readings = schema.face_readings
    return (
        select(
            readings.c.content_id,
            readings.c.faces,
            func.nullif(readings.c.largest, 0).label("largest"),
            literal(1).label("read"),
        )
        .where(readings.c.detector == detector, readings.c.reason == "")
        .subquery()
    )


def _master_content() -> Any:
    master = _HELD.alias()
    return select(master.c.content_id).where(master.c.id == _CLUSTERS.c.master_id).scalar_subquery()


def cluster_rows(stream: Stream, sources: Sources, detector: str) -> Iterator[tuple[Any, ...]]:
    """One row a cluster, gathered from its holdings in one pass ordered by cluster."""
    faces = face_summary(detector)
    prints = schema.fingerprints
    query = (
        select(
            *PLACE, _HELD.c.id, _HELD.c.size, _CONTENTS.c.bytes.label("own_size"), _HELD.c.linked, _HELD.c.modified_ns,
            _HELD.c.first_seen, _HELD.c.content_id,
            _CONTENTS.c.captured_at, _CLUSTERS.c.id.label("cluster_id"), _CLUSTERS.c.master_id,
            _CLUSTERS.c.master_reason, _CLUSTERS.c.confirmed_by, _LEVELS.c.level, _LEVELS.c.reason.label("why"),
            faces.c.faces, _CONTENTS.c.metadata, _HELD.c.beside, _CONTENTS.c.width, _CONTENTS.c.height,
            prints.c.quality,
        )
        .select_from(
            PLACES.join(_CONTENTS, _CONTENTS.c.id == _HELD.c.content_id)
            .join(_IN_CLUSTER, _IN_CLUSTER.c.content_id == _HELD.c.content_id)
            .join(_CLUSTERS, _CLUSTERS.c.id == _IN_CLUSTER.c.cluster_id)
            .outerjoin(_LEVELS, _LEVELS.c.content_id == _HELD.c.content_id)
            .outerjoin(faces, faces.c.content_id == _HELD.c.content_id)
            .outerjoin(prints, prints.c.content_id == _HELD.c.content_id)
        )
        .where(_HELD.c.vanished_on == "")
        .order_by(_CLUSTERS.c.id, *ORDER)
    )  # fmt: skip
    members: list[Row[Any]] = []
    for row in stream(query):
        if members and members[0].cluster_id != row.cluster_id:
            yield _cluster(members, sources)
            members = []
        members.append(row)
    if members:
        yield _cluster(members, sources)


def _cluster(members: Sequence[Row[Any]], sources: Sources) -> tuple[Any, ...]:
    master = next((row for row in members if row.id == row.master_id), members[0])
    level, why = _level(members, master)
    names = sorted({row.source for row in members})
    places = {sources[name].jurisdiction for name in names if name in sources}
    dated = sorted(_taken(row) or moment_of(row.modified_ns) for row in members)
    old, poor = oldest(members), poorest(members)
    total = sum(size_of(row) for row in members)
    return (
        master.cluster_id, len(members), ";".join(names), ";".join(sorted(places - {""})), total,
        total - file_size_of(master), master.source, path_of(master), master.master_reason,
        "confirmed" if master.confirmed_by else "proposed", master.confirmed_by, level.value,
        max((row.faces for row in members if row.faces is not None), default=None),
        min(row.first_seen for row in members), dated[0], dated[-1], why,
        ";".join(contradictions(all_documents(members))),
        old.source, path_of(old), poor.source if poor else "", path_of(poor) if poor else "",
    )  # fmt: skip


def _taken(row: Row[Any]) -> str:
    """When a copy was taken, unless that cannot be."""
    stated = captured_of(row.captured_at or "", row.beside)
    return "" if doubt_of(stated, row.first_seen) else stated


def _level(members: Sequence[Row[Any]], master: Row[Any]) -> tuple[PeopleLevel, str]:
    """The people level of a cluster, and why."""
    return cluster_level(
        [
            Version(
                level=PeopleLevel(row.level) if row.level else PeopleLevel.UNKNOWN,
                reason=row.why or "the face pass has not read it",
                place=path_of(row),
                master=row.id == master.id,
            )
            for row in members
        ]
    )
