"""After a kill: what an intent without a result came to, read from the disk, and gone on with from there."""

from __future__ import annotations

from pdpo_audit.catalogue.disposition.plans import StoredItem
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.model.disposition.acts import MOVING
from pdpo_audit.model.disposition.plans import PlanItem, Result
from pdpo_audit.ports.disposers import LeftAlone, Taken
from pdpo_audit.workspace.acts.steps.acting import Acting
from pdpo_audit.workspace.acts.steps.ending import end_item, undo_item
from pdpo_audit.workspace.acts.steps.opening import disposer_of_place, place_of


def resume(acting: Acting, transaction: Transaction, one: StoredItem) -> Result:
    """Done, begun or not begun: each leads to the result that an unbroken run would have had."""
    match one.intent:
        case "finish":
            return end_item(acting, transaction, one)
        case "undo":
            return undo_item(acting, transaction, one)
        case _:
            moved = _moved_already(acting, one.item) if one.item.act in MOVING else None
            if moved is not None:
                return acting.moved(transaction, one.item, moved, _read_again(acting, one.item))
            return acting.act(transaction, one, again=True)


def _read_again(acting: Acting, item: PlanItem) -> str:
    """When the copies that stay were read: the broken run did so before the move, and they are read anew."""
    try:
        return acting.read_back(item, None)
    except LeftAlone:
        return ""


def _moved_already(acting: Acting, item: PlanItem) -> Taken | None:
    """The copy at the declared place, where an earlier run brought it, and its own place is empty."""
    copy = acting.parts(item)[0]
    try:
        root, below = place_of(acting.project, acting.stored.header.plan_id, item)
        there = disposer_of_place(root)
        try:
            there.check(below + b"/" + copy.locator, item.sha256, None)
        finally:
            there.close()
        free = acting.disposer(item.source).is_free(copy.locator)
    except LeftAlone:
        return None
    return Taken(place=below + b"/" + copy.locator, device=0, inode=0) if free else None
