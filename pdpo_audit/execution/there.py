"""In a worker of a cluster: batches are done by guarded processes of that machine, as they would be at home.

The Dask worker itself decodes nothing. It hands each batch to a child with a limit of memory, whose deadlines are
alarms; where a child dies, the worker tells so and starts another one.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from pdpo_audit.errors import AuditError
from pdpo_audit.execution.guards import UNBOUNDED, Bounds
from pdpo_audit.execution.machine import fitting_workers, machine_memory
from pdpo_audit.execution.pool import Processes, WorkerDied
from pdpo_audit.model.locations.executors import is_loopback

#: Seconds after which children without work end: a main process that was killed takes no leave of them.
_IDLE, _LOOK = 300.0, 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How the children live, and the ``check`` (a pickled function without arguments that gives what is wrong here)
    that every worker has to pass before it gets work."""

    preload: tuple[str, ...] = ()
    gentle: bool = False
    bounds: Bounds = UNBOUNDED
    prepare: str = ""
    check: bytes = b""


class How(StrEnum):
    """How a batch ended."""

    DONE = "done"
    FAILED = "failed"
    DIED = "died"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a batch ended: a pickled result or error, the exit code of the child that died with what it was ``at``, or
    why this worker is unfit.

    ``problems`` stay with the worker; bytes pass through unread, so that nothing but a child imports a decoder.
    """

    how: How
    content: bytes = b""
    exit_code: int | None = None
    at: str = ""
    problems: tuple[str, ...] = ()


def perform_there(conditions: Conditions, task: bytes) -> Answer:
    """Do a pickled ``(function, args, kwargs)`` in a child of this worker."""
    with _lent(conditions) as pool:
        problems = _in_clear() or pool.problems()
        if problems:
            return Answer(how=How.UNFIT, problems=problems)
        return pool.perform(task)


def nothing() -> None:
    """A batch of nothing, for the check that comes before it."""


def _in_clear() -> tuple[str, ...]:
    """That this worker is on another machine than its scheduler and talks to it in clear."""
    from distributed import get_worker

    try:
        address = urlsplit(get_worker().address)
    except ValueError:  # nobody's worker
        return ()
    open_ = address.scheme == "tcp" and not is_loopback(address.hostname or "")
    return ("it is reached through a network without TLS",) if open_ else ()


def rest_there(conditions: Conditions) -> None:
    """The work under these conditions is done: end its children, if nobody else uses them."""
    with _changing:
        pool = _pools.get(conditions)
        if pool is None or pool.users:
            return
        del _pools[conditions]
    pool.close()


def perform(task: bytes) -> tuple[bool, bytes]:
    """In a child: whether it was done, and the pickled result or error."""
    fn, args, kwargs = pickle.loads(task)  # noqa: S301 - from the main process, over TLS or within this machine
    try:
        return True, pickle.dumps(fn(*args, **kwargs))
    except Exception as error:  # noqa: BLE001 - raised again in the main process
        return False, pickle.dumps(error)


@dataclass(slots=True)
class _Pool:
    """The children under some conditions. Of those that fit into this machine only as many start as are needed."""

    conditions: Conditions
    users: int = 0
    since: float = field(default_factory=time.monotonic)
    _processes: Processes | None = None
    _fit: bool = False
    _opening: Lock = field(default_factory=Lock)

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        with _changing:
            self.users -= 1
            self.since = time.monotonic()

    def problems(self) -> tuple[str, ...]:
        """Why this worker must not be given work; nothing where it passed once."""
        with self._opening:
            if self._fit or not self.conditions.check:
                return ()
            found = self.perform(self.conditions.check)
            if found.how is How.DIED:
                return (f"the check ended its process ({WorkerDied(found.exit_code)})",)
            said = pickle.loads(found.content)  # noqa: S301 - written by a child of this process
            if found.how is How.FAILED:
                return (said.message if isinstance(said, AuditError) else f"{type(said).__name__}: {said}",)
            self._fit = not said
            return tuple(said)

    def perform(self, task: bytes) -> Answer:
        try:
            done, content = self._opened().submit(perform, task).result()
        except WorkerDied as death:
            return Answer(how=How.DIED, exit_code=death.exit_code, at=death.at)
        return Answer(how=How.DONE if done else How.FAILED, content=content)

    def close(self) -> None:
        if self._processes is not None:
            self._processes.shutdown()

    def _opened(self) -> Processes:
        with _changing:
            if self._processes is None:
                # A nanny starts its worker as a daemon, which may have no children. Ours end with the pipe to them.
                multiprocessing.current_process().daemon = False
                given = self.conditions
                self._processes = Processes(
                    fitting_workers(os.cpu_count() or 1, given.bounds.memory, machine_memory()),
                    preload=given.preload, gentle=given.gentle, bounds=given.bounds, prepare=given.prepare,
                )  # fmt: skip
            return self._processes


_changing = Lock()
_pools: dict[Conditions, _Pool] = {}


def _lent(conditions: Conditions) -> _Pool:
    with _changing:
        if not _pools:
            Thread(target=_sweep, name="idle children", daemon=True).start()
        pool = _pools.setdefault(conditions, _Pool(conditions))
        pool.users += 1
        return pool


def _sweep(clock: Callable[[], float] = time.monotonic, pause: Callable[[float], Any] = time.sleep) -> None:
    """End children that have had no work for long, until there are none."""
    while True:
        pause(_LOOK)
        with _changing:
            idle = [one for one in _pools.values() if not one.users and clock() - one.since > _IDLE]
            for one in idle:
                del _pools[one.conditions]
            left = bool(_pools)
        for one in idle:
            one.close()
        if not left:
            return
