"""TAR, also packed by gzip, bzip2 or xz, and single files that are packed so."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from pdpo_audit.imaging.formats import HEAD_BYTES
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.members import Budget, Member, Readable, Unread, numbered

_ENDINGS = (b".gz", b".bz2", b".xz")
_BROKEN = (tarfile.TarError, OSError, EOFError, lzma.LZMAError, zlib.error, ValueError)


def members(data: bytes, budget: Budget, format: str, name: bytes) -> Iterator[Member | Unread]:
    """The regular files in a TAR, in its order; or the one file that is packed alone.

    ``name`` is that of the outer file. Raises ``ImageProblem`` where it is damaged; what came before counts.
    """
    try:
        whole = _unpacked(data, format, budget)
    except _BROKEN as error:
        raise ImageProblem(SkipReason.DAMAGED, f"{format}: {error}") from error
    if whole[257:262] != b"ustar" and not _is_old_tar(whole):
        yield Member.of(_alone(name), whole)
        return
    yield from _in_tar(whole, budget)


def _unpacked(data: bytes, format: str, budget: Budget) -> bytes:
    if format == "TAR":
        return data
    source = io.BytesIO(data)
    if format == "GZIP":
        return budget.drain(gzip.GzipFile(fileobj=source), packed=len(data))
    return budget.drain(bz2.BZ2File(source) if format == "BZIP2" else lzma.LZMAFile(source), packed=len(data))


def _is_old_tar(whole: bytes) -> bool:
    """A TAR of the time before POSIX has no signature; its first header has a right checksum."""
    try:
        tarfile.TarInfo.frombuf(whole[:512], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _in_tar(whole: bytes, budget: Budget) -> Iterator[Member | Unread]:
    taken: dict[bytes, int] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(whole), mode="r:", errors="surrogateescape") as archive:
            for info in archive:
                if not info.isreg():
                    continue
                budget.count()
                name = numbered(info.name.encode("utf-8", "surrogateescape"), taken)
                if info.offset_data + info.size > len(whole):
                    yield Unread(name=name, problem=ImageProblem(SkipReason.TRUNCATED, "the TAR ends before it"))
                    continue
                yield Member(
                    name=name,
                    head=partial(_read, archive, info, lambda stream: stream.read(HEAD_BYTES)),
                    read=partial(_read, archive, info, budget.drain),
                )
    except _BROKEN as error:
        raise ImageProblem(SkipReason.DAMAGED, f"TAR: {error}") from error


def _read(archive: tarfile.TarFile, info: tarfile.TarInfo, how: Callable[[Readable], bytes]) -> bytes:
    try:
        stream = archive.extractfile(info)
        return how(stream) if stream is not None else b""
    except _BROKEN as error:
        raise ImageProblem(SkipReason.DAMAGED, f"in the TAR: {error}") from error


def _alone(name: bytes) -> bytes:
    """``photo.jpg.gz`` holds ``photo.jpg``."""
    last = name.rpartition(b"/")[2]
    for ending in _ENDINGS:
        if last.lower().endswith(ending) and len(last) > len(ending):
            return last[: -len(ending)]
    return b"unpacked"
