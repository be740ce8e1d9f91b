"""Checks the native signature of a workbook, strictly."""

from __future__ import annotations

import base64
import io

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from pdpo_audit.signing.checks import Check, failed, proved
from pdpo_audit.signing.cms.checks import Reading
from pdpo_audit.signing.grammar.comments import digest_of_rest, read_comment
from pdpo_audit.signing.grammar.lists import RELATIONSHIPS, TYPES, read_list
from pdpo_audit.signing.workbook.package import (
    CONTENT_TYPES,
    OFFICE,
    PROPERTIES,
    RELATIONSHIPS_TYPE,
    ROOT_RELS,
    UNSIGNED_TYPES,
    Package,
    expect_no_gaps,
    expect_usual_headers,
    is_signed,
)
from pdpo_audit.signing.workbook.seals import (
    ORIGIN,
    ORIGIN_CONTENT_TYPE,
    ORIGIN_LIST,
    ORIGIN_RELS,
    SIGNATURE,
    SIGNATURE_TYPE,
)
from pdpo_audit.signing.workbook.xmlsignature import (
    DIGSIG,
    DS,
    XADES,
    Reference,
    Statement,
    collect_references,
    signed_info,
    write_signature,
)

#: Members that a native signature does not cover: the package's own list, the signature, the document properties.
UNSIGNED_MEMBERS = {CONTENT_TYPES, ORIGIN, ORIGIN_RELS, SIGNATURE, *UNSIGNED_TYPES.values()}

#: The content types of members that no reference states.
FIXED_TYPES = {
    ORIGIN: ORIGIN_CONTENT_TYPE,
    SIGNATURE: SIGNATURE_TYPE,
    ORIGIN_RELS: RELATIONSHIPS_TYPE,
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
}


def check_native(subject: str, workbook: bytes) -> Reading:
    """The native signature alone: every part, relationship and content type is as signed, and nothing was added.

    Stricter than Office and LibreOffice, which accept added parts and relationships (Rohlmann et al., "Every Signature
    is Broken", USENIX Security 2023): whatever the signature does not cover, or this program does not write, fails.
    """
    try:
        return _read(subject, workbook)
    except Exception as error:  # noqa: BLE001  hostile bytes: whatever a parser throws is a failed check
        return _refused(failed(subject, f"The workbook cannot be trusted ({type(error).__name__}: {error})."))


def _refused(*checks: Check) -> Reading:
    return Reading(checks=checks)


def _read(subject: str, workbook: bytes) -> Reading:
    package = Package(io.BytesIO(workbook))
    expect_no_gaps(package.archive, len(workbook))
    if SIGNATURE not in package.members:
        return _refused(failed(subject, "The workbook carries no native signature: it was taken off, or saved anew."))
    root = package.read_xml(SIGNATURE)
    found = collect_references(package)
    broken = _find_broken(subject, package, _signed_digests(root), found) + _find_detours(subject, package)
    if broken:
        return _refused(*broken)
    expect_usual_headers(package.archive)
    _expect_plain_lists(package)
    statement, value, chain = _read_signature(root, found)
    comment = read_comment(statement.comment)
    if comment.rest and comment.rest != digest_of_rest(_unsigned(package)):
        return _refused(failed(subject, "Its lists or document properties were changed after it was sealed."))
    elliptic = isinstance(statement.certificate.public_key(), ec.EllipticCurvePublicKey)
    if write_signature(statement, value, chain, elliptic=elliptic) != package.read(SIGNATURE):
        return _refused(failed(subject, "The signature holds something that this program does not write."))
    if not _is_valid(statement, value):
        return _refused(failed(subject, "The signature was not made with the key of its certificate."))
    signer = statement.certificate
    said = f"Every part is as signed by {signer.subject.rfc4514_string()}, and none was added."
    return Reading(checks=(proved(subject, said),), signer=signer, stated=comment, chain=chain)


def _unsigned(package: Package) -> dict[str, bytes]:
    """The members that the comment of the seal fixes."""
    names = [CONTENT_TYPES, *package.relationship_parts(), *(one for one in PROPERTIES if one in package.members)]
    return {name: package.read(name) for name in names}


