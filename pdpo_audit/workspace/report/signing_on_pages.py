"""Signing off on the review pages: what somebody says of decisions in their session, and requests for signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue.reviewing import standing
from pdpo_audit.catalogue.reviewing.decisions import batch_of
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.model.reviewing.records import PageSignOff
from pdpo_audit.settings import plain_name
from pdpo_audit.signing.evidence.manifest import MANIFEST, read_manifest
from pdpo_audit.signing.roles import Decision
from pdpo_audit.signing.signoffs.records import SignOff, read_records
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.report.signing_off import make_request, read_decision, take_in
from pdpo_audit.workspace.review.decisions import ChangedError
from pdpo_audit.workspace.review.four_eyes.hiding import hidden_findings
from pdpo_audit.workspace.review.four_eyes.record import page_sign_offs
from pdpo_audit.workspace.review.reviewers import Reviewer, Right
from pdpo_audit.workspace.setup.persons import refuse_leaver

AUDIT, BATCH = "audit", "batch"
_LONGEST = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The newest sealed report: who has to sign it and who has; with reasons it is a draft, which nobody signs."""

    audit_id: str
    draft_reasons: tuple[str, ...]
    required: tuple[str, ...]
    signed: tuple[SignOff, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """What can be signed off: the decisions of the newest assessment (``digest`` names them), and single ones."""

    audit_id: str
    digest: str
    decided: int
    findings: int
    said: tuple[PageSignOff, ...]
    batches: Sequence[Any]
    sealed: Sealed | None


def to_sign(project: Project, reviewer: Reviewer) -> ToSign:
    """What a reviewer can sign off now.

    :raises CallError: nothing was assessed yet.
    """
    known = recorded.load_audits(project.store)
    if not known:
        raise CallError("nothing was assessed yet", advice="pdpo-audit scan, then pdpo-audit assess")
    audit_id = known[-1].audit_id
    with project.store.reading() as connection:
        digest, decided = standing.decided_digest(connection, audit_id)
    return ToSign(
        audit_id=audit_id,
        digest=digest,
        decided=decided,
        findings=standing.count_findings(project.store, audit_id),
        said=page_sign_offs(project, audit_id),
        batches=[
            one
            for one in standing.newest_of_all(project.store)
            if one.decided_by != reviewer.name and _shows(project, reviewer, one.batch)
        ],
        sealed=sealed_report(project),
    )


def say(
    project: Project, reviewer: Reviewer, *, subject: str, named: str, role: str, decision: str, remark: str, seen: str
) -> None:
    """Record what a person says of an audit's decisions, or of one decision of somebody else.

    :raises CallError: not in this role, without the remark that it needs, or not in this browser.
    :raises ChangedError: other decisions stand than those that were shown.
    """
    said = read_decision(decision)
    _permit(project, reviewer, role, remark, said)
    now = project.clock()
    with project.store.transaction() as transaction:
        connection = transaction.connection
        _refuse_browser(standing.people_of_browser(connection, reviewer.browser), reviewer)
        if subject == BATCH:
            if not _shows(project, reviewer, named):
                raise CallError("there is no decision of this name for you")
            _refuse_own(batch_of(connection, named), reviewer)
        digest, count = (standing.batch_digest if subject == BATCH else standing.decided_digest)(connection, named)
        if digest != seen:
            raise ChangedError("these decisions have changed since you opened the page", advice="/sign")
        row = {
            "subject": subject, "named": named, "digest": digest, "findings": count, "role": role,
            "decision": said.value, "remark": remark.strip(), "said_by": reviewer.name, "browser": reviewer.browser,
            "at": now.isoformat(timespec="seconds"),
        }  # fmt: skip
        standing.record_sign_off(transaction, row)
        told: Details = {
            "subject": subject, "named": named, "digest": digest, "findings": count, "role": role,
            "decision": said.value, "remark": remark.strip(), "by": reviewer.name,
        }  # fmt: skip
        transaction.append_event("signed off on the pages", told, at=now, actor=project.actor)


def batch_shown(project: Project, reviewer: Reviewer, batch: str) -> tuple[Sequence[Any], str]:
    """One decision with everything that was decided together, and the digest of what stands of it.

    :raises CallError: there is none of this name that this reviewer may see.
    """
    with project.store.reading() as connection:
        rows, digest = batch_of(connection, batch), standing.batch_digest(connection, batch)[0]
    if not rows or not _shows(project, reviewer, batch):
        raise CallError("there is no decision of this name for you")
    return rows, digest


def _shows(project: Project, reviewer: Reviewer, batch: str) -> bool:
    """Whether a reviewer may see a decision of somebody else: all of it, and not before they have read it blind."""
    with project.store.reading() as connection:
        findings = [row.finding_id for row in batch_of(connection, batch)]
    return reviewer.sees_everything and not hidden_findings(project, reviewer, findings)


def request_for(project: Project, reviewer: Reviewer, role: str) -> bytes:
    """The request for this reviewer's signature on the newest sealed report: signed where their key lies.

    :raises CallError: there is no sealed report, it is a draft, or it is not their role.
    """
    _refuse_role(reviewer, role)
    return make_request(_folder(project), role=role, name=reviewer.name)


def take_answer(project: Project, reviewer: Reviewer, raw: bytes) -> None:
    """Take in the answer to such a request: their own signature, in a role of theirs.

    :raises CallError: it is somebody else's, or answers another audit. :raises VerificationError: it does not verify.
    """

    def permit(record: SignOff) -> None:
        if plain_name(record.name) != plain_name(reviewer.name):
            raise CallError(f"this is the signature of {record.name}: everybody takes in their own")
        _refuse_role(reviewer, record.role.value)

    refuse_leaver(project, reviewer.name)
    take_in(_folder(project), raw, permit)


def _permit(project: Project, reviewer: Reviewer, role: str, remark: str, decision: Decision) -> None:
    _refuse_role(reviewer, role)
    refuse_leaver(project, reviewer.name)
    if decision is not Decision.AGREE and not remark.strip():
        raise CallError("reservations and refusals need a remark")
    if len(remark) > _LONGEST:
        raise CallError("the remark is longer than 4,000 letters")


def _refuse_role(reviewer: Reviewer, role: str) -> None:
    if not reviewer.may(Right.SIGN) or role not in reviewer.signing_roles:
        raise CallError("you do not sign off in this role")


def _refuse_browser(people: set[str], reviewer: Reviewer) -> None:
    others = sorted(name for name in people if plain_name(name) != plain_name(reviewer.name))
    if others:
        raise CallError(
            f"{others[0]} decided or signed off in this browser", advice="open your personal link in your own browser"
        )


def _refuse_own(rows: Sequence[Any], reviewer: Reviewer) -> None:
    if not rows or any(plain_name(row.decided_by) == plain_name(reviewer.name) for row in rows):
        raise CallError("a decision is signed off by somebody else than who made it")


def sealed_report(project: Project) -> Sealed | None:
    """The newest sealed report; ``None`` where there is none."""
    sealed = [one for one in recorded.load_audits(project.store) if one.folder]
    folder = project.reports / sealed[-1].folder if sealed else None
    if folder is None or not (folder / MANIFEST).is_file():
        return None
    manifest = read_manifest((folder / MANIFEST).read_bytes())
    return Sealed(
        audit_id=manifest.audit_id,
        draft_reasons=manifest.draft_reasons,
        required=manifest.required_sign_offs,
        signed=read_records(folder),
    )


def _folder(project: Project) -> Path:
    """:raises CallError: there is no sealed report, or it is a draft."""
    sealed = sealed_report(project)
    if sealed is None:
        raise CallError("there is no sealed report yet", advice="pdpo-audit report")
    if sealed.draft_reasons:
        raise CallError("a draft is not signed", advice="; ".join(sealed.draft_reasons))
    return project.reports / sealed.audit_id
