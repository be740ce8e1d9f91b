"""What every stage works with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.contents import keep_notes
from pdpo_audit.catalogue.store import Store
from pdpo_audit.execution import MOST_NOTES
from pdpo_audit.model.disposition.returns import NOTHING_WATCHED, Watched
from pdpo_audit.ports import Progress

if TYPE_CHECKING:
    from pdpo_audit.catalogue.memory import Memory
    from pdpo_audit.execution import Notes
    from pdpo_audit.imaging import Limits
    from pdpo_audit.metadata import ReaderSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The catalogue, the workers, and who does the work; ``clock`` gives the time with its zone."""

    store: Store
    memory: Memory
    executor: Executor
    in_flight: int
    progress: Progress
    clock: Callable[[], datetime]
    actor: str
    limits: Limits
    seconds_per_file: float
    reader: ReaderSpec
    #: How deep it is looked inside files that hold others; 0: they are not opened.
    depth: int = 0
    #: What was certified as erased, and is told when it is read again.
    watched: Watched = NOTHING_WATCHED

    def note(self, notes: Notes) -> None:
        """Keep what libraries printed over contents as notes at these."""
        keep_notes(self.store, notes, MOST_NOTES)
