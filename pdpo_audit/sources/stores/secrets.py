"""Secrets by reference: settings, tasks and logs name where a secret is, never the secret."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NoReturn

from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.sources.stores.answers import RefusedError

#: How a secret is named.
REFERENCE = re.compile(r"env:\w+|file:/.+|keyring:[^/]+/.+")


def secret_of(reference: str) -> str:
    """What ``env:NAME``, ``file:/path`` or ``keyring:SERVICE/USER`` leads to, without its line end.

    Raises ``RefusedError`` where there is nothing, or the file can be read by others.
    """
    kind, _, name = reference.partition(":")
    if kind == "env":
        return os.environ.get(name, "") or _refuse(f"the variable {name} is empty: set it before the program starts")
    if kind == "keyring":
        return _from_keyring(*name.split("/", 1))
    try:
        if Path(name).stat().st_mode & 0o077:
            return _refuse(f"others can read {name}: chmod 600 {name}")
        return Path(name).read_text("utf-8").rstrip("\r\n") or _refuse(f"{name} is empty: write the login into it")
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(SkipReason.NOT_REACHED, f"the login in {name} cannot be read: {error}") from error


def login_of(reference: str) -> tuple[str, str] | None:
    """User and password behind a reference; ``None`` for no reference."""
    if not reference:
        return None
    user, colon, password = secret_of(reference).partition(":")
    return (user, password) if colon else _refuse(f"what {reference} holds is no user:password")


def _from_keyring(service: str, user: str) -> str:
    try:
        import keyring
    except ModuleNotFoundError:
        return _refuse('keyring: needs the extra keyring: pip install "pdpo-audit[keyring]"')
    try:
        found = keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        return _refuse(f"the keyring is not to be had: {error}")
    return f"{user}:{found}" if found else _refuse(f"the keyring holds nothing for {user} of {service}")


def _refuse(why: str) -> NoReturn:
    raise RefusedError(SkipReason.NOT_REACHED, why)
