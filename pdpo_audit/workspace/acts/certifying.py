"""Certify: the log, every line with its result, and the certificate for people; sealed, and checkable by ``verify``."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pdpo_audit.catalogue.disposition import acts_log
from pdpo_audit.catalogue.disposition.plans import StoredItem, StoredPlan, approvals_of, end_plan, every_item, settle
from pdpo_audit.errors import CallError
from pdpo_audit.model.disposition.acts import NEVER_REACHED, State
from pdpo_audit.model.disposition.approvals import APPROVE
from pdpo_audit.model.disposition.writing import canonical, read_approval
from pdpo_audit.model.events import ChainedEvent, Details, Event
from pdpo_audit.model.tool import VERSION
from pdpo_audit.reports.disposals.printing import print_page
from pdpo_audit.resources import resource
from pdpo_audit.signing.disposals.certificates import Certificate, write_certificate
from pdpo_audit.signing.disposals.checks import CERTIFICATE, LOG, RESULTS
from pdpo_audit.signing.evidence.eventlog import write_events
from pdpo_audit.signing.evidence.manifest import list_files
from pdpo_audit.workspace.acts.approving import named_plan
from pdpo_audit.workspace.acts.plans.folders import disposals_folder, keep_file, seal_file
from pdpo_audit.workspace.acts.plans.naming import named
from pdpo_audit.workspace.acts.staying import stays_now
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.identities import open_seal, try_seal
from pdpo_audit.workspace.setup.run_lock import exclusive

#: States of copies on which something was done.
_ACTED = (State.CERTIFIED, State.DONE, State.QUARANTINED)
#: Where certificates go that a later one takes the place of.
EARLIER = "earlier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A certificate that was made, and what it counts."""

    certificate_id: str
    folder: Path
    sha256: str
    states: Mapping[str, int]
    left_alone: Mapping[str, int]


@exclusive("dispose certificate")
def certify(project: Project, plan_id: str) -> Certified:
    """Write the certificate of what was done so far under a plan, for the plan and for each owner.

    A plan with copies in quarantine is certified as far as it is; the certificate says so, and a later one supersedes.

    :raises CallError: nothing was done yet, or an act has no result.
    """
    stored = named_plan(project, plan_id)
    items = list(every_item(project.store, stored.header.plan_id))
    if any(one.intent for one in items):
        raise CallError("an act was broken off and has no result yet", advice="pdpo-audit dispose run PLAN goes on")
    if all(one.state in (State.PLANNED, State.APPROVED, State.AWAITING_OWNER) for one in items):
        raise CallError("nothing was done under this plan yet", advice="pdpo-audit dispose run PLAN")
    try_seal(project)
    folder = disposals_folder(project, stored.header.plan_id)
    number = _next_number(folder)
    certificate_id = f"{stored.header.plan_id}-C{number}"
    items = _mark_certified(project, stored, items, certificate_id)
    return _write(project, stored, items, folder, certificate_id)


def _mark_certified(
    project: Project, stored: StoredPlan, items: Sequence[StoredItem], certificate_id: str
) -> list[StoredItem]:
    """What is done counts as certified from here on, in the log too."""
    done = [one for one in items if one.state is State.DONE and one.result is not None]
    results = [replace(one.result, state=State.CERTIFIED.value) for one in done if one.result is not None]
    entries: list[tuple[str, Details]] = [
        ("certified", {"number": result.number, "state": result.state, "certificate": certificate_id})
        for result in results
    ]
    with project.store.transaction() as transaction:
        head = acts_log.append(
            transaction, stored.header.plan_id,
            [*entries, ("certificate", {"certificate": certificate_id, "copies": len(items)})],
            at=project.clock(), actor=project.actor,
        )  # fmt: skip
        settle(transaction, stored.header.plan_id, results)
        if not any(one.state in (State.PLANNED, State.APPROVED, State.QUARANTINED) for one in items):
            end_plan(transaction, stored.header.plan_id, "certified")
        told: Details = {"plan": stored.header.plan_id, "certificate": certificate_id, "log_head": head.hex()}
        transaction.append_event("disposal certified", told, at=project.clock(), actor=project.actor)
    by_number = {result.number: result for result in results}
    return [
        replace(one, state=State.CERTIFIED, result=by_number[one.item.number]) if one.item.number in by_number else one
        for one in items
    ]


