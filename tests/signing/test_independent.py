"""Programs of other people agree with us on our signatures."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.keys.identities import pem_of

from .material import NOW, PASSPHRASE, seal_file, seal_identity, sealed_pdf


def call(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=120)


needs_pdfsig = pytest.mark.skipif(not shutil.which("pdfsig"), reason="pdfsig (poppler-utils) is not installed")
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


#: openssl's call as docs/verifying.md shows it, at a stated time.
CMS_VERIFY = (
    "openssl",
    "cms",
    "-verify",
    "-cades",
    "-binary",
    "-inform",
    "DER",
    "-purpose",
    "any",
    "-attime",
    "1795165200",
)


@needs_pdfsig
def test_pdfsig_accepts_the_seal_and_sees_a_flipped_byte(tmp_path: Path) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(sealed_pdf())
    said = call("pdfsig", "-nocert", report).stdout
    assert said.count("Signature is Valid.") == 1
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    content = bytearray(sealed_pdf())
    content[5000] ^= 1
    report.write_bytes(content)
    assert "Signature is Valid." not in call("pdfsig", "-nocert", report).stdout


@needs_openssl
def test_openssl_accepts_a_detached_signature_and_refuses_other_content(tmp_path: Path) -> None:
    content, seal = tmp_path / "content", tmp_path / "content.p7s"
    content.write_bytes(b"hello\r\nworld\n")
    seal.write_bytes(sign_detached(b"hello\r\nworld\n", seal_identity(), signed_at=NOW, timestamp_url=""))
    trust = tmp_path / "seal.pem"
    trust.write_bytes(pem_of(seal_identity().certificate))
    verify: list[str | Path] = [*CMS_VERIFY, "-CAfile", trust, "-in", seal, "-content"]
    assert "CAdES Verification successful" in call(*verify, content).stderr
    content.write_bytes(b"hello\nworld\n")
    assert call(*verify, content).returncode != 0


@needs_openssl
def test_openssl_reads_the_key_file(tmp_path: Path) -> None:
    path = tmp_path / "seal.p12"
    path.write_bytes(seal_file())
    command = ("openssl", "pkcs12", "-in", path, "-nokeys", "-passin", f"pass:{PASSPHRASE.decode()}")
    certificate = call(*command)
    assert certificate.returncode == 0, certificate.stderr
    assert "Seal of Harbour Light" in certificate.stdout
