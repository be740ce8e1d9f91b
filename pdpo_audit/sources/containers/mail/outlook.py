"""Outlook messages (MS-OXMSG): attachments, pictures in HTML, and messages inside messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.documents import artwork
from pdpo_audit.sources.containers.mail.messages import pictures_in_html
from pdpo_audit.sources.containers.members import Member, StreamPath, Streams, Unread, numbered

_PROPERTIES = "__properties_version1.0"
_ATTACHED = "__attach_version1.0_#"
#: Values of a property by its number and kind (MS-OXPROPS): the bytes of an attachment, a message or object inside it,
#: its names, long and short, a name to show, the subject, and HTML.
_BYTES, _OBJECT = "__substg1.0_37010102", "__substg1.0_3701000D"
_NAMES, _SHOWN, _SUBJECT, _HTML = ("3707", "3704"), ("3001",), ("0037",), ("__substg1.0_10130102", "1013")
_DEEPEST = 10


def is_message(paths: Sequence[StreamPath]) -> bool:
    """Whether the streams of a compound file are those of a message."""
    return (_PROPERTIES,) in paths


def members(streams: Streams) -> Iterator[Member | Unread]:
    """The attachments of a message, and those of messages inside it as ``its subject.msg/name``."""
    yield from _Message(streams, {}).members((), b"", 0)


class _Message:
    """The messages of one file: ``taken`` are the names that members have."""

    def __init__(self, streams: Streams, taken: dict[bytes, int]) -> None:
        self._streams, self._taken = streams, taken
        self._paths = set(streams.paths())

    def members(self, at: StreamPath, way: bytes, depth: int) -> Iterator[Member | Unread]:
        length = len(at)
        found = {path[length] for path in self._paths if path[:length] == at and len(path) > length + 1}
        for number, name in enumerate(sorted(one for one in found if one.startswith(_ATTACHED)), 1):
            self._streams.budget.count()
            try:
                yield from self._attachment((*at, name), way, number, depth)
            except ImageProblem as problem:
                yield Unread(name=self._named(way + f"attachment {number}".encode()), problem=problem)
        yield from self._in_html(at, way)

    def _attachment(self, at: StreamPath, way: bytes, number: int, depth: int) -> Iterator[Member | Unread]:
        if (*at, _BYTES) in self._paths:
            name = self._text(at, _NAMES) or self._text(at, _SHOWN) or f"attachment {number}".encode()
            yield Member.of(self._named(way + name), self._streams.read((*at, _BYTES)))
            return
        inner = (*at, _OBJECT)
        if (*inner, _PROPERTIES) in self._paths:
            if depth >= _DEEPEST:
                raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "a message that lies too deep")
            subject = self._text(inner, _SUBJECT) or f"message {number}".encode()
            yield from self.members(inner, self._named(way + subject.replace(b"/", b"_") + b".msg") + b"/", depth + 1)
            return
        for path in sorted(path for path in self._paths if path[: len(inner)] == inner):
            where = self._named(way + f"object {number}/".encode() + path[-1].encode("utf-8", "surrogatepass"))
            yield from artwork.of_stream(path, where, self._streams.read(path), self._streams.budget)

    def _in_html(self, at: StreamPath, way: bytes) -> Iterator[Member]:
        stream, number = _HTML
        if (*at, stream) in self._paths:
            yield from pictures_in_html(self._streams.read((*at, stream)), way + b"message.html", self._taken)
        elif page := self._text(at, (number,)):
            yield from pictures_in_html(page, way + b"message.html", self._taken)

    def _text(self, at: StreamPath, numbers: Sequence[str]) -> bytes:
        """The first of several properties that says something; what is not Unicode keeps its bytes."""
        for number in numbers:
            for kind in ("001F", "001E"):
                path = (*at, f"__substg1.0_{number}{kind}")
                if path in self._paths and (value := self._streams.read(path)):
                    text = value.decode("utf-16-le", "replace").encode("utf-8", "replace") if kind == "001F" else value
                    return text.rstrip(b"\0")
        return b""

    def _named(self, name: bytes) -> bytes:
        return numbered(name, self._taken)
