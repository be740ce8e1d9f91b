"""RAR archives (extra ``rar``): what lies in them is named; only what is stored unpacked can be read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from pdpo_audit.imaging.formats import HEAD_BYTES
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.members import Budget, Member, Unread, numbered


def members(data: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """The files in the order of the archive. Packed ones cannot be had: nothing that reads them is free software.

    Raises ``ImageProblem`` where it is damaged or encrypted, or the extra is missing.
    """
    library = _library()
    try:
        archive = library.RarFile(io.BytesIO(data))
        found = archive.infolist()
    except library.NeedFirstVolume as error:
        raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "RAR: a later part of several") from error
    except (library.Error, OSError, ValueError, IndexError, KeyError, TypeError, EOFError) as error:
        raise ImageProblem(SkipReason.DAMAGED, f"RAR: {str(error)[:160]}") from error
    if not found and archive.needs_password():
        raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "encrypted")
    taken: dict[bytes, int] = {}
    for info in found:
        if info.is_file():
            budget.count()
            yield _member(
                library, archive, info, numbered(info.filename.encode("utf-8", "surrogateescape"), taken), budget
            )


def _library() -> Any:  # the library is an extra
    try:
        import rarfile
    except ModuleNotFoundError as error:
        detail = "RAR: installing the extra rar names what lies in it"
        raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, detail) from error
    return rarfile


def _member(library: Any, archive: Any, info: Any, name: bytes, budget: Budget) -> Member | Unread:
    if info.needs_password():
        return Unread(name=name, problem=ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "encrypted"))
    if info.compress_type != library.RAR_M0:
        detail = "packed in a RAR, which nothing here unpacks: unpack it beside, and scan again"
        return Unread(name=name, problem=ImageProblem(SkipReason.CONTAINER_NOT_OPENED, detail))

    @cache
    def content() -> bytes:
        try:
            with archive.open(info) as stream:
                return budget.drain(stream, packed=info.compress_size)
        except (library.Error, OSError, ValueError, EOFError) as error:
            raise ImageProblem(SkipReason.DAMAGED, f"in the RAR: {str(error)[:160]}") from error

    return Member(name=name, head=lambda: content()[:HEAD_BYTES], read=partial(content))
