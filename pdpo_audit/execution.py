"""Batches in other processes: an ``Executor`` whose workers may die or hang without costing more than one item."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Lock
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

from pdpo_audit.errors import CallError

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class WorkerDied(Exception):  # noqa: N818 - it names an event
    """The process that ran a task is gone; ``timed_out`` when its own alarm ended it (see ``workers``)."""

    def __init__(self, exit_code: int | None) -> None:
        self.timed_out = exit_code == -signal.SIGALRM
        super().__init__("time limit reached" if self.timed_out else f"the process ended with code {exit_code}")


class Serial(Executor):
    """Runs each task at once in this process."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Run ``fn`` now."""
        future: Future[_T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - handed to whoever asks for the result, as every executor does
            future.set_exception(error)
        return future


class Processes(Executor):
    """A pool of processes, each served by one thread, so that a dead or hung process is replaced alone.

    ``concurrent.futures.ProcessPoolExecutor`` gives up the whole pool when one process dies. ``gentle`` lowers the
    priority of the workers.
    """

    def __init__(self, workers: int, *, preload: Sequence[str] = (), gentle: bool = False) -> None:
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # inherited: the processes share the cores already
            os.environ.setdefault(name, "1")
        method = "forkserver" if sys.platform == "linux" else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        if method == "forkserver":
            self._context.set_forkserver_preload(list(preload))
            with _no_main_module():
                forkserver.ensure_running()  # it loads while the caller does
        self._gentle = gentle
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._workers = [_Worker(self._context, gentle) for _ in range(workers)]
        for worker in self._workers:
            self._idle.put(worker)

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

    def __init__(self, context: Any, gentle: bool) -> None:
        self._context = context
        self._gentle = gentle
        self._process: Any = None
        self._pipe: Connection | None = None
        self._closed = False

    def run(self, fn: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if self._closed:
            raise WorkerDied(None)
        if self._process is None:
            self._start()
        assert self._pipe is not None
        try:
            self._pipe.send((fn, args, kwargs))
            done, value = self._pipe.recv()
        except (EOFError, OSError) as error:
            self._process.join()
            code = self._process.exitcode
            self._process = None
            raise WorkerDied(code) from error
        if not done:
            raise value
        return value

    def kill(self) -> None:
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
        ours, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs, self._gentle), daemon=True)
        with _no_main_module():
            self._process.start()
        theirs.close()
        self._pipe = ours


_starting = Lock()


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Hide the program that was started from the processes that are started now.

    ``multiprocessing`` has every child import it. Workers need nothing of it, and a script that scans without asking
    whether it is the main module would scan again in each of them.
    """
    with _starting:
        program = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = program


def _serve(pipe: Connection, gentle: bool) -> None:
    """Run in the worker: tasks come through the pipe until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits; the pool ends us
    if gentle:
        os.nice(15)
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


def open_executor(where: str, *, preload: Sequence[str] = (), gentle: bool = False) -> Executor:
    """``serial``, or ``processes:N``: the seam at which a cluster's executor would come in too.

    :raises CallError: ``where`` names nothing known.
    """
    if where == "serial":
        return Serial()
    kind, _, count = where.partition(":")
    if kind == "processes" and count.isdecimal() and int(count) > 0:
        return Processes(int(count), preload=preload, gentle=gentle)
    raise CallError(f'"{where}" names no executor', advice='write "serial" or "processes:4"')


def map_bounded(
    executor: Executor,
    function: Callable[[list[_Item]], list[_Result]],
    batches: Iterable[list[_Item]],
    *,
    in_flight: int,
    lost: Callable[[_Item, WorkerDied], _Result],
) -> Iterator[list[_Result]]:
    """Results of ``function`` over ``batches`` in their order, with at most ``in_flight`` batches handed out.

    Where a worker dies, the items of its batch run again one by one, and ``lost`` gives the result of the one that
    kills its worker again. So one hostile item costs itself.
    """
    waiting: deque[tuple[list[_Item], Future[list[_Result]]]] = deque()
    supply = iter(batches)
    try:
        while True:
            while len(waiting) < in_flight and (batch := next(supply, None)) is not None:
                waiting.append((batch, executor.submit(function, batch)))
            if not waiting:
                return
            batch, future = waiting.popleft()
            try:
                yield future.result()
            except WorkerDied as death:
                yield _one_by_one(executor, function, batch, death, lost)
    finally:
        for _, future in waiting:
            future.cancel()


def _one_by_one(
    executor: Executor,
    function: Callable[[list[_Item]], list[_Result]],
    batch: list[_Item],
    death: WorkerDied,
    lost: Callable[[_Item, WorkerDied], _Result],
) -> list[_Result]:
    if len(batch) == 1:
        return [lost(batch[0], death)]
    results: list[_Result] = []
    for item in batch:
        try:
            results += executor.submit(function, [item]).result()
        except WorkerDied as again:
            results.append(lost(item, again))
    return results
