"""Stage 4: faces of each distinct picture, those of duplicate clusters first, and the people level of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pdpo_audit.catalogue import people as recorded
from pdpo_audit.catalogue.clusters import load_clusters
from pdpo_audit.catalogue.disposition.pictures import masked_digests
from pdpo_audit.catalogue.people import StoredLevel
from pdpo_audit.catalogue.queries.contents import PlacedContent, content_rows, digests_of, placed_contents, some_places
from pdpo_audit.catalogue.stated.documents import read_beside, read_metadata
from pdpo_audit.catalogue.stated.texts import contents_with_number
from pdpo_audit.execution import WorkerDied, map_bounded
from pdpo_audit.model.audits import DetectorRecord
from pdpo_audit.model.locations.classes import RecordClasses
from pdpo_audit.model.people import Face, FaceFailure, FaceReading
from pdpo_audit.people.detectors.engines import DetectorSpec
from pdpo_audit.people.face_pass import FaceJob
from pdpo_audit.people.levels import PictureLevel, level_of, strongest
from pdpo_audit.people.sharing import Member, share_levels
from pdpo_audit.pipeline.clusters.clustering import FORMED_OF
from pdpo_audit.pipeline.clusters.twins import clustered
from pdpo_audit.pipeline.results import PeopleFound, count_faults
from pdpo_audit.pipeline.work import Work
from pdpo_audit.sources.locations import Locate, places_of
from pdpo_audit.workers import PeopleJob, find_people

#: The face pass takes about half a second a picture: small batches keep a kill cheap and the progress bar alive.
_BATCH = 4
#: The catalogue's key for the state that the people levels in force were worked out of.
_GRADED_OF = "levels_graded_of"
#: How levels are shared within duplicate clusters; raised whenever that changes.
_SHARED = "shared/1"
#: The sensitivity flag of a picture on which an identity number is legible.
_LEGIBLE = ("identity_document",)


def method_of(detector: DetectorRecord) -> str:
    """The name under which a detector's readings are kept: a new version never overwrites old evidence."""
    return f"{detector.name} {detector.version}"


def examine_people(
    work: Work,
    *,
    scope: str,
    spec: DetectorSpec,
    detector: DetectorRecord,
    thumbnails: bool,
    locate: Locate,
    stopped: Collection[str] = (),
    limit: int | None = None,
) -> PeopleFound:
    """Read the faces of every picture that this detector has not read yet; no picture is made of ``stopped`` files
    (SHA-256, hex)."""
    method = method_of(detector)
    in_clusters, twins = clustered(work)
    done = recorded.read_contents(work.store, method)
    order = [content for content in in_clusters if content not in twins]
    if scope == "all":
        order += [row.id for row in content_rows(work.store) if row.perceptual and row.id not in in_clusters]
    pending = [content for content in order if content not in done][:limit]
    pass_ = _Pass(
        work=work, spec=spec, method=method, locate=locate, pictured=in_clusters if thumbnails else {}, stopped=stopped
    )
    found = pass_.read(pending)
    # A master that could not be read now speaks for no copy: then those that share its pixels are looked at themselves.
    # Nor does one for the further pictures in a copy's file: these may be others, or come in another order.
    faces = recorded.load_faces(work.store, method)
    read = faces.keys() | done
    alone = [
        twin
        for twin, master in twins.items()
        if twin not in read and (master not in read or _inside(faces.get(master, ())))
    ]
    found = found.plus(pass_.read(alone[:limit]))
    _share(work, twins, method)
    return found


def grade_people(
    work: Work,
    *,
    method: str,
    name_patterns: Sequence[str],
    record_classes: RecordClasses,
    registered: Mapping[str, Sequence[str]],
    text: str = "",
) -> None:
    """Work out the people level of every content from its faces, its metadata and the places that hold it.

    ``registered``: sensitivity flags by SHA-256 of the file (hex); ``text``: the method of the text readings in force.
    """
    legible = contents_with_number(work.store, text) if text else frozenset[int]()
    state = _state(work, method, name_patterns, record_classes, registered, legible)
    if work.store.recall(_GRADED_OF) == state:
        return
    places: dict[int, list[PlacedContent]] = {}
    for place in placed_contents(work.store):
        places.setdefault(place.content, []).append(place)
    own = _own_levels(work, method, places, name_patterns, record_classes, registered, legible)
    for cluster in load_clusters(work.store):
        members = [
            Member(
                content=one.content, relation=one.relation, place=places[one.content][0].ref.path, own=own[one.content]
            )
            for one in cluster.members
            if one.content in own and one.content in places
        ]
        own.update(share_levels(members))
    with work.store.transaction(durable=False) as transaction:
        recorded.replace_levels(transaction, (_stored(content, own[content]) for content in sorted(own)))
        transaction.remember(_GRADED_OF, state)


