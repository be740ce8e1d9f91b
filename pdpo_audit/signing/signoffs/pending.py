"""A sign-off enters an audit folder whole: prepared under a pending name, and rolled forward or back by whoever comes.

The files are written into ``.sign-off.part`` at first. Renaming that folder to ``.sign-off.ready`` is the moment from
which the sign-off counts; its files then replace those of the audit one by one, which can be done again after a kill.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.checks import Check, failed, proved
from pdpo_audit.signing.evidence.manifest import MANIFEST, is_regular, list_files
from pdpo_audit.signing.signoffs.records import RECORD, SIGN_OFFS

if sys.platform != "win32":
    import fcntl

PART = ".sign-off.part"
READY = ".sign-off.ready"

#: What a sign-off may replace or add: reports, and its own record with the signature.
REPORT = re.compile(r"report\.[A-Za-z-]+\.pdf\Z")

#: What a timestamp over the whole audit adds.
STAMP = re.compile(r"evidence/timestamps/\d{4}\.(json|tst)\Z")

#: Seconds to wait for somebody else who signs the same audit: a timestamp service may take long.
PATIENCE = 60


@contextmanager
def locked(audit_folder: Path) -> Iterator[None]:
    """Nobody else signs or settles this audit inside the block; the lock ends with the process that holds it."""
    try:
        descriptor = os.open(audit_folder / MANIFEST, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise MachineError(f"{audit_folder} is no sealed audit: {error.strerror}.") from error
    try:
        _lock(descriptor, audit_folder)
        yield
    finally:
        os.close(descriptor)


def store(audit_folder: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files`` (path below the audit to content) so that all of them are there afterwards, or none; locked."""
    part, ready = audit_folder / PART, audit_folder / READY
    for named, content in files.items():
        place = part / named
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    part.rename(ready)
    _sync(audit_folder)
    _roll_forward(audit_folder, ready)


def is_unsettled(audit_folder: Path) -> bool:
    """Whether a sign-off was interrupted here."""
    return any((audit_folder / name).is_dir() for name in (PART, READY))


def settle(audit_folder: Path) -> bool:
    """Complete a sign-off that was interrupted after it counted, undo one before that; gives whether it was completed.

    Locked. Raises ``OSError`` where the folder cannot be written.
    """
    part, ready = audit_folder / PART, audit_folder / READY
    if part.is_dir() and not part.is_symlink():
        shutil.rmtree(part)
    if not ready.is_dir() or ready.is_symlink():
        return False
    _roll_forward(audit_folder, ready)
    return True


def complete_interrupted(audit_folder: Path) -> list[Check]:
    """What verification does first: complete or undo what an interruption left; says so where something was."""
    if not is_unsettled(audit_folder):
        return []
    try:
        with locked(audit_folder):
            completed = settle(audit_folder)
    except (OSError, MachineError) as error:
        reason = error.message if isinstance(error, MachineError) else str(error.strerror)
        return [
            failed(
                SIGN_OFFS,
                f"A sign-off was interrupted while it was written, and cannot be completed here ({reason}): verify "
                "where this folder can be written.",
            )
        ]
    if completed:
        return [proved(SIGN_OFFS, "A sign-off that was interrupted while it was written is complete now.")]
    return []


def _roll_forward(audit_folder: Path, ready: Path) -> None:
    """Reports first, the record last. Anything else in the folder was not put there by this program, and stays."""
    entries = list_files(ready)
    fit = [named for named in entries if any(kind.match(named) for kind in (REPORT, RECORD, STAMP))]
    if any((audit_folder / named).parent.is_symlink() for named in ("evidence/x", *fit)):
        return
    for named in sorted(fit, key=lambda one: (not REPORT.match(one), not one.endswith((".p7s", ".tst")), one)):
        if is_regular(entries[named]):
            target = audit_folder / named
            target.parent.mkdir(exist_ok=True)
            entries[named].replace(target)
            _sync(target.parent)
    if not list_files(ready):
        shutil.rmtree(ready)


def _lock(descriptor: int, audit_folder: Path) -> None:
    if sys.platform == "win32":
        return
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise MachineError(
                    f"Somebody else is signing {audit_folder} since more than {PATIENCE} seconds.",
                    advice="Try again when they have ended.",
                ) from None
            time.sleep(0.1)


def _sync(folder: Path) -> None:
    """The names in ``folder`` survive a loss of power from here on."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