def _expect_plain_lists(package: Package) -> None:
    """Raise ``ValueError`` unless the lists are written so that every reader takes them alike, and say nothing more."""
    read_list(package.read(CONTENT_TYPES), TYPES)
    for member in package.relationship_parts():
        read_list(package.read(member), RELATIONSHIPS)
        if package.content_type(member) != RELATIONSHIPS_TYPE:
            raise ValueError(f"{member} is said to be something else")
    for member, kind in FIXED_TYPES.items():
        if member in package.members and package.content_type(member) != kind:
            raise ValueError(f"{member} is said to be something else")
    used = {name.rsplit(".", 1)[-1].lower() for name in package.members} | {"xml", "rels"}
    if spare := package.extensions() - used:
        raise ValueError(f"a content type is given for files that are not there: {sorted(spare)}")


def _signed_digests(root: etree._Element) -> dict[str, str]:
    return {
        reference.get("URI", ""): reference.findtext(f"{{{DS}}}DigestValue") or ""
        for reference in root.iterfind(f"{{{DS}}}Object/{{{DS}}}Manifest/{{{DS}}}Reference")
    }


def _read_signature(
    root: etree._Element, found: tuple[Reference, ...]
) -> tuple[Statement, bytes, tuple[x509.Certificate, ...]]:
    """What a signature states. Nothing of it is believed before it is written again and compared."""
    certificates = [
        x509.load_der_x509_certificate(base64.b64decode(element.text or "", validate=True))
        for element in root.iterfind(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")
    ]
    statement = Statement(
        references=found,
        signed_at=root.findtext(f".//{{{XADES}}}SigningTime") or "",
        certificate=certificates[0],
        comment=root.findtext(f".//{{{DIGSIG}}}SignatureComments") or "",
    )
    value = base64.b64decode(root.findtext(f"{{{DS}}}SignatureValue") or "", validate=True)
    return statement, value, tuple(certificates[1:])


def _find_broken(subject: str, package: Package, signed: dict[str, str], found: tuple[Reference, ...]) -> list[Check]:
    """Each part or relationship list that is not as ``signed`` (address to digest), named."""
    now = {reference.uri: reference.digest for reference in found}
    checks = [
        failed(f"{subject}, {_part(uri)}", "This part was changed after the workbook was sealed.")
        for uri in now.keys() & signed.keys()
        if now[uri] != signed[uri]
    ]
    checks += [
        failed(f"{subject}, {_part(uri)}", "This part, or what it is said to be, is not as it was sealed.")
        for uri in now.keys() ^ signed.keys()
    ]
    covered = {_part(uri) for uri in now} | UNSIGNED_MEMBERS
    checks += [
        failed(f"{subject}, {member}", "This part was added: the signature does not cover it.")
        for member in package.members.keys() - covered
    ]
    return sorted(checks, key=lambda check: check.subject)


def _find_detours(subject: str, package: Package) -> list[Check]:
    """Ways around the signature that lie outside of what it covers: its own list, and the unsigned relationships."""
    if package.read(ORIGIN) != b"" or package.read(ORIGIN_RELS) != ORIGIN_LIST:
        return [failed(subject, "The list of signatures is not as it was sealed.")]
    checks: list[Check] = []
    for rels in package.relationship_parts():
        unsigned = [one for one in package.relationships(rels) if not is_signed(one)]
        kinds = {one.type for one in unsigned}
        expected = all(one.part == UNSIGNED_TYPES[one.type] and not one.external for one in unsigned)
        if unsigned and (rels != ROOT_RELS or len(kinds) != len(unsigned) or not expected):
            checks.append(failed(f"{subject}, {rels}", "A relationship was added that no signature covers."))
    documents = [one for one in package.relationships(ROOT_RELS) if one.type == OFFICE + "officeDocument"]
    if len(documents) != 1:
        checks.append(failed(f"{subject}, {ROOT_RELS}", "There is not exactly one workbook in the file."))
    return checks


def _part(uri: str) -> str:
    return uri.partition("?")[0].removeprefix("/")


def _is_valid(statement: Statement, value: bytes) -> bool:
    key = statement.certificate.public_key()
    try:
        match key:
            case rsa.RSAPublicKey():
                key.verify(value, signed_info(statement, elliptic=False), padding.PKCS1v15(), hashes.SHA256())
            case ec.EllipticCurvePublicKey():
                half = len(value) // 2
                r, s = int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
                signature = encode_dss_signature(r, s)
                key.verify(signature, signed_info(statement, elliptic=True), ec.ECDSA(hashes.SHA256()))
            case _:
                return False
    except InvalidSignature:
        return False
    return True
