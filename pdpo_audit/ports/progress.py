"""Who is told how long work goes on."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told how long work goes on; the command line draws it, scripts ignore it."""

    def start(self, stage: str, total: int | None) -> None:
        """A stage begins, with the number of items where it is known; the stage under way goes on with so many more."""
        ...

    def advance(self, items: int = 1) -> None:
        """So many more items of the stage are recorded."""
        ...

    def note(self, message: str) -> None:
        """Something people should read while they wait."""
        ...


class Silent:
    """A ``Progress`` that says nothing."""

    def start(self, stage: str, total: int | None) -> None: ...

    def advance(self, items: int = 1) -> None: ...

    def note(self, message: str) -> None: ...
