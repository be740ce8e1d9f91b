"""The plans of a workspace, each with where its lines stand; the lines of one; the table ``disposals``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pdpo_audit.catalogue.disposition.plans import StoredPlan, count_states, every_item, load_plans
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.model.disposition.acts import State
from pdpo_audit.model.disposition.approvals import Standing
from pdpo_audit.workspace.acts.approving import named_plan, standing
from pdpo_audit.workspace.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPlan:
    """One plan: how far it is, who has still to approve, until when it counts as approved."""

    plan_id: str
    made_at: str
    preparer: str
    selection: str
    copies: int
    states: Mapping[str, int]
    approved: bool
    lacking: tuple[str, ...]
    ends_at: str
    ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """One line of a plan and where it stands."""

    number: int
    source: str
    path: str
    act: str
    state: str
    detail: str
    at: str
    ends_on: str
    words: str


def list_plans(project: Project) -> list[ListedPlan]:
    """Every plan, the newest last."""
    found = []
    for stored in load_plans(project.store):
        with project.store.reading() as connection:
            now = standing(project, stored, Transaction(connection=connection))
        found.append(list_plan(project, stored, now))
    return found


def list_plan(project: Project, stored: StoredPlan, now: Standing) -> ListedPlan:
    """One plan, how its approvals stand and how far it is."""
    header = stored.header
    states: Counter[str] = Counter()
    for (state, _), count in count_states(project.store, header.plan_id).items():
        states[state] += count
    return ListedPlan(
        plan_id=header.plan_id, made_at=header.made_at, preparer=header.preparer, selection=header.selection,
        copies=header.items, states=dict(states), approved=now.approved and not stored.ended,
        lacking=() if stored.ended else now.lacking, ends_at=now.ends_at, ended=stored.ended,
    )  # fmt: skip


def list_items(project: Project, plan_id: str) -> list[ListedItem]:
    """The lines of one plan."""
    stored = named_plan(project, plan_id)
    return [
        ListedItem(
            number=one.item.number, source=one.item.source, path=one.item.path, act=one.item.act.value,
            state=one.state.value, detail=one.detail, at=one.result.at if one.result else "",
            ends_on=one.result.ends_on if one.result and one.state is State.QUARANTINED else "",
            words=one.result.left_behind if one.result else "",
        )
        for one in every_item(project.store, stored.header.plan_id)
    ]  # fmt: skip
