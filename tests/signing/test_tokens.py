"""Keys from PEM files and from a PKCS#11 token (SoftHSM) seal like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.cms.trust import read_trust
from pdpo_audit.signing.keys.addresses import TokenKey, read_address
from pdpo_audit.signing.keys.identities import Identity, identity_of, open_pem, pem_of
from pdpo_audit.signing.keys.tokens import open_pkcs11
from pdpo_audit.signing.pdf.checks import check_pdf
from pdpo_audit.signing.pdf.fields import prepare_pdf
from pdpo_audit.signing.pdf.signatures import seal_pdf
from pdpo_audit.signing.workbook.native_checks import check_native
from pdpo_audit.signing.workbook.seals import seal_workbook

from .material import LATER, NOW, certified, plain_pdf, plain_workbook, seal_identity
from .test_independent import call

SOFTHSM = next(
    (
        path
        for path in (
            Path("/usr/lib/softhsm/libsofthsm2.so"),
            Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
            Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
        )
        if path.exists()
    ),
    None,
)
needs_library = pytest.mark.skipif(not find_spec("pkcs11"), reason="python-pkcs11 (extra pkcs11) is not installed")
needs_softhsm = pytest.mark.needs("softhsm2-util")
PIN = "123456"
KEYS: dict[str, Callable[[], rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey]] = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "elliptic": lambda: ec.generate_private_key(ec.SECP256R1()),
}


def expect_all_seals(identity: Identity) -> None:
    nobody = read_trust([], LATER)
    detached = sign_detached(b"content", identity, signed_at=NOW, timestamp_url="")
    assert check_detached("x", b"content", detached, nobody).signer == identity.certificate
    book = seal_workbook(plain_workbook(), identity, signed_at=NOW).workbook
    assert check_native("x", book).signer == identity.certificate
    report = seal_pdf(prepare_pdf(plain_pdf()), identity, signed_at=NOW, reason="Sealed")
    assert check_pdf("x", report, nobody).signers == {"Seal": identity.certificate}


@pytest.mark.parametrize("kind", KEYS)
def test_a_pem_key_seals_everything(kind: str) -> None:
    key = KEYS[kind]()
    certificate = pem_of(certified(key).certificate)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    expect_all_seals(open_pem(private, certificate, b"secret"))
    expect_all_seals(open_pem(private + certificate, private + certificate, b"secret"))
    for wrong in (b"wrong", None):
        with pytest.raises(MachineError, match=r"passphrase|Password"):
            open_pem(private, certificate, wrong)


def test_a_key_that_does_not_fit_its_certificate_is_refused() -> None:
    private = KEYS["rsa"]().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(MachineError, match="does not belong"):
        open_pem(private, pem_of(seal_identity().certificate), None)
    with pytest.raises(MachineError, match="too weak"):
        identity_of(rsa.generate_private_key(65537, 1024), seal_identity().certificate)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A SoftHSM token with an RSA and an elliptic key; certificates are given as files."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        made = call("softhsm2-util", "--init-token", "--free", "--label", "audit", "--so-pin", "9999", "--pin", PIN)
        assert made.returncode == 0, made.stderr
        for number, (kind, key) in enumerate(TOKEN_KEYS.items(), start=1):
            path = folder / f"{kind}.pem"
            path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            command = ("softhsm2-util", "--import", path, "--token", "audit", "--label", kind, "--id", f"0{number}")
            stored = call(*command, "--pin", PIN)
            assert stored.returncode == 0, stored.stderr
        yield "audit"


TOKEN_KEYS = {kind: make() for kind, make in KEYS.items()}


@needs_softhsm
@pytest.mark.parametrize("kind", KEYS)
def test_a_key_on_a_token_seals_everything(token: str, kind: str) -> None:
    assert SOFTHSM is not None
    certificate = pem_of(certified(TOKEN_KEYS[kind]).certificate)
    expect_all_seals(open_pkcs11(SOFTHSM, token=token, key=kind, pin=PIN, certificate=certificate))


@needs_softhsm
@pytest.mark.parametrize(("change", "value"), [("token", "other"), ("key", "other"), ("pin", "000000")])
def test_what_cannot_be_opened_says_what_to_check(token: str, change: str, value: str) -> None:
    assert SOFTHSM is not None
    named = {"token": token, "key": "rsa", "pin": PIN, change: value}
    with pytest.raises(MachineError, match="cannot be used") as raised:
        open_pkcs11(SOFTHSM, certificate=pem_of(seal_identity().certificate), **named)
    assert "PIN" in raised.value.advice


@needs_softhsm
def test_a_token_without_a_certificate_needs_one_as_a_file(token: str) -> None:
    assert SOFTHSM is not None
    with pytest.raises(MachineError, match="no certificate"):
        open_pkcs11(SOFTHSM, token=token, key="rsa", pin=PIN)


@needs_library
def test_a_library_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="cannot be used"):
        open_pkcs11(tmp_path / "missing.so", token="x", key="y", pin="z")


def test_an_address_names_library_token_and_key() -> None:
    found = read_address("pkcs11:token=Chan%20Tai%20Man;object=sign%2Fing;type=private?module-path=/usr/lib/x.so")
    assert found == TokenKey(module=Path("/usr/lib/x.so"), token="Chan Tai Man", key="sign/ing")


@pytest.mark.parametrize(
    "address",
    [
        "pkcs11:token=a;object=b",
        "pkcs11:token=a?module-path=/x.so",
        "pkcs11:token=a;object=b;type=public?module-path=/x.so",
        "pkcs11:token=a;object=b;colour=red?module-path=/x.so",
        "pkcs11:",
    ],
)
def test_an_address_that_lacks_or_adds_something_is_refused(address: str) -> None:
    with pytest.raises(CallError, match="no address of a key"):
        read_address(address)


@pytest.mark.parametrize("secret", ["pin-value=1234", "pin-source=file:/x"])
def test_an_address_never_holds_a_pin(secret: str) -> None:
    with pytest.raises(CallError, match="PIN never stands") as raised:
        read_address(f"pkcs11:token=a;object=b?module-path=/x.so&{secret}")
    assert "1234" not in raised.value.message
