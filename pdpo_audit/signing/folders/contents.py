"""What lies in an audit folder, against what its sealed manifest lists."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.model.locations.printed import printed
from pdpo_audit.signing.bounds import LARGEST_READ
from pdpo_audit.signing.checks import Check, failed, open_question
from pdpo_audit.signing.evidence.bundle import BUNDLE
from pdpo_audit.signing.evidence.manifest import (
    LARGEST_MANIFEST,
    MANIFEST,
    MANIFEST_SEAL,
    Manifest,
    is_regular,
    list_files,
)
from pdpo_audit.signing.signoffs.records import SIGN_OFFS

EVIDENCE = "evidence"

#: Files that are read as a whole.
LOOKED_INTO = (".pdf", ".xlsx")

#: Bytes that sign-offs add to a report at most: lists of revoked certificates may have some million each.
LARGEST_GROWTH = 256 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFolder:
    """An audit folder, or its evidence folder alone; ``entries`` has every file by its path in the audit."""

    folder: Path
    entries: Mapping[str, Path]
    whole: bool = True

    @property
    def present(self) -> dict[str, Path]:
        """The files of its own: no links, devices or pipes."""
        return {named: path for named, path in self.entries.items() if is_regular(path)}


def open_folder(folder: Path) -> AuditFolder:
    """The audit in ``folder``; where that is an evidence folder whose audit is not above it, the evidence alone."""
    if is_regular(folder / MANIFEST) or not is_regular(folder / Path(MANIFEST).name):
        return AuditFolder(folder=folder, entries=list_files(folder))
    above = folder.resolve().parent
    if folder.resolve().name == EVIDENCE and (above / BUNDLE).exists():
        return AuditFolder(folder=above, entries=list_files(above))
    inside = {f"{EVIDENCE}/{named}": path for named, path in list_files(folder).items()}
    return AuditFolder(folder=folder, entries=inside, whole=False)


def check_presence(
    audit: AuditFolder, manifest: Manifest, *, elsewhere: Collection[str], may_be_added: frozenset[str]
) -> list[Check]:
    """What is missing, what was added, and what is no file.

    ``elsewhere`` names files that are known without lying here, ``may_be_added`` records of later sign-offs.
    """
    listed = {record.path for record in manifest.files}
    present = audit.present
    checks = [failed(named, "This is no regular file.") for named in audit.entries if named not in present]
    missing = sorted(listed - set(present) - set(elsewhere))
    if not audit.whole:
        away = [path for path in missing if not path.startswith(f"{EVIDENCE}/")]
        missing = [path for path in missing if path not in away]
        checks += [
            open_question(path, "Whether it is as it was sealed: the evidence folder is checked by itself.")
            for path in away
        ]
    checks += [failed(path, "This file of the audit is missing.") for path in missing]
    allowed = listed | {MANIFEST, MANIFEST_SEAL, BUNDLE} | may_be_added
    checks += [failed(path, "This file is not part of the audit.") for path in sorted(set(present) - allowed)]
    return checks + _stray_folders(audit)


def check_sizes(audit: AuditFolder, manifest: Manifest) -> list[Check]:
    """What is longer than it can be: such a file is not read at all, for it would take the machine's memory."""
    listed = {record.path: record for record in manifest.files}
    checks = []
    for named, path in audit.present.items():
        record = listed.get(named)
        most = LARGEST_MANIFEST if record is None else record.size + (LARGEST_GROWTH if record.may_grow else 0)
        if named.endswith(LOOKED_INTO):
            most = min(most, LARGEST_READ)
        if path.stat().st_size > most and named != BUNDLE:
            checks.append(failed(named, f"This file is longer than it can be ({most:,} bytes), and was not read."))
    return checks


def _stray_folders(audit: AuditFolder) -> list[Check]:
    """Folders with nothing in them: no file of theirs would be named."""
    used = {parent for path in audit.entries.values() for parent in path.parents}
    return [
        failed(printed(bytes(place.relative_to(audit.folder))), "This folder is not part of the audit.")
        for name, folders, _ in os.walk(audit.folder, followlinks=False)
        for place in (Path(name) / one for one in sorted(folders))
        if place not in used and not place.is_symlink() and place != audit.folder / SIGN_OFFS
    ]