def _own_levels(
    work: Work,
    method: str,
    places: Mapping[int, Sequence[PlacedContent]],
    name_patterns: Sequence[str],
    record_classes: RecordClasses,
    registered: Mapping[str, Sequence[str]],
    legible: Collection[int],
) -> dict[int, PictureLevel]:
    """The level of every held content by itself; one whose boxes were forgotten keeps the level that it had."""
    faces = recorded.load_faces(work.store, method) if method else {}
    sizes = recorded.reading_sizes(work.store, method)
    graded, masked = recorded.load_levels(work.store), masked_digests(work.store)
    found = {one: _kept(graded[one]) for one in recorded.forgotten(work.store, method) if one in graded}
    for row in content_rows(work.store):
        if row.id in found or row.id not in places:
            continue
        metadata = read_metadata(row.metadata)
        flags = (*registered.get(row.sha256.hex(), ()), *(_LEGIBLE if row.id in legible else ()))
        found[row.id] = strongest(
            [
                level_of(
                    faces.get(row.id),
                    metadata,
                    path=path,
                    name_patterns=name_patterns,
                    record_class=record_class,
                    crowd=row.id in sizes and bool(sizes[row.id][2]),
                    registered=flags,
                    beside=read_beside(beside),
                    masked=row.sha256 in masked,
                )
                for path, record_class, beside in _different(places[row.id], name_patterns, record_classes)
            ]
        )
    return found


def _different(
    places: Sequence[PlacedContent], name_patterns: Sequence[str], record_classes: RecordClasses
) -> Iterable[tuple[str, str, str]]:
    """Path, record class and sidecars of the places of one content, those that tell the same once: thousands of links
    to one file have one level. The path tells something to name patterns only."""
    return dict.fromkeys(
        (
            place.ref.path if name_patterns else "",
            record_classes.of(place.ref.source, place.ref.path),
            place.beside,
        )
        for place in places
    )


def _state(
    work: Work,
    method: str,
    name_patterns: Sequence[str],
    record_classes: RecordClasses,
    registered: Mapping[str, Sequence[str]],
    legible: Collection[int],
) -> str:
    """What the levels depend on: the holdings' generation, the readings, and a digest of the settings."""
    terms = [_SHARED, work.store.recall(FORMED_OF), method, list(name_patterns), record_classes.terms()]
    text = json.dumps([*terms, sorted(registered.items()), sorted(legible)])
    readings = len(recorded.read_contents(work.store, method))
    return f"{work.store.generation()} {readings} {hashlib.sha256(text.encode()).hexdigest()}"


def _kept(level: StoredLevel) -> PictureLevel:
    """A level whose boxes were forgotten; the names were never kept."""
    return PictureLevel(
        level=level.level, reason=level.reason, sensitivity=level.sensitivity, named=("",) * level.named
    )


def _stored(content: int, level: PictureLevel) -> StoredLevel:
    return StoredLevel(
        content=content,
        level=level.level,
        reason=level.reason,
        sensitivity=level.sensitivity,
        named=len(level.named),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """The face pass of one scan; contents that are ``pictured`` and not ``stopped`` get a pixelated thumbnail."""

    work: Work
    spec: DetectorSpec
    method: str
    locate: Locate
    pictured: Mapping[int, int]
    stopped: Collection[str]

    def read(self, contents: Sequence[int]) -> PeopleFound:
        """Look at contents, and record what was seen batch by batch; those that nobody holds any more are left out."""
        work, total = self.work, PeopleFound(read=0, failed=0, faces=0)
        jobs = self._jobs(contents)
        work.progress.start("Looking for faces", len(jobs))
        batches = (jobs[start : start + _BATCH] for start in range(0, len(jobs), _BATCH))
        for batch in map_bounded(
            work.executor, find_people, batches, in_flight=work.in_flight, lost=self._lost, note=work.note
        ):
            with work.store.transaction(durable=False) as transaction:
                recorded.record_readings(transaction, batch)
            total = total.plus(_counted(batch))
            work.progress.advance(len(batch))
        return total

    def _jobs(self, contents: Sequence[int]) -> list[PeopleJob]:
        held = some_places(self.work.store, contents)
        digests = digests_of(self.work.store, contents)
        return [
            PeopleJob(
                face=FaceJob(
                    content=content,
                    ref=held[content][0].ref,
                    page=held[content][0].ref.page,
                    thumbnail=content in self.pictured and digests[content].hex() not in self.stopped,
                ),
                places=places_of((one.ref for one in held[content]), self.locate),
                sha256=digests[content],
                detector=self.spec,
                limits=self.work.limits,
                seconds=self.work.seconds_per_file,
            )
            for content in contents
            if content in held
        ]

    def _lost(self, job: PeopleJob, death: WorkerDied) -> FaceReading | FaceFailure:
        return FaceFailure(content=job.face.content, detector=self.method, skipped=death.problem.at(job.face.ref))


def _counted(batch: Sequence[FaceReading | FaceFailure]) -> PeopleFound:
    read = [one for one in batch if isinstance(one, FaceReading)]
    failures = [one.skipped for one in batch if isinstance(one, FaceFailure)]
    return PeopleFound(
        read=len(read),
        failed=len(failures),
        faces=sum(len(one.faces) for one in read),
        faults=count_faults(failures),
    )


def _inside(faces: Sequence[Face]) -> bool:
    """Whether one of the faces was seen in a further picture of the file."""
    return any(face.frame < 0 for face in faces)


def _share(work: Work, twins: Mapping[int, int], method: str) -> None:
    """Give the reading of a master to the copies that share every pixel with it."""
    faces: dict[int, list[Face]] = recorded.load_faces(work.store, method)
    sizes = recorded.reading_sizes(work.store, method)
    shared = [
        FaceReading(
            content=twin,
            detector=method,
            faces=tuple(faces[master]),
            width=sizes[master][0],
            height=sizes[master][1],
            crowd=bool(sizes[master][2]),
        )
        for twin, master in sorted(twins.items())
        if master in faces and twin not in faces and not _inside(faces[master])
    ]
    if shared:
        with work.store.transaction(durable=False) as transaction:
            recorded.record_readings(transaction, shared)
