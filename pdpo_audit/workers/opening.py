"""Places opened on this machine: the one way for every job, and later reads that trust no path."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache

from pdpo_audit.imaging import Limits, sniff
from pdpo_audit.imaging.formats import HEAD_BYTES
from pdpo_audit.model.locations.holdings import FileStat, ImageProblem, SkipReason
from pdpo_audit.model.locations.places import Place, SourceSpec
from pdpo_audit.plugins import open_source
from pdpo_audit.ports import ReachableSource, Source, StoredFile
from pdpo_audit.sources.containers.opening import opens, read_member

#: Bytes of a file that is opened for what lies inside: it is held in memory, with the member that is read.
_LARGEST = 400_000_000
#: The last file that was opened so, with the state it was in.
_kept: list[tuple[tuple[Place, FileStat], bytes]] = []


def open_place(place: Place) -> StoredFile:
    """The file at a place. Raises ``ImageProblem`` where it cannot be opened."""
    if place.content is not None:
        return Carried(data=place.content)
    if place.members:
        return _member(place)
    return _source(place.source, place.uri).open(place.locator)


def _member(place: Place) -> Carried:
    """A member's bytes, read anew from the file it lies in."""
    outer = replace(place, members=())
    data, name = container_bytes(outer), place.locator
    for member in place.members:
        _, format = sniff(data[:HEAD_BYTES], name)
        if not opens(format):
            raise ImageProblem(SkipReason.CHANGED_SINCE, "the file holds no others any more")
        data, name = read_member(format, data, name, member), member
    return Carried(data=data)


def container_bytes(place: Place) -> bytes:
    """The bytes of a file that holds others; the last one is kept while it stays as it is, for its members come
    together. Raises ``ImageProblem`` for one that is too large to be opened."""
    file = _source(place.source, place.uri).open(place.locator)
    try:
        stat = file.stat
        if stat.size > _LARGEST:
            raise ImageProblem(SkipReason.TOO_LARGE, f"{stat.size} bytes; files up to {_LARGEST} are opened")
        key = place, stat
        if _kept and _kept[0][0] == key:
            return _kept[0][1]
        data = file.whole()
    finally:
        file.close()
    _kept[:] = [(key, data)]
    return data


@dataclass(frozen=True, kw_only=True)
class Carried:
    """The file of a place that brings its bytes along."""

    data: bytes

    #: Of a member, when the file that it lies in was changed.
    modified_ns: int = 0

    @property
    def stat(self) -> FileStat:
        return FileStat(size=len(self.data), modified_ns=self.modified_ns)

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
    """Around a batch: what sources keep open between files is given back at its end, so that no share stays busy.

    The connection to a store stays for the next batch: it holds nothing there, and a login costs more than a file.
    """
    try:
        yield
    finally:
        for source in _opened:
            if not isinstance(source, ReachableSource):
                source.close()
