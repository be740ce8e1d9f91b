"""The evidence as one file: ASiC-E with CAdES (ETSI EN 319 162-1), a plain ZIP that other verifiers know.

It holds every file of the audit as it was sealed, the manifest and its seal, and one signature over a list of them all.
Sign-offs come later and lie beside it in the audit folder.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.evidence.manifest import BLOCK
from pdpo_audit.signing.keys.identities import Identity
from pdpo_audit.signing.workbook.package import EPOCH

#: Where the bundle lies in an audit folder.
BUNDLE = "evidence.asice"

MIMETYPE = b"application/vnd.etsi.asic-e+zip"
LIST = "META-INF/ASiCManifest001.xml"
SIGNATURE = "META-INF/signature001.p7s"
OWN_MEMBERS = {"mimetype", LIST, SIGNATURE}

MIME_TYPES = {
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".p7s": "application/pkcs7-signature",
}

#: Files that do not shrink by packing.
PACKED = (".pdf", ".xlsx", ".p7s")


def write_bundle(
    target: Path, files: Mapping[str, Path], identity: Identity, *, signed_at: datetime, timestamp_url: str = ""
) -> None:
    """Write ``files`` (path in the bundle to file) with their list and its signature to ``target``."""
    listed = write_list({named: _digest(path) for named, path in files.items()})
    signature = sign_detached(listed, identity, signed_at=signed_at, timestamp_url=timestamp_url)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_member("mimetype", zipfile.ZIP_STORED), MIMETYPE)
        for named, path in sorted(files.items()):
            method = zipfile.ZIP_STORED if named.endswith(PACKED) else zipfile.ZIP_DEFLATED
            member = _member(named, method)
            member.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(member, "w") as out:
                while block := source.read(BLOCK):
                    out.write(block)
        archive.writestr(_member(LIST, zipfile.ZIP_DEFLATED), listed)
        archive.writestr(_member(SIGNATURE, zipfile.ZIP_STORED), signature)


def write_list(digests: Mapping[str, str]) -> bytes:
    """The ASiCManifest: each file with its SHA-256 (Base64), in the order of their paths."""
    lines = "".join(
        f"<asic:DataObjectReference URI={quoteattr(quote(named))} MimeType={quoteattr(_mime(named))}>"
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></asic:DataObjectReference>\n"
        for named, digest in sorted(digests.items())
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n'
        f'<asic:SigReference URI="{SIGNATURE}" MimeType="application/pkcs7-signature"/>\n'
        f"{lines}</asic:ASiCManifest>\n"
    ).encode()


def _mime(named: str) -> str:
    return MIME_TYPES.get(Path(named).suffix.lower(), "application/octet-stream")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()


def _member(named: str, method: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(named, EPOCH)
    info.compress_type = method
    return info
