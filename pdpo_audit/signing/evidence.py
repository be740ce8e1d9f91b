"""The evidence folder of an audit: event log, manifest and its seal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from pdpo_audit.errors import MachineError
from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.events import ChainedEvent
from pdpo_audit.signing.cms import sign_detached
from pdpo_audit.signing.eventlog import write_events
from pdpo_audit.signing.keys import Identity
from pdpo_audit.signing.manifest import MANIFEST, MANIFEST_SEAL, compose_manifest, list_files, record_file
from pdpo_audit.signing.readme import README


def write_evidence(
    audit_folder: Path,
    *,
    header: AuditHeader,
    tables: Mapping[str, Path],
    events: Iterable[ChainedEvent],
    identity: Identity,
    signed_at: datetime,
    timestamp_url: str = "",
) -> Path:
    """Fix and seal everything in ``audit_folder``; gives the path of the manifest.

    Called last: reports, workbook, its detached seal and ``tables`` (name to file, below ``evidence/tables``) are
    written already, and every file in the folder becomes part of the manifest. Raises ``MachineError`` when a table is
    not there, the folder holds something that is no regular file, or the audit is sealed already.
    """
    manifest = audit_folder / MANIFEST
    if manifest.exists():
        raise MachineError(f"{manifest} exists: this audit is sealed.", advice="Write a new audit; old ones stay.")
    _expect_tables(audit_folder / "evidence" / "tables", tables)
    log = write_events(audit_folder / "evidence" / "events.jsonl", events)
    (audit_folder / "evidence" / "README.txt").write_text(README, encoding="utf-8", newline="\n")
    files = tuple(record_file(path, named) for named, path in list_files(audit_folder).items())
    raw = compose_manifest(
        header, files, signed_at=signed_at, events=log, seal=identity.facts(), timestamped=bool(timestamp_url)
    )
    seal = sign_detached(raw, identity, signed_at=signed_at, timestamp_url=timestamp_url)
    manifest.write_bytes(raw)
    (audit_folder / MANIFEST_SEAL).write_bytes(seal)
    return manifest


def _expect_tables(folder: Path, tables: Mapping[str, Path]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in tables.items():
        if not path.is_file() or path.parent.resolve() != folder.resolve():
            raise MachineError(f"The table {name} is not in {folder}.", advice="Write the tables before the evidence.")
