"""Forms that bring a file: kept in memory whatever they hold, and cut off at their bound."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from pdpo_audit.errors import CallError

#: Bytes of a picture that is looked for, and of the answer to a request for a signature: reports in some languages.
LARGEST_PICTURE = 40_000_000
LARGEST_ANSWER = 100_000_000
#: Bytes that a form may take, by its address; others have the gate's bound.
BOUNDS = {
    "/find": LARGEST_PICTURE + 100_000, "/sign/answer": LARGEST_ANSWER + 100_000, "/plans/approval": 1_000_000,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A form with the bytes of its one file."""

    form: FormData
    data: bytes


async def read_upload(request: Request) -> Uploaded:
    """The form of a request with its file, none of which touches a disk.

    :raises CallError: it is no such form, or has no file.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise CallError("this form brings no file")
    parser = MultiPartParser(request.headers, _stream(request), max_files=1, max_fields=20, max_part_size=100_000)
    parser.spool_max_size = BOUNDS[request.url.path]
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:
        raise CallError(f"this form cannot be read: {error}") from error
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise CallError("choose a file")
    data = await file.read()
    await form.close()
    if not data:
        raise CallError("choose a file")
    return Uploaded(form=form, data=data)


async def _stream(request: Request) -> AsyncGenerator[bytes, None]:
    async for part in request.stream():
        yield part
