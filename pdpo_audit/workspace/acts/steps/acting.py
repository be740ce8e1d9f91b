"""One copy at a time: what the gate asks, the disposer's steps, the copies that stay read back, and the result."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from pdpo_audit.catalogue.disposition.plans import StoredItem, StoredPlan
from pdpo_audit.catalogue.disposition.whereabouts import mark_gone
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.model.disposition.acts import Detail, DisposalAct, Method, State
from pdpo_audit.model.disposition.plans import PlanItem, Result
from pdpo_audit.model.events import Details
from pdpo_audit.model.locations.printed import printed, read_place
from pdpo_audit.ports.disposers import Disposer, LeftAlone, Taken
from pdpo_audit.workspace.acts.steps.altering import ALTERED, Altering
from pdpo_audit.workspace.acts.steps.checking import Gate
from pdpo_audit.workspace.acts.steps.opening import open_disposer, place_of
from pdpo_audit.workspace.acts.steps.parts import Part, move_all, parts_of, put_all_back, take_all
from pdpo_audit.workspace.acts.steps.remaking import Remade, remake
from pdpo_audit.workspace.project import Project

if TYPE_CHECKING:
    from pdpo_audit.pipeline.work import Work


@dataclass(slots=True, kw_only=True)
class Acting:
    """The acts of one run: disposers are opened when first needed and closed with it."""

    project: Project
    stored: StoredPlan
    gate: Gate
    _open: dict[str, Disposer] = field(default_factory=dict)
    _altering: Altering | None = None

    def told(self, one: StoredItem) -> Details:
        """What the log says of an intent: enough to find the copy again after a kill."""
        return {
            "number": one.item.number, "act": one.item.act.value, "sha256": one.item.sha256,
            "name": self.parts(one.item)[0].name.decode(),
        }  # fmt: skip

    def parts(self, item: PlanItem) -> tuple[Part, ...]:
        """The copy and what belongs to it."""
        return parts_of(self.stored.sha256, item)

    def act(self, transaction: Transaction, one: StoredItem, *, again: bool = False) -> Result:
        """Do what a line says, or say why it was left alone; ``again`` after a kill, with what is done already."""
        item = one.item
        try:
            if again and item.act is not DisposalAct.KEEP and self._is_taken(item):
                return self._from_quarantine(transaction, item)
            self.gate.admit(item)
            if item.act is DisposalAct.KEEP:
                return self.result(item, State.DONE, method=Method.KEPT)
            self.gate.keepers_stay(transaction, item)
            disposer = self.disposer(item.source)
            taken = take_all(disposer, self.parts(item))
        except LeftAlone as alone:
            return self.failed(item, alone)
        return self._held_back(disposer, item, lambda: self._go_on(transaction, disposer, item, taken))

    def prepare(self, items: Sequence[StoredItem]) -> None:
        """Make the files anew that these lines need, before their transaction: that takes seconds."""
        wanted = [one.item for one in items if one.item.act in ALTERED]
        if not wanted:
            return
        altering = self._worker()
        copies = {}
        for item in wanted:
            with suppress(LeftAlone):
                copies[item.number] = (self.disposer(item.source), self.parts(item)[0])
        altering.prepare([item for item in wanted if item.number in copies], copies)

    def disposer(self, source: str) -> Disposer:
        """The disposer of a source; opened once, on the root that was scanned."""
        if source not in self._open:
            self._open[source] = open_disposer(self.project, source)
        return self._open[source]

    def sync(self) -> None:
        """What was moved outlives a loss of power."""
        for disposer in self._open.values():
            disposer.sync()

    def work(self) -> Work:
        """What jobs of this run are handed to."""
        return self._worker().opened()

    def _worker(self) -> Altering:
        if self._altering is None:
            self._altering = Altering(project=self.project)
        return self._altering

    def close(self) -> None:
        """Close every disposer, and end the worker."""
        if self._altering is not None:
            self._altering.close()
        for disposer in self._open.values():
            disposer.close()
        self._open.clear()

    def moved(self, transaction: Transaction, item: PlanItem, moved: Taken, stays_read_at: str = "") -> Result:
        """A copy lies at its declared place now."""
        mark_gone(transaction, item.source, item.path, self.project.clock().date().isoformat())
        method = Method.TAKEN_DOWN if item.act is DisposalAct.TAKE_DOWN else Method.MOVED_TO_RESTRICTED
        done = self.result(item, State.DONE, method=method)
        return replace(
            done, place=printed(moved.place), device=moved.device, inode=moved.inode, verified=item.sha256,
            stays_read_at=stays_read_at,
        )  # fmt: skip

    def failed(self, item: PlanItem, alone: LeftAlone) -> Result:
        """A copy that was left alone."""
        return self.result(item, State.FAILED, detail=alone.detail, left_behind=alone.words)

    def result(
        self, item: PlanItem, state: State, *, detail: Detail = Detail.NONE, method: Method = Method.NONE,
        left_behind: str = "",
    ) -> Result:  # fmt: skip
        """What became of a line, now."""
        return Result(
            number=item.number, state=state.value, detail=detail.value, method=method.value,
            at=self.project.clock().isoformat(timespec="seconds"), left_behind=left_behind,
        )  # fmt: skip

    def read_back(self, item: PlanItem, taken: Taken | None) -> str:
        """Read the copies that stay, now: each has its bytes, and is no other name of the file that was ``taken``.

        Gives the moment, empty where the line names no copy that stays.

        :raises LeftAlone: one is gone, is another, or cannot be read.
        """
        for keeper in item.keepers:
            try:
                self.disposer(keeper.source).check(read_place(keeper.path)[0], keeper.sha256, taken)
            except LeftAlone as alone:
                words = f"{keeper.source}:{keeper.path}: {alone.words or alone.detail}"
                raise LeftAlone(Detail.NO_COPY_LEFT, words) from alone
        return self.project.clock().isoformat(timespec="seconds") if item.keepers else ""

    def _is_taken(self, item: PlanItem) -> bool:
        copy = self.parts(item)[0]
        return self.disposer(item.source).find(copy.locator, copy.sha256, copy.name) is not None

    def _from_quarantine(self, transaction: Transaction, item: PlanItem) -> Result:
        """An earlier run took it: everything is asked again, and what is in doubt goes back."""
        disposer = self.disposer(item.source)

        def rest() -> Result:
            self.gate.admit(item)
            self.gate.keepers_stay(transaction, item)
            taken = take_all(disposer, self.parts(item), again=True)
            return self._go_on(transaction, disposer, item, taken)

        return self._held_back(disposer, item, rest)

    def _go_on(self, transaction: Transaction, disposer: Disposer, item: PlanItem, taken: Taken) -> Result:
        """What follows once a copy waits in the quarantine: the copies that stay are read back, then the rest."""
        read_at = self.read_back(item, taken)
        match item.act:
            case DisposalAct.ERASE:
                return replace(self._waiting(item, taken, Method.QUARANTINED), stays_read_at=read_at)
            case DisposalAct.TAKE_DOWN | DisposalAct.RESTRICT:
                root, below = place_of(self.project, self.stored.header.plan_id, item)
                return self.moved(transaction, item, move_all(disposer, self.parts(item), root, below), read_at)
            case DisposalAct.MASK | DisposalAct.STRIP | DisposalAct.LINK:
                return replace(self._replace(disposer, item, taken), stays_read_at=read_at)
            case DisposalAct.KEEP:
                raise AssertionError("keeping takes nothing")
            case _:
                assert_never(item.act)

    def _replace(self, disposer: Disposer, item: PlanItem, taken: Taken) -> Result:
        """A new file in its place; the old one waits in the quarantine until its end."""
        made: Remade = remake(item, self._altering.made.get(item.number) if self._altering else None)
        sha256 = hashlib.sha256(made.content).hexdigest()
        if disposer.is_free(made.locator):
            disposer.put(made.locator, made.content, taken)
        else:  # an earlier run put it there, or somebody else put something: only the very same bytes are ours
            _check_ours(disposer, made.locator, sha256)
        waiting = self._waiting(item, taken, made.method)
        left = "; ".join(part for part in (waiting.left_behind, made.words) if part)
        return replace(waiting, made=sha256, made_at=printed(made.locator), left_behind=left)

    def _waiting(self, item: PlanItem, taken: Taken, method: Method) -> Result:
        ends = self.project.clock().date() + timedelta(days=self.stored.header.quarantine_days)
        found = self.result(item, State.QUARANTINED, method=method)
        left = []
        if taken.links > 1:
            left.append(f"{taken.links - 1} other names of the same file keep its content")
        if taken.shared:
            left.append("its blocks are shared with other files or snapshots")
        return replace(
            found, place=printed(taken.place), device=taken.device, inode=taken.inode, ends_on=ends.isoformat(),
            verified=item.sha256, left_behind="; ".join(left),
        )  # fmt: skip

    def _held_back(self, disposer: Disposer, item: PlanItem, rest: Callable[[], Result]) -> Result:
        """Whatever fails once a copy was taken puts it back."""
        try:
            return rest()
        except LeftAlone as alone:
            try:
                put_all_back(disposer, self.parts(item))
            except LeftAlone as stranded:
                return self.failed(item, LeftAlone(Detail.STRANDED, f"{alone.words}; {stranded.words}"))
            return self.failed(item, alone)


def _check_ours(disposer: Disposer, locator: bytes, sha256: str) -> None:
    try:
        disposer.check(locator, sha256, None)
    except LeftAlone as alone:
        raise LeftAlone(Detail.NAME_TAKEN, "something else lies where the new file goes") from alone
