"""Where keys lie: in files and on tokens, with the ways to learn a passphrase or PIN."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.signing.keys.addresses import SCHEME, read_address
from pdpo_audit.signing.keys.identities import Identity, WrongPassphraseError, open_pem, open_pkcs12

#: How often a person is asked for a passphrase before nothing more is tried.
TRIES = 3
#: Asks a person for a secret, given the question.
Ask = Callable[[str], str]


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
    certificate = read_key_file(place.certificate) if place.certificate else b""
    if place.key.startswith(SCHEME):
        from pdpo_audit.signing.keys.tokens import open_pkcs11

        on = read_address(place.key)
        return open_pkcs11(on.module, token=on.token, key=on.key, pin=passphrase(place), certificate=certificate)
    data = read_key_file(Path(place.key))
    if b"-----BEGIN" not in data:
        return _unlocked(place, lambda secret: open_pkcs12(data, secret))
    if b"ENCRYPTED" not in data:
        return open_pem(data, certificate or data, None)
    return _unlocked(place, lambda secret: open_pem(data, certificate or data, secret))


def _unlocked(place: KeyPlace, open_with: Callable[[bytes], Identity]) -> Identity:
    """A key in a file by its passphrase; where somebody can be asked they are asked again. (A token is not: it locks.)

    :raises WrongPassphraseError: no passphrase opened it; it says where that came from.
    """
    origin = _origin(place)
    tries = 1 if origin else TRIES
    for number in range(tries):
        again = (
            f"This passphrase does not open it; {amount(tries - number, 'more try', 'more tries')}. " if number else ""
        )
        try:
            return open_with(passphrase(place, again).encode())
        except WrongPassphraseError:
            continue
    raise WrongPassphraseError(
        f"the passphrase {origin or 'that was typed'} does not open {place.named}",
        advice="nothing was begun; call again with the right one, or with --no-seal where the command has it",
    )


def _origin(place: KeyPlace) -> str:
    """Where a passphrase comes from without anybody being asked; empty where somebody is."""
    if place.passphrase_file:
        return f"in {place.passphrase_file}"
    if os.environ.get("PDPO_AUDIT_PASSPHRASE"):
        return "of PDPO_AUDIT_PASSPHRASE"
    if name := os.environ.get("PDPO_AUDIT_PASSPHRASE_FILE"):
        return f"in {name} (PDPO_AUDIT_PASSPHRASE_FILE)"
    return ""


def passphrase(place: KeyPlace, again: str = "") -> str:
    """From the file that the caller names, the variable, the file that a variable names, or a prompt, which says first
    why it is asked ``again``."""
    if place.passphrase_file:
        return read_passphrase(place.passphrase_file)
    if text := os.environ.get("PDPO_AUDIT_PASSPHRASE"):
        return text
    if name := os.environ.get("PDPO_AUDIT_PASSPHRASE_FILE"):
        return read_passphrase(Path(name))
    if place.ask:
        return place.ask(f"{again}Passphrase of {place.named}")
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


def read_key_file(file: Path) -> bytes:
    """The content of a file of keys or certificates; ``MachineError`` when it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise MachineError(f"{file} cannot be read: {error.strerror}") from error


def read_certificates(files: Sequence[Path]) -> tuple[bytes, ...]:
    """The contents of files of certificates or statements; ``CallError`` when one cannot be read."""
    try:
        return tuple(file.read_bytes() for file in files)
    except OSError as error:
        raise CallError(f"{error.filename} cannot be read: {error.strerror}") from error
