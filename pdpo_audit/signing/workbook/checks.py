"""Checks a workbook: the native signature inside, and the detached seal beside it."""

from __future__ import annotations

from pathlib import Path

from pdpo_audit.signing.bounds import LARGEST_READ, LARGEST_STATEMENT, read_within
from pdpo_audit.signing.checks import Check, failed, open_question
from pdpo_audit.signing.cms.checks import Reading, check_detached
from pdpo_audit.signing.cms.trust import Trust, judge_certificate
from pdpo_audit.signing.workbook.native_checks import check_native


def check_workbook(subject: str, path: Path, trust: Trust) -> Reading:
    """The workbook at ``path`` by its native signature, and by its detached seal (``.p7s``) where it lies beside it."""
    workbook = read_within(path, LARGEST_READ)
    native = check_native(subject, workbook)
    if trust.organisations is None:
        trust = trust.for_seal(native.stated.organisation if native.stated else "")
    seal = path.with_name(path.name + ".p7s")
    if not seal.is_file():
        return Reading(
            checks=(*native.checks, *_without_detached(subject, native, trust)),
            signer=native.signer,
            stated=native.stated,
        )
    detached = check_detached(subject, workbook, read_within(seal, LARGEST_STATEMENT), trust, seal=f"{subject}.p7s")
    return Reading(
        checks=(*native.checks, *detached.checks, *_agree(subject, native, detached)),
        signer=detached.signer,
        stated=native.stated,
    )


def _without_detached(subject: str, native: Reading, trust: Trust) -> list[Check]:
    if native.signer is None:
        return []
    elsewhere = "the detached seal (.p7s) that shows it is not beside the workbook."
    questions = [open_question(subject, f"When it was signed: {elsewhere}")]
    if native.stated is None or not native.stated.rest:
        changed = f"Whether its document properties (author, dates) were changed: {elsewhere}"
        questions.append(open_question(subject, changed))
    return [*judge_certificate(subject, native.signer, trust, native.chain), *questions]


def _agree(subject: str, native: Reading, detached: Reading) -> list[Check]:
    if native.signer is None or detached.signer is None or native.signer == detached.signer:
        return []
    return [failed(subject, "The seal inside and the seal beside it were made with different certificates.")]
