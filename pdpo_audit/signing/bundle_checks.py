"""Checks the bundle: its list, the signature over it, and every file in it."""

from __future__ import annotations

import base64
import hashlib
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from pdpo_audit.signing.answers import lend
from pdpo_audit.signing.bundle import LIST, MIMETYPE, OWN_MEMBERS, SIGNATURE, write_list
from pdpo_audit.signing.checks import Check, failed
from pdpo_audit.signing.cms_checks import Reading, check_detached
from pdpo_audit.signing.manifest import MANIFEST, MANIFEST_SEAL, FileRecord, Manifest
from pdpo_audit.signing.package import expect_no_gaps, expect_usual_headers
from pdpo_audit.signing.trust import Trust
from pdpo_audit.signing.unpacking import unpack

#: The reports in a bundle.
REPORT = re.compile(r"report\.[^/]+\.pdf\Z")
#: Bytes that a bundle may unpack to.
LARGEST_BUNDLE = 32 << 30


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
    """What ``check`` says of the folder that a (checked) bundle unpacks to."""
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name not in OWN_MEMBERS:
                archive.extract(name, scratch)
        return check(Path(scratch))


def _read(subject: str, archive: zipfile.ZipFile, size: int, trust: Trust) -> tuple[Reading, dict[str, FileRecord]]:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    expect_no_gaps(archive, size)
    expect_usual_headers(archive)
    if len(set(names)) != len(names) or not all(map(_is_plain, names)):
        raise ValueError("a name in it is used twice or leads elsewhere")
    if names[0] != "mimetype" or archive.read("mimetype") != MIMETYPE:
        raise ValueError("it does not say that it is one")
    if sum(info.file_size for info in infos) > LARGEST_BUNDLE:
        raise ValueError("it unpacks to more than an audit can hold")
    held = {name: _record(archive, name) for name in names if name not in OWN_MEMBERS}
    digests = {name: base64.b64encode(bytes.fromhex(one.sha256)).decode() for name, one in held.items()}
    listed, signature = (b"".join(unpack(archive, archive.getinfo(name))) for name in (LIST, SIGNATURE))
    if write_list(digests) != listed:
        return Reading(checks=(failed(subject, "A file in the bundle is not as its list says, or not listed."),)), {}
    lending = lend(trust, (archive.read(name) for name in names if REPORT.match(name)))
    return check_detached(subject, listed, signature, lending), held


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name and name[-1] != "/"


def _record(archive: zipfile.ZipFile, name: str) -> FileRecord:
    digest, size = hashlib.sha256(), 0
    for block in unpack(archive, archive.getinfo(name)):
        digest.update(block)
        size += len(block)
    return FileRecord(path=name, size=size, sha256=digest.hexdigest())
