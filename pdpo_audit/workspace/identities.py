"""Keys: the organisation's seal and people's own, from files and tokens, or a throw-away one that lives in memory."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.signing.key_addresses import SCHEME, read_address
from pdpo_audit.signing.keys import Identity, create_seal, open_pem, open_pkcs12
from pdpo_audit.workspace.project import Project, now

#: Asks a person for a secret, given the question.
Ask = Callable[[str], str]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlace:
    """Where a key lies, and how its passphrase is learnt; nothing is opened or asked before it is needed.

    ``key`` is a PKCS#12 or PEM file, or a token's key as RFC 7512 writes it. ``certificate`` (PEM, issuers may follow)
    is named where it is not with the key. ``ask`` asks a person, where there is one.
    """

    key: str
    certificate: Path | None = None
    passphrase_file: Path | None = None
    ask: Ask | None = None

    @property
    def named(self) -> str:
        """The key as people are told of it."""
        return self.key if self.key.startswith(SCHEME) else Path(self.key).name


def open_key(place: KeyPlace) -> Identity:
    """The identity at ``place``; ``MachineError`` when a file, the passphrase or the key is not usable."""
    certificate = _read(place.certificate) if place.certificate else b""
    if place.key.startswith(SCHEME):
        from pdpo_audit.signing.tokens import open_pkcs11

        on = read_address(place.key)
        return open_pkcs11(on.module, token=on.token, key=on.key, pin=passphrase(place), certificate=certificate)
    data = _read(Path(place.key))
    if b"-----BEGIN" not in data:
        return open_pkcs12(data, passphrase(place).encode())
    locked = b"ENCRYPTED" in data
    return open_pem(data, certificate or data, passphrase(place).encode() if locked else None)


def passphrase(place: KeyPlace) -> str:
    """From the file that the caller names, the variable, the file that a variable names, or a prompt."""
    if place.passphrase_file:
        return read_passphrase(place.passphrase_file)
    if text := os.environ.get("PDPO_AUDIT_PASSPHRASE"):
        return text
    if name := os.environ.get("PDPO_AUDIT_PASSPHRASE_FILE"):
        return read_passphrase(Path(name))
    if place.ask:
        return place.ask(f"Passphrase of {place.named}")
    raise MachineError(
        f"the key {place.named} needs its passphrase",
        advice="set PDPO_AUDIT_PASSPHRASE or PDPO_AUDIT_PASSPHRASE_FILE, or run where you can be asked",
    )


def read_passphrase(file: Path) -> str:
    """The first line of a file that holds a passphrase or PIN."""
    try:
        return file.read_text("utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise MachineError(f"the passphrase file cannot be read: {error}") from error


def open_seal(project: Project) -> Seal:
    """The seal of the settings, or a throw-away one where they name no key and ``pkcs12`` does not exist yet."""
    signing = project.settings.signing
    file = project.folder / signing.pkcs12
    if not signing.key and not file.is_file():
        return Seal(identity=throw_away_identity(project), throw_away=True)
    at = str(file)
    if signing.key:
        at = signing.key if signing.key.startswith(SCHEME) else str(project.folder / signing.key)
    certificate = project.folder / signing.certificate if signing.certificate else None
    return Seal(identity=open_key(KeyPlace(key=at, certificate=certificate, ask=project.ask_passphrase)))


def read_trust_list(project: Project) -> tuple[bytes, ...]:
    """The certificates of the settings that seals and timestamps must lead to."""
    return tuple(_read(project.folder / name) for name in project.settings.signing.trust)


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


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise MachineError(f"{file} cannot be read: {error.strerror}") from error
