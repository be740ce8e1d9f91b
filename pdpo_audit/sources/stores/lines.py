"""A line to a store: opened when it is needed, made anew when it breaks, given up for a while where nobody answers."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Generic, TypeVar

from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.sources.stores.answers import RefusedError

#: Seconds for a connection and between two blocks; in all for one answer: a server that drips costs itself.
PATIENCE, IN_ALL = 20.0, 300.0
#: Tries of one question, the longest pause between two, and how long a store that failed all is left alone (seconds).
TRIES, PAUSE, DOWN = 4, 20.0, 60.0

#: What libraries raise over an answer that is none.
_GARBLED = (ValueError, LookupError, TypeError, OverflowError, struct.error)

Connection = TypeVar("Connection")
_Result = TypeVar("_Result")


class BusyError(Exception):
    """A store asks to be asked again later: in ``wished`` seconds, where it says so."""

    def __init__(self, why: str, wished: float | None = None) -> None:
        super().__init__(why)
        self.wished = wished


@dataclass(kw_only=True)
class Line(Generic[Connection]):
    """Questions to one store, repeated where it is busy or the line broke.

    ``dial`` opens a connection. A ``RefusedError`` of it or of a question that says that the store is not reached, as
    when the login is refused, is not tried again for a minute: every further try may lock the account. ``broken`` are
    the errors after which a new connection helps.
    """

    dial: Callable[[], Connection]
    hang_up: Callable[[Connection], object]
    broken: tuple[type[Exception], ...]
    _open: list[Connection] = field(default_factory=list, init=False, repr=False)
    _refusal: RefusedError | None = field(default=None, init=False, repr=False)
    _down_until: float = field(default=0.0, init=False, repr=False)

    def ask(self, work: Callable[[Connection], _Result]) -> _Result:
        """What ``work`` gives of an open connection. Raises ``RefusedError``."""
        if self._refusal is not None and time.monotonic() < self._down_until:
            raise RefusedError(self._refusal.reason, self._refusal.detail)
        pause, why = 0.5, ""
        for number in range(TRIES):
            try:
                return self._once(work)
            except RefusedError as refused:
                raise self._leave_alone(refused) if refused.reason is SkipReason.NOT_REACHED else refused from None
            except BusyError as busy:
                why, pause = str(busy), pause if busy.wished is None else busy.wished
            except self.broken as error:
                why = type(error).__name__
                self.close()
            except _GARBLED as error:
                self.close()
                told = f"what the store answers cannot be understood: {type(error).__name__}"
                raise RefusedError(SkipReason.READ_ERROR, told) from error
            if number < TRIES - 1:
                time.sleep(min(pause, PAUSE))
                pause *= 2
        raise self._leave_alone(RefusedError(SkipReason.NOT_REACHED, f"the store does not answer: {why}"))

    def _once(self, work: Callable[[Connection], _Result]) -> _Result:
        """One try, in a thread of its own: nothing that a server does to the connection can hold this one up."""
        done, failed = list[_Result](), list[BaseException]()

        def run() -> None:
            try:
                done.append(work(self._connected()))
            except BaseException as error:  # noqa: BLE001  # raised where it is waited for
                failed.append(error)

        thread = Thread(target=run, daemon=True)
        try:
            thread.start()
            thread.join(IN_ALL)
        finally:
            if not (done or failed):  # late, or this job's own time is over: the connection is that thread's now
                self._open.clear()
        if failed:
            raise failed[0]
        if not done:
            late = f"the store takes more than {IN_ALL:g} s for one answer"
            raise self._leave_alone(RefusedError(SkipReason.NOT_REACHED, late))
        return done[0]

    def _connected(self) -> Connection:
        if not self._open:
            self._open.append(self.dial())
        return self._open[0]

    def _leave_alone(self, refusal: RefusedError) -> RefusedError:
        self._refusal, self._down_until = refusal, time.monotonic() + DOWN
        return refusal

    def close(self) -> None:
        """Hang up; the next question dials anew."""
        while self._open:
            with suppress(OSError):  # what is broken cannot say goodbye
                self.hang_up(self._open.pop())
