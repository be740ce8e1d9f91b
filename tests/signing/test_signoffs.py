"""People sign one after the other: earlier signatures stay valid, and none can be taken off or slipped in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.pdf.signatures import sign_off_pdf
from pdpo_audit.signing.roles import Decision, Role
from pdpo_audit.signing.signoffs.records import read_records
from pdpo_audit.signing.verification import VerificationResult, verify_path

from .material import LATER, NOW, elliptic_identity, person, seal_identity, sealed_pdf, sign_off, write_audit
from .test_independent import call, needs_pdfsig


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An audit that legal and compliance have signed."""
    audit = write_audit(tmp_path_factory.mktemp("signed") / "audit")
    sign_off(audit, elliptic_identity(), Role.LEGAL, "Chan Tai Man")
    compliance = seal_identity("Wong Siu Ming")
    sign_off(audit, compliance, Role.COMPLIANCE, "Wong 小明", comment="as advised")
    return audit


@pytest.fixture
def audit(signed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed, tmp_path / "audit"))


def said(result: VerificationResult, verdict: Verdict) -> str:
    return "\n".join(f"{check.subject}: {check.statement}" for check in result.checks if check.verdict is verdict)


def test_sign_offs_follow_each_other_and_verify(signed: Path) -> None:
    result = verify_path(signed, now=LATER)
    assert said(result, Verdict.FAILED) == ""
    assert "signed for legal and agrees." in said(result, Verdict.PROVED)
    assert "signed for compliance and agrees, remarking 'as advised'." in said(result, Verdict.PROVED)
    typed = "Whether Wong 小明 signed: this name was typed beside the key with the certificate"
    assert typed in said(result, Verdict.NOT_PROVABLE) and "Wong 小明" not in said(result, Verdict.PROVED)
    assert "Sign-off: legal" in said(result, Verdict.PROVED)
    unbound = (
        "Whether legal agrees: the sign-off in the name of Chan Tai Man was made with a key that is bound to nobody"
    )
    assert unbound in said(result, Verdict.NOT_PROVABLE)
    assert "no later sign-off was removed" in said(result, Verdict.NOT_PROVABLE)
    deputy = "Whether Wong 小明 may sign for compliance: the report names Lee Ka Ming in this role."
    assert deputy in said(result, Verdict.NOT_PROVABLE)
    assert "may sign for legal" not in said(result, Verdict.NOT_PROVABLE)
    assert (signed / "report.en.pdf").read_bytes().startswith(sealed_pdf())
    assert [record.role for record in read_records(signed)] == [Role.LEGAL, Role.COMPLIANCE]


@needs_pdfsig
def test_pdfsig_accepts_seal_and_sign_offs(signed: Path) -> None:
    answer = call("pdfsig", "-nocert", signed / "report.en.pdf").stdout
    assert answer.count("Signature is Valid.") == 3
    assert "Chan Tai Man" in answer


def test_a_person_signs_in_one_role_with_a_key_of_their_own(audit: Path) -> None:
    before = {path: path.read_bytes() for path in audit.rglob("*") if path.is_file()}
    with pytest.raises(CallError, match="This key has signed for legal already"):
        sign_off(audit, elliptic_identity(), Role.DPO, "Ho Mei")
    with pytest.raises(CallError, match="chan tai man has signed for legal already"):
        sign_off(audit, person("Chan Tai Man"), Role.DPO, "chan tai man")
    for decision in (Decision.RESERVATIONS, Decision.REFUSE):
        with pytest.raises(CallError, match="need a remark"):
            sign_off(audit, person("Ho Mei"), Role.DPO, "Ho Mei", decision=decision)
    with pytest.raises(CallError, match="organisation's seal"):
        sign_off(audit, seal_identity(), Role.DPO, "Chan Tai Man")
    with pytest.raises(MachineError, match="no sealed audit"):
        sign_off(audit / "evidence", elliptic_identity(), Role.DPO, "x")
    assert before == {path: path.read_bytes() for path in audit.rglob("*") if path.is_file()}


