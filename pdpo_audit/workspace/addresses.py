"""Where the catalogue is, and the password to it, which no settings hold."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pdpo_audit.errors import MachineError

if TYPE_CHECKING:
    from pdpo_audit.settings import CatalogueSettings

#: The variable that names the catalogue whatever the file says.
URL_VARIABLE = "PDPO_AUDIT_CATALOGUE__URL"


def catalogue_address(section: CatalogueSettings, folder: Path, *, owner: bool = False) -> str:
    """The address to connect to, with the password that the settings refer to; empty where no owner is named.

    :raises MachineError: the password is not where the settings say.
    """
    url, reference = (section.owner_url, section.owner_password) if owner else (section.url, section.password)
    return address_with(url, reference, folder)


def address_with(url: str, reference: str, folder: Path) -> str:
    """The address with the password that is referred to, as ``read_secret`` finds it."""
    if not url or not reference:
        return url
    from pdpo_audit.catalogue.database.engines import with_password

    return with_password(url, read_secret(reference, folder))


def read_secret(reference: str, folder: Path, what: str = "the password of the catalogue") -> str:
    """The secret behind ``env:VARIABLE`` or ``file:PATH`` (its first line; a relative path lies in ``folder``).

    :raises MachineError: there is none, or others can read the file.
    """
    kind, _, name = reference.partition(":")
    if kind == "env":
        if not os.environ.get(name):
            raise MachineError(f"{what} is not there: the variable {name} is not set")
        return os.environ[name]
    file = folder / Path(name).expanduser()
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise MachineError(f"{file} holds {what}, and others can read it", advice=f"chmod 600 {file}")
        return file.read_text("utf-8").splitlines()[0]
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise MachineError(f"{what} cannot be read from {file}") from error


def stated_catalogue(file: Path) -> str:
    """What the settings file says of the catalogue's place, unchecked; empty where it is silent or cannot be read."""
    try:
        section = tomllib.loads(file.read_text("utf-8")).get("catalogue")
    except (OSError, ValueError):
        return ""
    return str(section.get("url", "")) if isinstance(section, dict) else ""


def still_named(file: Path, named: str) -> Callable[[], None]:
    """Tells a writer, once it has the catalogue to itself, whether the settings ``file`` still says what it said.

    A move holds writers back until the settings name the new place: what they would write now would be lost.
    """
    seen, moved = _mark(file), stated_catalogue(file) != named

    def check() -> None:
        nonlocal seen, moved
        now = _mark(file)
        if now != seen:
            seen, moved = now, stated_catalogue(file) != named
        if moved:
            raise MachineError(
                "the catalogue was moved meanwhile: the settings name another one, and nothing was recorded",
                advice="call again",
            )

    return check


def _mark(file: Path) -> tuple[int, int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_mtime_ns, found.st_size
