"""Sign: a person's signature on a sealed audit, here or elsewhere, told apart from the organisation's seal."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pdpo_audit.errors import CallError, MachineError, VerificationError
from pdpo_audit.signing.evidence.manifest import MANIFEST, read_manifest
from pdpo_audit.signing.keys.identities import Identity, common_name
from pdpo_audit.signing.keys.places import KeyPlace, open_key, read_certificates
from pdpo_audit.signing.pdf.signatures import pades_level
from pdpo_audit.signing.roles import Decision, Role
from pdpo_audit.signing.signoffs import pending
from pdpo_audit.signing.signoffs.enrolments import Enrolment, read_statement
from pdpo_audit.signing.signoffs.records import SignOff, read_records
from pdpo_audit.signing.signoffs.requests import answer_file, read_answer, save, write_request
from pdpo_audit.signing.signoffs.signatures import SignOffRequest, open_audit, sign_off_audit
from pdpo_audit.signing.verification import Verdict, verify_path
from pdpo_audit.workspace.project import Project, find_workspace, now
from pdpo_audit.workspace.purging import forget_boxes
from pdpo_audit.workspace.report.signoffs.enrolling import chain_of, enrolments_of
from pdpo_audit.workspace.setup.identities import read_trust_list
from pdpo_audit.workspace.setup.persons import refuse_leaver

ROLES = tuple(role.value for role in Role)
DECISIONS = tuple(decision.value for decision in Decision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The record of a sign-off (or the answer to a request), and the PAdES level of its signatures on the reports."""

    record: Path
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says by signing; ``name`` is the certificate's (or the enrolment's) where it is empty."""

    decision: str
    name: str = ""
    comment: str = ""


def sign_audit(
    folder: Path,
    *,
    key: KeyPlace,
    role: str,
    said: Said,
    timestamp_url: str | None = None,
    trust: Sequence[Path] | None = None,
) -> Signed:
    """Put a person's signature on every report of the audit in ``folder``, and record it.

    ``timestamp_url`` and ``trust`` (files of certificates) are those of the audit's workspace where they are ``None``.

    :raises VerificationError: the audit does not verify as it stands.
    :raises CallError: it is a draft, the key signed in another role, or role or decision is unknown.
    """
    asked, decision = read_role(role), read_decision(said.decision)
    _expect_verified(folder)
    url, vouched = _services(folder, timestamp_url, trust)
    identity = open_key(key)
    enrolled = _enrolments(folder, identity.facts()["sha256"])
    request = SignOffRequest(
        role=asked,
        decision=decision,
        name=said.name or own_name(identity, enrolled),
        comment=said.comment,
        enrolments=enrolled,
    )
    _refuse_leaver(folder, request.name)
    record = sign_off_audit(folder, identity, request, signed_at=now(), timestamp_url=url, trust=vouched)
    _close_review(folder)
    return Signed(record=record, level=pades_level(timestamp_url=url, trust=vouched))


def ask_for_sign_off(folder: Path, target: Path, *, role: str, name: str = "") -> Path:
    """Write the request for somebody's sign-off elsewhere to ``target``: what ``sign`` answers there.

    :raises CallError: the role is unknown, or ``target`` exists.
    """
    save(target, make_request(folder, role=role, name=name))
    return target


def make_request(folder: Path, *, role: str, name: str = "") -> bytes:
    """The request for somebody's sign-off elsewhere.

    :raises CallError: the role is unknown, or nobody signs this audit.
    """
    asked = read_role(role)
    _refuse_leaver(folder, name)
    _expect_verified(folder)
    kept = _kept(folder)
    named = [one for one in kept if read_statement(one.statement).name.casefold() == name.casefold()]
    chain = chain_of(read_statement(named[0].statement).sha256, kept) if named else ()
    with pending.locked(folder):
        audit = open_audit(folder, now())
        return write_request(folder, audit, role=asked, name=name, enrolments=chain)


def answer(
    request: Path,
    target: Path,
    *,
    key: KeyPlace,
    said: Said,
    timestamp_url: str = "",
    trust: Sequence[Path] = (),
) -> Signed:
    """Sign what a request asks for, and write the answer to ``target``.

    :raises VerificationError: what it asks to sign does not verify.
    :raises CallError: it is no request, or ``target`` exists.
    """
    vouched = read_certificates(trust)
    answer_file(
        request,
        target,
        open_key(key),
        decision=read_decision(said.decision),
        name=said.name,
        comment=said.comment,
        signed_at=now(),
        timestamp_url=timestamp_url,
        trust=vouched,
    )
    return Signed(record=target, level=pades_level(timestamp_url=timestamp_url, trust=vouched))


def accept(folder: Path, answered: Path) -> Path:
    """Take an answer into the audit in ``folder``; gives the path of the record.

    :raises VerificationError: the audit would not verify with it; nothing was changed.
    :raises CallError: it answers another audit, or somebody signed since.
    """
    return take_in(folder, _read(answered))


def take_in(folder: Path, raw: bytes, permit: Callable[[SignOff], None] = lambda _: None) -> Path:
    """Take an answer in as ``accept`` does; ``permit`` raises where this answer is not to be taken."""
    _expect_verified(folder)
    with pending.locked(folder):
        record, files = read_answer(raw, open_audit(folder, now()))
        permit(record)
        _refuse_leaver(folder, record.name, record.signed_at)
        with tempfile.TemporaryDirectory() as scratch:
            trial = Path(shutil.copytree(folder, Path(scratch) / folder.name))
            pending.store(trial, files)
            _expect_verified(trial)
        try:
            pending.store(folder, files)
        except OSError as error:
            raise MachineError(f"The sign-off cannot be written: {error}.") from error
    _close_review(folder)
    return folder / record.path


def read_role(role: str) -> Role:
    """The role of this name; ``CallError`` when there is none."""
    if role not in ROLES:
        raise CallError(f'"{role}" is no role that signs', advice=f"choose one of {', '.join(ROLES)}")
    return Role(role)


def read_decision(decision: str) -> Decision:
    """The decision of this name; ``CallError`` when there is none."""
    if decision not in DECISIONS:
        raise CallError(f'"{decision}" is no decision', advice=f"say with --decision one of {', '.join(DECISIONS)}")
    return Decision(decision)


def own_name(identity: Identity, enrolled: Sequence[Enrolment]) -> str:
    """The name under which somebody is enrolled, else the one on their certificate."""
    return read_statement(enrolled[0].statement).name if enrolled else common_name(identity.certificate)


def _refuse_leaver(folder: Path, name: str, signed_at: str = "") -> None:
    """Nobody signs after their last day, as the audit's workspace knows it now; ``signed_at`` is today where empty."""
    home = find_workspace(folder)
    if home is None or not name:
        return
    project = Project(home)
    try:
        refuse_leaver(project, name, datetime.fromisoformat(signed_at).date() if signed_at else None)
    finally:
        project.close()


