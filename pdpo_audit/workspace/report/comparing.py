"""What changed between two audits of this workspace, from their sealed tables: also when working data was purged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pdpo_audit.catalogue.audits import StoredAudit, load_audits
from pdpo_audit.catalogue.disposition.plans import erased_places
from pdpo_audit.catalogue.sayings.judgements import load_determinations
from pdpo_audit.errors import AuditError, CallError, VerificationError
from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.locations.roots import PARTLY
from pdpo_audit.model.reviews.deltas import AuditNamed, Delta
from pdpo_audit.model.tables import Table
from pdpo_audit.ports import TableSource
from pdpo_audit.reports.deltas.comparison import AuditTables, compare_audits
from pdpo_audit.reports.deltas.erasing import said_since
from pdpo_audit.reports.deltas.reading import csv_frames, live_frames
from pdpo_audit.signing.evidence.manifest import MANIFEST, Manifest, read_manifest, record_file
from pdpo_audit.workspace.project import Project

#: What the table of methods tells that is no method: files that people supplied, and searches.
_NO_METHODS = ("register ", "person search", "sample check")
_NUMBERS = "evidence/summary.json"
#: Stands for the newest sealed audit.
_LATEST = "latest"
_COMPARED = (Table.HOLDINGS, Table.FINDINGS, Table.DISPOSITIONS, Table.SKIPPED)


def compare(project: Project, first: str, second: str = "") -> Delta:
    """What changed from one audit (its id, a part that only it has, its day, folder, ``latest``) to another, or to the
    newest one.

    :raises CallError: there is no such audit, there are several, or its names are codes.
    :raises VerificationError: a table is not as it was sealed.
    """
    folders = sealed_folders(project)
    before = _folder(first, folders)
    now = _folder(second, folders) if second else folders[-1]
    if before == now:
        raise CallError("that is one and the same audit", advice="pdpo-audit audits lists them")
    earlier = folders[: folders.index(before)] if before in folders else []
    tables = [one for folder in earlier if (one := _earlier(folder)) is not None]
    return _compare(project, tables, sealed_tables(before), sealed_tables(now))


def delta_of(
    project: Project, audit: StoredAudit, header: AuditHeader, tables: TableSource, *, masked: bool
) -> Delta | None:
    """What changed since the audit before, for a report in the making; ``None`` for the first, and where names are
    codes on either side, which cannot be compared."""
    folders = [] if masked else sealed_folders(project)
    left_out = {audit.folder, audit.audit_id, *project.replaced}
    before = [folder for folder in folders if folder.name not in left_out]
    known = [one for folder in before if (one := _earlier(folder)) is not None]
    if not known:
        return None
    named = AuditNamed(
        audit_id=header.audit_id,
        assessed_on=header.assessed_on.isoformat(),
        methods=methods_compared(header.methods),
        packs=tuple((pack.name, pack.sha256) for pack in header.packs),
    )
    live = AuditTables(
        named=named,
        holdings=live_frames(lambda: tables.chunks(Table.HOLDINGS)),
        findings=live_frames(lambda: tables.chunks(Table.FINDINGS)),
        dispositions=live_frames(lambda: tables.chunks(Table.DISPOSITIONS)),
        skipped=live_frames(lambda: tables.chunks(Table.SKIPPED)),
        not_reached=frozenset(one.source for one in header.not_reached if not one.partly),
    )
    return _compare(project, known[:-1], known[-1], live)


def _compare(project: Project, earlier: Sequence[AuditTables], before: AuditTables, now: AuditTables) -> Delta:
    """With what people decided and did after the audits were sealed, until the day of the later one."""
    until = now.named.assessed_on
    decided = {
        finding: (decision, reason)
        for finding, (decision, _, _, on, reason) in load_determinations(project.store).items()
        if on <= until
    }
    told = [replace(one, findings=said_since(one.findings, decided)) for one in (*earlier, before)]
    erased = tuple(erased_places(project.store, until))
    return compare_audits(told[-1], now, earlier=told[:-1], erased=erased, key=_key(project))


def sealed_folders(project: Project) -> list[Path]:
    """The audits whose sealed folders lie here, oldest first."""
    named = [audit.folder for audit in load_audits(project.store) if audit.folder]
    return [project.reports / name for name in named if (project.reports / name / MANIFEST).is_file()]


def sealed_tables(folder: Path) -> AuditTables:
    """The tables of a sealed audit, each as it was sealed."""
    try:
        manifest = read_manifest((folder / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise CallError(f"{folder} is no sealed audit: {error}", advice="pdpo-audit audits lists them") from error
    if manifest.masked:
        raise CallError(f"{folder.name} is a distribution copy: its names are codes", advice="compare the audit itself")
    files = {table: folder / "evidence" / "tables" / f"{table.value}.csv" for table in _COMPARED}
    named = {f"evidence/tables/{table.value}.csv": file for table, file in files.items()}
    _expect_unchanged(manifest, {**named, _NUMBERS: folder / _NUMBERS})
    content = json.loads(manifest.raw)
    return AuditTables(
        named=AuditNamed(
            audit_id=manifest.audit_id,
            assessed_on=manifest.assessed_on,
            methods=methods_compared(content["methods"]),
            packs=tuple((str(pack["name"]), str(pack["sha256"])) for pack in content["packs"]),
        ),
        holdings=csv_frames(files[Table.HOLDINGS]),
        findings=csv_frames(files[Table.FINDINGS]),
        dispositions=csv_frames(files[Table.DISPOSITIONS]),
        skipped=csv_frames(files[Table.SKIPPED]),
        not_reached=_not_reached(folder / _NUMBERS),
    )


def methods_compared(methods: Mapping[str, str]) -> dict[str, str]:
    """The methods whose versions can change what is seen of a picture."""
    return {name: version for name, version in methods.items() if not name.startswith(_NO_METHODS)}


def _earlier(folder: Path) -> AuditTables | None:
    """An audit before the one that is compared; one that is no longer whole, or masked, tells nothing here."""
    try:
        return sealed_tables(folder)
    except AuditError:
        return None


def _not_reached(numbers: Path) -> frozenset[str]:
    """The sources of which an audit saw nothing; one that was sealed without numbers names none."""
    told = json.loads(numbers.read_bytes()).get("not_reached", ()) if numbers.is_file() else ()
    return frozenset(str(one["source"]) for one in told if one["doubt"] not in PARTLY)


def _expect_unchanged(manifest: Manifest, files: Mapping[str, Path]) -> None:
    sealed = {record.path: record for record in manifest.files}
    for named, file in files.items():
        if named in sealed and record_file(file, named) != sealed[named]:
            raise VerificationError(
                f"{file} is not as it was sealed",
                advice=f"pdpo-audit verify {file.parents[named.count('/')]} says what changed",
            )


def _folder(said: str, folders: Sequence[Path]) -> Path:
    """The audit that is meant: its id, the beginning (a day is one) or the end of it, its folder, or ``latest``."""
    known = ", ".join(folder.name for folder in folders) or "none yet"
    if said == _LATEST and folders:
        return folders[-1]
    path = Path(said)
    if (path / MANIFEST).is_file():
        return next((folder for folder in folders if folder.resolve() == path.resolve()), path)
    named = [folder for folder in folders if folder.name == said]
    found = named or [folder for folder in folders if said and folder.name.startswith(said)]
    found = found or [folder for folder in folders if said and folder.name.endswith(said)]
    if len(found) > 1:
        raise CallError(
            f"{said} can be any of {len(found)} audits",
            advice=f"say more of it: {', '.join(one.name for one in found)}",
        )
    if not found:
        raise CallError(f"there is no audit {said}", advice=f"sealed audits here: {known}; or {_LATEST}, or a folder")
    return found[0]


def _key(project: Project) -> str:
    return project.entropy(8).hex()
