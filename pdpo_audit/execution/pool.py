"""A pool of guarded processes: an ``Executor`` whose workers may die or hang without costing more than one item."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from queue import LifoQueue
from threading import Lock, active_count
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

from pdpo_audit.execution.guards import UNBOUNDED, Bounds, enter
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

_P = ParamSpec("_P")
_T = TypeVar("_T")
#: One process a core: threads of NumPy's linear algebra in each of them doubled the CPU time of a scan.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


class WorkerDied(Exception):  # noqa: N818 - it names an event
    """The process that ran a task is gone; ``timed_out`` when its own alarm ended it (``guards.deadline``).

    ``said`` tells it in words where nobody knows an exit code: whole workers of a cluster went. ``at`` is the part of
    the item that it had begun (``guards.begin``), where it said so.
    """

    def __init__(self, exit_code: int | None, said: str = "", *, at: str = "") -> None:
        self.exit_code = exit_code
        self.at = at
        self.timed_out = exit_code == -signal.SIGALRM
        ending = "time limit reached" if self.timed_out else f"the process ended {_ending(exit_code)}"
        super().__init__(said or ending)

    @property
    def problem(self) -> ImageProblem:
        """What it means for the item that was worked on."""
        return ImageProblem(SkipReason.TIMED_OUT if self.timed_out else SkipReason.DECODER_CRASHED, str(self))


def _ending(exit_code: int | None) -> str:
    try:
        return f"by {signal.Signals(-(exit_code or 0)).name}"
    except ValueError:
        return f"with code {exit_code}"


class Processes(Executor):
    """A pool of processes, each served by one thread, so that a dead or hung process is replaced alone.

    ``concurrent.futures.ProcessPoolExecutor`` gives up the whole pool when one process dies. Each worker lives within
    ``bounds`` and calls ``prepare`` (``module:function``) before its first task; ``gentle`` lowers its priority. With
    ``fork`` the first processes are copies of this one where it has one thread: they start with what is loaded here, so
    that the caller must not hold yet what a decoder should not see.
    """

    def __init__(
        self,
        workers: int,
        *,
        preload: Sequence[str] = (),
        gentle: bool = False,
        bounds: Bounds | None = None,
        prepare: str = "",
        fork: bool = False,
    ) -> None:
        method = "forkserver" if sys.platform == "linux" else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        if method == "forkserver" and not fork:
            self._context.set_forkserver_preload(list(preload))
            with _starting_a_child():
                forkserver.ensure_running()  # it loads while the caller does
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        self._idle: LifoQueue[_Worker] = LifoQueue()  # the last one is warm; what is not needed never starts
        self._workers = [_Worker(self._context, gentle, bounds or UNBOUNDED, prepare) for _ in range(workers)]
        for worker in self._workers:
            self._idle.put(worker)
            if fork and method == "forkserver" and active_count() == 1:
                worker.fork()

    @property
    def threads(self) -> int:
        """How many tasks run at once."""
        return len(self._workers)

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Run ``fn`` in one of the processes; the future raises ``WorkerDied`` where the process did not survive."""
        return self._threads.submit(self._run, fn, args, kwargs)

    def _run(self, fn: Callable[..., _T], args: Any, kwargs: Any) -> _T:
        worker = self._idle.get()
        try:
            result: _T = worker.run(fn, args, kwargs)
            return result
        finally:
            self._idle.put(worker)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; without ``wait`` those at work are killed."""
        if not wait:
            for worker in self._workers:
                worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=cancel_futures or not wait)
        for worker in self._workers:
            worker.stop()


class _Worker:
    """One process and the pipe to it; started when first needed, and again after a death."""

    def __init__(self, context: Any, *conditions: Any) -> None:
        self._context = context
        self._conditions = conditions
        self._process: Any = None
        self._pipe: Connection | None = None
        self._closed = False
        self._changing = Lock()  # of the process: one thread starts it, another may end the pool

    def run(self, fn: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if self._closed:
            raise WorkerDied(None)
        if self._process is None:
            self._start()
        assert self._pipe is not None
        done: bool | None = None
        value: Any = None
        at = ""
        try:
            self._pipe.send((fn, args, kwargs))
            while done is None:
                done, value = self._pipe.recv()
                at = value if done is None else ""
        except (EOFError, OSError) as error:
            self._process.join()
            code = self._process.exitcode
            self._process = None
            raise WorkerDied(code, at=at) from error
        if not done:
            raise value
        return value

    def fork(self) -> None:
        """Start the process as a copy of this one; if it dies, the next one is started as usual."""
        with self._changing:
            ours, theirs = multiprocessing.Pipe()
            context = multiprocessing.get_context("fork")
            self._process = context.Process(target=_serve_forked, args=(ours, theirs, *self._conditions), daemon=True)
            self._process.start()
            theirs.close()
            self._pipe = ours

    def kill(self) -> None:
        with self._changing:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def stop(self) -> None:
        self._closed = True
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.join(timeout=5)
            self._process.kill()

    def _start(self) -> None:
        with self._changing:
            if self._closed:
                raise WorkerDied(None)
            ours, theirs = self._context.Pipe()
            process = self._context.Process(target=_serve, args=(theirs, *self._conditions), daemon=True)
            with _starting_a_child():
                process.start()
            theirs.close()
            self._process, self._pipe = process, ours


_starting = Lock()


@contextmanager
def _starting_a_child() -> Iterator[None]:
    """Hide the program that was started from the processes that are started now, and give them one thread each.

    ``multiprocessing`` has every child import the program. Workers need nothing of it, and a script that scans without
    asking whether it is the main module would scan again in each of them.
    """
    with _starting:
        program = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        added = [name for name in _ONE_THREAD if name not in os.environ]
        os.environ.update(dict.fromkeys(added, "1"))
        try:
            yield
        finally:
            sys.modules["__main__"] = program
            for name in added:
                del os.environ[name]


def _serve(pipe: Connection, gentle: bool, bounds: Bounds, prepare: str) -> None:
    """Run in the worker: tasks come through the pipe until it closes.

    Answers are ``(whether it was done, result or error)``; before them any number of ``(None, part)`` tell what part of
    the task was begun.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits; the pool ends us
    if gentle:
        os.nice(15)
    enter(bounds, lambda part: pipe.send((None, part)))
    if prepare:
        module, _, function = prepare.partition(":")
        getattr(import_module(module), function)()
    while True:
        try:
            fn, args, kwargs = pipe.recv()
        except EOFError:
            return
        try:
            answer = (True, fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - raised again on the other side of the pipe
            answer = (False, error)
        pipe.send(answer)


def _serve_forked(inherited: Connection, pipe: Connection, *conditions: Any) -> None:
    """The other end is closed here, or the pipe would never be seen to close."""
    inherited.close()
    _serve(pipe, *conditions)
