"""Enrol: who holds which key, stated by themselves and countersigned by somebody else; kept beside the keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.model.events import Details
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.keys.identities import common_name
from pdpo_audit.signing.keys.places import KeyPlace, open_key
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.signoffs.enrolments import (
    Enrolment,
    countersign,
    fingerprint,
    read_enrolment,
    read_statement,
    signer_of,
    state_enrolment,
    write_enrolment,
)
from pdpo_audit.workspace.project import Project, now

#: Where a workspace keeps the enrolments of its people.
PLACE = "keys/people"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledPerson:
    """An enrolment as people are told of it; ``countersigned_by`` is empty as long as nobody did."""

    name: str
    roles: tuple[str, ...]
    sha256: str
    stated_at: str
    countersigned_by: str = ""
    file: Path | None = None


def enrol(file: Path, *, key: KeyPlace, name: str, roles: Sequence[str], organisation: str = "") -> EnrolledPerson:
    """Write a person's own half of an enrolment to ``file``: a statement that their key signs.

    :raises CallError: a role is unknown, or the file exists.
    """
    known = [role.value for role in Role]
    if unknown := [role for role in roles if role not in known]:
        raise CallError(f'"{unknown[0]}" is no role that signs', advice=f"choose of {', '.join(known)}")
    if not roles:
        raise CallError("an enrolment names the roles that the person may sign in", advice="give --role")
    identity = open_key(key)
    stated = state_enrolment(
        identity,
        name=name or common_name(identity.certificate),
        roles=roles,
        organisation=organisation,
        stated_at=now(),
    )
    _write(file, write_enrolment(stated), fresh=True)
    return _describe(stated, file)


def countersign_enrolment(file: Path, *, key: KeyPlace, project: Project | None = None) -> EnrolledPerson:
    """Countersign the enrolment in ``file``; with ``project``, keep it in the workspace and tell its log.

    :raises CallError: the file holds none, or the key is the one that it enrols.
    """
    stated = _read(file)
    done = countersign(stated, open_key(key), signed_at=now(), trust=_nobody())
    content = write_enrolment(done)
    _write(file, content)
    if project is not None:
        keep(project, done)
    return _describe(done, file)


def keep(project: Project, enrolment: Enrolment) -> Path:
    """Keep a countersigned enrolment in the workspace, and record who was enrolled by whom."""
    person = _describe(enrolment, None)
    if not person.countersigned_by:
        raise CallError(
            f"the enrolment of {person.name} is not countersigned", advice="pdpo-audit keys countersign FILE"
        )
    place = project.folder / PLACE / f"{person.sha256}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    _write(place, write_enrolment(enrolment))
    with project.store.transaction() as transaction:
        details: Details = {
            "certificate": person.sha256,
            "roles": ", ".join(person.roles),
            "countersigned_by": person.countersigned_by,
        }
        transaction.append_event("person enrolled", details, at=project.clock(), actor=project.actor)
    return place


def enrolments_of(folder: Path) -> tuple[Enrolment, ...]:
    """Every enrolment that the workspace in ``folder`` keeps; ``MachineError`` when one cannot be read."""
    return tuple(_read(path) for path in sorted((folder / PLACE).glob("*.json")))


def list_people(folder: Path) -> list[EnrolledPerson]:
    """Everybody whom the workspace in ``folder`` has enrolled."""
    return [_describe(one, None) for one in enrolments_of(folder)]


def chain_of(sha256: str, kept: Sequence[Enrolment]) -> tuple[Enrolment, ...]:
    """The enrolment of a certificate, that of its countersigner, and so on: what a record carries to be checked."""
    chain: list[Enrolment] = []
    wanted = sha256
    while mine := next((one for one in kept if read_statement(one.statement).sha256 == wanted), None):
        if mine in chain:
            break
        chain.append(mine)
        signer = signer_of(mine.statement.encode(), mine.countersignature, _nobody())
        wanted = fingerprint(signer) if signer is not None else ""
    return tuple(chain)


def _describe(enrolment: Enrolment, file: Path | None) -> EnrolledPerson:
    statement = read_statement(enrolment.statement)
    signer = None
    if enrolment.countersignature:
        signer = signer_of(enrolment.statement.encode(), enrolment.countersignature, _nobody())
    by = f"{signer.subject.rfc4514_string()} (certificate SHA-256 {fingerprint(signer)})" if signer else ""
    return EnrolledPerson(
        name=statement.name,
        roles=statement.roles,
        sha256=statement.sha256,
        stated_at=statement.stated_at,
        countersigned_by=by,
        file=file,
    )


def _nobody() -> Trust:
    return Trust(roots=(), now=now())


def _read(file: Path) -> Enrolment:
    try:
        return read_enrolment(file.read_bytes())
    except OSError as error:
        raise MachineError(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CallError(f"{file} is no enrolment: {error}", advice="pdpo-audit keys enrol makes one") from error


def _write(file: Path, content: bytes, *, fresh: bool = False) -> None:
    """Whole or not at all; ``CallError`` when a fresh one would overwrite."""
    if fresh and file.exists():
        raise CallError(f"{file} exists already", advice="name another file")
    try:
        part = file.with_name(f".{file.name}.part")
        part.write_bytes(content)
        part.replace(file)
    except OSError as error:
        raise MachineError(f"{file} cannot be written: {error.strerror}") from error
