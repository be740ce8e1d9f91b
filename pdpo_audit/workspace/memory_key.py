"""The key under which the catalogue remembers places that it must not name."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

#: Where it lies in the workspace; never in a backup of the catalogue.
MEMORY_KEY = "keys/memory.key"


def memory_key(folder: Path, entropy: Callable[[int], bytes]) -> bytes:
    """The workspace's key (32 bytes), made when it is first needed; of two processes that make it one prevails."""
    file = folder / MEMORY_KEY
    if not file.is_file():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        part = file.with_name(f".{file.name}.{os.getpid()}.part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(entropy(32).hex().encode())
        with contextlib.suppress(FileExistsError):
            os.link(part, file)
        part.unlink()
    return bytes.fromhex(file.read_text("ascii").strip())
