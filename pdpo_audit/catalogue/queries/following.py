"""What became of what earlier audits proposed, read from their frozen dispositions and from what is held today."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, or_, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.audits import StoredAudit
from pdpo_audit.catalogue.places import PLACE, PLACES, path_of, place_digest
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.audits import SourceRecord
from pdpo_audit.model.findings import Act, Outcome
from pdpo_audit.model.follow_ups import FollowUp, Returned
from pdpo_audit.model.locations.printed import PLACES as PLACES_METHOD
from pdpo_audit.model.locations.printed import lasting
from pdpo_audit.model.locations.roots import NOT_REACHED

_HELD, _IN_CLUSTER = schema.holdings, schema.cluster_contents
Digests = NDArray[np.uint64]
#: How many copies that were made again are listed.
LISTED = 500
#: Rows compared at a time.
_CHUNK = 10_000


def follow_up(store: Store, earlier: Sequence[StoredAudit], sources: Mapping[str, SourceRecord]) -> FollowUp | None:
    """What became of the proposals of the ``earlier`` audits (oldest first), compared with the newest of them.

    ``None`` where the catalogue no longer knows what that audit said (``purge`` forgets it). A copy counts as new when
    that audit did not know its place and its record is younger: a file that moved within its source keeps its record.
    A copy that went and came back to its place between two audits cannot be told from one that stayed.
    """
    newest = earlier[-1]
    known = _places(store, newest, due_only=False)
    if not len(known):
        return None
    seen = _Seen(known=known, due={one.audit_id: _places(store, one, due_only=True) for one in reversed(earlier)})
    for rows, digests in _chunks(_stream(store, _held())):
        seen.look(rows, digests)
    seen.origin_clusters = _clusters_of(store, seen, earlier)
    new = _held().where(_HELD.c.vanished_on == "", _HELD.c.image == 1, _HELD.c.id > newest.last_holding)
    for rows, digests in _chunks(_stream(store, new)):
        seen.meet(rows, digests)
    return _told(store, newest, seen, sources)


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What the passes over the places tell. ``due`` holds, newest audit first, the places put up for erasure."""

    known: Digests
    due: dict[str, Digests]
    held: int = 0
    gone: int = 0
    not_reached: int = 0
    #: Contents and duplicate clusters that an earlier audit counted.
    contents: set[int] = field(default_factory=set)
    clusters: set[str] = field(default_factory=set)
    #: Holdings that were put up for erasure and went, by their content and by their cluster; and by their place.
    origins: dict[int, int] = field(default_factory=dict)
    origin_clusters: dict[str, int] = field(default_factory=dict)
    origin_places: dict[int, int] = field(default_factory=dict)
    joined: int = 0
    joined_pictures: set[str] = field(default_factory=set)
    returned: int = 0
    returned_pictures: set[str] = field(default_factory=set)
    #: Where the listed ones lie, the holding that went, and the row of the new one; the first places, as a heap.
    listed: list[tuple[_Backwards, int, Row[Any]]] = field(default_factory=list)

    def look(self, rows: Sequence[Row[Any]], digests: Digests) -> None:
        """First pass: what is still held, what went, and which pictures were counted before."""
        known, proposed = _among(digests, self.known), _among(digests, next(iter(self.due.values())))
        ever = np.logical_or.reduce([_among(digests, due) for due in self.due.values()])
        for row, digest, was_known, was_due, due_once in zip(
            rows, digests.tolist(), known.tolist(), proposed.tolist(), ever.tolist(), strict=True
        ):
            if row.vanished_on == NOT_REACHED:
                self.not_reached += was_due
            elif row.vanished_on:
                self.gone += was_due
                if due_once and row.content_id is not None:
                    self.origins.setdefault(row.content_id, row.id)
                    self.origin_places[digest] = row.id
            else:
                self.held += was_due
            if was_known and row.content_id is not None:
                self.contents.add(row.content_id)
                if row.cluster_id:
                    self.clusters.add(row.cluster_id)
            elif due_once and not row.vanished_on and row.image:
                self._returned(row, row.id)

    def meet(self, rows: Sequence[Row[Any]], digests: Digests) -> None:
        """Second pass: the copies first seen since."""
        fresh = ~_among(digests, self.known)
        ever = np.logical_or.reduce([_among(digests, due) for due in self.due.values()])
        for row, is_fresh, due_once in zip(rows, fresh.tolist(), ever.tolist(), strict=True):
            if not is_fresh or row.content_id is None:
                continue
            origin = self.origins.get(row.content_id, self.origin_clusters.get(row.cluster_id or ""))
            if due_once:
                continue  # the first pass met it
            if origin is not None:
                self._returned(row, origin)
            elif row.content_id in self.contents or row.cluster_id in self.clusters:
                self._joined(row)

    def _joined(self, row: Row[Any]) -> None:
        self.joined += 1
        self.joined_pictures.add(_picture(row))

    def _returned(self, row: Row[Any], origin: int) -> None:
        self._joined(row)
        self.returned += 1
        self.returned_pictures.add(_picture(row))
        entry = (_Backwards((row.source, path_of(row))), origin, row)
        if len(self.listed) < LISTED:
            heapq.heappush(self.listed, entry)
        else:
            heapq.heappushpop(self.listed, entry)