def test_a_draft_cannot_be_signed(tmp_path: Path) -> None:
    audit = write_audit(tmp_path / "audit", draft_reasons=("The source nas has no owner.",))
    with pytest.raises(CallError, match="has no owner"):
        sign_off(audit, elliptic_identity(), Role.LEGAL, "Chan Tai Man")


def strip(audit: Path) -> None:
    """Both sign-offs taken off the report; their records stay."""
    (audit / "report.en.pdf").write_bytes(sealed_pdf())


def strip_last(audit: Path) -> None:
    size = read_records(audit)[0].reports[0].size
    report = audit / "report.en.pdf"
    report.write_bytes(report.read_bytes()[:size])


def forget_first(audit: Path) -> None:
    for path in (audit / "evidence/sign-offs").glob("0001*"):
        path.unlink()


def forget_last(audit: Path) -> None:
    for path in (audit / "evidence/sign-offs").glob("0002*"):
        path.unlink()


def rename_first(audit: Path) -> None:
    forget_first(audit)
    for path in (audit / "evidence/sign-offs").glob("0002*"):
        path.rename(path.with_name(path.name.replace("0002", "0001")))


def edit_name(audit: Path) -> None:
    path = audit / "evidence/sign-offs/0001-legal.json"
    content = json.loads(path.read_bytes())
    path.write_bytes(path.read_bytes().replace(content["name"].encode(), b"Chan Tai Wai"))


def slip_in(audit: Path) -> None:
    """A signature in a prepared field that nobody recorded."""
    report = audit / "report.en.pdf"
    stranger = seal_identity("Somebody else")
    report.write_bytes(sign_off_pdf(report.read_bytes(), stranger, role=Role.DPO, name="x", signed_at=LATER))


def borrow(audit: Path) -> None:
    """The record of another audit's sign-off."""
    other = write_audit(audit.parent / "other", seal_identity("Another organisation"))
    sign_off(other, elliptic_identity(), Role.DPO, "x", signed_at=NOW)
    for path in (other / "evidence/sign-offs").glob("0001*"):
        shutil.copy(path, audit / "evidence/sign-offs" / path.name.replace("0001", "0003"))


TAMPERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "all sign-offs stripped": (strip, "report.en.pdf"),
    "the last sign-off stripped": (strip_last, "report.en.pdf"),
    "the first record removed": (forget_first, "evidence/sign-offs/0002-compliance.json"),
    "the last record removed": (forget_last, "report.en.pdf"),
    "the first record removed, the second in its place": (rename_first, "evidence/sign-offs/0001-compliance.json"),
    "a record's signature removed": (
        lambda audit: (audit / "evidence/sign-offs/0001-legal.json.p7s").unlink(),
        "evidence/sign-offs/0001-legal.json",
    ),
    "a record removed, its signature left": (
        lambda audit: (audit / "evidence/sign-offs/0002-compliance.json").unlink(),
        "evidence/sign-offs/0002-compliance.json.p7s",
    ),
    "a name edited": (edit_name, "evidence/sign-offs/0001-legal.json"),
    "a signature slipped in": (slip_in, "report.en.pdf"),
    "another audit's sign-off": (borrow, "evidence/sign-offs/0003-dpo.json"),
    "a file among the records": (
        lambda audit: (audit / "evidence/sign-offs/note.txt").write_text("x"),
        "evidence/sign-offs/note.txt",
    ),
}


@pytest.mark.parametrize("tamper", TAMPERS)
def test_every_change_fails_and_is_named(audit: Path, tamper: str) -> None:
    change, named = TAMPERS[tamper]
    change(audit)
    result = verify_path(audit, now=LATER)
    assert not result.ok
    assert any(check.subject.startswith(named) for check in result.checks if check.verdict is Verdict.FAILED), result


def test_an_elliptic_signature_leaves_the_catalog_alone() -> None:
    signed = sign_off_pdf(sealed_pdf(), elliptic_identity(), role=Role.LEGAL, name="x", signed_at=LATER)
    assert b"/Catalog" not in signed[len(sealed_pdf()) :]
