"""Archive timestamps: a whole audit, sign-offs and earlier timestamps included, existed at a time.

Certificates end after a year or three, reports are kept for seven. Stamped again before the last timestamp's own
certificate ends, the audit stays provable: each timestamp is judged at the time of the next one, the last one now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import rfc8785
from asn1crypto import cms
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.signing.checks import Check, failed, open_question, proved
from pdpo_audit.signing.cms.timestamps import stamping_with
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.cms.waiting import wait_for
from pdpo_audit.signing.evidence.manifest import (
    MANIFEST,
    MANIFEST_SEAL,
    FileRecord,
    Json,
    Manifest,
    is_regular,
    list_files,
    read_file_record,
    read_manifest,
    record_file,
)
from pdpo_audit.signing.signoffs import pending
from pdpo_audit.signing.signoffs.records import RECORD

FORMAT = "pdpo-audit archive timestamp 1"

#: Where they lie in an audit folder: ``0001.json`` lists the files, ``0001.tst`` is the RFC 3161 token over the list.
STAMPS = "evidence/timestamps"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveStamp:
    """The list of one archive timestamp."""

    number: int
    audit_id: str
    files: tuple[FileRecord, ...]

    @property
    def path(self) -> str:
        """Where the list lies in the audit folder."""
        return f"{STAMPS}/{self.number:04d}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveReading:
    """The checks, and the time at which everything that was signed so far is proved to have existed, where one is."""

    checks: tuple[Check, ...]
    existed_at: datetime | None = None


def stamp_audit(audit_folder: Path, *, timestamp_url: str) -> Path:
    """Put an archive timestamp on everything in the audit folder; gives the path of its list.

    Check the folder before. Raises ``CallError`` without a timestamp service, ``MachineError`` when it does not answer
    or the folder is no sealed audit or cannot be written.
    """
    service = stamping_with(timestamp_url)
    if service is None:
        raise CallError(
            "An archive timestamp needs a time-stamping service.",
            advice="Set signing.timestamp_url, or --timestamp-url.",
        )
    with pending.locked(audit_folder):
        try:
            pending.settle(audit_folder)
            manifest = read_manifest((audit_folder / MANIFEST).read_bytes())
            entries = list_files(audit_folder)
            number = sum(1 for named in entries if named.startswith(f"{STAMPS}/") and named.endswith(".json")) + 1
            files = tuple(record_file(path, named) for named, path in entries.items())
            stamp = ArchiveStamp(number=number, audit_id=manifest.audit_id, files=files)
            raw = write_stamp(stamp)
            token = wait_for(service.async_timestamp(hashlib.sha256(raw).digest(), "sha256"))
            pending.store(audit_folder, {_token_of(stamp.path): token.dump(), stamp.path: raw})
        except (OSError, ValueError, TimestampRequestError) as error:
            raise MachineError(f"The audit cannot be stamped: {error}.") from error
    return audit_folder / stamp.path


def check_archive(
    manifest: Manifest, present: Mapping[str, Path], trust: Trust, *, whole: bool = True
) -> ArchiveReading:
    """Every archive timestamp of an audit; a gap, a list that does not fit, or a token that does not fails.

    Where only the evidence is there (not ``whole``), what lay beside it is not looked for.
    """
    named = sorted(path for path in present if pending.STAMP.match(path) and path.endswith(".json"))
    orphans = [path for path in present if pending.STAMP.match(path) and path.endswith(".tst")]
    checks = [failed(path, "A timestamp without its list.") for path in orphans if path[:-3] + "json" not in named]
    stamps: list[tuple[ArchiveStamp, bytes]] = []
    for number, path in enumerate(named, start=1):
        raw = present[path].read_bytes()
        stamp, wrong = _read(raw, path, number, manifest, present, whole=whole)
        if stamp is None:
            return ArchiveReading(checks=(*checks, failed(path, wrong)))
        stamps.append((stamp, raw))
    judged, existed_at = _judge(stamps, present, trust)
    return ArchiveReading(checks=(*checks, *judged), existed_at=existed_at)


def write_stamp(stamp: ArchiveStamp) -> bytes:
    """The list in RFC 8785 canonical JSON."""
    content: dict[str, Json] = {
        "format": FORMAT,
        "number": stamp.number,
        "audit": stamp.audit_id,
        "files": [{"path": one.path, "size": one.size, "sha256": one.sha256} for one in stamp.files],
    }
    return rfc8785.dumps(content)


def _read(
    raw: bytes, path: str, number: int, manifest: Manifest, present: Mapping[str, Path], *, whole: bool
) -> tuple[ArchiveStamp | None, str]:
    try:
        content = json.loads(raw)
        files = tuple(read_file_record(one) for one in content["files"])
        stamp = ArchiveStamp(number=int(content["number"]), audit_id=str(content["audit"]), files=files)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return None, f"It cannot be read ({type(error).__name__}: {error})."
    if write_stamp(stamp) != raw or stamp.path != path or stamp.number != number:
        return None, "This timestamp is out of its place, or not written as this program writes one."
    if stamp.audit_id != manifest.audit_id or not {MANIFEST, MANIFEST_SEAL} <= {one.path for one in files}:
        return None, "This timestamp belongs to another audit."
    if _token_of(path) not in present:
        return None, "The timestamp over this list is missing."
    here = [one for one in files if whole or one.path.startswith("evidence/")]
    changed = [one.path for one in here if not _stands(one, present)]
    return (None, f"{changed[0]} is not as it was when it was stamped.") if changed else (stamp, "")


def _stands(record: FileRecord, present: Mapping[str, Path]) -> bool:
    """Whether a file is as it was stamped; reports grow by later sign-offs."""
    path = present.get(record.path)
    if path is None or not is_regular(path):
        return False
    if not record.may_grow:
        return record_file(path, record.path) == record
    with path.open("rb") as file:
        return hashlib.sha256(file.read(record.size)).hexdigest() == record.sha256


def _judge(
    stamps: Sequence[tuple[ArchiveStamp, bytes]], present: Mapping[str, Path], trust: Trust
) -> tuple[list[Check], datetime | None]:
    """From the last timestamp back: each is judged at the time of the one after it."""
    records = {path for path in present if RECORD.match(path)}
    checks: list[Check] = []
    moment, existed_at = trust.now, None
    for stamp, raw in reversed(stamps):
        token = present[_token_of(stamp.path)].read_bytes()
        check, at = _judge_token(stamp.path, token, raw, trust, moment)
        checks.append(check)
        if at is None:
            return checks, existed_at
        if at > moment:
            return [*checks, failed(stamp.path, "This timestamp is later than the one that was put on it.")], None
        moment = at
        if trust.roots and records <= {one.path for one in stamp.files}:
            existed_at = at
    return checks, existed_at


def _judge_token(path: str, token: bytes, raw: bytes, trust: Trust, moment: datetime) -> tuple[Check, datetime | None]:
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        known = wait_for(
            validate_tst_signed_data(signed, trust.context(moment=moment), lambda name: hashlib.new(name, raw).digest())
        )
        status = TimestampSignatureStatus(**known)
    except Exception as error:  # noqa: BLE001  hostile bytes: whatever a parser throws is a failed check
        return failed(path, f"The timestamp cannot be read ({type(error).__name__}: {error})."), None
    if not (status.intact and status.valid):
        return failed(path, "The timestamp does not belong to this list."), None
    when = f"{status.timestamp:%Y-%m-%d %H:%M} UTC"
    authority = status.signing_cert.subject.human_friendly
    if not trust.roots:
        return open_question(path, f"When the audit was stamped: {authority} says {when}; nobody vouches for it."), None
    if not status.trusted:
        return failed(path, f"The timestamp ({when}) by {authority} does not lead to the given trust list."), None
    return proved(path, f"Everything that it lists existed on {when}: timestamp by {authority}."), status.timestamp


def _token_of(path: str) -> str:
    return path.removesuffix(".json") + ".tst"
