"""Files beside a picture that belong to it alone and go the same way: sidecars, and the moving half of a photograph."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from pdpo_audit.model.disposition.plans import Companion
from pdpo_audit.model.locations.holdings import ImageProblem, locate
from pdpo_audit.model.locations.printed import printed, read_place
from pdpo_audit.ports import Source

#: Endings of files that say something of the picture beside them, or are the moving half of it.
_BESIDE = (b".xmp", b".aae", b".dop", b".pp3", b".thm")
_MOVING = (b".mov", b".mp4")


@dataclass(slots=True)
class Beside:
    """What lies beside pictures; each folder is listed once, and only the one that was asked for last is kept."""

    _folder: tuple[str, bytes] = ("", b"")
    _names: dict[bytes, list[bytes]] = field(default_factory=dict)
    _given: set[tuple[str, bytes]] = field(default_factory=set)

    def companions(self, source: Source, path: str) -> Iterator[Companion]:
        """The companions of the picture at a printed place, each with its digest, and each given once: pictures of one
        name go together, and the first takes along what belongs to all of them."""
        folder, _, name = read_place(path)[0].rpartition(b"/")
        stem = name.rpartition(b".")[0]
        wanted = [name + end for end in _BESIDE] + [stem + end for end in (*_BESIDE, *_MOVING)]
        there = self._listed(source, folder)
        for found in dict.fromkeys(one for end in wanted for one in there.get(end.lower(), ())):
            place = (source.name, locate(folder, found))
            if found == name or place in self._given:
                continue
            if (companion := _companion(source, place[1])) is not None:
                self._given.add(place)
                yield companion

    def _listed(self, source: Source, folder: bytes) -> dict[bytes, list[bytes]]:
        """The names of a folder that end as a companion does, by their small letters."""
        if self._folder != (source.name, folder):
            names: dict[bytes, list[bytes]] = {}
            try:
                entries = os.listdir(os.path.join(os.fsencode(source.uri), folder))  # noqa: PTH118, PTH208  # bytes
            except OSError:
                entries = []
            for name in sorted(entries):
                if name.lower().endswith((*_BESIDE, *_MOVING)):
                    names.setdefault(name.lower(), []).append(name)
            self._folder, self._names = (source.name, folder), names
        return self._names


def _companion(source: Source, locator: bytes) -> Companion | None:
    try:
        file = source.open(locator)
    except ImageProblem:
        return None
    try:
        content = file.whole()
    except ImageProblem:
        return None
    finally:
        file.close()
    return Companion(path=printed(locator), sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
