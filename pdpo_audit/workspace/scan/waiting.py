"""Copies that wait in a quarantine are still held: what searches find says where they lie, and reads them there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pdpo_audit.catalogue.disposition.whereabouts import Waiting, waiting_copies
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.locations.printed import read_place
from pdpo_audit.sources.locations import Locate, locator_of
from pdpo_audit.workspace.project import Project

__all__ = ["Held", "Waiting", "held_copies"]


class Held:
    """Where copies lie now: at their place, or in a quarantine."""

    def __init__(self, waiting: Mapping[tuple[str, str], Waiting], locate: Locate) -> None:
        self._waiting, self._locate = waiting, locate

    def waits(self, ref: ImageRef) -> Waiting | None:
        """Where a copy waits, or the file that it lies in; ``None`` where it is at its place."""
        return self._waiting.get((ref.source, ref.file.path))

    def locate(self, ref: ImageRef) -> Place | None:
        """The place that a worker can open."""
        place, waits = self._locate(ref), self.waits(ref)
        return place if place is None or waits is None else replace(place, locator=read_place(waits.place)[0])


def held_copies(project: Project) -> Held:
    """Where the copies of a project lie now."""
    with project.store.reading() as connection:
        waiting = waiting_copies(connection)
    return Held(waiting, locator_of(project.sources()))
