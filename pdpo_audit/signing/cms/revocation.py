"""The issuers' answers on revocation that reports carry: for their own signatures, and for the seals beside them.

PAdES B-LT puts these answers into the PDF. The detached seals (CAdES) of the same audit are made with the same keys at
the same time and carry none: pyHanko embeds answers in PDF files only, and nothing would protect them inside a detached
seal, for they lie outside of what it signs. So the reports lend theirs; each answer is signed by its issuer.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace

from asn1crypto import crl, ocsp
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError

from pdpo_audit.signing.cms.trust import NO_MATERIAL, Material, Trust


def read_material(reader: PdfFileReader) -> Material:
    """The validation material in the report's document security store; none when it has none."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return NO_MATERIAL
    return Material(
        certificates=tuple(store.load_certs()),
        ocsps=tuple(ocsp.OCSPResponse.load(one.get_object().data) for one in store.ocsps),
        crls=tuple(crl.CertificateList.load(one.get_object().data) for one in store.crls),
    )


def lend(trust: Trust, reports: Iterable[bytes]) -> Trust:
    """``trust`` with the answers in ``reports`` at hand for seals that carry none; without a trust list none matter."""
    if not trust.roots:
        return trust
    found = [_material_of(report) for report in reports]
    lent = Material(
        certificates=tuple(one for material in found for one in material.certificates),
        ocsps=tuple(one for material in found for one in material.ocsps),
        crls=tuple(one for material in found for one in material.crls),
    )
    return replace(trust, lent=lent)


def _material_of(report: bytes) -> Material:
    try:
        return read_material(PdfFileReader(io.BytesIO(report), strict=True))
    except Exception:  # noqa: BLE001  hostile bytes: the report's own check says what is wrong with it
        return NO_MATERIAL
