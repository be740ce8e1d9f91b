"""Keys: the organisation's seal and people's own, from files and tokens, or a throw-away one that lives in memory."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pdpo_audit.errors import CallError
from pdpo_audit.signing.keys.addresses import SCHEME
from pdpo_audit.signing.keys.identities import Identity, create_seal, open_pkcs12
from pdpo_audit.signing.keys.places import Ask, KeyPlace, open_key, passphrase, read_key_file, read_passphrase
from pdpo_audit.workspace.project import Project, now

__all__ = [
    "Ask",
    "KeyPlace",
    "Seal",
    "create_seal_file",
    "has_seal",
    "open_key",
    "open_seal",
    "passphrase",
    "planned_seal",
    "read_passphrase",
    "read_trust_list",
    "settled_seal",
    "throw_away_identity",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """An identity to seal with; ``throw_away`` when its key was made for this one audit and is kept nowhere."""

    identity: Identity
    throw_away: bool = False


def create_seal_file(file: Path, *, name: str, organisation: str, passphrase: str, days: int = 730) -> Identity:
    """Make a self-signed seal and write it to ``file``, readable by its owner only; never overwrites."""
    if file.exists():
        raise CallError(f"{file} exists already", advice="choose another name, or move the old seal away first")
    data = create_seal(
        common_name=name, organisation=organisation, passphrase=passphrase.encode(), now=now(), days=days
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
    return open_pkcs12(data, passphrase.encode())


def settled_seal(project: Project) -> str:
    """The seal that the settings name: a file, or a key's address."""
    return project.settings.signing.key or str(project.folder / project.settings.signing.pkcs12)


def planned_seal(folder: Path) -> tuple[Path, str]:
    """Where the seal of a workspace is to lie, and the organisation's name, which may be empty."""
    project = Project(folder)
    return project.folder / project.settings.signing.pkcs12, project.settings.organisation.name


def has_seal(project: Project) -> bool:
    """Whether there is a key of the organisation, locked or not."""
    signing = project.settings.signing
    return bool(signing.key) or (project.folder / signing.pkcs12).is_file()


def open_seal(project: Project) -> Seal:
    """The seal of the settings, or a throw-away one where they name no key, ``pkcs12`` does not exist yet, or nobody
    wants the seal now (``no_seal``): such a report is a draft, and says so."""
    signing = project.settings.signing
    file = project.folder / signing.pkcs12
    if project.no_seal or not has_seal(project):
        return Seal(identity=throw_away_identity(project), throw_away=True)
    at = str(file)
    if signing.key:
        at = signing.key if signing.key.startswith(SCHEME) else str(project.folder / signing.key)
    certificate = project.folder / signing.certificate if signing.certificate else None
    place = KeyPlace(
        key=at, certificate=certificate, passphrase_file=project.passphrase_file, ask=project.ask_passphrase
    )
    return Seal(identity=open_key(place))


def try_seal(project: Project) -> None:
    """Ask for the passphrase of the seal and try it before any work is done; what was told is asked for no more.

    :raises MachineError: nobody can be asked, or the key does not open.
    """
    told: list[str] = []
    if (ask := project.ask_passphrase) is None:
        open_seal(project)
        return

    def hear(prompt: str) -> str:
        told.append(ask(prompt))
        return told[-1]

    project.ask_passphrase = hear
    try:
        open_seal(project)
    finally:
        project.ask_passphrase = ask
    if told:
        project.ask_passphrase = lambda _: told[-1]


def read_trust_list(project: Project) -> tuple[bytes, ...]:
    """The certificates of the settings that seals and timestamps must lead to."""
    return tuple(read_key_file(project.folder / name) for name in project.settings.signing.trust)


def throw_away_identity(project: Project) -> Identity:
    """A seal whose key exists for this audit only: it proves that nothing was changed since, and nothing about whom."""
    secret = secrets.token_hex(16).encode()
    data = create_seal(
        common_name="Throw-away seal (no identity)",
        organisation=(project.settings.organisation.name or "unnamed organisation")[:64],
        passphrase=secret,
        now=project.clock() - timedelta(minutes=1),
    )
    return open_pkcs12(data, secret)
