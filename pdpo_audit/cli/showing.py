"""What people and scripts see: data on stdout, messages and progress on stderr, hostile text made harmless."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

#: A file or pipe has no width: tables are not folded there.
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 240)
err = Console(stderr=True, highlight=False, soft_wrap=True)

#: Seconds that work takes before its progress is worth showing.
PATIENCE = 1.0


def plain(value: object) -> str:
    """Any text for a terminal: control and direction characters shown as escapes, markup taken literally."""
    return escape("".join(_visible(char) for char in str(value)))


def _visible(char: str) -> str:
    if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
        return char
    return char.encode("unicode_escape", "surrogatepass").decode()


def moment(at: str) -> str:
    """A recorded time (ISO 8601) to the minute, with its zone."""
    return f"{at[:16].replace('T', ' ')} {at[19:].lstrip('.0123456789')}".rstrip()


def show_json(value: object) -> None:
    """Print ``value`` (dataclasses included) as JSON."""
    sys.stdout.write(json.dumps(as_json(value), ensure_ascii=False, indent=2) + "\n")


def as_json(value: object) -> Any:
    """``value`` made of what JSON can hold; paths, dates and codes as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [as_json(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def say(message: str) -> None:
    """A line for people, on stderr; ``message`` may carry markup, its values must be ``plain``."""
    err.print(message)


def table(title: str, rows: Sequence[tuple[object, ...]], headers: Sequence[str] = ()) -> None:
    """A small table for people."""
    grid = Table(title=title or None, title_justify="left", show_header=bool(headers), box=None, pad_edge=False)
    for number, header in enumerate(headers or rows[0] if rows else ()):
        numeric = bool(rows) and all(isinstance(row[number], int | float) for row in rows)
        grid.add_column(str(header) if headers else "", justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(f"{cell:,}" if isinstance(cell, int) else plain(cell) for cell in row))
    out.print(grid)


class Bars:
    """Progress on a terminal, one bar a stage, shown once the work has taken a second."""

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self._quiet = quiet
        self._verbose = verbose
        self._began = time.monotonic()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=err,
            disable=quiet or not err.is_terminal,
        )
        self._shown = False
        self._task: TaskID | None = None
        self._stage, self._total = "", 0

    def start(self, stage: str, total: int | None) -> None:
        """Begin the bar of a stage; a stage that found more to do goes on with its own."""
        if self._verbose and not err.is_terminal:
            say(f"{stage}{'' if total is None else f': {total:,}'}")
        if not total:
            return
        if self._task is None or stage != self._stage:
            self._stage, self._total = stage, total
            self._task = self._progress.add_task(stage, total=total)
        else:
            self._total += total
            self._progress.update(self._task, total=self._total)

    def advance(self, items: int = 1) -> None:
        """Move the bar of the stage under way."""
        if not self._shown and time.monotonic() - self._began >= PATIENCE:
            self._progress.start()
            self._shown = True
        if self._task is not None:
            self._progress.advance(self._task, items)

    def note(self, message: str) -> None:
        """Something people should read while they wait."""
        if not self._quiet:
            say(plain(message))

    def stop(self) -> None:
        """Leave the terminal as it was."""
        if self._shown:
            self._progress.stop()
