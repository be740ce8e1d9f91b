"""Files made anew without faces or names, in a worker and before the transaction of their acts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.people import known_faces
from pdpo_audit.catalogue.queries.contents import contents_of_digest
from pdpo_audit.disposition.altering.jobs import AlterJob, alter, judges_here
from pdpo_audit.disposition.altering.results import Altered, Cause, Refused
from pdpo_audit.execution import WorkerDied, map_bounded
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.disposition.plans import PlanItem
from pdpo_audit.model.locations.holdings import ImageProblem
from pdpo_audit.model.locations.printed import read_place
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD
from pdpo_audit.ports.disposers import Disposer, LeftAlone
from pdpo_audit.workspace.acts.steps.parts import Part
from pdpo_audit.workspace.project import Project

if TYPE_CHECKING:
    from pdpo_audit.pipeline.work import Work

#: Acts that make a file anew.
ALTERED = frozenset({DisposalAct.MASK, DisposalAct.STRIP})
#: So many files are in memory at once, as they are and as they become.
AT_ONCE = 4


@dataclass(slots=True, kw_only=True)
class Altering:
    """The worker of one run, opened when first needed, and what it has made so far of the lines that come next."""

    project: Project
    made: dict[int, Altered | Refused] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)
    _work: Work | None = None

    def prepare(self, items: Sequence[PlanItem], copies: Mapping[int, tuple[Disposer, Part]]) -> None:
        """Make the files that these lines need; a copy that is not as the plan says has none, and its act fails."""
        self.made.clear()
        wanted = [item for item in items if item.act in ALTERED]
        jobs, numbers = [], []
        for item in wanted:
            data = self._bytes(item, *copies[item.number])
            if data is not None:
                jobs.append(self._job(item, data))
                numbers.append(item.number)
        if not jobs:
            return
        work = self.opened()
        batches = ([job] for job in jobs)
        found = map_bounded(
            work.executor, alter, batches, in_flight=work.in_flight, lost=_lost, note=lambda _notes: None
        )
        for number, (one,) in zip(numbers, found, strict=True):
            self.made[number] = one

    def close(self) -> None:
        """End the worker."""
        self._stack.close()
        self._work = None
        self.made.clear()

    def opened(self) -> Work:
        """The worker."""
        if self._work is None:
            self._work = self._stack.enter_context(self.project.work(1))
        return self._work

    def _job(self, item: PlanItem, data: bytes) -> AlterJob:
        work, detector = self.opened(), self.project.store.recall(PEOPLE_METHOD)
        contents = contents_of_digest(self.project.store, bytes.fromhex(item.sha256))
        faces = next((known_faces(self.project.store, one, detector) for one in contents if detector), None)
        spec = self.project.detector()
        return AlterJob(
            data=data, mask=item.act is DisposalAct.MASK, faces=faces or (), detector=spec, judges=judges_here(spec),
            limits=work.limits, seconds=4 * work.seconds_per_file,
        )  # fmt: skip

    def _bytes(self, item: PlanItem, disposer: Disposer, part: Part) -> bytes | None:
        """The bytes at its place, or in the quarantine after a kill; ``None`` where neither has those of the plan."""
        limit = self.project.settings.limits.max_file_bytes
        source = next((one for one in self.project.sources() if one.name == item.source), None)
        if source is None:
            return None
        try:
            file = source.open(read_place(item.path)[0])
            try:
                data = file.whole() if file.stat.size <= limit else b""
            finally:
                file.close()
        except ImageProblem:
            data = b""
        finally:
            source.close()
        if hashlib.sha256(data).hexdigest() == item.sha256:
            return data
        try:
            taken = disposer.find(part.locator, part.sha256, part.name)
            return None if taken is None else disposer.read(taken, part.sha256, limit)
        except LeftAlone:
            return None


def _lost(_job: AlterJob, _death: WorkerDied) -> Altered | Refused:
    return Refused(cause=Cause.UNREADABLE, detail="the worker died over it")
