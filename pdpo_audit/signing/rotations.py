"""The life of the organisation's seal: one key takes the place of another by a statement that the old one signs.

Where the old key is compromised its word is worth nothing: then the new key alone tells it, and a verifier who knows
the new key believes seals of the old one only where a trusted timestamp shows that they are older.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import rfc8785

from pdpo_audit.errors import CallError
from pdpo_audit.signing.certificates.judgement import judge_compromise
from pdpo_audit.signing.checks import Check, open_question
from pdpo_audit.signing.cms.checks import Reading
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.keys.identities import Identity
from pdpo_audit.signing.signoffs.enrolments import fingerprint, key_of, signer_of

FORMAT = "pdpo-audit key rotation 1"

#: Where an audit carries the rotations of its organisation's seal.
ROTATIONS = "evidence/keys"

#: A certificate that ends within this time is warned of: issuing a new one takes weeks.
WARN_BEFORE = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Which certificate (SHA-256 in hex) took the place of which, when and why; ``compromised_since`` may be empty.

    ``by_old`` is the old key's signature over the statement (none when it is compromised), ``by_new`` the new key's.
    """

    statement: str
    old: str
    new: str
    rotated_at: str
    reason: str
    compromised_since: str
    by_old: bytes
    by_new: bytes


def rotate(
    new: Identity,
    *,
    old: Identity | None,
    old_sha256: str,
    organisation: str,
    reason: str,
    rotated_at: datetime,
    compromised_since: datetime | None = None,
) -> bytes:
    """The rotation as a file (canonical JSON). Without ``old`` that key is compromised, since ``compromised_since``.

    Raises ``CallError`` when both keys are the same, or what is said of the old one does not fit.
    """
    if old is not None and key_of(old.certificate) == key_of(new.certificate):
        raise CallError("The new key is the old one.", advice="Make a new one with `pdpo-audit keys create`.")
    if (old is None) != (compromised_since is not None):
        raise CallError("A planned rotation is signed by the old key; a compromised key signs nothing.")
    statement = rfc8785.dumps(
        {
            "format": FORMAT,
            "organisation": organisation,
            "old_sha256": fingerprint(old.certificate) if old else old_sha256,
            "new_sha256": fingerprint(new.certificate),
            "rotated_at": rotated_at.isoformat(),
            "reason": reason,
            "compromised_since": compromised_since.astimezone(UTC).isoformat() if compromised_since else "",
        }
    )
    signatures = {
        name: base64.b64encode(sign_detached(statement, key, signed_at=rotated_at, timestamp_url="")).decode()
        if key
        else ""
        for name, key in (("by_old", old), ("by_new", new))
    }
    return rfc8785.dumps({"statement": statement.decode(), **signatures})


def read_rotation(raw: bytes) -> Rotation:
    """The rotation in a file; ``ValueError`` when it is none. Proves nothing."""
    try:
        content = json.loads(raw)
        statement = json.loads(content["statement"])
        if statement["format"] != FORMAT or rfc8785.dumps(statement).decode() != content["statement"]:
            raise ValueError("not written as this program writes one")
        return Rotation(
            statement=content["statement"],
            old=str(statement["old_sha256"]),
            new=str(statement["new_sha256"]),
            rotated_at=str(statement["rotated_at"]),
            reason=str(statement["reason"]),
            compromised_since=str(statement["compromised_since"]),
            by_old=base64.b64decode(content["by_old"], validate=True),
            by_new=base64.b64decode(content["by_new"], validate=True),
        )
    except (KeyError, TypeError, AttributeError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise ValueError(f"no key rotation: {type(error).__name__}: {error}") from error


def follow_rotations(rotations: Sequence[Rotation], trust: Trust) -> tuple[Trust, dict[str, datetime]]:
    """``trust`` with the keys that took the place of one that the verifier knows, by that one's own word.

    With it come the keys that a known new key calls compromised, and since when.
    """
    vouched = dict(trust.vouched)
    compromised: dict[str, datetime] = {}
    for one in sorted(rotations, key=lambda rotation: rotation.rotated_at):
        if not _signed_by(one.statement, one.by_new, one.new, trust):
            continue
        if one.compromised_since:
            if one.new in vouched:
                compromised[one.old] = datetime.fromisoformat(one.compromised_since)
        elif one.old in vouched and _signed_by(one.statement, one.by_old, one.old, trust):
            vouched.setdefault(one.new, f"it took the place of {one.old} on {one.rotated_at[:10]}, by that key's word")
    return replace(trust, vouched=vouched), compromised


def told_of_keys(trust: Trust) -> Trust:
    """``trust`` with what the verifier was told of keys, to judge a file by itself: it carries no rotations."""
    known, compromised = follow_rotations([one for one in map(_read_told, trust.statements) if one is not None], trust)
    return replace(known, compromised=compromised)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """What is known of the lives of keys: the trust that follows from it, and who is told to be compromised.

    ``seals`` has every key that a rotation names, whoever knows it: those are an organisation's, and no person's.
    """

    trust: Trust
    compromised: Mapping[str, datetime]
    existed_at: datetime | None
    now: datetime
    seals: frozenset[str] = frozenset()

    def check(self, subject: str, sealed: Reading) -> list[Check]:
        """What the life of the key that sealed says of its seal."""
        if sealed.signer is None:
            return []
        at = (sealed.stamped_at or self.existed_at) if self.trust.roots else None
        return [
            *judge_compromise(subject, fingerprint(sealed.signer), at, self.compromised),
            *warn_of_end(subject, sealed.signer.not_valid_after_utc, self.now),
        ]


def judge_lives(present: Mapping[str, Path], trust: Trust, existed_at: datetime | None) -> Lives:
    """The rotations that an audit carries and that the verifier was told.

    Where an archive timestamp proves that all of the audit existed at a time, its certificates are judged at that time.
    """
    carried = [path for named, path in sorted(present.items()) if named.startswith(f"{ROTATIONS}/")]
    told = [one for one in map(_read_told, trust.statements) if one is not None]
    rotations = [*read_rotations(carried), *told]
    known, compromised = follow_rotations(rotations, trust)
    judged = replace(known, now=existed_at) if existed_at else known
    seals = frozenset(sha256 for one in rotations for sha256 in (one.old, one.new))
    return Lives(trust=judged, compromised=compromised, existed_at=existed_at, now=trust.now, seals=seals)


def _read_told(raw: bytes) -> Rotation | None:
    try:
        return read_rotation(raw)
    except ValueError:
        return None


def warn_of_end(subject: str, not_after: datetime, now: datetime) -> list[Check]:
    """A certificate that ends soon, said in time."""
    if not now <= not_after <= now + WARN_BEFORE:
        return []
    return [open_question(subject, f"Whether it will count after {not_after:%Y-%m-%d}: its certificate ends then.")]


def read_rotations(files: Sequence[Path]) -> list[Rotation]:
    """The rotations among ``files``; what is none is left to whoever checks the folder."""
    found = []
    for file in files:
        try:
            found.append(read_rotation(file.read_bytes()))
        except (OSError, ValueError):
            continue
    return found


def _signed_by(statement: str, signature: bytes, sha256: str, trust: Trust) -> bool:
    signer = signer_of(statement.encode(), signature, trust)
    return signer is not None and fingerprint(signer) == sha256