@dataclass(frozen=True, slots=True)
class _Backwards:
    """A place that sorts backwards: a heap then keeps the first ones."""

    place: tuple[str, str]

    def __lt__(self, other: _Backwards) -> bool:
        return self.place > other.place


def _picture(row: Row[Any]) -> str:
    return row.cluster_id or f"content {row.content_id}"


def _among(digests: Digests, sorted_ones: Digests) -> NDArray[np.bool_]:
    """Which of ``digests`` are among ``sorted_ones``."""
    if not len(sorted_ones):
        return np.zeros(len(digests), dtype=np.bool_)
    at = np.minimum(np.searchsorted(sorted_ones, digests), len(sorted_ones) - 1)
    return np.asarray(sorted_ones[at] == digests)


def _name_of(audit: StoredAudit) -> Callable[[str], str]:
    """From a place as an audit printed it to the name under which it is compared (``model.locations.printed.lasting``).

    Audits of the time before places were printed so that no two share a name have that name already.
    """
    return lasting if PLACES_METHOD in audit.methods else str


def _places(store: Store, audit: StoredAudit, *, due_only: bool) -> Digests:
    """The places that an audit disposed of (those put up for erasure), as sorted digests."""
    named = _name_of(audit)
    table, audits = schema.dispositions, schema.audits
    source, outcome, act = schema.terms.alias(), schema.terms.alias(), schema.terms.alias()
    query = (
        select(source.c.text.label("source"), table.c.path)
        .select_from(
            table.join(audits, audits.c.number == table.c.audit)
            .join(source, source.c.id == table.c.source)
            .join(outcome, outcome.c.id == table.c.outcome)
            .outerjoin(act, act.c.id == table.c.act)
        )
        .where(audits.c.id == audit.audit_id)
    )
    if due_only:
        # Audits of version 0.1.0 name no act: whatever was due was put up for erasure then.
        erases = or_(act.c.text == Act.ERASE.value, act.c.text.is_(None))
        query = query.where(outcome.c.text == Outcome.DUE.value, erases)
    places = array("Q", (place_digest(row.source, named(row.path)) for row in _stream(store, query)))
    return np.sort(np.frombuffer(places, dtype=np.uint64)) if places else np.empty(0, dtype=np.uint64)


def _held() -> Any:
    return select(
        *PLACE, _HELD.c.id, _HELD.c.content_id, _HELD.c.first_seen, _HELD.c.vanished_on, _HELD.c.image,
        _IN_CLUSTER.c.cluster_id,
    ).select_from(PLACES.outerjoin(_IN_CLUSTER, _IN_CLUSTER.c.content_id == _HELD.c.content_id))  # fmt: skip


