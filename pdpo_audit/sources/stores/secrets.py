"""Secrets by reference: settings, tasks and logs name where a secret is, never the secret."""

from __future__ import annotations

import os
from pathlib import Path

from pdpo_audit.errors import SettingsError


def secret_of(reference: str, source: str) -> str:
    """What ``env:NAME`` or ``file:/path`` leads to, without its line end.

    Raises ``SettingsError`` where there is nothing, or the file can be read by others.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        if value := os.environ.get(name, ""):
            return value
        raise SettingsError(
            f'source "{source}": the variable {name} is empty', advice="set it before the program starts"
        )
    if kind == "file" and name:
        try:
            if Path(name).stat().st_mode & 0o077:
                raise SettingsError(f'source "{source}": others can read {name}', advice=f"chmod 600 {name}")
            return Path(name).read_text("utf-8").rstrip("\r\n")
        except OSError as error:
            raise SettingsError(
                f'source "{source}": {name}: {error.strerror}', advice="write the secret into it"
            ) from error
    raise SettingsError(
        f'source "{source}": a credential is named by env:NAME or file:/path, never written down',
        advice="for example credential=env:CLOUD_LOGIN",
    )