def _write(
    project: Project, stored: StoredPlan, items: Sequence[StoredItem], folder: Path, certificate_id: str
) -> Certified:
    seal, at = open_seal(project), project.clock()
    supersedes = _set_aside(folder)
    with project.store.reading() as connection:
        acted: list[Event] = []
        log = _noting(acts_log.read(connection, stored.header.plan_id), acted)
        entries, head = write_events(folder / LOG, log)
        said = [read_approval(one.document) for one in approvals_of(connection, stored.header.plan_id)]
    stays = stays_now(project, [one for one in items if one.state in _ACTED and one.result])
    lines = [
        canonical({**(asdict(one.result) if one.result else {}), "number": one.item.number, "state": one.state.value,
                   "detail": one.detail or (one.result.detail if one.result else ""),
                   "stays": [asdict(found) for found in stays.get(one.item.number, ())]})
        for one in items
    ]  # fmt: skip
    keep_file(folder / RESULTS, b"".join(line + b"\n" for line in lines))
    states = dict(Counter(one.state.value for one in items))
    left = dict(Counter(one.detail for one in items if one.detail))
    certificate = Certificate(
        certificate_id=certificate_id, plan_id=stored.header.plan_id, plan_sha256=stored.sha256,
        organisation=stored.header.organisation, at=at.isoformat(timespec="seconds"), by=project.actor, tool=VERSION,
        seal_sha256=str(seal.identity.facts()["sha256"]), log_entries=entries, log_head=head, states=states,
        left_alone=left, methods=dict(Counter(one.result.method for one in items if one.result and one.result.method)),
        not_reached=NEVER_REACHED, files_sha256={}, supersedes=supersedes,
    )  # fmt: skip
    shared = {
        "plan": stored.header, "certificate": certificate, "owner": "", "stays": stays,
        "approvals": [one for one in said if one.decision == APPROVE],
        "actors": sorted({one.actor for one in acted}) or [project.actor],
        "first": acted[0].at if acted else certificate.at, "last": acted[-1].at if acted else certificate.at,
        "alarm_until": (at.date() + timedelta(days=stored.header.alarm_days)).isoformat(),
    }  # fmt: skip
    for file, pdf in _pages(project, stored, items, shared):
        keep_file(folder / file, pdf)
        seal_file(project, folder / file, seal)
    files = {
        file: _digest(path) for file, path in list_files(folder).items() if not file.startswith(CERTIFICATE)
    }  # fmt: skip
    raw = write_certificate(replace(certificate, files_sha256=files))
    keep_file(folder / CERTIFICATE, raw)
    seal_file(project, folder / CERTIFICATE, seal)
    return Certified(
        certificate_id=certificate_id, folder=folder, sha256=hashlib.sha256(raw).hexdigest(), states=states,
        left_alone=left,
    )  # fmt: skip


def _noting(log: Iterable[ChainedEvent], acted: list[Event]) -> Iterator[ChainedEvent]:
    """The same log; what tells of acts is added to ``acted`` as it passes."""
    for one in log:
        if one.event.kind in ("acted", "finished"):
            acted.append(one.event)
        yield one


def _pages(
    project: Project, stored: StoredPlan, items: Sequence[StoredItem], shared: Mapping[str, Any]
) -> list[tuple[str, bytes]]:
    """The certificate for people: of the whole plan, and of each owner where there are several."""
    owners = sorted({one.item.owner for one in items})
    found = []
    for language in project.settings.report.languages:
        for owner in ["", *(owners if len(owners) > 1 else [])]:
            mine = [one for one in items if not owner or one.item.owner == owner]
            content = {
                **shared,
                "organisation": named(stored.header, language),
                "owner": owner,
                "states": dict(Counter(one.state.value for one in mine)),
                "done": [
                    (one.item, one.result) for one in mine
                    if one.result and one.state in _ACTED
                ],
                "left": [
                    (one.item, one.result, one.state.value, one.detail) for one in mine
                    if one.state in (State.FAILED, State.AWAITING_OWNER, State.PLANNED, State.APPROVED, State.UNDONE)
                ],
            }  # fmt: skip
            pdf = print_page("certificate", content, language=language, templates=resource("report_templates"))
            name = f"certificate.{language}.pdf" if not owner else f"owners/{_plain(owner)}/certificate.{language}.pdf"
            found.append((name, pdf))
    return found


def _plain(owner: str) -> str:
    letters = "".join(char if char.isalnum() else "-" for char in owner)[:40].strip("-") or "nobody"
    return f"{letters}-{hashlib.sha256(owner.encode()).hexdigest()[:6]}"


def _next_number(folder: Path) -> int:
    return len(list((folder / EARLIER).glob("*"))) + (2 if (folder / CERTIFICATE).exists() else 1)


def _set_aside(folder: Path) -> str:
    """The certificate before this one, with what it fixed and this one writes anew; its digest."""
    before = folder / CERTIFICATE
    if not before.exists():
        return ""
    digest = _digest(before)
    aside = folder / EARLIER / f"{_next_number(folder) - 1:04d}"
    aside.mkdir(parents=True, exist_ok=True)
    for file in list(folder.iterdir()):
        if file.name.startswith("certificate.") or file.name in (LOG, RESULTS, "owners"):
            file.rename(aside / file.name)
    return digest


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
