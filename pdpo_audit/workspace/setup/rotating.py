"""Rotate: one sealing key takes the place of another; every later audit carries the statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.model.events import Details
from pdpo_audit.signing.keys.places import KeyPlace, open_key
from pdpo_audit.signing.rotations import WARN_BEFORE, Rotation, read_rotation, rotate
from pdpo_audit.workspace.project import Project

#: Where a workspace keeps the rotations of its seal, in their order.
PLACE = "keys/rotations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What was stated, and where it is kept."""

    file: Path
    old_sha256: str
    new_sha256: str
    compromised_since: str


def rotate_seal(
    project: Project,
    *,
    new: KeyPlace,
    old: KeyPlace | None,
    old_sha256: str = "",
    reason: str,
    compromised_since: datetime | None = None,
) -> Rotated:
    """State that ``new`` takes the place of ``old``, signed by both; the settings are for whoever edits them.

    Of a compromised key only its SHA-256 is given, and since when: the new key tells it alone.

    :raises CallError: both keys are the same, or what is said of the old one does not fit.
    """
    if old is None and len(old_sha256) != 64:
        raise CallError("which key is compromised?", advice="give the SHA-256 of its certificate with --old-sha256")
    raw = rotate(
        open_key(new),
        old=open_key(old) if old else None,
        old_sha256=old_sha256.lower(),
        organisation=project.settings.organisation.name,
        reason=reason,
        rotated_at=project.clock(),
        compromised_since=compromised_since,
    )
    folder = project.folder / PLACE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{len(list(folder.glob('*.json'))) + 1:04d}.json"
        with file.open("xb") as stream:
            stream.write(raw)
    except OSError as error:
        raise MachineError(f"the statement cannot be written: {error.strerror}") from error
    stated = read_rotation(raw)
    _tell(project, stated)
    return Rotated(file=file, old_sha256=stated.old, new_sha256=stated.new, compromised_since=stated.compromised_since)


def rotations_of(project: Project) -> dict[str, bytes]:
    """The workspace's statements by their file names, for the evidence of an audit."""
    return {file.name: file.read_bytes() for file in sorted((project.folder / PLACE).glob("*.json"))}


def ends_soon(not_after: str, now: datetime) -> str:
    """What to say of a certificate that ends soon or has ended (ISO 8601); empty where neither is so."""
    ends = datetime.fromisoformat(not_after)
    if ends < now:
        return f"the certificate of this key ended on {ends:%Y-%m-%d}: what it signs now does not verify"
    if ends <= now + WARN_BEFORE:
        return f"the certificate of this key ends on {ends:%Y-%m-%d}: get the next one, then `pdpo-audit keys rotate`"
    return ""


def _tell(project: Project, stated: Rotation) -> None:
    details: Details = {
        "old": stated.old,
        "new": stated.new,
        "reason": stated.reason,
        "compromised_since": stated.compromised_since,
    }
    with project.store.transaction() as transaction:
        transaction.append_event("seal rotated", details, at=project.clock(), actor=project.actor)
