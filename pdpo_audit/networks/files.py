"""Files of weights in installed packages, found without importing these, and known by their digests."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from pdpo_audit.errors import MachineError


def beside(module: str, name: str) -> Path | None:
    """The file of this name in the folder of a package, which is not imported; ``None`` where there is none."""
    found = find_spec(module)
    folders = [Path(place) for place in (found.submodule_search_locations or [])] if found else []
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def verified(path: Path, sha256: str, *, advice: str) -> Path:
    """``path`` itself if its bytes have this digest, else MachineError with ``advice``."""
    found = digest(path, advice=advice)
    if found != sha256:
        raise MachineError(
            f"{path} is not the measured weight file: SHA-256 {found}, expected {sha256}.", advice=advice
        )
    return path


def digest(path: Path, *, advice: str) -> str:
    """The SHA-256 of a file, in hex; MachineError where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise MachineError(f"The weight file {path} cannot be read: {error.strerror}.", advice=advice) from error
