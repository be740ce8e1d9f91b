"""The exported tables, streamed from the catalogue in frames with the stable columns of ``model.tables``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import pandas as pd
from sqlalchemy import Row, Select, case, func, literal, select, union_all

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.audits import said_rows
from pdpo_audit.catalogue.disposition.rows import disposal_rows
from pdpo_audit.catalogue.disposition.whereabouts import waiting_copies
from pdpo_audit.catalogue.places import ORDER, PLACE, PLACES, path_of
from pdpo_audit.catalogue.queries.copies import cluster_rows, holding_rows
from pdpo_audit.catalogue.queries.rights import Register, rights_rows
from pdpo_audit.catalogue.sayings.judgements import load_determinations
from pdpo_audit.catalogue.stated.told import text_failures
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.audits import SourceRecord
from pdpo_audit.model.clusters import LinkKind, Verdict
from pdpo_audit.model.judgements import JudgementKind
from pdpo_audit.model.locations.holdings import ImageRef, SkipReason
from pdpo_audit.model.tables import COLUMNS, DECIDED, Table, frozen_columns

_HELD, _FOLDERS, _SOURCES = schema.holdings, schema.folders, schema.sources
_CONTENTS, _IN_CLUSTER, _CLUSTERS, _LEVELS = (
    schema.contents, schema.cluster_contents, schema.clusters, schema.levels,
)  # fmt: skip

#: Columns that hold whole numbers or nothing.
_WHOLE_NUMBERS = {"bytes", "width", "height", "faces", "largest_face_px", "copies", "additional_bytes", "sequence"}


class CatalogueTables:
    """A ``ports.TableSource`` over the catalogue as it stands, with the findings of one audit.

    ``detector`` and ``text`` name the readings of faces and text to show, ``sources`` gives owner and jurisdiction of
    each source, ``register`` the facts that the settings state of a path, ``pictured`` the pictures where they are not
    the stored ones.
    """

    def __init__(
        self,
        store: Store,
        sources: Mapping[str, SourceRecord],
        *,
        detector: str,
        audit_id: str | None,
        text: str = "",
        register: Register = lambda _source, _path: {},
        pictured: Callable[[str], bytes] | None = None,
    ) -> None:
        self._store = store
        self._sources = sources
        self._detector = detector
        self._audit_id = audit_id
        self._text = text
        self._register = register
        self._pictured = pictured

    def registering(self, register: Register) -> CatalogueTables:
        """The same tables, with what ``register`` says of rights."""
        return self._again(register, self._pictured)

    def picturing(self, pictured: Callable[[str], bytes]) -> CatalogueTables:
        """The same tables, with the pictures that ``pictured`` gives for a cluster."""
        return self._again(self._register, pictured)

    def _again(self, register: Register, pictured: Callable[[str], bytes] | None) -> CatalogueTables:
        return CatalogueTables(
            self._store,
            self._sources,
            detector=self._detector,
            audit_id=self._audit_id,
            text=self._text,
            register=register,
            pictured=pictured,
        )

    def chunks(self, table: Table, rows: int = 50_000) -> Iterator[pd.DataFrame]:
        """The rows of ``table`` in their stable order; at least one (maybe empty) frame."""
        supply = self._rows(table)
        columns = list(COLUMNS[table])
        part = list(islice(supply, rows))
        while True:
            frame = pd.DataFrame.from_records(part, columns=columns)
            yield frame.astype({name: "Int64" for name in columns if name in _WHOLE_NUMBERS})
            part = list(islice(supply, rows))
            if not part:
                return

    def picture(self, cluster_id: str) -> bytes:
        """The pixelated JPEG of the cluster's master, or of the first other member that has one."""
        if self._pictured is not None:
            return self._pictured(cluster_id)
        readings = schema.face_readings
        query = (
            select(readings.c.thumbnail)
            .select_from(
                readings.join(_IN_CLUSTER, _IN_CLUSTER.c.content_id == readings.c.content_id)
                .join(_CLUSTERS, _CLUSTERS.c.id == _IN_CLUSTER.c.cluster_id)
                .join(_HELD, _HELD.c.id == _CLUSTERS.c.master_id)
            )
            .where(_IN_CLUSTER.c.cluster_id == cluster_id, readings.c.thumbnail != b"")
            .order_by((_HELD.c.content_id != readings.c.content_id), readings.c.content_id)
            .limit(1)
        )
        with self._store.reading() as connection:
            return bytes(connection.execute(query).scalar() or b"")

    def _rows(self, table: Table) -> Iterator[tuple[Any, ...]]:
        match table:
            case Table.HOLDINGS:
                with self._store.reading() as connection:
                    waiting = waiting_copies(connection)
                return holding_rows(self._stream, self._sources, self._detector, self._text, waiting)
            case Table.CLUSTERS:
                return cluster_rows(self._stream, self._sources, self._detector)
            case Table.LINKS:
                return self._links()
            case Table.RIGHTS:
                return rights_rows(self._stream, self._sources, self._register)
            case Table.PEOPLE:
                return self._people()
            case Table.FINDINGS:
                return self._findings()
            case Table.DISPOSITIONS:
                return self._assessed(Table.DISPOSITIONS)
            case Table.SKIPPED:
                return self._skipped()
            case Table.EVENTS:
                return self._events()
            case Table.DISPOSALS:
                return disposal_rows(self._store)

    def _stream(self, query: Select[Any] | Any) -> Iterator[Row[Any]]:
        with self._store.reading() as connection:
            yield from connection.execute(query, execution_options={"yield_per": 5_000})

    def _links(self) -> Iterator[tuple[Any, ...]]:
        kinds = {Verdict.SAME_LAYOUT.value: LinkKind.SAME_LAYOUT, Verdict.SAME_SCENE.value: LinkKind.SAME_SCENE}
        pairs, judged = schema.pairs, schema.judgements
        left, right = _CONTENTS.alias(), _CONTENTS.alias()
        rejected = (
            select(left.c.id, right.c.id, literal("rejected"), literal(None), literal(""))
            .select_from(
                judged.join(left, left.c.digest == judged.c.left).join(right, right.c.digest == judged.c.right)
            )
            .where(judged.c.kind == JudgementKind.REJECTED.value)
        )
        related = select(
            pairs.c.left_id, pairs.c.right_id, pairs.c.verdict, pairs.c.similarity, pairs.c.evidence
        ).where(pairs.c.verdict.in_(list(kinds)))
        with self._store.reading() as connection:
            found = connection.execute(union_all(related, rejected)).all()
        places = self._first_places({content for row in found for content in row[:2]})
        rows = []
        for one, other, verdict, similarity, evidence in found:
            if one in places and other in places:
                first, second = sorted((places[one], places[other]))
                kind = kinds.get(verdict, LinkKind.REJECTED).value
                rows.append((*first, *second, kind, similarity, evidence))
        yield from sorted(rows, key=lambda row: row[:5])

    def _people(self) -> Iterator[tuple[Any, ...]]:
        """Faces of every picture, at the place of the picture that comes first."""
        faces = schema.faces
        first = self._first_places(None)
        query = (
            select(faces).where(faces.c.detector == self._detector).order_by(faces.c.content_id, faces.c.x, faces.c.y)
        )
        yield from sorted(
            (
                *first[row.content_id], row.x, row.y, row.width, row.height, row.score, row.eye_distance_px,
                row.sharpness, row.grade, row.reason,
            )
            for row in self._stream(query)
            if row.content_id in first
        )  # fmt: skip

    def _assessed(self, table: Table) -> Iterator[tuple[Any, ...]]:
        return iter(()) if self._audit_id is None else said_rows(self._store, self._audit_id, table)

    def _findings(self) -> Iterator[tuple[Any, ...]]:
        """The findings as frozen, with what people decided on them since."""
        decided = load_determinations(self._store)
        frozen = frozen_columns(Table.FINDINGS)
        status, determination = frozen.index("status"), frozen.index("determination")
        for row in self._assessed(Table.FINDINGS):
            decision = decided.get(row[0])
            if decision is None:
                yield (*row, *("" for _ in DECIDED))
            else:
                shown = list(row)
                shown[status], shown[determination] = "decided", decision[0]
                yield (*shown, *decision[1:])

    def _skipped(self) -> Iterator[tuple[Any, ...]]:
        reason = func.coalesce(func.nullif(_HELD.c.reason, ""), _CONTENTS.c.reason, "")
        detail = case((_HELD.c.reason != "", _HELD.c.detail), else_=func.coalesce(_CONTENTS.c.detail, ""))
        unread = (
            select(*PLACE, reason.label("reason"), detail.label("detail"))
            .select_from(PLACES.outerjoin(_CONTENTS, _CONTENTS.c.id == _HELD.c.content_id))
            .where(_HELD.c.vanished_on == "", reason != "")
        )
        readings = schema.face_readings
        faceless = (
            select(*PLACE, literal(SkipReason.FACE_PASS_FAILED.value).label("reason"), readings.c.detail)
            .select_from(
                PLACES.join(readings, readings.c.content_id == _HELD.c.content_id).join(
                    _CONTENTS, _CONTENTS.c.id == _HELD.c.content_id
                )
            )
            .where(
                _HELD.c.vanished_on == "", readings.c.detector == self._detector, readings.c.reason != "",
                reason == "",  # what could not be read is told once
            )
        )  # fmt: skip
        failed = text_failures(self._text, self._detector)
        textless = (
            select(*PLACE, literal(SkipReason.TEXT_PASS_FAILED.value).label("reason"), failed.c.detail)
            .select_from(
                PLACES.join(failed, failed.c.content_id == _HELD.c.content_id).join(
                    _CONTENTS, _CONTENTS.c.id == _HELD.c.content_id
                )
            )
            .where(_HELD.c.vanished_on == "", reason == "")
        )
        rows = [
            (row.source, path_of(row), row.reason, row.detail)
            for query in (unread, faceless, textless)
            for row in self._stream(query)
        ]
        passed = schema.passed_over
        others = select(_SOURCES.c.name, passed.c.path, passed.c.reason, passed.c.detail).select_from(
            passed.join(_SOURCES, _SOURCES.c.id == passed.c.source_id)
        )
        for source, path, reason_text, detail_text in map(tuple, self._stream(others)):
            rows.append((source, ImageRef(source=source, locator=path).path, reason_text, detail_text))
        yield from sorted(rows)

    def _events(self) -> Iterator[tuple[Any, ...]]:
        for entry in self._store.events():
            one = entry.event
            details = json.dumps(one.details, sort_keys=True, ensure_ascii=False)
            yield one.sequence, one.at, one.actor, one.kind, details, entry.previous.hex(), entry.digest.hex()

    def _first_places(self, contents: Iterable[int] | None) -> dict[int, tuple[str, str]]:
        """Source and path of the first present holding of each content, in the order of the holdings table."""
        wanted = None if contents is None else set(contents)
        query = (
            select(*PLACE, _HELD.c.content_id)
            .select_from(PLACES)
            .where(_HELD.c.vanished_on == "", _HELD.c.content_id.is_not(None))
            .order_by(*ORDER)
        )
        found: dict[int, tuple[str, str]] = {}
        for row in self._stream(query):
            if (wanted is None or row.content_id in wanted) and row.content_id not in found:
                found[row.content_id] = (row.source, path_of(row))
        return found
