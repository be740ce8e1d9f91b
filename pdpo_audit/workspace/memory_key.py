"""The key under which the catalogue remembers places that it must not name; whether it is lost."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pdpo_audit.errors import MachineError

if TYPE_CHECKING:
    from pdpo_audit.catalogue.memory import Memory
    from pdpo_audit.catalogue.store import Store

#: Where it lies in the workspace; never in a backup of the catalogue.
MEMORY_KEY = "keys/memory.key"
#: Where a key that does not belong to the catalogue goes when another is made.
_ASIDE = "keys/memory-replaced.key"


def open_memory(folder: Path, store: Store, entropy: Callable[[int], bytes]) -> Memory:
    """The catalogue's memory; its key (32 bytes) is made when it is first needed.

    :raises MachineError: the key cannot be read, or what the catalogue remembers was written under another.
    """
    if fault := memory_fault(folder, store):
        raise MachineError(fault, advice=_ADVICE)
    return _memory(_key(folder, entropy))


def memory_fault(folder: Path, store: Store) -> str:
    """What is wrong with the key, and what that means; empty where it fits what the catalogue remembers."""
    from pdpo_audit.catalogue.memory import MARK, is_keyed

    what = _misfit(folder / MEMORY_KEY, store.recall(MARK))
    if not what:
        return ""
    with store.reading() as connection:
        if not is_keyed(connection):
            return ""
    return (
        f"{MEMORY_KEY} {what}: without it nobody can tell which places holds selected, nor when files were first seen"
        " that a purge forgot"
    )


def _misfit(file: Path, mark: str) -> str:
    if not file.is_file():
        return "is gone"
    try:
        fits = not mark or _memory(_read(file)).mark() == mark
    except MachineError:
        return "cannot be read as a key"
    return "" if fits else "is not the key of this catalogue"


_ADVICE = (
    "put the file back from a copy of the folder keys; where there is none, pdpo-audit catalogue memory --anew"
    " --by NAME makes another: holds are then on every copy of what they selected, and first days from before the last"
    " purge are forgotten"
)


def make_key(folder: Path, entropy: Callable[[int], bytes]) -> Memory:
    """Another key; one that is there and does not fit is set aside."""
    file = folder / MEMORY_KEY
    if file.is_file():
        file.replace(folder / _ASIDE)
    return _memory(_key(folder, entropy))


def _memory(key: bytes) -> Memory:
    from pdpo_audit.catalogue.memory import Memory

    return Memory(key=key)


def _key(folder: Path, entropy: Callable[[int], bytes]) -> bytes:
    """The key in the folder, made where there is none; of two processes that make it one prevails."""
    file = folder / MEMORY_KEY
    if not file.is_file():
        try:
            _make(file, entropy(32))
        except OSError as error:
            raise MachineError(
                f"{MEMORY_KEY} cannot be made: {error.strerror}", advice="the workspace's folder must be writable"
            ) from error
    return _read(file)


def _make(file: Path, key: bytes) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(key.hex().encode())
    with contextlib.suppress(FileExistsError):
        os.link(part, file)
    part.unlink()


def _read(file: Path) -> bytes:
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise MachineError(f"{file} cannot be read as a key: {error}", advice=_ADVICE) from error
    if len(key) != 32:
        raise MachineError(f"{file} holds {len(key)} bytes, and a key has 32", advice=_ADVICE)
    return key
