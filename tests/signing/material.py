"""Identities, a report, a workbook and a whole audit folder, made for the tests."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from openpyxl import Workbook
from openpyxl.drawing.image import Image
from PIL import Image as PillowImage
from weasyprint import HTML

from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.events import GENESIS, ChainedEvent, Event, chain
from pdpo_audit.signing.evidence.sealing import write_evidence
from pdpo_audit.signing.keys.identities import Identity, create_seal, identity_of, open_pkcs12
from pdpo_audit.signing.pdf.fields import prepare_pdf
from pdpo_audit.signing.pdf.signatures import seal_pdf
from pdpo_audit.signing.roles import Decision, Role
from pdpo_audit.signing.signoffs.enrolments import Enrolment
from pdpo_audit.signing.signoffs.signatures import SignOffRequest, sign_off_audit
from pdpo_audit.signing.workbook.seals import SealedWorkbook, seal_workbook

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def now_for_openssl() -> int:
    """A second when all certificates of the tests are valid, as openssl takes it."""
    return int(LATER.timestamp())


PASSPHRASE = b"correct horse"

PAGE = """<html lang="en"><head><title>Audit</title><meta name="dcterms.created" content="2026-11-20T09:00:00Z">
</head><body><h1>Report</h1>{}</body></html>"""


@cache
def seal_file(name: str = "Seal of Harbour Light") -> bytes:
    return create_seal(common_name=name, organisation="Harbour Light Agency Ltd", passphrase=PASSPHRASE, now=NOW)


@cache
def seal_identity(name: str = "Seal of Harbour Light") -> Identity:
    return open_pkcs12(seal_file(name), PASSPHRASE)


@cache
def plain_pdf(paragraphs: int = 3) -> bytes:
    body = "".join(f"<p>Finding {number} &amp; its reason.</p>" for number in range(paragraphs))
    document = HTML(string=PAGE.format(body))
    return bytes(document.write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=b"fixed"))


def sealed_pdf(identity: Identity | None = None) -> bytes:
    """The report under a seal; the same bytes for the same identity (each sealing draws a new file identifier)."""
    return _sealed_pdf(identity or seal_identity())


@cache
def _sealed_pdf(identity: Identity) -> bytes:
    return seal_pdf(prepare_pdf(plain_pdf()), identity, signed_at=NOW, reason="Sealed")


@cache
def elliptic_identity() -> Identity:
    """A P-256 key with a self-signed certificate."""
    return certified(ec.generate_private_key(ec.SECP256R1()))


@cache
def person(name: str) -> Identity:
    """A P-256 key of a person with a certificate that they made themselves."""
    return certified(ec.generate_private_key(ec.SECP256R1()), name)


def certified(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    common_name: str = "Chan Tai Man, Legal",
    usage: x509.KeyUsage | None = None,
) -> Identity:
    """A person's key with a self-signed certificate, for signatures."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    usage = usage or x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(77).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=365))
    return identity_of(key, builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()))


def picture(shade: int = 200) -> io.BytesIO:
    out = io.BytesIO()
    PillowImage.new("RGB", (8, 8), (shade, 10, 10)).save(out, "PNG")
    out.seek(0)
    return out


@cache
def plain_workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Findings"
    sheet.append(["path", "why"])
    for number in range(8):
        sheet.append([f"a{number}.jpg", "erasure review due"])
    sheet["A2"].hyperlink = "https://example.org/a.jpg"
    sheet.add_image(Image(picture()), "D2")
    book.create_sheet("Clusters").append(["id", 42])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def sealed_workbook() -> SealedWorkbook:
    return seal_workbook(plain_workbook(), seal_identity(), signed_at=NOW)


def events(count: int = 4) -> list[ChainedEvent]:
    log: list[ChainedEvent] = []
    for number in range(1, count + 1):
        event = Event(
            sequence=number, at="2026-11-20T09:00:00Z", actor="pdpo-audit", kind="scan", details={"n": number}
        )
        log.append(chain(event, log[-1].digest if log else GENESIS))
    return log


HOLDINGS = "source,path,bytes,sha256,cluster_id,relation,is_master,people_level\n" + "".join(
    f"nas,照片/a{number}.jpg,{1000 + number},{number:064x},c1,byte-identical,false,P2\n" for number in range(7)
)

HEADER = AuditHeader(
    audit_id="2026-11-20-a1b2c3",
    tool="pdpo-audit",
    version="0.1.0",
    organisation="Harbour Light Agency Ltd",
    organisation_zh="海港光影廣告有限公司",
    authorised_by="General Counsel",
    started_at=NOW,
    finished_at=NOW,
    assessed_on=date(2026, 11, 20),
    methods={"people": "centerface 1"},
    required_sign_offs=("legal",),
    roles={"legal": "Chan Tai Man", "compliance": "Lee Ka Ming", "dpo": ""},
)


def write_audit(
    folder: Path,
    identity: Identity | None = None,
    *,
    report: bytes = b"",
    draft_reasons: tuple[str, ...] = (),
    timestamp_url: str = "",
    header: AuditHeader = HEADER,
) -> Path:
    """A whole sealed audit folder, as a run leaves it."""
    who = identity or seal_identity()
    tables = folder / "evidence" / "tables"
    tables.mkdir(parents=True)
    (tables / "holdings.csv").write_text(HOLDINGS, encoding="utf-8")
    (folder / "report.en.pdf").write_bytes(report or sealed_pdf(who))
    book = sealed_workbook() if identity is None else seal_workbook(plain_workbook(), who, signed_at=NOW)
    (folder / "workbook.xlsx").write_bytes(book.workbook)
    (folder / "workbook.xlsx.p7s").write_bytes(book.detached)
    log = events()
    stated = replace(header, draft_reasons=draft_reasons, event_count=len(log), event_head=log[-1].digest.hex())
    written = {"holdings": tables / "holdings.csv"}
    write_evidence(
        folder, header=stated, tables=written, events=log, identity=who, signed_at=NOW, timestamp_url=timestamp_url
    )
    return folder


def sign_off(
    audit: Path,
    identity: Identity,
    role: Role,
    name: str,
    *,
    decision: Decision = Decision.AGREE,
    comment: str = "",
    enrolments: tuple[Enrolment, ...] = (),
    signed_at: datetime = LATER,
) -> Path:
    """A person's sign-off on the audit."""
    request = SignOffRequest(role=role, decision=decision, name=name, comment=comment, enrolments=enrolments)
    return sign_off_audit(audit, identity, request, signed_at=signed_at)
