"""Places opened on this machine: the one way for every job, and later reads that trust no path."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from pdpo_audit.imaging import Limits
from pdpo_audit.model.locations.holdings import FileStat, ImageProblem, SkipReason
from pdpo_audit.model.locations.places import Place, SourceSpec
from pdpo_audit.plugins import open_source
from pdpo_audit.ports import Source, StoredFile


def open_place(place: Place) -> StoredFile:
    """The file at a place. Raises ``ImageProblem`` where it cannot be opened."""
    if place.content is not None:
        return _Carried(data=place.content)
    if place.members:
        raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "files inside files are not opened yet")
    return _source(place.source, place.uri).open(place.locator)


@dataclass(frozen=True, kw_only=True)
class _Carried:
    """The file of a place that brings its bytes along."""

    data: bytes

    @property
    def stat(self) -> FileStat:
        return FileStat(size=len(self.data), modified_ns=0)

    def head(self, length: int) -> bytes:
        return self.data[:length]

    def whole(self) -> bytes:
        return self.data

    def close(self) -> None: ...


class Contents:
    """The bytes of contents that were examined before, the last of them kept: pages of one file come together."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._last: tuple[bytes, bytes] = (b"", b"")

    def read(self, places: Sequence[Place], sha256: bytes) -> bytes:
        """The bytes with this digest, from the first place that still holds them.

        What is decoded is this one buffer: a file that is exchanged for another meanwhile changes nothing. Raises
        ``ImageProblem``: why the last place was of no use.
        """
        if self._last[0] == sha256:
            return self._last[1]
        problem = ImageProblem(SkipReason.VANISHED, "no place holds it any more")
        for place in places:
            try:
                data = self._whole(place)
            except ImageProblem as why:
                problem = why
                continue
            if hashlib.sha256(data).digest() == sha256:
                self._last = sha256, data
                return data
            problem = ImageProblem(SkipReason.CHANGED_SINCE, "the file holds other bytes than were examined")
        raise problem

    def _whole(self, place: Place) -> bytes:
        file = open_place(place)
        try:
            self._limits.check_file(file.stat.size)
            return file.whole()
        finally:
            file.close()


_opened: list[Source] = []


@cache
def _source(name: str, uri: str) -> Source:
    source = open_source(SourceSpec(name=name, uri=uri))
    _opened.append(source)
    return source


@contextmanager
def places() -> Iterator[None]:
    """Around a batch: what sources keep open between files is given back at its end, so that no share stays busy."""
    try:
        yield
    finally:
        for source in _opened:
            source.close()
