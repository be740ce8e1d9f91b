"""PDF: the pictures in it, byte for byte where they are whole JPEG or JPEG 2000 files, else taken out without loss."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import TypeGuard

import pikepdf

from pdpo_audit.imaging.formats import HEAD_BYTES
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.members import Budget, Member, Unread, numbered

#: Filters whose streams are files of their own.
_WHOLE = {"/DCTDecode": (b"jpg", b"\xff\xd8\xff"), "/JPXDecode": (b"jp2", b"\x00\x00\x00\x0cjP  ")}
#: More pixels than this are not taken out of a document.
_MOST_PIXELS = 300_000_000
_BROKEN = (pikepdf.PdfError, pikepdf.DependencyError, ValueError, TypeError, KeyError, AttributeError,
           NotImplementedError, RuntimeError, OSError, OverflowError)  # fmt: skip


def members(data: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """The pictures of a PDF by the number of their object; masks of others are no pictures. Then the files attached.

    Raises ``ImageProblem`` where it cannot be opened.
    """
    try:
        document = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as error:
        raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "encrypted") from error
    except _BROKEN as error:
        raise ImageProblem(SkipReason.DAMAGED, f"PDF: {str(error)[:200]}") from error
    with document:
        pages = _pages(document)
        found = [one for one in document.objects if isinstance(one, pikepdf.Stream) and _is_picture(one)]
        masks = {mask.objgen for one in found for mask in (one.get("/SMask"), one.get("/Mask")) if _is_stream(mask)}
        for one in found:
            if one.objgen in masks:
                continue
            budget.count()
            yield _picture(one, pages.get(one.objgen, ""), budget)
        yield from _attached(document, budget)


def _is_stream(value: object) -> TypeGuard[pikepdf.Stream]:
    return isinstance(value, pikepdf.Stream)


def _is_picture(stream: pikepdf.Stream) -> bool:
    try:
        return bool(stream.get("/Subtype") == "/Image")
    except _BROKEN:
        return False


def _pages(document: pikepdf.Pdf) -> dict[tuple[int, int], str]:
    """On which page each picture is shown first."""
    shown: dict[tuple[int, int], str] = {}
    for number, page in enumerate(document.pages, 1):
        try:
            for one in page.get_images().values():
                shown.setdefault(one.objgen, f"on page {number}")
        except _BROKEN:
            continue
    return shown


def _picture(stream: pikepdf.Stream, page: str, budget: Budget) -> Member | Unread:
    number = f"image {stream.objgen[0]}".encode()
    try:
        filters = stream.get("/Filter")
        last = str(list(filters)[-1]) if isinstance(filters, pikepdf.Array) and len(filters) else str(filters)
        if last in _WHOLE:
            ending, signature = _WHOLE[last]
            return _member(number + b"." + ending, partial(_whole_file, stream, signature), budget, page)
        if int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > _MOST_PIXELS:
            raise ImageProblem(SkipReason.TOO_LARGE, "too many pixels to be taken out of the document")
        kind, content = _taken_out(stream)
        return _member(number + kind.encode(), lambda: content, budget, page)
    except ImageProblem as problem:
        return Unread(name=number, problem=problem)
    except _BROKEN as error:
        why = ImageProblem(SkipReason.FORMAT_NOT_DECODED, f"in the PDF: {str(error)[:160]}")
        return Unread(name=number, problem=why)


def _whole_file(stream: pikepdf.Stream, signature: bytes) -> bytes:
    content = stream.read_raw_bytes()
    if not content.startswith(signature[:3]):  # behind another filter (ASCII85, Flate)
        content = stream.read_bytes(pikepdf.StreamDecodeLevel.generalized)
    return content


def _taken_out(stream: pikepdf.Stream) -> tuple[str, bytes]:
    """The ending that fits, and the picture without loss."""
    target = io.BytesIO()
    ending = pikepdf.PdfImage(stream).extract_to(stream=target)
    return ending, target.getvalue()


def _member(name: bytes, work: Callable[[], bytes], budget: Budget, note: str = "") -> Member:
    """A member whose bytes ``work`` gives, once, when somebody asks for them."""

    @cache
    def content() -> bytes:
        try:
            return work()
        except _BROKEN as error:
            raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, f"in the PDF: {str(error)[:160]}") from error

    return Member(
        name=name,
        head=lambda: content()[:HEAD_BYTES],
        read=lambda: budget.drain(io.BytesIO(content())),
        note=lambda: note,
    )


def _attached(document: pikepdf.Pdf, budget: Budget) -> Iterator[Member | Unread]:
    taken: dict[bytes, int] = {}
    try:
        files = list(document.attachments.items())
    except _BROKEN:
        return
    for name, spec in files:
        budget.count()
        raw = numbered(b"attached/" + name.encode("utf-8", "surrogateescape"), taken)
        yield _member(raw, partial(_file_of, spec), budget)


def _file_of(spec: pikepdf.AttachedFileSpec) -> bytes:
    try:
        return bytes(spec.get_file().read_bytes())
    except _BROKEN as error:
        raise ImageProblem(SkipReason.DAMAGED, f"in the PDF: {str(error)[:160]}") from error
