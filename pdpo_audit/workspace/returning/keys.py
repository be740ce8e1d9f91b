"""The keys of the come-back alarm: one for each day on which alarms end, destroyed after that day."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from pdpo_audit.catalogue.disposition.returns import forget_ended, load_watched
from pdpo_audit.errors import MachineError
from pdpo_audit.model.disposition.returns import NOTHING_WATCHED, Watched
from pdpo_audit.workspace.project import Project

#: Where they lie in the workspace; never in a backup of the catalogue.
FOLDER = "keys/alarms"
_NAME = re.compile(r"(\d{4}-\d\d-\d\d)\.key")
_BYTES = 32


def key_until(project: Project, day: str) -> bytes:
    """The key that ends on a day (ISO 8601); made when it is first needed.

    :raises MachineError: it cannot be made or read.
    """
    file = project.folder / FOLDER / f"{day}.key"
    try:
        if not file.is_file():
            _make(file, project.entropy(_BYTES))
        return _read(file)
    except OSError as error:
        raise MachineError(
            f"{FOLDER}/{day}.key cannot be made or read: {error.strerror}",
            advice="the workspace's folder keys must be readable and writable",
        ) from error


def watched(project: Project) -> Watched:
    """What a scan looks for: digests under the keys that have not ended. A key that is gone watches nothing."""
    today = project.clock().date().isoformat()
    keys = {day: _read(file) for day, file in _files(project.folder).items() if day >= today}
    return load_watched(project.store, keys) if keys else NOTHING_WATCHED


def end_keys(project: Project) -> int:
    """Destroy the keys whose day is over, and forget what was kept under them; how many digests that were.

    Without its key nobody can tell what a digest was of, also not from an old backup of the catalogue.
    """
    today = project.clock().date().isoformat()
    ended = [file for day, file in _files(project.folder).items() if day < today]
    for file in ended:
        _destroy(file)
    if not ended:
        return 0
    with project.store.transaction() as transaction:
        count = forget_ended(transaction, today)
        transaction.append_event(
            "alarm keys destroyed", {"keys": len(ended), "digests": count}, at=project.clock(), actor=project.actor
        )
    return count


def _files(folder: Path) -> dict[str, Path]:
    """Key files by the day on which they end."""
    found: dict[str, Path] = {}
    with suppress(FileNotFoundError):
        for file in sorted((folder / FOLDER).iterdir()):
            if named := _NAME.fullmatch(file.name):
                found[named[1]] = file
    return found


def _make(file: Path, key: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(key.hex().encode())
        out.flush()
        os.fsync(out.fileno())
    with suppress(FileExistsError):
        os.link(part, file)
    part.unlink()


def _read(file: Path) -> bytes:
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except ValueError as error:
        raise MachineError(f"{file.name} holds no key", advice="put it back from a copy of keys/alarms") from error
    if len(key) != _BYTES:
        raise MachineError(f"{file.name} holds {len(key)} bytes, and a key has {_BYTES}")
    return key


def _destroy(file: Path) -> None:
    """Written over where it lies, then removed: on flash and copy-on-write disks the store may keep the old block."""
    with file.open("r+b") as out:
        out.write(bytes(2 * _BYTES))
        out.flush()
        os.fsync(out.fileno())
    file.unlink()
