"""Copies on which nothing here acts: letters and lists for who can, confirmations, and the scan that checks them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from pdpo_audit.catalogue.disposition import acts_log
from pdpo_audit.catalogue.disposition.plans import StoredItem, StoredPlan, items_of, load_plans, settle
from pdpo_audit.catalogue.disposition.whereabouts import held_there
from pdpo_audit.errors import CallError
from pdpo_audit.model.audits import SourceRecord
from pdpo_audit.model.disposition.acts import Detail, Method, State
from pdpo_audit.model.disposition.plans import Result
from pdpo_audit.model.events import Details
from pdpo_audit.model.locations.patterns import is_at
from pdpo_audit.reports.disposals.printing import print_page
from pdpo_audit.reports.disposals.sheets import write_workbook
from pdpo_audit.resources import resource
from pdpo_audit.workspace.acts.approving import named_plan
from pdpo_audit.workspace.acts.plans.folders import disposals_folder, keep_file
from pdpo_audit.workspace.acts.plans.naming import named
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.persons import check_speaker

#: Where letters, lists and confirmations lie in the folder of a plan.
TASKS, CONFIRMATIONS = "tasks", "confirmations"
#: Days within which a confirmation is asked for.
DAYS = 30
_EVERY = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A confirmation that was filed, and how many lines it speaks of."""

    plan_id: str
    file: Path
    sha256: str
    copies: int


def instruct(project: Project, stored: StoredPlan) -> int:
    """Write, once, what people need for the lines that are theirs: a letter for each processor, a list for each source.

    Returns how many lines were handed out now; each has a day by which it is to be confirmed.
    """
    plan_id = stored.header.plan_id
    waiting = items_of(project.store, plan_id, states=(State.AWAITING_OWNER,), most=_EVERY)
    fresh = [one for one in waiting if one.result is None]
    if not fresh:
        return 0
    by_source: dict[str, list[StoredItem]] = defaultdict(list)
    for one in fresh:
        by_source[one.item.source].append(one)
    due = (project.clock().date() + timedelta(days=DAYS)).isoformat()
    folder = disposals_folder(project, plan_id) / TASKS
    folder.mkdir(parents=True, exist_ok=True)
    records = project.source_records()
    for source, items in by_source.items():
        for name, pdf in _letters(project, stored, records.get(source), source, items, due):
            keep_file(folder / name, pdf)
        write_workbook(folder / f"list.{_plain(source)}.xlsx", [one.item for one in items])
    results = [_handed_out(project, one, records.get(one.item.source), due) for one in fresh]
    _record(project, stored, fresh, results, "instructed")
    return len(fresh)


def confirm(
    project: Project, plan_id: str, file: Path, *, by: str, places: tuple[str, ...] = ()
) -> Confirmed:  # fmt: skip
    """File what a processor or owner confirms, with its digest; the next scan checks what it can see.

    :raises CallError: the file cannot be read, or no line of the plan waits for it.
    """
    check_speaker(project, by, on=project.clock().date(), deciding=False)
    stored = named_plan(project, plan_id)
    waiting = items_of(project.store, stored.header.plan_id, states=(State.AWAITING_OWNER,), most=_EVERY)
    meant = [one for one in waiting if not places or is_at(places, one.item.source, one.item.path)]
    if not meant:
        raise CallError("no copy of this plan waits for a confirmation", advice="pdpo-audit dispose list PLAN")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CallError(f"{file} cannot be read: {error.strerror}") from error
    sha256 = hashlib.sha256(content).hexdigest()
    kept = disposals_folder(project, stored.header.plan_id) / CONFIRMATIONS / f"{sha256[:12]}{file.suffix[:8]}"
    keep_file(kept, content)
    words = f"confirmed by {by}: {CONFIRMATIONS}/{kept.name}"
    results = [
        replace(one.result or _result(project, one), left_behind=words, verified="", ends_on="") for one in meant
    ]
    _record(project, stored, meant, results, "confirmed", {"file_sha256": sha256, "by": by})
    return Confirmed(plan_id=stored.header.plan_id, file=kept, sha256=sha256, copies=len(meant))


def check_off(project: Project) -> int:
    """After a scan: what waited for people and is not there any more is done; how many lines that are."""
    total = 0
    for stored in load_plans(project.store):
        waiting = items_of(project.store, stored.header.plan_id, states=(State.AWAITING_OWNER,), most=_EVERY)
        handed = [one for one in waiting if one.result is not None]
        if not handed:
            continue
        held = held_there(project.store, [(one.item.source, one.item.path) for one in handed])
        gone = [one for one in handed if (one.item.source, one.item.path) not in held]
        if gone:
            _record(project, stored, gone, [_seen_gone(project, one) for one in gone], "checked off")
            total += len(gone)
    return total


def _letters(
    project: Project,
    stored: StoredPlan,
    record: SourceRecord | None,
    source: str,
    items: Sequence[StoredItem],
    due: str,
) -> Iterator[tuple[str, bytes]]:  # fmt: skip
    vendor = record.vendor if record else ""
    to = vendor or (record.owner if record else "") or source
    for language in project.settings.report.languages:
        content = {
            "plan": stored.header, "organisation": named(stored.header, language), "to": to,
            "contract": record.contract if record else "", "items": [one.item for one in items], "due_on": due,
            "processor": bool(vendor),
        }  # fmt: skip
        pdf = print_page("letter", content, language=language, templates=resource("report_templates"))
        yield f"letter.{_plain(source)}.{language}.pdf", pdf


def _handed_out(project: Project, one: StoredItem, record: SourceRecord | None, due: str) -> Result:
    method = Method.INSTRUCTED_PROCESSOR if record and record.vendor else Method.NONE
    return replace(_result(project, one), ends_on=due, method=method.value)


def _seen_gone(project: Project, one: StoredItem) -> Result:
    assert one.result is not None
    inside = one.item.task == Detail.IN_CONTAINER.value
    method = Method.REDACTED_IN_CONTAINER if inside else Method.INSTRUCTED_PROCESSOR
    words = "; ".join(part for part in (one.result.left_behind, "a scan found it gone") if part)
    done = replace(one.result, state=State.DONE.value, detail="", method=method.value, ends_on="", left_behind=words)
    return replace(done, at=project.clock().isoformat(timespec="seconds"))


def _result(project: Project, one: StoredItem) -> Result:
    return Result(
        number=one.item.number, state=State.AWAITING_OWNER.value, detail=one.item.task,
        at=project.clock().isoformat(timespec="seconds"),
    )  # fmt: skip


def _record(
    project: Project, stored: StoredPlan, items: Sequence[StoredItem], results: Sequence[Result], kind: str,
    more: Details | None = None,
) -> None:  # fmt: skip
    told: list[tuple[str, Details]] = []
    for one, result in zip(items, results, strict=True):
        details: Details = {"number": one.item.number, "sha256": one.item.sha256, "state": result.state}
        told.append((kind, details | {"due": result.ends_on} | (more or {})))
    with project.store.transaction() as transaction:
        acts_log.append(transaction, stored.header.plan_id, told, at=project.clock(), actor=project.actor)
        settle(transaction, stored.header.plan_id, results)


def _plain(name: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in name)[:60] or "source"
