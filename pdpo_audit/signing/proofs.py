"""The proof of one holding: its line, the way from it to the sealed root, and the sealed manifest itself.

It shows one holding to somebody whom it concerns, and nothing of the others.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import rfc8785

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.signing.checks import Check, VerificationResult, failed, open_question, proved
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust, read_trust
from pdpo_audit.signing.evidence.lines import INVENTORY, find_line, read_leaves
from pdpo_audit.signing.evidence.manifest import MANIFEST, MANIFEST_SEAL, fingerprint, read_manifest
from pdpo_audit.signing.evidence.merkle import inclusion_proof, leaf_hash, root_from_proof
from pdpo_audit.signing.folders.standing import state_standing

FORMAT = "pdpo-audit proof 1"


def prove_holding(audit_folder: Path, *, source: str, path: str) -> bytes:
    """The proof (canonical JSON) that the audit recorded this holding as its line says.

    Raises ``CallError`` when the inventory does not have it, ``MachineError`` when the evidence cannot be read.
    """
    inventory = audit_folder / INVENTORY
    try:
        index, line = find_line(inventory, source, path)
        leaves = list(read_leaves(inventory))
        manifest, seal = (audit_folder / MANIFEST).read_bytes(), (audit_folder / MANIFEST_SEAL).read_bytes()
    except KeyError as error:
        raise CallError(
            f"This audit has no holding {path!r} in the source {source!r}.",
            advice="Look it up in evidence/tables/holdings.csv.",
        ) from error
    except (OSError, ValueError) as error:
        raise MachineError(f"The evidence cannot be read: {error}.", advice="Verify the audit folder.") from error
    content: dict[str, str | int | list[str]] = {
        "format": FORMAT,
        "line": line.decode(),
        "index": index,
        "size": len(leaves),
        "path": [step.hex() for step in inclusion_proof(leaves, index)],
        "manifest": manifest.decode(),
        "manifest_seal": base64.b64encode(seal).decode(),
    }
    return rfc8785.dumps(content)


def verify_proof(proof: bytes, *, trust: Sequence[bytes] = (), now: datetime) -> VerificationResult:
    """What a proof proves; hostile input yields failed checks, never an exception."""
    return VerificationResult(path="proof", checks=tuple(check_proof("proof", proof, read_trust(trust, now))))


def check_proof(subject: str, proof: bytes, trust: Trust) -> list[Check]:
    """The checks of a proof: the seal of the manifest in it, and the way from the line to the sealed root."""
    try:
        return _check(subject, proof, trust)
    except Exception as error:  # noqa: BLE001  hostile bytes: whatever a parser throws is a failed check
        return [failed(subject, f"The proof cannot be read ({type(error).__name__}: {error}).")]


def _check(subject: str, proof: bytes, trust: Trust) -> list[Check]:
    content = json.loads(proof)
    if content["format"] != FORMAT or rfc8785.dumps(content) != proof:
        return [failed(subject, "This is no proof as this program writes one.")]
    raw, seal = content["manifest"].encode(), base64.b64decode(content["manifest_seal"], validate=True)
    manifest = read_manifest(raw)
    sealed = check_detached(f"{subject}, manifest", raw, seal, trust.for_seal(*manifest.organisations))
    if sealed.signer is None:
        return list(sealed.checks)
    if fingerprint(sealed.signer) != manifest.seal_sha256:
        return [
            *sealed.checks,
            failed(subject, "The manifest in it names another certificate than the one that sealed it."),
        ]
    line = content["line"]
    steps = [bytes.fromhex(step) for step in content["path"]]
    root = root_from_proof(leaf_hash(line.encode()), content["index"], content["size"], steps)
    if manifest.inventory is None or (content["size"], root.hex()) != (
        manifest.inventory.count,
        manifest.inventory.root,
    ):
        return [*sealed.checks, failed(subject, "The line does not lead to the sealed inventory.")]
    holding = json.loads(line)
    which = f"{holding['path']!r} in {holding['source']!r}"
    said = f"The audit {manifest.audit_id} of {manifest.organisation} recorded {which}"
    return [
        state_standing(manifest),
        *sealed.checks,
        proved(subject, f"{said} as its line states, one of {manifest.inventory.count} holdings."),
        open_question(subject, "What the other holdings are: a proof shows one."),
    ]
