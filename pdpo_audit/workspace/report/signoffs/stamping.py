"""Stamp: an archive timestamp on a whole audit, again before the last one's certificate ends."""

from __future__ import annotations

from pathlib import Path

from pdpo_audit.errors import VerificationError
from pdpo_audit.signing.archive_stamps import stamp_audit
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.project import Project, find_workspace, now


def stamp(folder: Path, timestamp_url: str = "") -> Path:
    """Put an archive timestamp on the audit in ``folder``; the service is the workspace's where none is named.

    :raises VerificationError: the audit does not verify as it stands.
    :raises CallError: no time-stamping service is known.
    """
    if not verify_path(folder, now=now()).ok:
        raise VerificationError(f"{folder} does not verify: nothing was stamped", advice=f"pdpo-audit verify {folder}")
    home = find_workspace(folder)
    url = timestamp_url or (Project(home).settings.signing.timestamp_url if home else "")
    return stamp_audit(folder, timestamp_url=url)
