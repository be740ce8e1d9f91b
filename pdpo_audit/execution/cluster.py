"""A cluster as an executor: Dask hands batches to its workers, guarded processes over there do them."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures import wait as wait_here
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread
from typing import Any, ParamSpec, TypeVar

from distributed import Client, KilledWorker, Security
from distributed import wait as wait_for

from pdpo_audit.errors import MachineError
from pdpo_audit.execution.pool import WorkerDied
from pdpo_audit.execution.there import Answer, Conditions, How, nothing, perform_there, rest_there
from pdpo_audit.model.locations.executors import Tls
from pdpo_audit.model.locations.printed import amount

_P = ParamSpec("_P")
_T = TypeVar("_T")
#: Seconds for the scheduler to answer, and for the first worker: an adaptive cluster starts one when there is work.
_CONNECT, _FIRST = 20.0, 120.0
#: Seconds between two looks whether any worker is left, whether one that is asked is; for them to take their leave.
_WATCH, _GLANCE, _LEAVE = 30.0, 2.0, 10.0
#: How often a batch is handed out again over which as many workers went as the scheduler allows (four).
_AGAIN = 2
_GOES_ON = "the same command goes on where it stopped"
_LOOK = "pdpo-audit doctor --cluster looks at every worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFound:
    """A worker of the cluster: how many batches it does at once, and why it must not be given any."""

    address: str
    threads: int
    problems: tuple[str, ...]


class Cluster(Executor):
    """Workers of a Dask cluster. What dies there costs one item (``WorkerDied``); Dask gives the batches of a worker
    that went away to others.

    :raises MachineError: the scheduler does not answer, no worker comes, or one of them is not fit.
    """

    def __init__(self, address: str, conditions: Conditions, *, tls: Tls, told: Callable[[str], None]) -> None:
        self._address = address
        self._conditions = conditions
        self._told = told
        self._pending: set[Future[Any]] = set()
        self._closed = Event()
        self._client = _connected(address, tls)

    def open(self) -> None:
        """See that there are workers and that all of them are fit, and say so."""
        if not self._client.nthreads():
            first: Future[object] = self.submit(nothing)
            try:
                first.result(timeout=_FIRST)
            except TimeoutError:
                raise MachineError(
                    f"{self._address}: no worker is connected", advice="start workers: dask worker ADDRESS"
                ) from None
        found = self.workers()
        if unfit := [one for one in found if one.problems]:
            raise _unfit(unfit[0].address, unfit[0].problems)
        self._told(
            f"Cluster {self._address}: {amount(len(found), 'worker')}, {amount(self.threads, 'batch', 'batches')} at"
            f" once{self._dashboard()}"
        )
        Thread(target=self._watch, name="cluster", daemon=True).start()

    @property
    def threads(self) -> int:
        """How many batches the workers that are connected do at once."""
        return sum(self._client.nthreads().values())

    def workers(self) -> list[WorkerFound]:
        """Every worker that is connected, looked at again; one that goes away meanwhile is none."""
        threads: Mapping[str, int] = self._client.nthreads()
        asked = {one: self._at(one, perform_there, self._conditions, _pickled(nothing)) for one in sorted(threads)}
        answers = {address: self._answer(address, future) for address, future in asked.items()}
        return [
            WorkerFound(address=address, threads=threads[address], problems=problems)
            for address, problems in answers.items()
            if problems is not None
        ]

    def _answer(self, worker: str, remote: Any) -> tuple[str, ...] | None:
        """What a worker found wrong with itself; ``None`` once it is not connected any more."""
        until = time.monotonic() + _FIRST
        why = "it does not answer"
        while time.monotonic() < until:
            try:
                answer = remote.result(timeout=_GLANCE)
            except TimeoutError:
                why = f"it does not answer within {_FIRST:.0f} s"
            except Exception as error:  # noqa: BLE001 - whatever it is, this worker did not do it
                why, until = f"it does not answer: {type(error).__name__}: {error}"[:300], 0.0
            else:
                return answer.problems if isinstance(answer, Answer) else ("it runs another program",)
            if worker not in self._client.nthreads():
                remote.cancel()
                return None
        return (why,)

    def _at(self, worker: str, fn: Callable[..., Any], *args: Any) -> Any:
        """Have one worker do something before everything else."""
        return self._client.submit(fn, *args, pure=False, workers=[worker], priority=100)

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Run ``fn`` in a guarded process of some worker; the future raises ``WorkerDied`` where that died."""
        future: Future[_T] = Future()
        self._hand_out(future, _pickled(fn, *args, **kwargs), _AGAIN)
        return future

    def _hand_out(self, future: Future[Any], task: bytes, again: int) -> None:
        try:
            remote = self._client.submit(perform_there, self._conditions, task, pure=False)
        except Exception as error:
            raise _lost(self._address) from error
        self._pending.add(future)
        future.add_done_callback(partial(self._let_go, remote))
        remote.add_done_callback(partial(self._settle, future, task, again))

    def _settle(self, future: Future[Any], task: bytes, again: int, remote: Any) -> None:
        """Hand over what a batch came to. Runs in a thread of Dask's client.

        What a picture kills is a process below a worker. That workers went over a batch is hardly its fault, so it is
        handed out again before it is blamed.
        """
        try:
            result = _result(remote.result())
        except KilledWorker:
            if again and not future.done():
                with suppress(MachineError):
                    return self._hand_out(future, task, again - 1)
            error: BaseException = WorkerDied(None, "workers of the cluster ended over it")
        except (CancelledError, OSError):
            error = _lost(self._address)
        except Exception as raised:  # noqa: BLE001 - raised again where the result is asked for
            error = raised
        else:
            if future.set_running_or_notify_cancel():
                future.set_result(result)
            return None
        if future.set_running_or_notify_cancel():
            future.set_exception(error)
        return None

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take leave of the cluster; without waiting, what is not done is given up."""
        if wait and not cancel_futures:
            wait_here(list(self._pending))
        for future in list(self._pending):
            future.cancel()
        self._closed.set()
        with suppress(Exception):  # it is gone, or busy for others: idle children end by themselves
            leaving = [self._at(one, rest_there, self._conditions) for one in self._client.nthreads()]
            wait_for(leaving, timeout=_LEAVE)
        self._client.close(timeout=_LEAVE)

    def _let_go(self, remote: Any, future: Future[Any]) -> None:
        self._pending.discard(future)
        if future.cancelled():
            remote.cancel()

    def _dashboard(self) -> str:
        link = self._client.dashboard_link
        return f"; dashboard: {link}" if link and "://" in str(link) else ""

    def _watch(self) -> None:
        """Say when nobody works any more, and when somebody does again: work waits meanwhile."""
        empty = False
        while not self._closed.wait(_WATCH):
            if self._client.status != "running":
                return
            now = empty
            with suppress(Exception):  # the connection is going; whoever waits for a result is told why
                now = not self._client.nthreads()
            if now is not empty:
                empty = now
                self._told("no worker is connected: the work waits" if empty else "workers are connected again")


def _connected(address: str, tls: Tls) -> Client:
    secure = address.startswith("tls://")
    named = {"tls_ca_file": tls.ca, "tls_client_cert": tls.certificate, "tls_client_key": tls.key}
    security = Security(require_encryption=True, **{name: value for name, value in named.items() if value})
    try:
        return Client(address, security=security if secure else None, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise MachineError(
            f"{address}: the scheduler does not answer ({' '.join(str(error).split())[:200]})",
            advice="start it: dask scheduler; with dask+tls:// it needs certificates, and so does [execution] tls",
        ) from error


def _lost(address: str) -> MachineError:
    return MachineError(f"{address}: the connection to the scheduler was lost", advice=_GOES_ON)


def _result(answer: Answer) -> Any:
    match answer.how:
        case How.DONE:
            return pickle.loads(answer.content)  # noqa: S301 - of our own workers, over TLS or within this machine
        case How.FAILED:
            raise pickle.loads(answer.content)  # noqa: S301
        case How.DIED:
            raise WorkerDied(answer.exit_code, at=answer.at)
        case How.UNFIT:
            raise _unfit("a worker", answer.problems)


def _unfit(address: str, problems: tuple[str, ...]) -> MachineError:
    return MachineError(f"{address} of the cluster cannot be used: {'; '.join(problems)}", advice=_LOOK)


def _pickled(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> bytes:
    return pickle.dumps((fn, args, kwargs))
