"""Checks the bundle: its list, the signature over it, and every file in it."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from pdpo_audit.signing.bounds import LARGEST_READ
from pdpo_audit.signing.checks import Check, failed
from pdpo_audit.signing.cms.checks import Reading, check_detached
from pdpo_audit.signing.cms.revocation import lend
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.evidence.bundle import LIST, MIMETYPE, OWN_MEMBERS, SIGNATURE, write_list
from pdpo_audit.signing.evidence.manifest import (
    LARGEST_MANIFEST,
    MANIFEST,
    MANIFEST_SEAL,
    FileRecord,
    Manifest,
    fingerprint,
    read_manifest,
)
from pdpo_audit.signing.workbook.package import expect_no_gaps, expect_usual_headers
from pdpo_audit.signing.workbook.unpacking import expect_dense, unpack

#: The reports in a bundle.
REPORT = re.compile(r"report\.[^/]+\.pdf\Z")
#: Bytes that a bundle may unpack to.
LARGEST_BUNDLE = 32 << 30
#: The files whose content is checked, and not only their digest.
LOOKED_INTO = re.compile(r"[^/]+\.(?:pdf|xlsx|p7s)\Z|evidence/(?:manifest\.json|manifest\.json\.p7s|[a-z]+\.jsonl)\Z")
#: Members that no manifest lists: it came before them.
KNOWN_MEMBERS = {*OWN_MEMBERS, MANIFEST, MANIFEST_SEAL}


def check_bundle(subject: str, path: Path, trust: Trust) -> tuple[Reading, dict[str, FileRecord]]:
    """The signature of a bundle, and size and digest of each file in it (none when it cannot be trusted)."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(subject, archive, path.stat().st_size, trust)
    except Exception as error:  # noqa: BLE001  hostile bytes: whatever a parser throws is a failed check
        broken = failed(subject, f"The bundle cannot be read ({type(error).__name__}: {error}).")
        return Reading(checks=(broken,)), {}


def compare_bundle(subject: str, held: dict[str, FileRecord], manifest: Manifest, seal: bytes) -> list[Check]:
    """Whether the bundle holds exactly the files of the sealed manifest, the manifest itself and its seal."""
    expected = {record.path: record for record in manifest.files}
    for named, content in ((MANIFEST, manifest.raw), (MANIFEST_SEAL, seal)):
        digest = hashlib.sha256(content).hexdigest()
        expected[named] = FileRecord(path=named, size=len(content), sha256=digest)
    return [
        failed(f"{subject}, {named}", "The bundle does not hold this file as the manifest lists it.")
        for named in sorted(expected.keys() | held.keys())
        if expected.get(named) != held.get(named)
    ]


def check_unpacked(path: Path, check: Callable[[Path], list[Check]]) -> list[Check]:
    """What ``check`` says of the folder that a (checked) bundle unpacks to: the files in it that are looked into.

    The others, tables above all, are known by size and digest already and stay packed.
    """
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if LOOKED_INTO.match(name)]
        if sum(archive.getinfo(name).file_size for name in names) > shutil.disk_usage(scratch).free // 2:
            return [failed(path.name, "Its files do not fit on this machine's disk: set TMPDIR to a larger one.")]
        for name in names:
            archive.extract(name, scratch)
        return check(Path(scratch))


def _read(subject: str, archive: zipfile.ZipFile, size: int, trust: Trust) -> tuple[Reading, dict[str, FileRecord]]:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    expect_no_gaps(archive, size)
    expect_usual_headers(archive)
    if len(set(names)) != len(names) or not all(map(_is_plain, names)):
        raise ValueError("a name in it is used twice or leads elsewhere")
    if names[0] != "mimetype" or _read_small(archive, "mimetype") != MIMETYPE:
        raise ValueError("it does not say that it is one")
    manifest = _read_sealed_manifest(archive, trust)
    _expect_bounds(archive, manifest)
    if names != ["mimetype", *sorted(set(names) - OWN_MEMBERS), LIST, SIGNATURE]:
        raise ValueError("its files stand in another order than this program writes")
    held = {name: _record(archive, name) for name in names if name not in OWN_MEMBERS}
    digests = {name: base64.b64encode(bytes.fromhex(one.sha256)).decode() for name, one in held.items()}
    listed, signature = _read_small(archive, LIST), _read_small(archive, SIGNATURE)
    if write_list(digests) != listed:
        return Reading(checks=(failed(subject, "A file in the bundle is not as its list says, or not listed."),)), {}
    lending = lend(trust, (archive.read(name) for name in names if REPORT.match(name)))
    return check_detached(subject, listed, signature, lending.for_seal(*manifest.organisations)), held


def _read_sealed_manifest(archive: zipfile.ZipFile, trust: Trust) -> Manifest:
    """The manifest, which says what else there is to unpack; ``ValueError`` unless its own seal holds."""
    manifest = read_manifest(_read_small(archive, MANIFEST))
    signer = check_detached("", manifest.raw, _read_small(archive, MANIFEST_SEAL), trust.alone()).signer
    if signer is None or fingerprint(signer) != manifest.seal_sha256:
        raise ValueError("the manifest in it is not sealed with the key that it names")
    return manifest


def _read_small(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.file_size > LARGEST_MANIFEST:
        raise ValueError(f"{name} is larger than any")
    return b"".join(unpack(archive, info))


def _expect_bounds(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Raise ``ValueError`` before anything else is unpacked that is not as long as the manifest says, or blown up."""
    sizes = {record.path: record.size for record in manifest.files}
    for info in archive.infolist():
        if info.filename in sizes and info.file_size != sizes[info.filename]:
            raise ValueError(f"{info.filename} is not as long as the manifest says")
        if info.filename.endswith((".pdf", ".xlsx")) and info.file_size > LARGEST_READ:
            raise ValueError(f"{info.filename} is longer than any")
        if info.filename not in sizes and info.filename not in KNOWN_MEMBERS:
            raise ValueError(f"{info.filename} is not in the manifest")
    expect_dense(archive)
    if sum(info.file_size for info in archive.infolist()) > LARGEST_BUNDLE:
        raise ValueError("it unpacks to more than an audit can hold")


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name and name[-1] != "/"


def _record(archive: zipfile.ZipFile, name: str) -> FileRecord:
    digest, size = hashlib.sha256(), 0
    for block in unpack(archive, archive.getinfo(name)):
        digest.update(block)
        size += len(block)
    return FileRecord(path=name, size=size, sha256=digest.hexdigest())