def _stream(store: Store, query: Any) -> Iterator[Row[Any]]:
    with store.reading() as connection:
        yield from connection.execute(query, execution_options={"yield_per": 5_000})


def _chunks(rows: Iterable[Row[Any]]) -> Iterator[tuple[list[Row[Any]], Digests]]:
    supply = iter(rows)
    while part := list(islice(supply, _CHUNK)):
        yield part, np.array([_digest_of(row) for row in part], dtype=np.uint64)


def _digest_of(row: Row[Any]) -> int:
    return place_digest(row.source, lasting(path_of(row)))


def _clusters_of(store: Store, seen: _Seen, earlier: Sequence[StoredAudit]) -> dict[str, int]:
    """The duplicate clusters that the copies that went belonged to, as the findings of their audits name them.

    What they belong to today does not tell: a content that is held nowhere any more is in no cluster.
    """
    if not seen.origin_places:
        return {}
    found: dict[str, int] = {}
    table, audits, source = schema.findings, schema.audits, schema.terms
    query = (
        select(audits.c.id.label("audit"), source.c.text.label("source"), table.c.path, table.c.cluster_id)
        .select_from(table.join(audits, audits.c.number == table.c.audit).join(source, source.c.id == table.c.source))
        .where(audits.c.id.in_(list(seen.due)), table.c.cluster_id != "")
        .order_by(table.c.audit, table.c.row)
    )
    names = {audit.audit_id: _name_of(audit) for audit in earlier}
    for row in _stream(store, query):
        origin = seen.origin_places.get(place_digest(row.source, names[row.audit](row.path)))
        if origin is not None:
            found.setdefault(row.cluster_id, origin)
    return found


def _told(store: Store, newest: StoredAudit, seen: _Seen, sources: Mapping[str, SourceRecord]) -> FollowUp:
    proposed = len(seen.due[newest.audit_id])
    return FollowUp(
        audit_id=newest.audit_id,
        assessed_on=newest.assessed_on,
        proposed=proposed,
        held=seen.held,
        gone=seen.gone,
        moved=max(proposed - seen.held - seen.gone - seen.not_reached, 0),
        not_reached=seen.not_reached,
        joined=seen.joined,
        joined_pictures=len(seen.joined_pictures),
        returned_copies=seen.returned,
        returned_pictures=len(seen.returned_pictures),
        returned=tuple(_listed(store, seen, sources)),
    )


def _listed(store: Store, seen: _Seen, sources: Mapping[str, SourceRecord]) -> Iterator[Returned]:
    """The copies that were made again, in the order of places, each with the copy that went."""
    went = _by_id(store, {origin for _, origin, _ in seen.listed})
    for where, origin, row in sorted(seen.listed, key=lambda entry: entry[0].place):
        source, path = where.place
        gone = went[origin]
        record = sources.get(source)
        yield Returned(
            source=source,
            path=path,
            owner=record.owner if record else "",
            cluster_id=row.cluster_id or "",
            first_seen=row.first_seen,
            erased_source=gone.source,
            erased_path=path_of(gone),
            proposed_in=_proposer(seen, _digest_of(gone)),
            gone_on=gone.vanished_on,
        )


def _proposer(seen: _Seen, digest: int) -> str:
    one = np.array([digest], dtype=np.uint64)
    return next(audit for audit, due in seen.due.items() if _among(one, due)[0])


def _by_id(store: Store, ids: set[int]) -> dict[int, Row[Any]]:
    wanted = sorted(ids)
    found: dict[int, Row[Any]] = {}
    for start in range(0, len(wanted), 500):
        query = _held().where(_HELD.c.id.in_(wanted[start : start + 500]))
        found |= {row.id: row for row in _stream(store, query)}
    return found
