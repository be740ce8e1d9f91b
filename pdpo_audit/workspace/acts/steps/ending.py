"""What ends a quarantine: undone, or erased after its last day; each with its intent before and its result after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pdpo_audit.catalogue.disposition import acts_log
from pdpo_audit.catalogue.disposition.plans import StoredItem, StoredPlan, intend, items_of
from pdpo_audit.catalogue.disposition.whereabouts import mark_gone, mark_held
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.model.disposition.acts import MOVING, Detail, DisposalAct, Method, State
from pdpo_audit.model.disposition.plans import PlanItem, Result
from pdpo_audit.model.events import Details
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.locations.printed import read_place
from pdpo_audit.ports.disposers import Disposer, LeftAlone, Taken
from pdpo_audit.workers.digesting import Digested
from pdpo_audit.workspace.acts.steps.acting import Acting
from pdpo_audit.workspace.acts.steps.opening import disposer_of_place, place_of, root_of
from pdpo_audit.workspace.acts.steps.parts import Part, erase_all, put_all_back
from pdpo_audit.workspace.acts.steps.recording import PART, Step, settle_some
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.returning.remembering import digest_waiting, remember


def finish_items(project: Project, stored: StoredPlan, acting: Acting, *, early: bool = False) -> int:
    """Erase what waits in the quarantine after its last day; how many lines were looked at.

    ``early`` does not wait for the day: what was approved is approved, and a hold still freezes it.
    """
    today, at_once = project.clock().date().isoformat(), not stored.header.quarantine_days

    def due(one: StoredItem) -> bool:
        return early or at_once or not one.result or one.result.ends_on < today

    return _each(project, stored, acting, (State.QUARANTINED,), "finish", due, end_item)


def undo_items(project: Project, stored: StoredPlan, acting: Acting, wanted: Callable[[StoredItem], bool]) -> int:
    """Put back what waits in the quarantine or lies at a declared place; how many lines were looked at."""
    return _each(project, stored, acting, (State.QUARANTINED, State.DONE), "undo", wanted, undo_item)


def end_item(acting: Acting, transaction: Transaction, one: StoredItem) -> Result:
    """Erase one copy from the quarantine, unless a hold froze it or no copy stays now that must.

    A copy that is gone from there was erased by us.
    """
    item, waiting = one.item, _waiting(one)
    read_at = waiting.stays_read_at
    try:
        acting.gate.admit_end(item)
        disposer = acting.disposer(item.source)
        if _is_there(disposer, acting.parts(item)[0], again=one.intent == "finish"):
            acting.gate.keepers_not_taken(transaction, item)
            read_at = acting.read_back(item, None)
        erase_all(disposer, acting.parts(item))
        free = disposer.is_free(read_place(item.path)[0]) or bool(waiting.made)
    except LeftAlone as alone:
        return replace(waiting, detail=alone.detail.value, left_behind=alone.words)
    if not waiting.made:
        mark_gone(transaction, item.source, item.path, acting.project.clock().date().isoformat())
    method = Method.UNLINKED if item.act is DisposalAct.ERASE else Method(waiting.method)
    detail = Detail.NONE if free else Detail.PLACE_TAKEN
    done = acting.result(item, State.DONE, detail=detail, method=method, left_behind=waiting.left_behind)
    return replace(done, verified=item.sha256, made=waiting.made, made_at=waiting.made_at, stays_read_at=read_at)


def undo_item(acting: Acting, transaction: Transaction, one: StoredItem) -> Result:
    """Put one copy back to its place; what was put there instead goes first."""
    item, waiting = one.item, _waiting(one)
    try:
        if item.act is DisposalAct.KEEP:
            return acting.result(item, State.UNDONE)
        words = _bring_back(acting, item) if item.act in MOVING else _release(acting, item, waiting)
    except LeftAlone as alone:
        return replace(waiting, detail=alone.detail.value, left_behind=alone.words)
    mark_held(transaction, item.source, item.path)
    return replace(acting.result(item, State.UNDONE, left_behind=words), verified=item.sha256)


def _each(
    project: Project, stored: StoredPlan, acting: Acting, states: Sequence[State], intent: str,
    wanted: Callable[[StoredItem], bool], step: Step,
) -> int:  # fmt: skip
    after, looked, plan_id = 0, 0, stored.header.plan_id
    while part := items_of(project.store, plan_id, after=after, states=states, most=PART):
        after = part[-1].item.number
        chosen = [one for one in part if wanted(one)]
        if not chosen:
            continue
        looked += len(chosen)
        pixels = _pixels(project, acting, chosen) if intent == "finish" and stored.header.alarm_days else {}
        with project.store.transaction() as transaction:
            if intent == "finish":
                erased = [(one.item.number, one.item.sha256, one.item.rule) for one in chosen]
                remember(project, transaction, plan_id, stored.header.alarm_days, erased, pixels)
            intend(transaction, plan_id, [one.item.number for one in chosen], intent)
            told: list[tuple[str, Details]] = [(f"intent to {intent}", acting.told(one)) for one in chosen]
            acts_log.append(transaction, plan_id, told, at=project.clock(), actor=project.actor)
        left = [replace(one, intent="") for one in chosen]
        while left:
            settle_some(acting, left, step, intent)
    return looked


def _pixels(project: Project, acting: Acting, chosen: Sequence[StoredItem]) -> dict[int, Digested]:
    """Digests of the pixels of what is about to end, for the come-back alarm."""
    folders = {source: project.folder_of(source) for source in {one.item.source for one in chosen}}
    waiting = [
        (one.item.number, one.item.source, read_place(one.result.place)[0], one.item.sha256)
        for one in chosen
        if one.result is not None and folders[one.item.source] is not None
    ]

    def place(source: str, locator: bytes) -> Place:
        return Place(source=source, uri=str(folders[source]), locator=locator)

    return digest_waiting(acting.work(), place, waiting)


def _waiting(one: StoredItem) -> Result:
    if one.result is None:
        raise AssertionError(f"line {one.item.number} waits nowhere")
    return one.result


def _is_there(disposer: Disposer, copy: Part, *, again: bool) -> bool:
    """Whether the copy waits in the quarantine; after a kill it may have ended already, by us: nobody else comes there.

    :raises LeftAlone: it is gone and we did not end it.
    """
    if disposer.find(copy.locator, copy.sha256, copy.name) is not None:
        return True
    if not again:
        raise LeftAlone(Detail.UNSURE, "it is not in the quarantine, and nothing here took it from there")
    return False


def _release(acting: Acting, item: PlanItem, waiting: Result) -> str:
    disposer, copy = acting.disposer(item.source), acting.parts(item)[0]
    if disposer.find(copy.locator, copy.sha256, copy.name) is None:
        disposer.check(copy.locator, copy.sha256, None)  # an earlier run put it back before it was killed
        return put_all_back(disposer, acting.parts(item)) or waiting.left_behind
    if waiting.made:
        _take_away(disposer, copy, waiting)
    return put_all_back(disposer, acting.parts(item))


def _take_away(disposer: Disposer, copy: Part, waiting: Result) -> None:
    """What was put in the place of a copy goes, where it still is what was put there."""
    made_at, name = read_place(waiting.made_at)[0], copy.name + b"-made"
    made = disposer.find(made_at, waiting.made, name)
    if made is None:
        if disposer.is_free(made_at):
            return
        made = disposer.take(made_at, waiting.made, name)
    disposer.erase(made, waiting.made)


def _bring_back(acting: Acting, item: PlanItem) -> str:
    """From a declared place back to its own; both are on one file system."""
    root, below = place_of(acting.project, acting.stored.header.plan_id, item)
    place, disposer = disposer_of_place(root), acting.disposer(item.source)
    try:
        for part in reversed(acting.parts(item)):
            there = below + b"/" + part.locator
            if place.is_free(there):
                disposer.check(part.locator, part.sha256, None)
                continue
            moved = Taken(place=there, device=0, inode=0)
            place.move_on(moved, part.sha256, root_of(acting.project, item.source), part.locator)
        place.sync()
    finally:
        place.close()
    return ""
