"""The evidence folder of an audit: event log, manifest and its seal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from pdpo_audit.errors import MachineError
from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.events import ChainedEvent
from pdpo_audit.model.tables import Table
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.evidence.bundle import BUNDLE, write_bundle
from pdpo_audit.signing.evidence.eventlog import write_events
from pdpo_audit.signing.evidence.lines import INVENTORY, InventoryRoot, salt_secret, write_inventory
from pdpo_audit.signing.evidence.manifest import MANIFEST, MANIFEST_SEAL, compose_manifest, list_files, record_file
from pdpo_audit.signing.evidence.readme import README
from pdpo_audit.signing.keys.identities import Identity


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
    evidence = audit_folder / "evidence"
    _expect_tables(evidence / "tables", tables)
    log = write_events(evidence / "events.jsonl", events)
    inventory = _write_inventory(audit_folder, header, tables, identity)
    (evidence / "README.txt").write_text(README, encoding="utf-8", newline="\n")
    present = list_files(audit_folder)
    raw = compose_manifest(
        header,
        tuple(record_file(path, named) for named, path in present.items()),
        signed_at=signed_at,
        events=log,
        seal=identity.facts(),
        timestamped=bool(timestamp_url),
        inventory=inventory,
    )
    seal = sign_detached(raw, identity, signed_at=signed_at, timestamp_url=timestamp_url)
    manifest.write_bytes(raw)
    (audit_folder / MANIFEST_SEAL).write_bytes(seal)
    held = {**present, MANIFEST: manifest, MANIFEST_SEAL: audit_folder / MANIFEST_SEAL}
    write_bundle(audit_folder / BUNDLE, held, identity, signed_at=signed_at, timestamp_url=timestamp_url)
    return manifest


def _write_inventory(
    audit_folder: Path, header: AuditHeader, tables: Mapping[str, Path], identity: Identity
) -> InventoryRoot | None:
    """The inventory of the holdings, where the audit has that table."""
    if Table.HOLDINGS not in tables:
        return None
    secret = salt_secret(identity, header.audit_id)
    return write_inventory(tables[Table.HOLDINGS], audit_folder / INVENTORY, secret)


def _expect_tables(folder: Path, tables: Mapping[str, Path]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in tables.items():
        if not path.is_file() or path.parent.resolve() != folder.resolve():
            raise MachineError(f"The table {name} is not in {folder}.", advice="Write the tables before the evidence.")
