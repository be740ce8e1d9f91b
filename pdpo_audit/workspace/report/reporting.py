"""Report: the sealed PDF, the sealed workbook and the evidence of one assessment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue.audits import StoredAudit
from pdpo_audit.catalogue.people import covered_pictures, dropped_candidates
from pdpo_audit.catalogue.proofs.sayings import said_faults
from pdpo_audit.catalogue.roots import not_reached
from pdpo_audit.catalogue.sayings.decided import decided_in
from pdpo_audit.catalogue.sayings.holds import load_holds
from pdpo_audit.errors import CallError
from pdpo_audit.model.audits import AuditHeader, DetectorRecord
from pdpo_audit.model.events import Details
from pdpo_audit.model.tool import NAME, VERSION
from pdpo_audit.pipeline import line
from pdpo_audit.pipeline.remembered import PEOPLE_ENGINE, PEOPLE_METHOD, PEOPLE_SCOPE
from pdpo_audit.pipeline.reporting import Reported, ReportPlan
from pdpo_audit.pipeline.text.reading import text_used
from pdpo_audit.plugins import open_report_writers
from pdpo_audit.policy.telling.sentences import rule_texts
from pdpo_audit.resources import resource
from pdpo_audit.signing.evidence.manifest import MANIFEST
from pdpo_audit.signing.pdf.signatures import pades_level
from pdpo_audit.signing.verification import VerificationResult
from pdpo_audit.workspace.project import Project, host
from pdpo_audit.workspace.report.comparing import delta_of
from pdpo_audit.workspace.report.copies import free_place, keep_names
from pdpo_audit.workspace.report.drafts import draft_reasons
from pdpo_audit.workspace.report.earlier import LAST_NUMBERS, earlier_audits, follow_up_of, previous_numbers
from pdpo_audit.workspace.report.interrupted import SealedAudit, sealed_audit
from pdpo_audit.workspace.report.picturing import check_pictures, with_pictures
from pdpo_audit.workspace.report.searches import judgements_told, person_searches, scans_told
from pdpo_audit.workspace.report.trends import sealed_trend
from pdpo_audit.workspace.review.beside.keeping import kept_files
from pdpo_audit.workspace.review.four_eyes.record import review_record
from pdpo_audit.workspace.rules.assessing import assess, files_changed, lock_pictures, project_packs, tables
from pdpo_audit.workspace.rules.classes import unserved_classes
from pdpo_audit.workspace.rules.matters import unheld_matters
from pdpo_audit.workspace.rules.stated_rights import stated_rights
from pdpo_audit.workspace.sampling.results import sample_spoken
from pdpo_audit.workspace.setup.held import holds_in_force, refuse_unsaid
from pdpo_audit.workspace.setup.identities import Seal, open_seal, read_trust_list, try_seal
from pdpo_audit.workspace.setup.persons import stated_certificates
from pdpo_audit.workspace.setup.rotating import ends_soon, rotations_of
from pdpo_audit.workspace.setup.run_lock import exclusive


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSummary:
    """Where the sealed audit lies, what it says in numbers, and why it is a draft if it is one."""

    audit_id: str
    folder: Path
    numbers: dict[str, Any]
    draft_reasons: tuple[str, ...]
    throw_away_seal: bool
    pades_level: str
    verification: VerificationResult
    #: What to know of the seal's key: that its certificate ends soon.
    warning: str = ""


@exclusive("report")
def report(project: Project, *, masked: bool = False) -> ReportSummary:
    """Write and seal the newest assessment; assess first where the newest does not know the last scan.

    With ``masked`` a distribution copy of the newest audit is written too, and is what the summary tells of. An audit
    that was sealed just before a kill is recorded, and is the newest one where nothing was scanned since.
    """
    refuse_unsaid(said_faults(project.store), "sealed")
    try_seal(project)
    check_pictures(project)
    lock_pictures(project)
    audit = _open_assessment(project, masked=masked)
    summary = None
    if not audit.folder:
        sealed = sealed_audit(project, audit)
        summary = _record_sealed(project, audit, sealed) if sealed else _write_audit(project, audit)
    if masked:
        return _write_copy(project, audit)
    assert summary is not None
    return summary


def _write_audit(project: Project, audit: StoredAudit) -> ReportSummary:
    mask_key = project.mask_key() if project.settings.report.mask_paths else None
    reported, header, seal = _write(project, audit, project.reports / audit.audit_id, mask_key)
    _close(project, audit, reported.content.summary(), header.draft_reasons, header.seal["sha256"])
    return _summary(audit, reported, header, seal)


def _write_copy(project: Project, audit: StoredAudit) -> ReportSummary:
    """The distribution copy of an audit that stands in ``reports``."""
    if project.settings.report.thumbnails == "clear":
        raise CallError(
            "a distribution copy is made to be handed on, and clear pictures would show who is in them",
            advice='set [report] thumbnails = "pixelated"',
        )
    own = (project.reports / audit.audit_id / MANIFEST).read_bytes()
    place = free_place(project, audit.audit_id)
    reported, header, seal = _write(project, audit, place, project.mask_key(), copy_of=hashlib.sha256(own).hexdigest())
    with project.store.transaction() as transaction:
        told: Details = {"audit": audit.audit_id, "copy": place.name}
        transaction.append_event("distribution copy written", told, at=project.clock(), actor=project.actor)
    return _summary(audit, reported, header, seal)


def _write(
    project: Project, audit: StoredAudit, folder: Path, mask_key: bytes | None, copy_of: str = ""
) -> tuple[Reported, AuditHeader, Seal]:
    """Write and seal the audit, or a copy whose names are codes, into ``folder``."""
    shown = with_pictures(project, tables(project, audit.audit_id).registering(stated_rights(project)))
    seal = open_seal(project)
    signing = project.settings.signing
    trust = () if seal.throw_away else read_trust_list(project)
    header = report_header(project, audit, seal, pades_level(timestamp_url=signing.timestamp_url, trust=trust))
    if mask_key is not None:
        keep_names(project, folder, shown, mask_key)
    plan = ReportPlan(
        header=replace(header, copy_of=copy_of, required_sign_offs=() if copy_of else header.required_sign_offs),
        tables=shown,
        events=project.store.events(),
        folder=folder,
        identity=seal.identity,
        languages=project.settings.report.languages,
        templates=report_templates(project),
        sealed_at=project.clock(),
        timestamp_url=signing.timestamp_url,
        trust=trust,
        previous=previous_numbers(project, audit),
        follow_up=follow_up_of(project, audit),
        trend=sealed_trend(project, before=audit.folder),
        delta=delta_of(project, audit, header, shown, masked=mask_key is not None),
        mask_key=mask_key,
        rotations=rotations_of(project),
        holds=holds_in_force(project),
        kept=kept_files(project),
        writers=open_report_writers(project.settings.report.writers),
    )
    reported = line.tell(plan, project.progress)
    return reported, header, seal


def _summary(audit: StoredAudit, reported: Reported, header: AuditHeader, seal: Seal) -> ReportSummary:
    return ReportSummary(
        audit_id=audit.audit_id,
        folder=reported.folder,
        numbers=reported.content.summary(),
        draft_reasons=header.draft_reasons,
        throw_away_seal=seal.throw_away,
        pades_level=header.seal["pades_level"],
        verification=reported.verification,
        warning=ends_soon(header.seal["not_after"], header.finished_at) if not seal.throw_away else "",
    )


def _record_sealed(project: Project, audit: StoredAudit, sealed: SealedAudit) -> ReportSummary:
    """What a killed ``report`` did not get to: the catalogue learns of the audit that it sealed."""
    manifest = sealed.manifest
    _close(project, audit, sealed.numbers, manifest.draft_reasons, manifest.seal_sha256)
    return ReportSummary(
        audit_id=audit.audit_id,
        folder=sealed.folder,
        numbers=sealed.numbers,
        draft_reasons=manifest.draft_reasons,
        throw_away_seal=any("throw-away" in reason for reason in manifest.draft_reasons),
        pades_level=str(json.loads(manifest.raw)["seal"].get("pades_level", "")),
        verification=sealed.verification,
    )


def _close(
    project: Project, audit: StoredAudit, numbers: dict[str, Any], draft_reasons: Sequence[str], seal_sha256: str
) -> None:
    with project.store.transaction() as transaction:
        at = project.clock()
        recorded.close_audit(transaction, audit.audit_id, audit.audit_id, at.isoformat(timespec="seconds"))
        transaction.remember(LAST_NUMBERS, json.dumps(numbers))
        details: Details = {
            "audit": audit.audit_id,
            "draft": bool(draft_reasons),
            "seal": seal_sha256,
            "pictures": project.settings.report.thumbnails,
        }
        transaction.append_event("reported", details, at=at, actor=project.actor)


def _open_assessment(project: Project, *, masked: bool) -> StoredAudit:
    """The newest assessment that is not reported yet, knows everything scanned so far, and the packs and registers.

    For a distribution copy the newest audit, where it knows everything: what stands is copied.
    """
    known = recorded.load_audits(project.store)
    if masked and known and known[-1].folder and not happened_since(project, known[-1]):
        return known[-1]
    waiting = [audit for audit in known if not audit.folder]
    if not waiting or waiting[-1].event < recorded.last_event(project.store) or files_changed(project, waiting[-1]):
        wanted = assess(project).audit_id
        waiting = [audit for audit in recorded.load_audits(project.store) if audit.audit_id == wanted]
    return waiting[-1]


#: Events that change nothing of what an audit says.
_WITHOUT_EFFECT = {
    "assessed", "reported", "distribution copy written", "face boxes forgotten", "person enrolled", "seal rotated",
    "people stated", "catalogue backed up", "handout written", "catalogue upgraded", "catalogue moved",
    "shard written",
    "review planned", "review performed", "review missed", "review sealed", "review signed off", "gate sealed",
    "sample drawn",
}  # fmt: skip


def happened_since(project: Project, audit: StoredAudit) -> bool:
    """Whether anything was recorded since an audit that another one would say."""
    later = (one.event for one in project.store.events() if one.event.sequence > audit.event)
    return any(event.kind not in _WITHOUT_EFFECT for event in later) or files_changed(project, audit)


def report_templates(project: Project) -> Path:
    """The folder of the report's templates: the organisation's own, or those of the program."""
    own = project.settings.report.templates
    if not own:
        return resource("report_templates")
    folder = project.folder / own
    if not folder.is_dir():
        raise CallError(f"the report templates {folder} do not exist", advice="mend [report] templates")
    return folder


def _detector(project: Project, engine: str) -> DetectorRecord:
    """The face engine as the scan recorded it, with what it dropped."""
    store, method = project.store, project.store.recall(PEOPLE_METHOD)
    return replace(
        DetectorRecord(**json.loads(engine)),
        dropped=dropped_candidates(store, method),
        covered=covered_pictures(store, method),
    )


def report_header(project: Project, audit: StoredAudit, seal: Seal, level: str) -> AuditHeader:
    """What an audit states beside its tables, as the settings and the catalogue have it now."""
    settings, today = project.settings, project.clock().date()
    events = project.store.events()
    packs = project_packs(project)
    engine = project.store.recall(PEOPLE_ENGINE)
    previous = [one.audit_id for one in earlier_audits(project, audit)]
    return AuditHeader(
        audit_id=audit.audit_id,
        tool=NAME,
        version=VERSION,
        organisation=settings.organisation.name or "Unnamed organisation",
        organisation_zh=settings.organisation.name_zh,
        authorised_by=settings.audit.authorised_by,
        purpose=settings.audit.purpose,
        pia_reference=settings.audit.pia_reference,
        marking=settings.audit.marking,
        roles=settings.holders(today),
        deputies=settings.deputies(today),
        leaving={one.name: one.until.isoformat() for one in settings.present(today) if one.until},
        stated=stated_certificates(project),
        started_at=datetime.fromisoformat(audit.started_at),
        finished_at=project.clock(),
        assessed_on=date.fromisoformat(audit.assessed_on),
        sources=tuple(project.source_records().values()),
        packs=tuple(pack.identity for pack in packs),
        rules=rule_texts(packs, on=date.fromisoformat(audit.assessed_on)),
        methods=audit.methods | person_searches(events) | sample_spoken(project),
        detector=_detector(project, engine) if engine else None,
        pictures=settings.report.thumbnails,
        people_scope=project.store.recall(PEOPLE_SCOPE) or "off",
        **(text_used(project.store) | scans_told(events, audit.event)),
        draft_reasons=tuple(draft_reasons(project, seal)),
        assumptions=(*project.assumptions, *unserved_classes(project, packs)),
        settings_sha256=settings.digest(),
        event_head=events[-1].digest.hex(),
        event_count=len(events),
        seal={**seal.identity.facts(), "pades_level": level},
        previous_audit=previous[-1] if previous else "",
        host=host(),
        operator=project.actor,
        not_reached=tuple(not_reached(project.store)),
        holds=tuple(hold for hold in load_holds(project.store) if hold.released_on is None),
        decided=decided_in(project.store, audit.audit_id),
        review=review_record(project, audit.audit_id),
        **judgements_told(project.store),
        open_matters=tuple((one.what, one.sources) for one in unheld_matters(project)),
        required_sign_offs=settings.report.required_sign_offs,
        next_review_on=settings.audit.next_review_on,
    )
