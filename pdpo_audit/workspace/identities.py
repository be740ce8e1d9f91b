"""The organisation's seal: made, opened with its passphrase, or a throw-away one that lives only in memory."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.signing.keys import Identity, create_seal, open_pkcs12
from pdpo_audit.workspace.project import Project, now


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


def open_seal(project: Project) -> Seal:
    """The seal of the settings, or a throw-away one where none exists yet."""
    file = project.folder / project.settings.signing.pkcs12
    if file.is_file():
        try:
            data = file.read_bytes()
        except OSError as error:
            raise MachineError(f"the seal {file} cannot be read: {error.strerror}") from error
        return Seal(identity=open_pkcs12(data, _passphrase(project, file).encode()))
    return Seal(identity=throw_away_identity(project), throw_away=True)


def throw_away_identity(project: Project) -> Identity:
    """A seal whose key exists for this audit only: it proves that nothing was changed since, and nothing about whom."""
    passphrase = secrets.token_hex(16).encode()
    data = create_seal(
        common_name="Throw-away seal (no identity)",
        organisation=(project.settings.organisation.name or "unnamed organisation")[:64],
        passphrase=passphrase,
        now=project.clock() - timedelta(minutes=1),
    )
    return open_pkcs12(data, passphrase)


def _passphrase(project: Project, file: Path) -> str:
    """From the variable, the file that a variable names, or a prompt; it never stands in the settings."""
    if text := os.environ.get("PDPO_AUDIT_PASSPHRASE"):
        return text
    if name := os.environ.get("PDPO_AUDIT_PASSPHRASE_FILE"):
        try:
            return Path(name).read_text("utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise MachineError(f"the passphrase file cannot be read: {error}") from error
    if project.ask_passphrase:
        return project.ask_passphrase(f"Passphrase of {file.name}")
    raise MachineError(
        f"the seal {file.name} needs its passphrase",
        advice="set PDPO_AUDIT_PASSPHRASE or PDPO_AUDIT_PASSPHRASE_FILE, or run where you can be asked",
    )
