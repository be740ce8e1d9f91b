"""Which audit a folder holds, whether under its own name, and whether a later one lies beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from pdpo_audit.signing.checks import Check, failed, open_question, proved
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.evidence.manifest import (
    LARGEST_MANIFEST,
    MANIFEST,
    MANIFEST_SEAL,
    Manifest,
    fingerprint,
    is_regular,
    read_manifest,
)

#: A folder name that says which audit is in it.
AUDIT_NAME = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}-[0-9a-f]{6}(?![0-9a-f])", re.IGNORECASE)

#: Folders beside an audit that are looked at; a workspace of a weekly audit has 370 after seven years.
MOST_NEIGHBOURS = 1_000


def state_standing(manifest: Manifest) -> Check:
    """Which audit the sealed manifest is of."""
    drafts = "; ".join(manifest.draft_reasons)
    standing = f"an unreviewed draft ({drafts})" if drafts else "a final report"
    if manifest.copy_of:
        copied = "a draft" if drafts else "a final report"
        standing = f"a distribution copy of {copied}, its names are codes; sign-offs are on the audit itself"
    elif manifest.masked:
        standing += ", its names are codes"
    days = f", as of {manifest.assessed_on}, sealed on {_in_words(manifest.sealed_at)}" if manifest.assessed_on else ""
    return proved(MANIFEST, f"This is the audit {manifest.audit_id} of {manifest.organisation}{days}: {standing}.")


def _in_words(moment: str) -> str:
    try:
        return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return moment


def check_place(folder: Path, manifest: Manifest, signer: x509.Certificate, trust: Trust) -> list[Check]:
    """Whether the folder bears the name of another audit, and whether a later audit lies beside it."""
    place = Path(os.path.abspath(folder))  # noqa: PTH100  a link is called by its own name
    checks: list[Check] = []
    named = AUDIT_NAME.search(place.name)
    if named is not None and named[0].lower() != manifest.audit_id:
        wrong = f"The folder is named after this audit, and holds another one: {manifest.audit_id}."
        checks.append(failed(place.name, wrong))
    later = [one for one in _neighbours(place, manifest, trust) if _is_later(one[0], manifest)]
    if later:
        newest, theirs = max(later, key=lambda one: _moment(one[0]))
        key = "the same key" if fingerprint(theirs) == fingerprint(signer) else "another key"
        said = f"the audit {newest.audit_id} of the same organisation lies beside it, sealed later with {key}"
        checks.append(open_question(MANIFEST, f"Whether this audit still stands: {said}."))
    return checks


def _neighbours(place: Path, manifest: Manifest, trust: Trust) -> Iterator[tuple[Manifest, x509.Certificate]]:
    """The other audits of the same organisation in the folder above, as far as their seals hold."""
    try:
        beside = sorted(one for one in place.parent.iterdir() if one.is_dir() and one.name != place.name)[
            :MOST_NEIGHBOURS
        ]
    except OSError:
        return
    for folder in beside:
        found = _open(folder, manifest, trust)
        if found is not None:
            yield found


def _open(folder: Path, manifest: Manifest, trust: Trust) -> tuple[Manifest, x509.Certificate] | None:
    raw, seal = folder / MANIFEST, folder / MANIFEST_SEAL
    try:
        if not (is_regular(raw) and is_regular(seal)) or raw.stat().st_size > LARGEST_MANIFEST:
            return None
        other = read_manifest(raw.read_bytes())
        if other.organisation != manifest.organisation or other.audit_id == manifest.audit_id:
            return None
        signer = check_detached("", other.raw, seal.read_bytes(), trust.alone()).signer
    except (OSError, ValueError):
        return None
    return (other, signer) if signer is not None and fingerprint(signer) == other.seal_sha256 else None


def _is_later(other: Manifest, manifest: Manifest) -> bool:
    return _moment(other) > _moment(manifest)


def _moment(manifest: Manifest) -> float:
    try:
        return datetime.fromisoformat(manifest.sealed_at).timestamp()
    except ValueError:
        return 0.0
