"""Pictures for reviewers: faces covered by the server; as they are only for a stated reason, which is logged first.

Every picture is decoded in a guarded worker, at once and from its source; none is written anywhere.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.people import known_faces
from pdpo_audit.catalogue.queries.cases import content_in, stored_picture
from pdpo_audit.catalogue.queries.contents import digests_of, some_places
from pdpo_audit.catalogue.reviewing.invitations import record_access
from pdpo_audit.catalogue.stated.texts import known_boxes
from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.execution import WorkerDied, map_bounded
from pdpo_audit.model.events import Details
from pdpo_audit.model.locations.holdings import Skipped, SkipReason
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.text.marks import UNCOVERED
from pdpo_audit.people.detectors.engines import describe
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD, TEXT_METHOD
from pdpo_audit.sources.locations import places_of
from pdpo_audit.workers import CoverJob, ThumbnailJob, cover_faces, make_thumbnails
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.reviewers import AbsentError, Reviewer
from pdpo_audit.workspace.rules.assessing import lock_pictures
from pdpo_audit.workspace.scan.searching import SearchOutcome, search_with
from pdpo_audit.workspace.scan.waiting import held_copies

if TYPE_CHECKING:
    from pdpo_audit.pipeline.work import Work

#: Pixels of the long side of a picture that is compared, and of one that is shown as it is.
COMPARED, CLEAR = 640, 1200
#: Covered pictures that are kept in memory: about 50 kB each.
_KEPT = 200


class Pictures:
    """Makes pictures for reviewers; holds one worker, and the covered pictures that were asked for last."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._open = ExitStack()
        self._work: Work | None = None
        self._covered: OrderedDict[int, bytes] = OrderedDict()
        self._stopped: tuple[tuple[int, str, int], frozenset[str]] | None = None

    def covered(self, reviewer: Reviewer, content: int) -> bytes:
        """A JPEG with every face covered; ``b""`` where there can be none.

        :raises CallError: there is no such picture in this reviewer's sources, or nobody may look at it.
        """
        self._permit(reviewer, content)
        with self._lock:
            if content in self._covered:
                self._covered.move_to_end(content)
                return self._covered[content]
            made = self._made(content, clear=False)
            found = made if isinstance(made, bytes) else self._stored(content)
            self._covered[content] = found
            if len(self._covered) > _KEPT:
                self._covered.popitem(last=False)
            return found

    def clear(self, reviewer: Reviewer, content: int, reason: str) -> bytes:
        """A JPEG as it is, for a reason that is logged before anything is read.

        :raises CallError: no reason, no such picture, nobody may look at it, or it cannot be read now.
        """
        self._permit(reviewer, content)
        if len(reason.strip()) < 3:
            raise CallError("say why you have to see the picture as it is")
        self._log(reviewer, content, reason.strip())
        with self._lock:
            made = self._made(content, clear=True)
        if isinstance(made, Skipped):
            raise CallError(f"the picture cannot be read now: {made.detail or made.reason}")
        return made

    def find(self, reviewer: Reviewer, data: bytes) -> SearchOutcome:
        """Where the picture in ``data`` is held, copies and crops included, in the sources that a reviewer sees.

        Neither the picture nor anything made of it is kept; that somebody looked for it is, by its digest.

        :raises CallError: it is no picture that can be looked for.
        """
        project = self._project
        with self._lock:
            told = search_with(project, self._worker(), [("this file", Place.of_bytes(data))])
        with project.store.transaction(durable=False) as transaction:
            record_access(
                transaction, at=project.clock().isoformat(timespec="seconds"), person=reviewer.name, what="search",
                subject=hashlib.sha256(data).hexdigest(),
            )  # fmt: skip
        return replace(
            told,
            found=tuple(one for one in told.found if one.source in reviewer.sources),
            not_compared=tuple(one for one in told.not_compared if one.source in reviewer.sources),
            gaps=told.gaps if reviewer.sees_everything else (),
        )

    def close(self) -> None:
        """Let go of the worker."""
        with self._lock:
            self._open.close()

    def _permit(self, reviewer: Reviewer, content: int) -> None:
        store = self._project.store
        if not content_in(store, content, reviewer.sources):
            raise AbsentError("there is no such picture")
        if digests_of(store, [content])[content].hex() in self._stopped_digests():
            raise CallError("nobody may look at this picture (stop rule)", advice="ask your counsel")

    def _stopped_digests(self) -> frozenset[str]:
        """What the stop rule holds, asked again when catalogue or settings have changed, and every minute: a register
        is a file that anybody may write."""
        now = (self._project.store.generation(), self._project.settings.digest(), int(time.monotonic() // 60))
        if self._stopped is None or self._stopped[0] != now:
            self._stopped = (now, lock_pictures(self._project))
        return self._stopped[1]

    def _log(self, reviewer: Reviewer, content: int, reason: str) -> None:
        project = self._project
        digest = digests_of(project.store, [content])[content].hex()
        now = project.clock()
        told: Details = {
            "content": digest, "by": reviewer.name, "role": reviewer.role, "reason": reason,
        }  # fmt: skip
        with project.store.transaction() as transaction:
            record_access(
                transaction, at=now.isoformat(timespec="seconds"), person=reviewer.name, what="clear picture",
                subject=digest, reason=reason,
            )  # fmt: skip
            transaction.append_event("picture shown clear", told, at=now, actor=project.actor)

    def _stored(self, content: int) -> bytes:
        return stored_picture(self._project.store, content, self._project.store.recall(PEOPLE_METHOD))

    def _made(self, content: int, *, clear: bool) -> bytes | Skipped:
        job = self._job(content, CLEAR if clear else COMPARED, covered=not clear)
        work = self._worker()
        if clear:
            return _only(map_bounded(work.executor, make_thumbnails, [[job]], in_flight=1, lost=_lost, note=work.note))
        spec = self._project.detector()
        try:
            describe(spec)
        except MachineError:
            return Skipped(ref=job.ref, reason=SkipReason.FACE_PASS_FAILED, detail="no face engine is installed")
        faces = known_faces(self._project.store, content, self._project.store.recall(PEOPLE_METHOD))
        cover = CoverJob(picture=job, faces=faces, detector=spec)
        return _only(map_bounded(work.executor, cover_faces, [[cover]], in_flight=1, lost=_lost_cover, note=work.note))

    def _worker(self) -> Work:
        """The one worker, started when it is first needed."""
        if self._work is None:
            self._work = self._open.enter_context(self._project.work(1))
        return self._work

    def _job(self, content: int, longest: int, *, covered: bool) -> ThumbnailJob:
        project = self._project
        held = some_places(project.store, [content])[content]
        return ThumbnailJob(
            content=content,
            ref=held[0].ref,
            places=places_of([one.ref for one in held], held_copies(project).locate),
            sha256=digests_of(project.store, [content])[content],
            longest=longest,
            limits=project.limits(),
            seconds=project.settings.limits.seconds_per_file,
            covers=known_boxes(project.store, content, project.store.recall(TEXT_METHOD)) if covered else UNCOVERED,
        )


def _only(results: Iterator[list[bytes | Skipped]]) -> bytes | Skipped:
    ((made,),) = results
    return made


def _lost(job: ThumbnailJob, death: WorkerDied) -> bytes | Skipped:
    return death.problem.at(job.ref)


def _lost_cover(job: CoverJob, death: WorkerDied) -> bytes | Skipped:
    return death.problem.at(job.picture.ref)
