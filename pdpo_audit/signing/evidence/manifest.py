"""The manifest of an audit: every file with its digest, and the facts that its seal vouches for."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from pdpo_audit.errors import MachineError
from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.locations.printed import printed
from pdpo_audit.signing.evidence.lines import InventoryRoot

#: What the manifest calls itself, and the earlier forms that a verifier still reads; it refuses any other.
FORMAT = "pdpo-audit evidence manifest 2"
FIRST_FORMAT = "pdpo-audit evidence manifest 1"

#: In which grammar each kind of sealed file is written. Manifests of the first form name none and mean the first.
GRAMMARS = {"report": 1, "workbook": 2, "bundle": 1}

#: Where the manifest and its seal lie in an audit folder.
MANIFEST = "evidence/manifest.json"
MANIFEST_SEAL = "evidence/manifest.json.p7s"

#: Bytes of a manifest at most: 150 for each file, of which an audit has dozens, and handouts for thousands of owners.
LARGEST_MANIFEST = 16 << 20

#: Bytes read at once while digesting.
BLOCK = 1 << 20

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """One file as the manifest fixes it: path with ``/`` below the audit folder, size in bytes, SHA-256 in hex."""

    path: str
    size: int
    sha256: str

    @property
    def may_grow(self) -> bool:
        """Whether later sign-offs may append revisions: only the reports themselves."""
        return "/" not in self.path and self.path.endswith(".pdf")

    @property
    def is_workbook(self) -> bool:
        """Whether it is a sealed workbook of the audit itself."""
        return "/" not in self.path and self.path.endswith(".xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What verification needs of a manifest; ``raw`` holds its exact bytes."""

    raw: bytes
    audit_id: str
    organisation: str
    files: tuple[FileRecord, ...]
    event_count: int
    event_head: str
    required_sign_offs: tuple[str, ...]
    seal_sha256: str
    draft_reasons: tuple[str, ...] = ()
    timestamped: bool = False
    inventory: InventoryRoot | None = None
    roles: dict[str, str] = field(default_factory=dict)
    #: Who may sign in the place of whom ``roles`` names, by role; and the last day of people who leave, by name.
    deputies: dict[str, str] = field(default_factory=dict)
    leaving: dict[str, str] = field(default_factory=dict)
    #: What the organisation states of certificates (SHA-256 in hex) of people; it vouches for none of them.
    stated: dict[str, str] = field(default_factory=dict)
    #: Whether its names are codes.
    masked: bool = False
    #: The SHA-256 (hex) of the manifest of the audit that this is a copy of; empty where it is the audit itself.
    copy_of: str = ""
    #: Whether its sign-offs say what was decided; audits of the first form did not ask.
    asks_decisions: bool = True
    organisation_zh: str = ""
    assessed_on: str = ""
    sealed_at: str = ""

    @property
    def organisations(self) -> tuple[str, ...]:
        """The names of the organisation, in each language that has one."""
        return tuple(name for name in (self.organisation, self.organisation_zh) if name)

    @property
    def reports(self) -> tuple[FileRecord, ...]:
        """The reports that people sign."""
        return tuple(file for file in self.files if file.may_grow)


def compose_manifest(
    header: AuditHeader,
    files: tuple[FileRecord, ...],
    *,
    signed_at: datetime,
    events: tuple[int, str],
    seal: dict[str, str],
    timestamped: bool,
    inventory: InventoryRoot | None,
) -> bytes:
    """The manifest in RFC 8785 canonical JSON; ``events`` are the count and head of the log.

    ``timestamped`` says that its seal will carry a timestamp, which nothing else covers and which must not be lost.
    """
    content: dict[str, Json] = {
        "format": FORMAT,
        "grammars": dict(GRAMMARS),
        "sealed_at": signed_at.isoformat(),
        "timestamped": timestamped,
        "audit": _audit(header),
        "tool": {"name": header.tool, "version": header.version},
        "methods": dict(header.methods),
        "packs": [
            {"name": pack.name, "version": pack.version, "sha256": pack.sha256, "legal_review": pack.legal_review}
            for pack in header.packs
        ],
        "files": [{"path": file.path, "size": file.size, "sha256": file.sha256} for file in files],
        "reports": {
            file.path: {"sealed_size": file.size, "sealed_sha256": file.sha256} for file in files if file.may_grow
        },
        "event_log": {"count": events[0], "head": events[1]},
        "inventory": {"count": inventory.count, "root": inventory.root} if inventory else None,
        "required_sign_offs": list(header.required_sign_offs),
        "roles": {role: name for role, name in header.roles.items() if name},
        "seal": dict(seal),
        **({"deputies": dict(header.deputies)} if header.deputies else {}),
        **({"leaving": dict(header.leaving)} if header.leaving else {}),
        **({"stated_certificates": dict(header.stated)} if header.stated else {}),
    }
    return rfc8785.dumps(content)


