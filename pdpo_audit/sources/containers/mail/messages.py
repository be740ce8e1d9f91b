"""Mail: attachments, pictures inside HTML, messages inside messages, and mailboxes of them (mbox)."""

from __future__ import annotations

import base64
import binascii
import email
import email.errors
import email.header
import email.message
import email.policy
import mimetypes
import re
from collections.abc import Iterator

from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.members import Budget, Member, Unread, numbered

_IN_HTML = re.compile(rb"data:image/([a-z0-9.+-]{1,20});base64,([A-Za-z0-9+/=\s]{40,})", re.IGNORECASE)
#: A message of a mailbox begins with such a line, at its start or after an empty line: sender and time (RFC 4155).
_FROM = re.compile(rb"(?:\A|\r?\n\r?\n)From [^\r\n]*\d\d:\d\d[^\r\n]*\r?\n")
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})


def members(data: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """The attachments of a message in their order, and the pictures that its HTML carries.

    Raises ``ImageProblem`` for what is no message.
    """
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        parts = list(_leaves(message))
    except (RecursionError, ValueError, LookupError) as error:
        raise ImageProblem(SkipReason.DAMAGED, f"mail: {type(error).__name__}") from error
    taken: dict[bytes, int] = {}
    for number, part in enumerate(parts, 1):
        budget.count()
        yield from _of_part(part, number, taken)


def _leaves(message: email.message.Message) -> Iterator[email.message.Message]:
    """The parts that hold something; an attached message is one, whole."""
    if _is_message(message) or message.get_content_type() in _ENCRYPTED or not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, email.message.Message):
            yield from _leaves(part)


def _is_message(part: email.message.Message) -> bool:
    return part.get_content_type() == "message/rfc822"


def _of_part(part: email.message.Message, number: int, taken: dict[bytes, int]) -> Iterator[Member | Unread]:
    kind = part.get_content_type()
    name = numbered(_name(part, number), taken)
    if kind in _ENCRYPTED:
        yield Unread(name=name, problem=ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "encrypted"))
        return
    if _is_message(part):
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        content = first.as_bytes() if isinstance(first, email.message.Message) else b""
        yield Member.of(name, content)
        return
    decoded = part.get_payload(decode=True)
    content = decoded if isinstance(decoded, bytes) else b""
    body = kind.startswith("text/") and part.get_filename() is None
    yield Member.of(name, content, part=body)
    if kind == "text/html":
        yield from pictures_in_html(content, name, taken)


def pictures_in_html(content: bytes, page: bytes, taken: dict[bytes, int]) -> Iterator[Member]:
    """The pictures that a page carries in itself: ``page#picture.jpeg``."""
    for found in _IN_HTML.finditer(content):
        try:
            picture = base64.b64decode(found[2], validate=False)
        except (binascii.Error, ValueError):
            continue
        name = numbered(page + b"#picture." + found[1].split(b"+")[0].lower(), taken)
        yield Member.of(name, picture)


def _name(part: email.message.Message, number: int) -> bytes:
    """The name that the sender gave, else a number with an ending that fits the kind."""
    try:
        given = part.get_filename()
    except (LookupError, ValueError, TypeError):
        given = None
    if given:
        return _decoded(given).encode("utf-8", "surrogateescape")
    ending = ".eml" if _is_message(part) else mimetypes.guess_extension(part.get_content_type()) or ""
    return f"part {number}{ending}".encode()


def _decoded(name: str) -> str:
    """A name with encoded words (RFC 2047), as much mail has them, in plain text."""
    try:
        return str(email.header.make_header(email.header.decode_header(name)))
    except (LookupError, ValueError, email.errors.HeaderParseError):
        return name


def mailbox(data: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """The messages of a mailbox, in their order, each a member of its own: ``message 12.eml``."""
    starts = list(_FROM.finditer(data))
    if not starts or starts[0].start() > 0:
        raise ImageProblem(SkipReason.DAMAGED, "no mailbox: it does not begin with a line of a message")
    ends = [*(one.start() for one in starts[1:]), len(data)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        budget.count()
        content = data[start.end() : end].replace(b"\n>From ", b"\nFrom ")
        yield Member.of(f"message {number}.eml".encode(), content)
