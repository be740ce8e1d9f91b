"""The sealed workbook: a native signature inside, which Office shows, and a detached one over every byte."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.grammar.comments import digest_of_rest, write_comment
from pdpo_audit.signing.keys.identities import Identity
from pdpo_audit.signing.workbook.package import (
    CONTENT_TYPES,
    EPOCH,
    ORIGIN_TYPE,
    OWNER_ONLY,
    PROPERTIES,
    RELATIONSHIPS_NAMESPACE,
    ROOT_RELS,
    SIGNATURES,
    TYPES_NAMESPACE,
    Package,
)
from pdpo_audit.signing.workbook.xmlsignature import (
    Statement,
    collect_references,
    signed_info,
    stated_time,
    write_signature,
)

ORIGIN = SIGNATURES + "origin.sigs"
ORIGIN_RELS = SIGNATURES + "_rels/origin.sigs.rels"
SIGNATURE = SIGNATURES + "sig1.xml"

SIGNATURE_TYPE = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
ORIGIN_CONTENT_TYPE = "application/vnd.openxmlformats-package.digital-signature-origin"


ORIGIN_LIST = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Relationships xmlns="{RELATIONSHIPS_NAMESPACE}"><Relationship Id="rId1" '
    f'Type="{RELATIONSHIPS_NAMESPACE}/digital-signature/signature" Target="sig1.xml"/></Relationships>'
).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedWorkbook:
    """``workbook``: the XLSX to deliver; ``detached``: the CMS signature over exactly these bytes (DER)."""

    workbook: bytes
    detached: bytes


def seal_workbook(
    xlsx: bytes,
    identity: Identity,
    *,
    signed_at: datetime,
    organisation: str = "",
    audit: str = "",
    timestamp_url: str = "",
    digests: Mapping[str, str] | None = None,
) -> SealedWorkbook:
    """The workbook with both seals. Saving it in a spreadsheet program afterwards takes the native one off.

    The native signature covers what Office signs: every part and relationship but the document properties; its comment
    names ``organisation`` and ``audit``, and fixes the rest by a digest. The detached one covers every byte.
    ``digests`` (SHA-256 in Base64, by member) spare unpacking what was just written; a wrong one gives a signature that
    does not verify. Raises ``MachineError`` when ``xlsx`` is no workbook or carries a signature.
    """
    try:
        plain = Package(io.BytesIO(xlsx), digests)
        sealed = _sign_inside(plain, xlsx, identity, signed_at, organisation=organisation, audit=audit)
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise MachineError(f"The workbook cannot be sealed: {error}.") from error
    detached = sign_detached(sealed, identity, signed_at=signed_at, timestamp_url=timestamp_url)
    return SealedWorkbook(workbook=sealed, detached=detached)


def _sign_inside(
    plain: Package, xlsx: bytes, identity: Identity, signed_at: datetime, *, organisation: str, audit: str
) -> bytes:
    if any(name.startswith(SIGNATURES) for name in plain.members):
        raise ValueError("it carries a signature already")
    lists = _lists(plain)
    unsigned = {**lists, **{name: plain.read(name) for name in PROPERTIES if name in plain.members}}
    statement = Statement(
        references=collect_references(plain),
        signed_at=stated_time(signed_at),
        certificate=identity.certificate,
        comment=write_comment(organisation=organisation, audit=audit, rest=digest_of_rest(unsigned)),
    )
    elliptic = identity.is_elliptic
    value = raw_signature(identity.sign(signed_info(statement, elliptic=elliptic)), identity)
    signature = write_signature(statement, value, identity.chain, elliptic=elliptic)
    return _with_members(plain, xlsx, lists, signature)


def _lists(plain: Package) -> dict[str, bytes]:
    """The lists of the package, each in the one form that a check accepts, with the signature on them."""
    found = {name: _serialise(plain.read_xml(name)) for name in plain.relationship_parts()}
    return {**found, CONTENT_TYPES: _announce(plain), ROOT_RELS: _lead_to_origin(plain)}


def raw_signature(signature: bytes, identity: Identity) -> bytes:
    """An ECDSA signature as XML-DSig writes it (r and s side by side, RFC 4050); RSA ones stay as they are."""
    if not identity.is_elliptic:
        return signature
    r, s = decode_dss_signature(signature)
    width = (int(getattr(identity.certificate.public_key(), "key_size", 256)) + 7) // 8
    return r.to_bytes(width, "big") + s.to_bytes(width, "big")


def _with_members(plain: Package, xlsx: bytes, lists: Mapping[str, bytes], signature: bytes) -> bytes:
    """The package with its lists and the signature; all other members are copied as they are, without unpacking."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (CONTENT_TYPES, ROOT_RELS, *sorted(lists.keys() - {CONTENT_TYPES, ROOT_RELS})):
            _write(archive, name, lists[name])
        for name, info in plain.members.items():
            if name not in lists and not info.is_dir():
                _copy(archive, info, xlsx)
        _write(archive, ORIGIN, b"")
        _write(archive, ORIGIN_RELS, ORIGIN_LIST)
        _write(archive, SIGNATURE, signature)
    return out.getvalue()


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def _copy(archive: zipfile.ZipFile, info: zipfile.ZipInfo, xlsx: bytes) -> None:
    """Append a member with its packed bytes (unpacking and packing a million rows again takes a minute)."""
    name_length = int.from_bytes(xlsx[info.header_offset + 26 : info.header_offset + 28], "little")
    extra_length = int.from_bytes(xlsx[info.header_offset + 28 : info.header_offset + 30], "little")
    begin = info.header_offset + 30 + name_length + extra_length
    copied = zipfile.ZipInfo(info.filename, EPOCH)
    copied.compress_type, copied.CRC = info.compress_type, info.CRC
    copied.compress_size, copied.file_size = info.compress_size, info.file_size
    copied.external_attr = OWNER_ONLY
    assert archive.fp is not None
    archive.fp.seek(archive.start_dir)
    copied.header_offset = archive.fp.tell()
    archive.fp.write(copied.FileHeader())
    archive.fp.write(memoryview(xlsx)[begin : begin + info.compress_size])
    archive.start_dir = archive.fp.tell()
    archive.filelist.append(copied)
    archive.NameToInfo[copied.filename] = copied


def _announce(plain: Package) -> bytes:
    root = plain.read_xml(CONTENT_TYPES)
    default = etree.Element(f"{{{TYPES_NAMESPACE}}}Default", Extension="sigs", ContentType=ORIGIN_CONTENT_TYPE)
    root.insert(0, default)
    root.append(etree.Element(f"{{{TYPES_NAMESPACE}}}Override", PartName=f"/{SIGNATURE}", ContentType=SIGNATURE_TYPE))
    return _serialise(root)


def _lead_to_origin(plain: Package) -> bytes:
    root = plain.read_xml(ROOT_RELS)
    taken = {element.get("Id") for element in root}
    identity = next(name for number in range(1, len(taken) + 2) if (name := f"rIdSeal{number}") not in taken)
    root.append(
        etree.Element(f"{{{RELATIONSHIPS_NAMESPACE}}}Relationship", Id=identity, Type=ORIGIN_TYPE, Target=ORIGIN)
    )
    return _serialise(root)


def _serialise(root: etree._Element) -> bytes:
    for element in root.iter():
        element.text = element.tail = None
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
