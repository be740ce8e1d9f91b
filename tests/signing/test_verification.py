"""An audit folder verifies as written, and no change of any kind goes unnoticed."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pdpo_audit.errors import CallError
from pdpo_audit.signing.keys.identities import pem_of
from pdpo_audit.signing.verification import Verdict, VerificationResult, verify_path

from .material import LATER, events, seal_identity, sealed_pdf, write_audit


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_audit(tmp_path_factory.mktemp("sealed") / "audit")


@pytest.fixture
def audit(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sealed, tmp_path / "audit"))


def failures(result: VerificationResult) -> list[str]:
    return [check.subject for check in result.checks if check.verdict is Verdict.FAILED]


def statements(result: VerificationResult, verdict: Verdict) -> str:
    return "\n".join(check.statement for check in result.checks if check.verdict is verdict)


def test_a_sealed_audit_verifies_and_says_what_it_does_not_prove(sealed: Path) -> None:
    result = verify_path(sealed, now=LATER)
    assert failures(result) == []
    assert result.ok
    open_questions = statements(result, Verdict.NOT_PROVABLE)
    assert "self-signed" in open_questions
    assert "signer's own statement" in open_questions
    assert "Whether legal agrees" in open_questions


def test_the_seal_on_the_trust_list_proves_who_signed(sealed: Path) -> None:
    result = verify_path(sealed, trust=[pem_of(seal_identity().certificate)], now=LATER)
    assert failures(result) == []
    assert "trust list" in statements(result, Verdict.PROVED)
    assert "self-signed" not in statements(result, Verdict.NOT_PROVABLE)


def test_a_seal_that_is_not_on_the_trust_list_fails(sealed: Path) -> None:
    stranger = pem_of(seal_identity("Somebody else").certificate)
    assert not verify_path(sealed, trust=[stranger], now=LATER).ok


def test_a_trust_list_that_is_none_is_the_callers_mistake(sealed: Path) -> None:
    with pytest.raises(CallError, match="no certificate"):
        verify_path(sealed, trust=[b"hello"], now=LATER)


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def edit_event(audit: Path) -> None:
    path = audit / "evidence/events.jsonl"
    path.write_text(path.read_text().replace('{"n":2}', '{"n":7}'))


def reorder_events(audit: Path) -> None:
    path = audit / "evidence/events.jsonl"
    first, second, *rest = path.read_text().splitlines(keepends=True)
    path.write_text("".join([second, first, *rest]))


def cut_events(audit: Path) -> None:
    path = audit / "evidence/events.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))


def add_file(audit: Path) -> None:
    (audit / "evidence/tables/people.csv").write_text("x")


def link_file(audit: Path) -> None:
    table = audit / "evidence/tables/holdings.csv"
    table.rename(audit.parent / "elsewhere.csv")
    table.symlink_to(audit.parent / "elsewhere.csv")


def swap_seals(audit: Path) -> None:
    other = write_audit(audit.parent / "other", seal_identity("Somebody else"))
    shutil.copy(other / "workbook.xlsx.p7s", audit / "workbook.xlsx.p7s")


def rewrite_manifest(audit: Path) -> None:
    path = audit / "evidence/manifest.json"
    content = json.loads(path.read_text())
    content["files"] = [file for file in content["files"] if "holdings" not in file["path"]]
    path.write_text(json.dumps(content))


TAMPERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a flipped byte in the report": (lambda audit: flip(audit / "report.en.pdf", 5000), "report.en.pdf"),
    "a flipped byte in the signature's padding": (
        lambda audit: flip(audit / "report.en.pdf", sealed_pdf().rindex(b"0000>") + 2),
        "report.en.pdf",
    ),
    "a byte appended to the report": (
        lambda audit: (audit / "report.en.pdf").write_bytes(sealed_pdf() + b"\n"),
        "report.en.pdf",
    ),
    "a report cut short": (
        lambda audit: (audit / "report.en.pdf").write_bytes(sealed_pdf()[:-1]),
        "report.en.pdf",
    ),
    "the report without its seal": (
        lambda audit: (audit / "report.en.pdf").write_bytes(sealed_pdf()[: sealed_pdf().index(b"%%EOF") + 6]),
        "report.en.pdf",
    ),
    "a removed report": (lambda audit: (audit / "report.en.pdf").unlink(), "report.en.pdf"),
    "a flipped byte in the workbook": (lambda audit: flip(audit / "workbook.xlsx", 300), "workbook.xlsx"),
    "the workbook's seal removed": (lambda audit: (audit / "workbook.xlsx.p7s").unlink(), "workbook.xlsx.p7s"),
    "the workbook sealed by another": (swap_seals, "workbook.xlsx"),
    "a changed table line": (
        lambda audit: flip(audit / "evidence/tables/holdings.csv", 22),
        "evidence/tables/holdings.csv",
    ),
    "an edited event": (edit_event, "evidence/events.jsonl, line 2"),
    "reordered events": (reorder_events, "evidence/events.jsonl, line 1"),
    "a log cut off at its end": (cut_events, "evidence/events.jsonl"),
    "a file added": (add_file, "evidence/tables/people.csv"),
    "a file replaced by a link": (link_file, "evidence/tables/holdings.csv"),
    "a flipped byte in the manifest": (
        lambda audit: flip(audit / "evidence/manifest.json", 40),
        "evidence/manifest.json",
    ),
    "a manifest written anew": (rewrite_manifest, "evidence/manifest.json"),
    "the manifest removed": (lambda audit: (audit / "evidence/manifest.json").unlink(), "manifest.json"),
    "the manifest's seal removed": (
        lambda audit: (audit / "evidence/manifest.json.p7s").unlink(),
        "manifest.json.p7s",
    ),
    "no evidence at all": (lambda audit: shutil.rmtree(audit / "evidence"), "manifest.json"),
}


@pytest.mark.parametrize("tamper", TAMPERS)
def test_every_change_fails_and_is_named(audit: Path, tamper: str) -> None:
    change, named = TAMPERS[tamper]
    change(audit)
    result = verify_path(audit, now=LATER)
    assert not result.ok
    assert any(subject.startswith(named) or subject.endswith(named) for subject in failures(result)), result


def test_a_lone_report_verifies_and_says_what_it_alone_cannot_prove(sealed: Path) -> None:
    result = verify_path(sealed / "report.en.pdf", now=LATER)
    assert result.ok
    assert "whole audit folder" in statements(result, Verdict.NOT_PROVABLE)


def test_a_lone_workbook_says_what_only_its_detached_seal_proves(sealed: Path, tmp_path: Path) -> None:
    shutil.copy(sealed / "workbook.xlsx", tmp_path)
    alone = verify_path(tmp_path / "workbook.xlsx", now=LATER)
    assert alone.ok
    beside = "(.p7s) that shows it is not beside"
    assert f"When it was signed: the detached seal {beside}" in statements(alone, Verdict.NOT_PROVABLE)
    assert beside not in statements(verify_path(sealed / "workbook.xlsx", now=LATER), Verdict.NOT_PROVABLE)


def test_a_lone_workbook_is_held_against_the_trust_list(sealed: Path, tmp_path: Path) -> None:
    shutil.copy(sealed / "workbook.xlsx", tmp_path)
    trusted, stranger = seal_identity(), seal_identity("Somebody else")
    book = tmp_path / "workbook.xlsx"
    assert "trust list" in statements(verify_path(book, trust=[pem_of(trusted.certificate)], now=LATER), Verdict.PROVED)
    assert not verify_path(book, trust=[pem_of(stranger.certificate)], now=LATER).ok


@pytest.mark.parametrize("name", ["x.pdf", "x.xlsx", "x.txt", "missing.pdf"])
def test_hostile_files_fail_without_an_exception(tmp_path: Path, name: str) -> None:
    if not name.startswith("missing"):
        (tmp_path / name).write_bytes(b"%PDF-1.7\n\x00 hello")
    result = verify_path(tmp_path / name, now=LATER)
    assert failures(result)
    assert not result.ok


def test_a_missing_sign_off_fails_once_all_are_required(sealed: Path) -> None:
    result = verify_path(sealed, now=LATER, all_required=True)
    assert "Whether legal agrees" in statements(result, Verdict.FAILED)


def test_the_log_must_pass_through_a_digest_that_was_kept(sealed: Path) -> None:
    kept = events()[1].digest.hex()
    passed = verify_path(sealed, now=LATER, anchors=[kept])
    assert passed.ok and "which was kept elsewhere" in statements(passed, Verdict.PROVED)
    assert verify_path(sealed / "evidence.asice", now=LATER, anchors=[kept]).ok
    other = verify_path(sealed, now=LATER, anchors=["00" * 32])
    assert "this history is another one" in statements(other, Verdict.FAILED)


@pytest.mark.parametrize("name", ["report.en.pdf", "workbook.xlsx", "evidence.asice"])
def test_what_a_lone_file_cannot_show_and_was_demanded_fails(sealed: Path, name: str) -> None:
    assert not verify_path(sealed / name, now=LATER, all_required=True).ok
    anchored = verify_path(sealed / name, now=LATER, anchors=[events()[0].digest.hex()])
    assert anchored.ok == (name == "evidence.asice")


def test_hostile_names_are_shown_and_never_obeyed(audit: Path) -> None:
    (audit / "evidence" / "\x1b[2J\u202egpj.exe\n").write_text("x")
    shown = [check.subject for check in verify_path(audit, now=LATER).checks if check.verdict is Verdict.FAILED]
    assert shown == ["evidence/\\x1b[2J\\x202egpj.exe\\x0a"]


def test_verification_works_inside_an_event_loop(sealed: Path) -> None:
    async def page() -> VerificationResult:
        return verify_path(sealed, now=LATER)

    assert asyncio.run(page()).ok