def _expect_verified(folder: Path) -> None:
    result = verify_path(folder, now=now())
    if not result.ok:
        wrong = [f"{one.subject}: {one.statement}" for one in result.checks if one.verdict is Verdict.FAILED]
        raise VerificationError(
            f"{folder} does not verify, nothing was signed: {'; '.join(wrong[:2])}",
            advice=f"pdpo-audit verify {folder}",
        )


def _kept(folder: Path) -> tuple[Enrolment, ...]:
    home = find_workspace(folder)
    return enrolments_of(home) if home else ()


def _enrolments(folder: Path, sha256: str) -> tuple[Enrolment, ...]:
    return chain_of(sha256, _kept(folder))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise MachineError(f"{file} cannot be read: {error.strerror}") from error


def _services(folder: Path, timestamp_url: str | None, trust: Sequence[Path] | None) -> tuple[str, tuple[bytes, ...]]:
    """Where to get timestamps, and the certificates that the signature must lead to."""
    home = find_workspace(folder)
    project = Project(home) if home is not None else None
    url = timestamp_url if timestamp_url is not None else project.settings.signing.timestamp_url if project else ""
    if trust is not None:
        return url, read_certificates(trust)
    return url, read_trust_list(project) if project else ()


def _close_review(folder: Path) -> None:
    """Once every required role agrees, the review is over and the workspace forgets its face boxes."""
    home = find_workspace(folder)
    last = {record.role.value: record for record in read_records(folder)}
    if home is None or not all(role in last and last[role].agrees for role in _required_roles(folder)):
        return
    project = Project(home)
    forget_boxes(project)
    project.close()


def _required_roles(folder: Path) -> tuple[str, ...]:
    return read_manifest((folder / MANIFEST).read_bytes()).required_sign_offs
