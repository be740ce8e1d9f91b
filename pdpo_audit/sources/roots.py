"""Whether the root of a source is what it was: absence is evidence only where that is sure."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pdpo_audit.model.locations.roots import AllowedLoss, Doubt, KnownRoot, RootIdentity

_WITHIN = 2**63 - 1


def identify(root: bytes) -> RootIdentity | None:
    """What tells the folder at ``root`` from others; ``None`` where it cannot be asked."""
    try:
        linked = stat.S_ISLNK(os.lstat(root).st_mode)
        status = os.stat(root)  # noqa: PTH116  # a Path would not keep every byte
        store = _store_id(root, status.st_dev)
    except OSError:
        return None
    return RootIdentity(device=status.st_dev & _WITHIN, inode=status.st_ino & _WITHIN, store=store, linked=linked)


def doubt_about(
    known: KnownRoot, now: RootIdentity | None, *, listed: bool, seen: int, lost: int, allowed: AllowedLoss
) -> Doubt | None:
    """Why what was found may not be what was scanned before; ``None`` where nothing speaks for that.

    ``listed`` says whether the root could be listed, ``seen`` how many files were found, ``lost`` how many of the known
    ones were not, nor moved, nor disposed of by ourselves.
    """
    if now is None or not listed:
        return Doubt.MISSING
    before = known.identity or now
    if now.linked and not before.linked:
        return Doubt.LINK
    if not before.is_same_store(now):
        return Doubt.OTHER_STORE
    if known.accepted or not lost:
        return None
    if not seen:
        return Doubt.EMPTY
    return Doubt.LOSS if lost > allowed.of(known.files) else None


def _store_id(root: bytes, device: int) -> str:
    """The file system's own id; where it has none (network shares) its kind and source, as the system mounted it."""
    number = os.statvfs(root).f_fsid
    if number:
        return f"{number:x}"
    numbers = f"{os.major(device)}:{os.minor(device)}"
    try:
        mounted = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    for line in mounted:
        place, _, kind = line.partition(" - ")
        if place.split(" ")[2:3] == [numbers]:
            return " ".join(kind.split(" ")[:2]).encode("utf-8", "backslashreplace").decode()
    return ""