def _audit(header: AuditHeader) -> dict[str, Json]:
    return {
        "id": header.audit_id,
        "organisation": header.organisation,
        "organisation_zh": header.organisation_zh,
        "authorised_by": header.authorised_by,
        "purpose": header.purpose,
        "started_at": header.started_at.isoformat(),
        "finished_at": header.finished_at.isoformat(),
        "assessed_on": header.assessed_on.isoformat(),
        "settings_sha256": header.settings_sha256,
        "draft_reasons": list(header.draft_reasons),
        **({"masked_copy_of": header.copy_of} if header.masked else {}),
    }


def read_manifest(raw: bytes) -> Manifest:
    """The manifest in ``raw``; ``ValueError`` unless it is complete, of this format and canonical to the byte."""
    try:
        content = json.loads(raw)
        _expect_known(content)
        if rfc8785.dumps(content) != raw:
            raise ValueError("not canonical JSON (RFC 8785)")
        return Manifest(
            raw=raw,
            audit_id=str(content["audit"]["id"]),
            organisation=str(content["audit"]["organisation"]),
            files=tuple(read_file_record(record) for record in content["files"]),
            event_count=int(content["event_log"]["count"]),
            event_head=str(content["event_log"]["head"]),
            required_sign_offs=tuple(str(role) for role in content["required_sign_offs"]),
            seal_sha256=str(content["seal"]["sha256"]),
            timestamped=content["timestamped"] is not False,
            inventory=_read_inventory(content["inventory"]),
            roles={str(role): str(name) for role, name in content.get("roles", {}).items()},
            deputies={str(role): str(name) for role, name in content.get("deputies", {}).items()},
            leaving={str(name): str(day) for name, day in content.get("leaving", {}).items()},
            organisation_zh=str(content["audit"].get("organisation_zh", "")),
            assessed_on=str(content["audit"]["assessed_on"]),
            sealed_at=str(content["sealed_at"]),
            draft_reasons=tuple(str(reason) for reason in content["audit"]["draft_reasons"]),
            masked="masked_copy_of" in content["audit"],
            copy_of=str(content["audit"].get("masked_copy_of", "")),
            stated={str(sha256): str(words) for sha256, words in content.get("stated_certificates", {}).items()},
            asks_decisions=content["format"] != FIRST_FORMAT,
        )
    except (KeyError, TypeError, AttributeError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise ValueError(f"not a manifest: {type(error).__name__}: {error}") from error


def _expect_known(content: dict[str, Json]) -> None:
    """Raise ``ValueError`` unless this program knows the form of the manifest and of every file that it lists."""
    if content["format"] not in (FORMAT, FIRST_FORMAT):
        raise ValueError(f"unknown format {content['format']!r}")
    if content["format"] == FIRST_FORMAT:
        return
    stated = content["grammars"]
    if (
        not isinstance(stated, dict)
        or stated.keys() != GRAMMARS.keys()
        or any(stated[kind] not in range(1, newest + 1) for kind, newest in GRAMMARS.items())
    ):
        raise ValueError(f"its files are written in grammars that this program does not know: {stated}")


def _read_inventory(content: dict[str, Json] | None) -> InventoryRoot | None:
    if content is None:
        return None
    count, root = content["count"], content["root"]
    if not (isinstance(count, int) and isinstance(root, str)):
        raise TypeError("the inventory's root has fields of the wrong kind")
    return InventoryRoot(count=count, root=root)


def read_file_record(record: dict[str, Json]) -> FileRecord:
    """A file as a manifest or a sign-off lists it; ``KeyError`` or ``TypeError`` when it is something else."""
    path, size, sha256 = record["path"], record["size"], record["sha256"]
    if not (isinstance(path, str) and isinstance(size, int) and isinstance(sha256, str)):
        raise TypeError("a file record has fields of the wrong kind")
    return FileRecord(path=path, size=size, sha256=sha256)


def list_files(folder: Path) -> dict[str, Path]:
    """Every entry below ``folder`` that is not a real folder, by its path with ``/``; in the order of these paths.

    Symbolic links are listed and not followed: whoever digests one must refuse it.
    """
    found: dict[str, Path] = {}
    for place, folders, names in os.walk(folder, onerror=_refuse, followlinks=False):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in [*names, *links]:
            path = Path(place) / name
            found[printed(bytes(path.relative_to(folder)))] = path
    return dict(sorted(found.items()))


def _refuse(error: OSError) -> None:
    raise MachineError(f"{error.filename} cannot be read: {error.strerror}.") from error


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 of a certificate in hex, as manifests and records name it."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def is_regular(path: Path) -> bool:
    """Whether ``path`` is a file of its own: no link, no device, no pipe."""
    return path.is_file() and not path.is_symlink()


def record_file(path: Path, named: str) -> FileRecord:
    """Size and digest of a regular file; ``MachineError`` when it is none or cannot be read."""
    if not is_regular(path):
        raise MachineError(f"{named} is no regular file.", advice="An audit folder holds files of its own only.")
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise MachineError(f"{named} cannot be read: {error.strerror}.") from error
    return FileRecord(path=named, size=size, sha256=digest.hexdigest())
