"""What libraries print in a worker: heard instead of shown, and told of the pictures that were worked on meanwhile."""

from __future__ import annotations

import fcntl
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from typing import Generic, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

#: Lines by the content (its number in the catalogue) that was worked on when they were printed.
Notes = Mapping[int, tuple[str, ...]]
#: Longest line kept of what libraries print over one picture, and the most lines of it.
_LONGEST, MOST_NOTES = 200, 8
#: Bytes that are kept of what is printed over one picture.
_ROOM = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Generic[_Result]):
    """The results of a batch, one an item, and what libraries printed over the contents in it."""

    results: list[_Result]
    notes: Notes


def telling(function: Callable[[list[_Item]], list[_Result]]) -> Callable[[list[_Item]], Told[_Result]]:
    """A function of batches for ``map_bounded``: its results, with all that was heard over contents meanwhile."""

    @wraps(function)
    def tell(batch: list[_Item]) -> Told[_Result]:
        _Ear.heard.clear()  # of a batch that ended by an error
        results = function(batch)
        notes = {content: tuple(lines) for content, lines in _Ear.heard.items()}
        _Ear.heard.clear()
        return Told(results=results, notes=notes)

    return tell


def unheard(_: Notes) -> None:
    """For batches over files that the catalogue does not hold: nowhere is a place for notes on them."""


@contextmanager
def hearing(*contents: int) -> Iterator[None]:
    """What is printed within is said of these contents, and of none around it."""
    before = _Ear.turn(contents)
    try:
        yield
    finally:
        _Ear.turn(before)


def listen() -> None:
    """From now on everything printed in this process is heard, and nobody sees it."""
    _Ear.listen()


def take() -> tuple[str, ...]:
    """The different lines heard since the last time, which are said of nothing else then."""
    return _Ear.take()


class _Ear:
    """What is printed in this process: both of its outputs lead into a file that nobody sees."""

    heard: dict[int, dict[str, None]] = {}  # noqa: RUF012 - there is one ear in a process
    _descriptor: int | None = None
    _turned_to: tuple[int, ...] = ()

    @classmethod
    def listen(cls) -> None:
        """Warnings are heard without the place of the program that they came from, and each time."""
        cls._descriptor = _nameless_file()
        for output in (1, 2):
            os.dup2(cls._descriptor, output)
        sys.stdout = sys.stderr = _Mouth()
        warnings.simplefilter("always")
        warnings.showwarning = _warn_plainly

    @classmethod
    def turn(cls, contents: tuple[int, ...]) -> tuple[int, ...]:
        """What was heard until now is said of the contents before, what comes of these; gives those before."""
        lines, before = cls.take(), cls._turned_to
        for content in before:
            kept = cls.heard.setdefault(content, {}) if lines else {}
            kept |= dict.fromkeys(lines[: max(0, MOST_NOTES - len(kept))])
        cls._turned_to = contents
        return before

    @classmethod
    def take(cls) -> tuple[str, ...]:
        """The different lines heard since the last time."""
        if cls._descriptor is None:
            return ()
        size = os.lseek(cls._descriptor, 0, os.SEEK_CUR)
        if not size:
            return ()
        text = os.pread(cls._descriptor, min(size, _ROOM), 0).decode("utf-8", "replace")
        os.lseek(cls._descriptor, 0, os.SEEK_SET)
        lines = (" ".join("".join(c if c.isprintable() else " " for c in line).split()) for line in text.splitlines())
        return tuple(dict.fromkeys(line[:_LONGEST] for line in lines if line))[:MOST_NOTES]


class _Mouth(io.TextIOBase):
    """What Python code prints to: what finds no room any more is lost, and no error of whoever prints."""

    def write(self, text: str, /) -> int:
        with suppress(OSError):
            os.write(2, text.encode("utf-8", "replace"))
        return len(text)

    def fileno(self) -> int:
        return 2


def _nameless_file() -> int:
    """A file in memory that both outputs write to, one after the other. Where the system can, it has so much room and
    no more: a file over which a decoder complains without end fills no memory."""
    if not hasattr(os, "memfd_create"):
        with tempfile.TemporaryFile() as file:
            return os.dup(file.fileno())
    made = os.memfd_create("printed", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(made, _ROOM)
    fcntl.fcntl(made, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW)
    return made


def _warn_plainly(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    sys.stderr.write(f"{category.__name__}: {message}\n")
