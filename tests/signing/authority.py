"""A small certificate authority with a timestamp service and a revocation list, served on this machine only."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp
from certomancer.services import TimeStamper
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pdpo_audit.signing.cms.signatures import as_asn1
from pdpo_audit.signing.keys.identities import Identity, identity_of

from .material import NOW

DAY = timedelta(days=1)

#: Whom the certificates name: the organisation of the audits of the tests.
ORGANISATION = "Harbour Light Agency Ltd"


@dataclass
class Authority:
    """Issues certificates and answers for them; ``revoke`` puts one on the list as of a given time."""

    port: int
    now: datetime = NOW
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    revoked: dict[int, datetime] = field(default_factory=dict)
    stamps_at: datetime | None = None
    silent: bool = False

    def __post_init__(self) -> None:
        self.root = self._issue("Test Root", self.key, is_authority=True)
        self.stamping_key = rsa.generate_private_key(65537, 2048)
        self.stamping = self._issue("Test Timestamps", self.stamping_key, stamping=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def identity(
        self, name: str, organisation: str = ORGANISATION, purposes: Sequence[x509.ObjectIdentifier] = ()
    ) -> Identity:
        key = rsa.generate_private_key(65537, 2048)
        return identity_of(key, self._issue(name, key, organisation, purposes=purposes), (self.root,))

    def intermediate(self, name: str, purposes: Sequence[x509.ObjectIdentifier]) -> Authority:
        """An authority below this one, limited to ``purposes``."""
        below = Authority(self.port, self.now)
        below.root = self._issue(name, below.key, is_authority=True, purposes=purposes)
        return below

    def certify(
        self, name: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, organisation: str = ORGANISATION
    ) -> x509.Certificate:
        return self._issue(name, key, organisation)

    def revoke(self, identity: Identity, at: datetime) -> None:
        self.revoked[identity.certificate.serial_number] = at

    def revocation_list(self) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.root.subject)
        builder = builder.last_update(self.now - DAY).next_update(self.now + DAY)
        builder = builder.add_extension(x509.CRLNumber(1), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        )
        for serial, at in self.revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def stamp(self, query: bytes) -> bytes:
        private = self.stamping_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        service = TimeStamper(
            as_asn1(self.stamping), keys.PrivateKeyInfo.load(private), fixed_dt=self.stamps_at or self.now
        )
        return bytes(service.request_tsa_response(tsp.TimeStampReq.load(query)).dump())

    def _issue(
        self,
        name: str,
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
        organisation: str = "",
        *,
        is_authority: bool = False,
        stamping: bool = False,
        purposes: Sequence[x509.ObjectIdentifier] = (),
    ) -> x509.Certificate:
        names = {NameOID.ORGANIZATION_NAME: organisation, NameOID.COMMON_NAME: name}
        subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in names.items() if value])
        own_root = getattr(self, "root", None)
        issuer = own_root.subject if own_root else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Root")])
        usage = x509.KeyUsage(
            not is_authority, not is_authority, False, False, False, is_authority, is_authority, False, False
        )
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(self.now - DAY * 30)
        builder = builder.not_valid_after(self.now + DAY * 365).add_extension(usage, critical=True)
        builder = builder.add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        its = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = builder.add_extension(own, critical=False).add_extension(its, critical=False)
        if stamping or purposes:
            purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING] if stamping else purposes)
            builder = builder.add_extension(purpose, critical=stamping)
        if not is_authority:
            place = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{self.url}/list.crl")], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        return builder.sign(self.key, hashes.SHA256())


@contextmanager
def serving(now: datetime = NOW) -> Iterator[Authority]:
    """An authority whose timestamps and revocation list, as of ``now``, can be fetched from 127.0.0.1."""

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer("application/pkix-crl", authority.revocation_list())

        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            self.answer("application/timestamp-reply", b"busy" if authority.silent else authority.stamp(query))

        def answer(self, kind: str, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    authority = Authority(server.server_port, now)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
