"""Checks inventories around a migration: the seal of each record, and the digests of its tables."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import rfc8785

from pdpo_audit.signing.bounds import read_within
from pdpo_audit.signing.checks import Check, failed, proved
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.evidence.manifest import LARGEST_MANIFEST, fingerprint, is_regular

#: The files of a gate's record, and the folders of checks inside a gate.
GATE, GATE_SEAL, CHECKED = "gate.json", "gate.json.p7s", "checked-"


def is_gate(folder: Path) -> bool:
    """Whether a folder is an inventory that was sealed before a move, or a check after it."""
    return is_regular(folder / GATE)


def check_gate(folder: Path, trust: Trust) -> list[Check]:
    """The record by its seal, its tables by their digests, and every check that lies inside."""
    named = folder.name
    try:
        raw, seal = (read_within(folder / name, LARGEST_MANIFEST) for name in (GATE, GATE_SEAL))
        record = json.loads(raw)
        tables, organisation = dict(record["files_sha256"]), str(record["organisation"])
        if rfc8785.dumps(record) != raw:
            raise ValueError("not canonical JSON (RFC 8785)")
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [failed(named, f"This record cannot be read ({error}).")]
    trust = trust.for_seal(organisation) if organisation else trust
    sealed = check_detached(f"{named}/{GATE}", raw, seal, trust, seal=f"{named}/{GATE_SEAL}")
    checks = list(sealed.checks)
    if sealed.signer is not None and fingerprint(sealed.signer) != record.get("seal_sha256"):
        checks.append(failed(named, "The record names another certificate than the one that sealed it."))
    for file, digest in tables.items():
        checks.append(_check_table(folder / Path(str(file)).name, f"{named}/{file}", str(digest)))
    known = {GATE, GATE_SEAL, *tables}
    for one in sorted(folder.iterdir()):
        if one.name.startswith(CHECKED) and one.is_dir() and not one.is_symlink():
            checks += check_gate(one, trust)
        elif one.name not in known:
            checks.append(failed(f"{named}/{one.name}", "This file is not part of the inventory."))
    return checks


def _check_table(file: Path, named: str, digest: str) -> Check:
    try:
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return failed(named, f"It cannot be read ({error.strerror}).")
    return proved(named, "It is as it was sealed.") if found == digest else failed(named, "It was changed.")
