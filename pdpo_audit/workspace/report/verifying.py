"""Verify: what a report, a workbook or an audit folder proves by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pdpo_audit.signing.keys.places import read_certificates
from pdpo_audit.signing.verification import Verdict, VerificationResult, verify_path
from pdpo_audit.workspace.project import now

__all__ = ["Verdict", "VerificationResult", "verify"]


def verify(
    path: Path,
    trust: Sequence[Path] = (),
    *,
    signers: Sequence[str] = (),
    anchors: Sequence[str] = (),
    statements: Sequence[Path] = (),
    online: bool = False,
    all_required: bool = False,
) -> VerificationResult:
    """Check seals, signatures, manifest and log; ``trust`` names files of certificates that the caller vouches for.

    ``signers`` are SHA-256 fingerprints of certificates that the caller knows to be right, ``anchors`` digests of
    events that the caller kept, ``statements`` files of key rotations. ``online`` asks the certificates' authorities
    about revocation; ``all_required`` fails where a required sign-off is missing instead of naming it as open.

    :raises CallError: a certificate cannot be read, or a fingerprint is none.
    """
    return verify_path(
        path,
        trust=read_certificates(trust),
        signers=signers,
        anchors=anchors,
        statements=read_certificates(statements),
        now=now(),
        online=online,
        all_required=all_required,
    )
