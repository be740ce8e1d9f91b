"""What installed packages register at a socket, by entry point."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pdpo_audit.errors import MachineError


def registered(group: str) -> dict[str, EntryPoint]:
    """The entry points of a group by name; nothing of theirs is loaded."""
    return {entry.name: entry for entry in entry_points(group=group)}


def load_engine(group: str, name: str, *, what: str, ours: Iterable[str]) -> Any:
    """What the package that registers an engine of this name gives; MachineError, with the known names, without one.

    ``what`` an engine is called ("face detector"); ``ours`` are the names that need no package.
    """
    found = registered(group)
    if name not in found:
        known = ", ".join([*ours, *sorted(found)])
        raise MachineError(f"There is no {what} named {name!r}.", advice=f"Known {what.split()[-1]}s: {known}.")
    return found[name].load()
