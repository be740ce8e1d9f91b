"""Reports: prepared the same way every time, sealed once, by an update that leaves the prepared bytes alone."""

from __future__ import annotations

import pytest

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.pdf.fields import prepare_pdf
from pdpo_audit.signing.pdf.signatures import seal_pdf

from .material import NOW, plain_pdf, seal_identity, sealed_pdf


def test_preparing_gives_the_same_bytes_and_the_seal_only_appends() -> None:
    prepared = prepare_pdf(plain_pdf())
    assert prepare_pdf(plain_pdf()) == prepared
    assert sealed_pdf().startswith(prepared)


def test_sealing_leaves_the_metadata_alone_and_reads_no_clock() -> None:
    update = sealed_pdf()[len(prepare_pdf(plain_pdf())) :]
    assert b"xpacket" not in update
    assert b"20261120090000Z" in update
    assert b"ModDate" not in update


def test_a_report_is_prepared_and_sealed_once() -> None:
    with pytest.raises(MachineError, match="twice"):
        prepare_pdf(prepare_pdf(plain_pdf()))
    with pytest.raises(MachineError, match="cannot be signed"):
        seal_pdf(sealed_pdf(), seal_identity(), signed_at=NOW, reason="again")
    with pytest.raises(MachineError, match="cannot be signed"):
        seal_pdf(plain_pdf(), seal_identity(), signed_at=NOW, reason="not prepared")


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(MachineError, match="cannot be prepared"):
        prepare_pdf(b"hello")
