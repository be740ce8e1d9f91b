"""Plans as the pages show them: how each stands, its lines with their pictures, approvals taken in, acts undone."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.catalogue.disposition.fates import taken_since
from pdpo_audit.catalogue.disposition.pictures import contents_of
from pdpo_audit.catalogue.disposition.plans import StoredItem, StoredPlan, count_without_keepers, items_of, load_plan
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.model.disposition.acts import MOVING, NEVER_REACHED, DisposalAct, State
from pdpo_audit.model.disposition.approvals import Standing
from pdpo_audit.model.disposition.plans import Keeper, PlanHeader, PlanItem
from pdpo_audit.model.disposition.stays import TakenSince
from pdpo_audit.workspace.acts.approving import Approved, accept, standing
from pdpo_audit.workspace.acts.listing import ListedPlan, list_plan, list_plans
from pdpo_audit.workspace.acts.running import Ran
from pdpo_audit.workspace.acts.undoing import undo
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.reviewers import AbsentError, Reviewer

__all__ = ["ShownLine", "ShownPlan", "shown_plan", "shown_plans", "take_approval", "undo_on_pages"]

#: Lines of one page.
LINES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """One line of a plan, where it stands, and the content whose (unrecognisable) picture is shown; 0 for none.

    ``stays`` are the copies that stay, each with the plan that took it since, where one did.
    """

    item: PlanItem
    state: str
    detail: str
    words: str
    ends_on: str
    content: int
    undoable: bool
    stays: tuple[tuple[Keeper, TakenSince | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlan:
    """A plan: its header and digest, how it stands, some of its lines, and the number that the next ones follow;
    ``no_copy_stays`` counts the copies that it erases and of which no other stays."""

    header: PlanHeader
    sha256: str
    listed: ListedPlan
    standing: Standing
    lines: tuple[ShownLine, ...]
    following: int
    not_reached: tuple[str, ...]
    undoable: bool
    no_copy_stays: int


def shown_plans(project: Project) -> list[ListedPlan]:
    """Every plan, the newest first."""
    return list_plans(project)[::-1]


def shown_plan(project: Project, plan_id: str, after: int = 0) -> ShownPlan:
    """One plan with the lines after the one numbered ``after``.

    :raises AbsentError: there is none.
    """
    stored = _plan(project, plan_id)
    with project.store.reading() as connection:
        now = standing(project, stored, Transaction(connection=connection))
    listed = list_plan(project, stored, now)
    items = items_of(project.store, plan_id, after=after, most=LINES + 1)
    contents = contents_of(project.store, [one.item.sha256 for one in items])
    with project.store.reading() as connection:
        taken = taken_since(connection, (keeper for one in items for keeper in one.item.keepers))
    return ShownPlan(
        header=stored.header, sha256=stored.sha256, listed=listed, standing=now,
        lines=tuple(_line(one, contents, taken) for one in items[:LINES]),
        following=items[LINES - 1].item.number if len(items) > LINES else 0, not_reached=NEVER_REACHED,
        undoable=_undoable(listed.states, items), no_copy_stays=count_without_keepers(project.store, plan_id),
    )  # fmt: skip


def take_approval(project: Project, plan_id: str, data: bytes) -> Approved:
    """A word on a plan that somebody signed with their own key, where that key lies.

    :raises CallError: it is none, is of another plan, or cannot count.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "approval.json"
        file.write_bytes(data)
        return accept(project, file, plan_id=plan_id)


def undo_on_pages(project: Project, reviewer: Reviewer, plan_id: str, number: int, reason: str) -> Ran:
    """Put back one line of a plan (``number``), or all that can go back (0).

    :raises CallError: there is no reason, or nobody of that name may say so.
    """
    places: tuple[str, ...] = ()
    if number:
        items = items_of(project.store, _plan(project, plan_id).header.plan_id, after=number - 1, most=1)
        if not items or items[0].item.number != number:
            raise AbsentError("there is no such line")
        places = (f"{items[0].item.source}:{items[0].item.path}",)
    return undo(project, plan_id, places=places, by=reviewer.name, reason=reason)


def _plan(project: Project, plan_id: str) -> StoredPlan:
    stored = load_plan(project.store, plan_id)
    if stored is None:
        raise AbsentError("there is no such plan")
    return stored


def _line(one: StoredItem, contents: Mapping[str, int], taken: Mapping[Keeper, TakenSince]) -> ShownLine:
    return ShownLine(
        item=one.item, state=one.state.value, detail=one.detail, words=one.result.left_behind if one.result else "",
        ends_on=one.result.ends_on if one.result and one.state is State.QUARANTINED else "",
        content=contents.get(one.item.sha256, 0), undoable=_goes_back(one),
        stays=tuple((keeper, taken.get(keeper)) for keeper in one.item.keepers),
    )  # fmt: skip


def _goes_back(one: StoredItem) -> bool:
    moved = one.state is State.DONE and one.item.act in (*MOVING, DisposalAct.KEEP)
    return one.state is State.QUARANTINED or moved


def _undoable(states: Mapping[str, int], items: Sequence[StoredItem]) -> bool:
    return bool(states.get(State.QUARANTINED.value)) or any(map(_goes_back, items))
