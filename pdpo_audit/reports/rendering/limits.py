"""Fills a template within limits: whatever an organisation writes into it, it ends, and says in which line it is wrong.

The sandbox of Jinja2 keeps a template from files and programs, not from loops in loops that never end.
"""

from __future__ import annotations

import ctypes
import sys
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from pdpo_audit.errors import AuditError, SettingsError

if TYPE_CHECKING:
    from jinja2 import Template

#: Seconds for one report. A template of 10,000 rows takes about 6 on a slow machine.
PATIENCE = 300.0

#: Characters of one report: 10,000 rows have about 20 million.
LONGEST = 200_000_000

#: Bytes that filling may take beyond what the program has: the longest report, put together from its pieces, twice.
MEMORY = 2 << 30


class _TooLate(BaseException):
    """Ends a thread from outside; no ``except Exception`` of a filter holds it up."""


def render_within(
    template: Template,
    context: Mapping[str, object],
    *,
    patience: float = PATIENCE,
    longest: int = LONGEST,
    memory: int = MEMORY,
) -> str:
    """The text that ``template`` makes of ``context``.

    Raises ``SettingsError`` where it takes longer than ``patience`` seconds, makes more than ``longest`` characters,
    takes more than ``memory`` bytes (on Linux: a text doubled forty times is there at once), or is wrong otherwise.
    """
    result: Future[str] = Future()
    filler = Thread(target=_fill, args=(template, context, longest, result), daemon=True)
    try:
        with _bounded(memory):
            filler.start()
            return result.result(timeout=patience)
    except TimeoutError:
        _end(filler)
        raise SettingsError(
            f"{_named(template)}: filling it took longer than {patience:g} seconds, and was ended.",
            advice="Look for loops inside loops in the report template.",
        ) from None


@contextmanager
def _bounded(memory: int) -> Iterator[None]:
    """Inside, the system refuses this program more than ``memory`` bytes on top of what it has (``MemoryError``)."""
    if sys.platform != "linux":
        yield
        return
    import resource

    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    held = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    bounds = [one for one in (before, hard, held + memory) if one != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(bounds), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))


def _fill(template: Template, context: Mapping[str, object], longest: int, result: Future[str]) -> None:
    pieces: list[str] = []
    length = 0
    try:
        for piece in template.generate(context):
            pieces.append(piece)
            length += len(piece)
            if length > longest:
                raise SettingsError(
                    f"{_named(template)}: it makes more than {longest:,} characters.",
                    advice="Look for loops inside loops in the report template.",
                )
        result.set_result("".join(pieces))
    except AuditError as error:
        result.set_exception(error)
    except MemoryError as error:
        pieces.clear()
        error.args = ("it takes more memory than any report",)
        result.set_exception(_wrong(template, error))
    except _TooLate:
        return
    except Exception as error:  # noqa: BLE001  whatever a template does wrong is a mistake in the template
        result.set_exception(_wrong(template, error))


def _wrong(template: Template, error: Exception) -> SettingsError:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == template.filename]
    line = getattr(error, "lineno", None) or (lines[-1] if lines else "?")
    reason = f"{type(error).__name__}: {error}" if not str(error) or not hasattr(error, "message") else str(error)
    return SettingsError(f"{_named(template)}:{line}: {reason}", advice="The report template is wrong.")


def _named(template: Template) -> str:
    return template.filename or template.name or "the report template"


def _end(thread: Thread) -> None:
    """Let ``_TooLate`` rise in a thread of Python code; it ends at its next instruction."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_TooLate))
        thread.join(timeout=5)
