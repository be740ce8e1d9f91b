"""Plans of reviews: made, looked at, changed, paused, resumed, removed; the settings are read once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any

from pdpo_audit.catalogue.schedules.plans import known_plans, load_plans, record_version
from pdpo_audit.catalogue.schedules.slots import load_slots, states
from pdpo_audit.errors import CallError
from pdpo_audit.model.reviews.plans import Plan, PlanVersion, Slot, SlotRecord, Step
from pdpo_audit.policy.terms.periods import parse_period
from pdpo_audit.scheduling.rules import read_rule
from pdpo_audit.scheduling.slots import next_slots, plan_on
from pdpo_audit.scheduling.working_days import ONE_DAY
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.persons import check_speaker, person_named

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction

#: The catalogue's key for the digest of a plan's section of the settings when it was read.
_READ = "schedule_read_"
#: Slots that ``show`` names.
SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is said of a plan; what is ``None`` stays as it is (or gets its default in a new plan)."""

    every: str | None = None
    starts_on: date | None = None
    sources: tuple[str, ...] | None = None
    packs: tuple[str, ...] | None = None
    owner: str | None = None
    sign_offs: tuple[str, ...] | None = None
    sign_off_within: str | None = None
    does: tuple[Step, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlan:
    """A plan with its next slots, what was recorded of it, and its history."""

    name: str
    plan: Plan | None
    next: tuple[Slot, ...]
    records: tuple[SlotRecord, ...]
    history: tuple[PlanVersion, ...]


def add_plan(project: Project, name: str, wish: Wish, *, by: str) -> ShownPlan:
    """A new plan; its first slot is the first day of the rule after today, or from ``starts_on`` on."""
    if not wish.every:
        raise CallError("how often is not said", advice='--every "last weekday of the quarter"')
    check_speaker(project, by, deciding=False)
    today = project.clock().date()
    with project.store.transaction() as transaction:
        _expect_free(transaction, name, today)
        anchor = _first_day(wish, today)
        plan = Plan(name=name, every=wish.every, rrule=read_rule(wish.every, anchor), anchor=anchor)
        since = wish.starts_on or today + ONE_DAY
        _record(project, transaction, _with(project, plan, replace(wish, every=None)), since, "added", by)
    return show_plan(project, name)


def change_plan(project: Project, name: str, wish: Wish, *, by: str) -> ShownPlan:
    """Say something else of a plan, from tomorrow or ``starts_on`` on: slots that came stay as they were."""
    check_speaker(project, by, deciding=False)
    today = project.clock().date()
    with project.store.transaction() as transaction:
        plan = _expect_known(transaction, name)
        since = wish.starts_on or today + ONE_DAY
        if wish.starts_on and wish.starts_on <= today:
            raise CallError(f"{wish.starts_on} is not after today", advice="what came stays as it was planned")
        _record(project, transaction, _with(project, plan, wish, anchor=wish.starts_on or today), since, "changed", by)
    return show_plan(project, name)


def pause_plan(project: Project, name: str, *, by: str, pause: bool = True) -> ShownPlan:
    """Let a plan rest from tomorrow on, or go on: it keeps its rhythm."""
    check_speaker(project, by, deciding=False)
    with project.store.transaction() as transaction:
        plan = _expect_known(transaction, name)
        if plan.paused == pause:
            raise CallError(f"{name} {'is paused already' if pause else 'is not paused'}")
        since = project.clock().date() + ONE_DAY
        _record(project, transaction, replace(plan, paused=pause), since, "paused" if pause else "resumed", by)
    return show_plan(project, name)


def remove_plan(project: Project, name: str, *, by: str) -> None:
    """End a plan from tomorrow on; its history and its reviews stay."""
    check_speaker(project, by, deciding=False)
    with project.store.transaction() as transaction:
        _expect_known(transaction, name)
        since = project.clock().date() + ONE_DAY
        version = PlanVersion(name=name, plan=None, since=since, act="removed")
        record_version(transaction, version, at=project.clock(), by=by)


def show_plan(project: Project, name: str) -> ShownPlan:
    """One plan; CallError where there never was one of this name."""
    found = {shown.name: shown for shown in list_plans(project, removed=True)}
    if name not in found:
        raise _unknown(name, found)
    return found[name]


def list_plans(project: Project, *, removed: bool = False) -> list[ShownPlan]:
    """Every plan that is planned, paused ones included; removed ones too where asked for."""
    read_settings_once(project)
    today, records = project.clock().date(), load_slots(project.store)
    shown = []
    for name, history in load_plans(project.store).items():
        plan = history[-1].plan
        if plan is None and not removed:
            continue
        kept = records.get(name, {})
        coming = tuple(islice(next_slots(history, states(kept), today), SHOWN))
        shown.append(ShownPlan(name=name, plan=plan, next=coming, records=tuple(kept.values()), history=history))
    return shown


def read_settings_once(project: Project) -> tuple[str, ...]:
    """Take plans of ``[[schedule]]`` that were never read into the catalogue; a sentence for each that says otherwise
    now than when it was read: later changes are made with ``schedule change``."""
    told = []
    today = project.clock().date()
    for section in project.settings.schedule:
        key, digest = f"{_READ}{section.name}", _digest(section.model_dump(mode="json"))
        read = project.store.recall(key)
        if read and read != digest:
            told.append(
                f"[[schedule]] {section.name} was changed in {project.settings_path.name} after it was read into the "
                f"catalogue, and that changes nothing: pdpo-audit schedule change {section.name}"
            )
        if read:
            continue
        wish = Wish(**section.wish())
        with project.store.transaction() as transaction:
            if transaction.recall(key):
                continue
            transaction.remember(key, digest)
            if section.name in known_plans(transaction.connection):
                continue
            anchor = _first_day(wish, today)
            rule = read_rule(section.every, anchor)
            plan = Plan(name=section.name, every=section.every, rrule=rule, anchor=anchor)
            since = wish.starts_on or today + ONE_DAY
            said = _with(project, plan, replace(wish, every=None))
            _record(project, transaction, said, since, "read from the settings", project.actor)
    return tuple(told)


def _with(project: Project, plan: Plan, wish: Wish, anchor: date | None = None) -> Plan:
    """The plan as wished; what it names must be there."""
    _check(project, wish)
    said: dict[str, Any] = {
        name: value
        for name in ("sources", "packs", "owner", "sign_offs", "sign_off_within", "does")
        if (value := getattr(wish, name)) is not None
    }
    if wish.does is not None:
        said["does"] = tuple(step for step in Step if step in wish.does)
    if wish.every and anchor:
        said |= {"every": wish.every, "rrule": read_rule(wish.every, anchor), "anchor": anchor}
    return replace(plan, **said)


def _check(project: Project, wish: Wish) -> None:
    declared = {source.name for source in project.settings.sources}
    unknown = [name for name in wish.sources or () if name not in declared]
    if unknown:
        known = ", ".join(sorted(declared)) or "none yet"
        raise CallError(f"no source is called {', '.join(unknown)}", advice=f"declared here: {known}")
    if wish.owner and project.settings.persons and person_named(project, wish.owner) is None:
        known = ", ".join(one.name for one in project.settings.persons)
        raise CallError(f"{wish.owner} is not in [[people]]", advice=f"{project.settings_path.name} names {known}")
    if wish.packs:
        from pdpo_audit.workspace.rules.assessing import pack_folder

        for pack in wish.packs:
            pack_folder(pack, project.folder)
    roles = ("legal", "compliance", "communications", "dpo", "owner")
    strange = [role for role in wish.sign_offs or () if role not in roles]
    if strange:
        raise CallError(f"nobody signs as {', '.join(strange)}", advice=f"roles: {', '.join(roles)}")
    if wish.sign_off_within is not None and parse_period(wish.sign_off_within) is None:
        raise CallError(f'"{wish.sign_off_within}" is not a period', advice="write P14D or P1M")
    if wish.does is not None and (Step.REPORT not in wish.does or Step.ASSESS not in wish.does):
        raise CallError("a review without a report proves nothing", advice="--do scan --do assess --do report")


def _first_day(wish: Wish, today: date) -> date:
    if wish.starts_on and wish.starts_on < today:
        raise CallError(f"{wish.starts_on} is past", advice="a plan begins today at the earliest")
    return wish.starts_on or today


def _expect_free(transaction: Transaction, name: str, today: date) -> None:
    history = known_plans(transaction.connection).get(name, ())
    if history and history[-1].plan is not None:
        raise CallError(f'there is a plan "{name}" already', advice=f"pdpo-audit schedule change {name}")
    if history and plan_on(history, today) is not None:
        raise CallError(f'the plan "{name}" ends today; another of this name can begin tomorrow')
    if not name or not all(char.isalnum() or char in "-_." for char in name):
        raise CallError(f'"{name}" cannot be a name', advice="letters, digits, - _ and . make names of folders, too")


def _expect_known(transaction: Transaction, name: str) -> Plan:
    known = known_plans(transaction.connection)
    history = known.get(name, ())
    if not history or history[-1].plan is None:
        raise _unknown(name, {one: said for one, said in known.items() if said[-1].plan})
    return history[-1].plan


def _record(project: Project, transaction: Transaction, plan: Plan, since: date, act: str, by: str) -> None:
    version = PlanVersion(name=plan.name, plan=plan, since=since, act=act)
    record_version(transaction, version, at=project.clock(), by=by)


def _unknown(name: str, known: Mapping[str, object]) -> CallError:
    return CallError(f'no plan is called "{name}"', advice=f"planned: {', '.join(known) or 'nothing yet'}")


def _digest(section: dict[str, Any]) -> str:
    return sha256(json.dumps(section, sort_keys=True).encode()).hexdigest()
