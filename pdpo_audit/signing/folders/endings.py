"""Until when what an audit proves stays provable: the end of the certificate that its latest proof of time rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asn1crypto import cms

from pdpo_audit.signing.archive_stamps import STAMPS
from pdpo_audit.signing.evidence.manifest import MANIFEST, MANIFEST_SEAL

#: The unsigned attribute of a signature that holds its timestamp (RFC 3161, appendix A).
TOKEN = "signature_time_stamp_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """When the certificate ends, and whether it is a time-stamping service's (or the seal's own)."""

    ends: datetime
    stamped: bool


def read_ending(audit_folder: Path) -> Ending | None:
    """The end of the last archive timestamp's certificate, of the seal's timestamp's, or of the seal's.

    ``None`` where the folder is no sealed audit that can be read. Proves nothing: ``verify`` does.
    """
    try:
        tokens = sorted((audit_folder / STAMPS).glob("*.tst"))
        if tokens:
            return Ending(ends=_end_of(cms.ContentInfo.load(tokens[-1].read_bytes())), stamped=True)
        if not (audit_folder / MANIFEST).is_file():
            return None
        seal = cms.ContentInfo.load((audit_folder / MANIFEST_SEAL).read_bytes())
        unsigned = seal["content"]["signer_infos"][0]["unsigned_attrs"]
        token = next((value for one in unsigned if one["type"].native == TOKEN for value in one["values"]), None)
        return Ending(ends=_end_of(seal if token is None else token), stamped=token is not None)
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        return None


def _end_of(message: cms.ContentInfo) -> datetime:
    """The last moment of the certificate that made a CMS signature."""
    signed = message["content"]
    (signer,) = signed["signer_infos"]
    serial = signer["sid"].chosen["serial_number"].native
    certificate = next(one.chosen for one in signed["certificates"] if one.chosen.serial_number == serial)
    ends = certificate["tbs_certificate"]["validity"]["not_after"].native
    assert isinstance(ends, datetime)
    return ends
