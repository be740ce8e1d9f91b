"""Identities open with the right passphrase only, and say what they are."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.keys.identities import create_seal, open_pkcs12

from .material import NOW, PASSPHRASE, seal_file, seal_identity


def test_a_seal_signs_with_the_key_of_its_certificate() -> None:
    identity = seal_identity()
    key = identity.certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 3072
    key.verify(identity.sign(b"data"), b"data", padding.PKCS1v15(), hashes.SHA256())


def test_facts_say_that_it_vouches_for_itself() -> None:
    facts = seal_identity().facts()
    assert facts["self_signed"] == "yes"
    assert facts["subject"] == "CN=Seal of Harbour Light,O=Harbour Light Agency Ltd,C=HK"
    assert facts["not_before"] == "2026-11-20T09:00:00+00:00"
    assert facts["not_after"] == "2028-11-19T09:00:00+00:00"


@pytest.mark.parametrize(
    ("data", "passphrase", "advice"),
    [
        (seal_file(), b"wrong", "Check the passphrase"), (seal_file(), None, "Check the passphrase"),
        (b"junk", PASSPHRASE, "whether the file is whole"),
        (seal_file()[:-40], PASSPHRASE, "whether the file is whole"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_opened_says_what_to_do(data: bytes, passphrase: bytes | None, advice: str) -> None:
    with pytest.raises(MachineError) as raised:
        open_pkcs12(data, passphrase)
    assert advice in raised.value.advice


def test_a_seal_needs_a_passphrase_and_a_name_that_fits() -> None:
    with pytest.raises(MachineError, match="passphrase"):
        create_seal(common_name="x", organisation="y", passphrase=b"", now=NOW)
    with pytest.raises(MachineError, match="certificate"):
        create_seal(common_name="x" * 65, organisation="y", passphrase=b"z", now=NOW)


def test_the_private_key_does_not_show() -> None:
    assert "signer" not in repr(seal_identity())
