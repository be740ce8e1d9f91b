"""The guard around each item of work in a worker: time, memory, and whose fault a failure is."""

from __future__ import annotations

import multiprocessing
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pdpo_audit.errors import AuditError
from pdpo_audit.execution.hearing import hearing, listen, take
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

_Result = TypeVar("_Result")

_PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one worker process may use: ``memory`` bytes of address space (0: no limit)."""

    memory: int = 0


#: No limit at all.
UNBOUNDED = Bounds()


def enter(bounds: Bounds, told: Callable[[str], None] | None = None) -> None:
    """Put this worker process under its bounds, and let what libraries print be heard instead of shown.

    ``told`` is called with each part of an item that is begun.
    """
    global _told
    _told = told
    if bounds.memory:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = bounds.memory if hard == resource.RLIM_INFINITY else min(bounds.memory, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    listen()


def attempt(
    work: Callable[[], _Result],
    *,
    seconds: float | None = None,
    failed: Callable[[ImageProblem], _Result],
    about: Sequence[int] = (),
    heard: Callable[[_Result, tuple[str, ...]], _Result] | None = None,
) -> _Result:
    """The result of ``work``, or what ``failed`` makes of the problem where it raised anything.

    Only errors that concern the whole machine (``AuditError``: an engine that is not installed) go through. What
    libraries print meanwhile is said of the contents that the work is ``about`` (``hearing``); where these have no
    number yet, ``heard`` takes it, one line each, where it was not silence. After ``seconds`` the worker process ends
    itself (see ``deadline``); without them the parts of ``work`` have deadlines of their own.
    """
    with hearing(*about):
        try:
            with nullcontext() if seconds is None else deadline(seconds):
                result = work()
        except AuditError:
            raise
        except Exception as error:  # noqa: BLE001 - costs its item and nothing else; the problem names it
            result = failed(problem_of(error))
        notes = take() if heard is not None else ()
    return heard(result, notes) if heard is not None and notes else result


def problem_of(error: BaseException) -> ImageProblem:
    """What an exception of the work on one picture means, and whose fault it is.

    An ``ImageProblem`` is what it says. Memory that does not suffice is the limit's. Everything else nobody foresaw: it
    counts as the program's own fault and names the place.
    """
    if isinstance(error, ImageProblem):
        return error
    if isinstance(error, MemoryError) or "insufficient memory" in str(error).lower() or "bad_alloc" in str(error):
        return ImageProblem(SkipReason.TOO_LARGE, "needs more memory than a worker may use")
    words = " ".join(str(error).split())
    return ImageProblem(SkipReason.PROGRAM_ERROR, f"{type(error).__name__}: {words}"[:240] + f" ({_place(error)})")


def _place(error: BaseException) -> str:
    """File and line of the innermost frame of this program, without where it is installed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if Path(f.filename).is_relative_to(_PACKAGE) and f.filename != __file__]
    for frame in reversed(ours or frames):
        file = Path(frame.filename)
        return f"{file.relative_to(_PACKAGE) if ours else file.name}:{frame.lineno}"
    return "place not known"


_ends_at = 0.0
_told: Callable[[str], None] | None = None


def begin(part: str) -> None:
    """Tell who waits that a part of the item in work begins (empty: the item as a whole): whoever kills this process
    is known by it (``WorkerDied.at``)."""
    if _told is not None:
        _told(part)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """End this worker process when one item takes longer: a decoder that hangs in C cannot be interrupted otherwise.

    The pool sees the death, replaces the process and records the item as timed out. A process that is nobody's worker
    has no such limit.
    """
    global _ends_at
    if multiprocessing.parent_process() is None:
        yield
        return
    _ends_at = time.monotonic() + seconds
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _ends_at = 0.0


def each_in_time(items: Iterator[_Result], seconds: float) -> Iterator[_Result]:
    """The items, for each of which there is so much time; what makes them may give its parts deadlines of their own."""
    while True:
        with deadline(seconds):
            try:
                item = next(items)
            except StopIteration:
                return
        yield item


def left_of_time() -> float:
    """Seconds until the deadline of the item in work; infinite where there is none."""
    return _ends_at - time.monotonic() if _ends_at else float("inf")
