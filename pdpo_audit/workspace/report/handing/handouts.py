"""Handouts: one owner's copies as PDF and workbook, to be handed over; nothing of other owners' places is in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue.care.made_files import note_file
from pdpo_audit.errors import CallError
from pdpo_audit.reports.content.composition import Content, compose
from pdpo_audit.reports.pdf import render_pdf, wording_of
from pdpo_audit.reports.tables.owned import OwnedTables, check_owner
from pdpo_audit.reports.words.labels import ENGLISH
from pdpo_audit.reports.workbook.writing import write_workbook
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.report.picturing import check_pictures, with_pictures
from pdpo_audit.workspace.report.reporting import report_header, report_templates
from pdpo_audit.workspace.rules.assessing import tables
from pdpo_audit.workspace.rules.stated_rights import stated_rights
from pdpo_audit.workspace.setup.identities import Seal, throw_away_identity

#: Where handouts lie, a folder for each owner; ``purge`` ends them (``[catalogue] keep.handouts``).
FOLDER = "handouts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """What was written for one owner: where, how many copies, and for how many of them something is due."""

    owner: str
    folder: Path
    copies: int
    due: int
    findings: int
    audit_id: str


def hand_out(project: Project, owner: str | None = None) -> list[Handout]:
    """Write the handout of one owner, of all owners where none is named, from the newest assessment.

    :raises CallError: nothing was assessed yet, or no source names this owner.
    """
    known = recorded.load_audits(project.store)
    if not known:
        raise CallError("nothing was assessed yet", advice="pdpo-audit assess")
    check_pictures(project)
    sources = project.source_records()
    if owner is not None:
        check_owner(owner, sources)
    owners = [owner] if owner is not None else list(dict.fromkeys(record.owner for record in sources.values()))
    shown = with_pictures(project, tables(project, known[-1].audit_id).registering(stated_rights(project)))
    header = report_header(project, known[-1], Seal(identity=throw_away_identity(project)), "")
    header = replace(header, seal={})
    made = []
    for name in owners:
        part = OwnedTables(shown, name, sources)
        mine = tuple(record for record in header.sources if record.owner == name)
        content = compose(replace(header, sources=mine), part, whole=True)
        made.append(_write(project, name, content, part))
    return made


def _write(project: Project, owner: str, content: Content, part: OwnedTables) -> Handout:
    folder = project.folder / FOLDER / slug(owner)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    templates = report_templates(project)
    written = []
    for language in project.settings.report.languages:
        file = folder / f"handout.{language}.pdf"
        file.write_bytes(render_pdf(content, language=language, templates=templates, page="handout.html.j2"))
        t = ENGLISH if language == "en" else wording_of(content, templates / "audit", language)
        book = folder / ("handout.xlsx" if language == "en" else f"handout.{language}.xlsx")
        write_workbook(content, part, book, t)
        written += [file, book]
    _note(project, written)
    outcomes = {share.key: share.holdings for share in content.outcomes}
    return Handout(
        owner=owner, folder=folder, copies=content.totals.holdings, due=outcomes.get("due", 0),
        findings=content.totals.findings_for_action, audit_id=content.header.audit_id,
    )  # fmt: skip


def _note(project: Project, files: Sequence[Path]) -> None:
    today = project.clock().date()
    with project.store.transaction() as transaction:
        for file in files:
            note_file(transaction, file, "handout", today)
        told = {"files": len(files)}
        transaction.append_event("handout written", dict(told), at=project.clock(), actor=project.actor)


def slug(owner: str) -> str:
    """A folder's name for an owner, in any script; ``no-owner`` for nobody."""
    plain = unicodedata.normalize("NFKC", owner).strip()
    return re.sub(r"[^\w]+", "-", plain).strip("-").lower()[:60] or "no-owner"
