"""Connections to mail servers that are bounded, and the names of mailboxes as servers write them."""

from __future__ import annotations

import imaplib
import re
from base64 import b64decode
from collections.abc import Callable

from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.sources.stores.answers import RefusedError

#: Bytes of one answer that lists messages or mailboxes.
LISTING = 50_000_000
#: Flags of what only holds other mailboxes.
_SHUT = {b"\\noselect", b"\\nonexistent"}
_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?P<between>\\?.)"|NIL) (?P<name>.*)', re.DOTALL)


class _Bounded:
    """Counts what an answer brings: a server that announces or sends too much is left."""

    left = LISTING

    def read(self, size: int) -> bytes:
        """Bytes that were announced."""
        return self._counted(size, lambda: super(_Bounded, self).read(size))  # type: ignore[misc]

    def readline(self) -> bytes:
        """One line."""
        line: bytes = super().readline()  # type: ignore[misc]
        return self._counted(len(line), lambda: line)

    def _counted(self, size: int, read: Callable[[], bytes]) -> bytes:
        self.left -= size
        if self.left < 0:
            self.shutdown()  # type: ignore[attr-defined]  # of the class that it is mixed into
            raise RefusedError(SkipReason.TOO_LARGE, "the server sends more than it was asked for")
        return read()


class Plain(_Bounded, imaplib.IMAP4):
    """A connection in clear."""


class Secure(_Bounded, imaplib.IMAP4_SSL):
    """A connection by TLS."""


def read_listed(line: bytes | tuple[bytes, bytes]) -> tuple[bytes, list[bytes], bool]:
    """A mailbox of a listing: its name as the server writes it, the parts of its path in UTF-8, whether it opens.

    What cannot be read is a part that no folder may be called.
    """
    literal = isinstance(line, tuple)
    whole = re.sub(rb"\{\d+\}$", b"", line[0]) + line[1] if isinstance(line, tuple) else line
    parsed = _LISTED.fullmatch(whole)
    if parsed is None:
        return b"", [b"/" + whole], False
    raw = parsed["name"] if literal else _unquoted(parsed["name"])
    if any(byte < 32 for byte in raw):  # it would end the command that names it, and begin another
        return b"", [b"/" + raw], False
    between = (parsed["between"] or b"")[-1:]
    parts = [_readable(one) for one in (raw.split(between) if between else [raw])]
    return raw, parts, not _SHUT & set(parsed["flags"].lower().split())


def _unquoted(name: bytes) -> bytes:
    if name.startswith(b'"') and name.endswith(b'"') and len(name) > 1:
        return re.sub(rb"\\(.)", rb"\1", name[1:-1])
    return name


def _readable(raw: bytes) -> bytes:
    """A mailbox's name in UTF-8; names travel in a UTF-7 of their own (RFC 3501, 5.1.3)."""

    def shifted(found: re.Match[bytes]) -> bytes:
        if not found[1]:
            return b"&"
        coded = found[1].replace(b",", b"/")
        return b64decode(coded + b"=" * (-len(coded) % 4)).decode("utf-16-be", "replace").encode("utf-8")

    try:
        return re.sub(rb"&([A-Za-z0-9+,]*)-", shifted, raw)
    except ValueError:
        return raw
