"""One run at a time: scan, assess, report, purge and upgrade exclude each other; looking and deciding never wait."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from pdpo_audit.errors import MachineError
from pdpo_audit.workspace.addresses import URL_VARIABLE, stated_catalogue

if TYPE_CHECKING:
    from pdpo_audit.workspace.project import Project

P = ParamSpec("P")
T = TypeVar("T")

#: The lock and, beside it, who holds it; in the workspace's folder.
LOCK_FILE, HOLDER_FILE = ".run.lock", ".run.json"
#: The way out where a workspace may only be read.
_READING = "status, export, verify, audits and the lists work; copy the workspace to where you may write for the rest"
#: The catalogue's key for who holds the lock of a catalogue on a server.
_HOLDER = "run_holder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who runs what in a workspace, since when."""

    verb: str
    actor: str
    process: int
    since: str

    def __str__(self) -> str:
        since = f"{self.since[:16].replace('T', ' ')} {self.since[19:]}".rstrip()
        return f"{self.verb}, started by {self.actor} at {since} (process {self.process})"


@contextmanager
def run_lock(project: Project, verb: str, *, catalogue: bool = True) -> Iterator[None]:
    """Hold the workspace for ``verb``; inside of another verb of this process that one's lock counts.

    The lock belongs to the open file, and on a server to the connection: it ends with the process, however it ends.
    What a dead run left half written (``.part`` folders) goes now. Without ``catalogue`` only the folder is locked:
    for what puts another catalogue in place.

    :raises MachineError: another run holds the workspace; it says which, and since when.
    """
    if project.locked:
        yield
        return
    from filelock import FileLock, Timeout

    holder = Holder(
        verb=verb, actor=project.actor, process=os.getpid(), since=project.clock().isoformat(timespec="seconds")
    )
    with ExitStack() as stack:
        try:
            stack.enter_context(FileLock(project.folder / LOCK_FILE, timeout=0, mode=0o600))
        except Timeout:
            raise _busy(_read(project.folder / HOLDER_FILE)) from None
        except OSError as error:
            if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
                raise MachineError(
                    f"the workspace can only be read, and {verb} writes to it", advice=_READING
                ) from error
            raise MachineError(f"the workspace cannot be locked: {error}", advice="check its permissions") from error
        if catalogue:
            _lock_server(project, stack, holder)
        (project.folder / HOLDER_FILE).write_text(json.dumps(asdict(holder)), "utf-8")
        _sweep(project)
        project.locked = True
        try:
            yield
        finally:
            project.locked = False
            (project.folder / HOLDER_FILE).unlink(missing_ok=True)


def under_way(project: Project) -> Holder | None:
    """Who runs something in this workspace now, in this process or another; what a dead run left says nothing.

    The lock is tried only where somebody is written down as its holder, so that looking keeps no run from starting.
    """
    holder = _read(project.folder / HOLDER_FILE)
    if holder is None or project.locked:
        return holder
    from filelock import FileLock, Timeout

    try:
        with FileLock(project.folder / LOCK_FILE, timeout=0, mode=0o600):
            return None
    except Timeout:
        return holder
    except OSError:  # only to be read: nobody here can say
        return None


def _lock_server(project: Project, stack: ExitStack, holder: Holder) -> None:
    if not _is_on_server(project):
        return
    from pdpo_audit.catalogue.run_locks import server_lock

    if not stack.enter_context(server_lock(project.store)):
        raise _busy(_parse(project.store.recall(_HOLDER)))
    with project.store.transaction() as transaction:
        transaction.remember(_HOLDER, json.dumps(asdict(holder)))


def _is_on_server(project: Project) -> bool:
    """Whether the catalogue is on a server; said without loading the settings, which takes longer than a quiet scan."""
    if "settings" in project.__dict__:
        url = project.settings.catalogue.url
    else:
        url = os.environ.get(URL_VARIABLE, "").strip("\"'") or stated_catalogue(project.settings_path)
    return bool(url) and not url.startswith("sqlite")


def _busy(holder: Holder | None) -> MachineError:
    return MachineError(
        f"another run holds this workspace: {holder or 'it does not say which'}",
        advice="wait for it; looking, deciding, answering and holds need not wait",
    )


def _read(file: Path) -> Holder | None:
    try:
        return _parse(file.read_text("utf-8"))
    except OSError:
        return None


def _parse(text: str) -> Holder | None:
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):
        return None


def _sweep(project: Project) -> None:
    """Remove what runs that died were writing: nobody else can be writing it now."""
    for left in project.reports.glob(".*.part"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def exclusive(verb: str) -> Callable[[Callable[Concatenate[Project, P], T]], Callable[Concatenate[Project, P], T]]:
    """Let a function of a project run under its lock."""

    def locked(function: Callable[Concatenate[Project, P], T]) -> Callable[Concatenate[Project, P], T]:
        @wraps(function)
        def under_lock(project: Project, /, *args: P.args, **ways: P.kwargs) -> T:
            with run_lock(project, verb):
                return function(project, *args, **ways)

        return under_lock

    return locked
