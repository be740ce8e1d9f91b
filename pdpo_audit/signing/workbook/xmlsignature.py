"""The XML of a native workbook signature: XML-DSig with the package object of ECMA-376 part 2, and XAdES-BES.

The text is a pure function of the package, the time, the certificate and the comment. So it is checked by writing it
again and comparing every byte: nothing can stand in it that this program does not write. Change ``FORMAT`` of the
templates only together with a way to check seals that were made before.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from pdpo_audit.signing.workbook.package import (
    RELATIONSHIPS_NAMESPACE,
    RELATIONSHIPS_TYPE,
    Package,
    Relationship,
    is_signed,
    parse_xml,
    reached_parts,
)

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
MDSSI = "http://schemas.openxmlformats.org/package/2006/digital-signature"
DIGSIG = "http://schemas.microsoft.com/office/2006/digsig"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
TRANSFORM = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One signed part: its address with content type, its digest, and the relationships that are signed in it."""

    uri: str
    digest: str
    relationships: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        """The member of the package."""
        return self.uri.partition("?")[0].removeprefix("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is signed: the parts, the stated time, the certificate, and a comment that Office shows."""

    references: tuple[Reference, ...]
    signed_at: str
    certificate: x509.Certificate
    comment: str


def collect_references(package: Package) -> tuple[Reference, ...]:
    """Every part and every relationship of the package as a native signature must list them."""
    found = [_rels_reference(package, member) for member in package.relationship_parts()]
    for part in reached_parts(package):
        uri = f"/{part}?ContentType={package.content_type(part)}"
        found.append(Reference(uri=uri, digest=package.digest(part)))
    return tuple(sorted(found, key=lambda reference: reference.uri))


def stated_time(moment: datetime) -> str:
    """A time as signatures state it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signed_info(statement: Statement, *, elliptic: bool) -> bytes:
    """The canonical bytes that the key signs."""
    return _canonical(_signed_info(statement, elliptic=elliptic))


def write_signature(statement: Statement, value: bytes, chain: Sequence[x509.Certificate], *, elliptic: bool) -> bytes:
    """The whole signature part; ``value`` is the raw signature (r and s side by side for an elliptic-curve key)."""
    certificates = "".join(
        f"<X509Certificate>{_base64(one.public_bytes(Encoding.DER))}</X509Certificate>"
        for one in (statement.certificate, *chain)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<Signature xmlns="{DS}" Id="idPackageSignature">'
        f"{_signed_info(statement, elliptic=elliptic)}"
        f"<SignatureValue>{_base64(value)}</SignatureValue>"
        f"<KeyInfo><X509Data>{certificates}</X509Data></KeyInfo>"
        f"{_package_object(statement)}{_office_object(statement)}"
        f'<Object><xd:QualifyingProperties xmlns:xd="{XADES}" Target="#idPackageSignature">'
        f"{_signed_properties(statement)}</xd:QualifyingProperties></Object></Signature>"
    ).encode()


def _rels_reference(package: Package, member: str) -> Reference:
    signed = [one for one in package.relationships(member) if is_signed(one)]
    return Reference(
        uri=f"/{member}?ContentType={RELATIONSHIPS_TYPE}",
        digest=_digest(
            "".join(["<Relationships xmlns=", quoteattr(RELATIONSHIPS_NAMESPACE), ">", *map(_line, signed)])
            + "</Relationships>"
        ),
        relationships=tuple(one.identity for one in signed),
    )


def _line(one: Relationship) -> str:
    """A relationship after the Relationship Transform (ECMA-376 part 2, 13.2.4.24): the mode is always written."""
    mode = "External" if one.external else "Internal"
    return (
        f"<Relationship Id={quoteattr(one.identity)} Type={quoteattr(one.type)} Target={quoteattr(one.target)} "
        f'TargetMode="{mode}"/>'
    )


def _signed_info(statement: Statement, *, elliptic: bool) -> str:
    method = ECDSA_SHA256 if elliptic else RSA_SHA256
    return (
        f'<SignedInfo xmlns="{DS}"><CanonicalizationMethod Algorithm="{C14N}"/><SignatureMethod Algorithm="{method}"/>'
        f"{_object_reference('idPackageObject', _package_object(statement))}"
        f"{_object_reference('idOfficeObject', _office_object(statement))}"
        '<Reference URI="#idSignedProperties" Type="http://uri.etsi.org/01903#SignedProperties">'
        f'<Transforms><Transform Algorithm="{C14N}"/></Transforms><DigestMethod Algorithm="{SHA256}"/>'
        f"<DigestValue>{_digest(_signed_properties(statement))}</DigestValue></Reference></SignedInfo>"
    )


def _object_reference(identity: str, text: str) -> str:
    return (
        f'<Reference URI="#{identity}" Type="{DS}Object"><DigestMethod Algorithm="{SHA256}"/>'
        f"<DigestValue>{_digest(text)}</DigestValue></Reference>"
    )


def _package_object(statement: Statement) -> str:
    manifest = "".join(map(_manifest_reference, statement.references))
    return (
        f'<Object xmlns="{DS}" Id="idPackageObject"><Manifest>{manifest}</Manifest><SignatureProperties>'
        '<SignatureProperty Id="idSignatureTime" Target="#idPackageSignature">'
        f'<mdssi:SignatureTime xmlns:mdssi="{MDSSI}"><mdssi:Format>YYYY-MM-DDThh:mm:ssTZD</mdssi:Format>'
        f"<mdssi:Value>{statement.signed_at}</mdssi:Value></mdssi:SignatureTime>"
        "</SignatureProperty></SignatureProperties></Object>"
    )


def _manifest_reference(reference: Reference) -> str:
    transforms = ""
    if reference.part.endswith(".rels"):
        listed = "".join(
            f'<mdssi:RelationshipReference xmlns:mdssi="{MDSSI}" SourceId={quoteattr(identity)}/>'
            for identity in reference.relationships
        )
        transforms = (
            f'<Transforms><Transform Algorithm="{TRANSFORM}">{listed}</Transform>'
            f'<Transform Algorithm="{C14N}"/></Transforms>'
        )
    return (
        f"<Reference URI={quoteattr(reference.uri)}>{transforms}"
        f'<DigestMethod Algorithm="{SHA256}"/><DigestValue>{reference.digest}</DigestValue></Reference>'
    )


def _office_object(statement: Statement) -> str:
    """What Office asks for in every signature; the versions are the ones its own files of that format carry."""
    return (
        f'<Object xmlns="{DS}" Id="idOfficeObject"><SignatureProperties>'
        '<SignatureProperty Id="idOfficeV1Details" Target="#idPackageSignature">'
        f'<SignatureInfoV1 xmlns="{DIGSIG}"><SetupID/><SignatureText/><SignatureImage/>'
        f"<SignatureComments>{escape(statement.comment)}</SignatureComments>"
        "<WindowsVersion>10.0</WindowsVersion><OfficeVersion>16.0</OfficeVersion>"
        "<ApplicationVersion>16.0</ApplicationVersion><Monitors>1</Monitors>"
        "<HorizontalResolution>1280</HorizontalResolution><VerticalResolution>800</VerticalResolution>"
        "<ColorDepth>32</ColorDepth><SignatureProviderId>{00000000-0000-0000-0000-000000000000}</SignatureProviderId>"
        "<SignatureProviderUrl/><SignatureProviderDetails>9</SignatureProviderDetails>"
        f"<ManifestHashAlgorithm>{SHA256}</ManifestHashAlgorithm><SignatureType>1</SignatureType>"
        "</SignatureInfoV1></SignatureProperty></SignatureProperties></Object>"
    )


def _signed_properties(statement: Statement) -> str:
    certificate = statement.certificate
    issuer = ", ".join(part.rfc4514_string() for part in certificate.issuer.rdns)
    return (
        f'<xd:SignedProperties xmlns="{DS}" xmlns:xd="{XADES}" Id="idSignedProperties"><xd:SignedSignatureProperties>'
        f"<xd:SigningTime>{statement.signed_at}</xd:SigningTime><xd:SigningCertificate><xd:Cert><xd:CertDigest>"
        f'<DigestMethod Algorithm="{SHA256}"/>'
        f"<DigestValue>{_base64(certificate.fingerprint(hashes.SHA256()))}</DigestValue></xd:CertDigest>"
        f"<xd:IssuerSerial><X509IssuerName>{escape(issuer)}</X509IssuerName>"
        f"<X509SerialNumber>{certificate.serial_number}</X509SerialNumber></xd:IssuerSerial>"
        "</xd:Cert></xd:SigningCertificate><xd:SignaturePolicyIdentifier><xd:SignaturePolicyImplied/>"
        "</xd:SignaturePolicyIdentifier></xd:SignedSignatureProperties></xd:SignedProperties>"
    )


def _canonical(text: str) -> bytes:
    """Inclusive C14N of a fragment that declares its namespaces itself.

    lxml canonicalises a parsed fragment rightly; of an element inside a larger tree it writes a spurious ``xmlns=""``.
    """
    return bytes(etree.tostring(parse_xml(text.encode()), method="c14n"))


def _digest(text: str) -> str:
    return _base64(hashlib.sha256(_canonical(text)).digest())


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
