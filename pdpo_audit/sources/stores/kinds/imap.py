"""Mailboxes by IMAP: each message is a file (``INBOX/17.eml``) that is opened as mail files are; mailboxes are folders.

``imaps://host/MAILBOX?credential=env:NAME`` (``user:password``); without a mailbox all of the account. ``imap://`` (no
TLS) only on this machine. Mailboxes are opened by EXAMINE, messages read by BODY.PEEK: no message becomes read, none is
changed. A message never changes under its number (RFC 3501); a mailbox that was made anew numbers anew.
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pdpo_audit.model.locations.holdings import FileStat, SkipReason
from pdpo_audit.sources.stores.addresses import Address
from pdpo_audit.sources.stores.answers import (
    MOST_FILES,
    Found,
    Odd,
    PartlyRead,
    RefusedError,
    Unlisted,
    in_two_parts,
    is_name,
    misnamed,
    version,
)
from pdpo_audit.sources.stores.kinds import mailservers
from pdpo_audit.sources.stores.kinds.mailservers import Plain, Secure, read_listed
from pdpo_audit.sources.stores.lines import PATIENCE, Line
from pdpo_audit.sources.stores.secrets import login_of

#: Messages of one answer.
_AT_ONCE = 5_000
_NUMBER, _SIZE = re.compile(rb"UID (\d+)"), re.compile(rb"RFC822\.SIZE (\d+)")
#: What rights on a mailbox (RFC 4314) let a login do beyond reading.
_RIGHTS = {
    "w": "change flags", "i": "insert", "k": "create mailboxes", "x": "delete mailboxes", "t": "delete messages",
    "e": "expunge", "a": "change rights", "d": "delete messages", "c": "create mailboxes",
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Link:
    """A connection, and the mailboxes by the path that they have here: their raw names, ``b""`` where none opens."""

    server: Plain | Secure
    #: What the server can do for this login.
    abilities: frozenset[bytes] = frozenset()
    mailboxes: dict[bytes, bytes] = field(default_factory=dict)
    #: The mailbox that is open, and the number of its numbering.
    examined: tuple[bytes, str] = (b"", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailboxes:
    """The mailboxes of an account at ``root`` and below."""

    address: str
    root: bytes
    line: Line[_Link]

    def listings(self) -> Iterator[Found | Unlisted]:
        """Every mailbox with its messages."""
        odd, paths = self.line.ask(self._paths)
        if self.root not in paths:
            yield Found(folder=b"", odd=odd)
        for path in sorted(paths):
            try:
                found = self.line.ask(partial(_messages, path=path))
            except RefusedError as refused:
                yield Unlisted(folder=self._below(path), reason=refused.reason, detail=refused.detail)
                continue
            found.folder = self._below(path)
            found.odd += odd if path == self.root else []
            yield found

    def _paths(self, link: _Link) -> tuple[list[Odd], list[bytes]]:
        """What is named strangely, and the paths of the mailboxes that open."""
        odd = _mailboxes(link)
        paths = [path for path, raw in link.mailboxes.items() if raw and self._is_ours(path)]
        return odd, paths

    def _is_ours(self, path: bytes) -> bool:
        return not self.root or path == self.root or path.startswith(self.root + b"/")

    def _below(self, path: bytes) -> bytes:
        return path[len(self.root) :].removeprefix(b"/") if self.root else path

    def identity(self) -> str:
        """Account and mailbox."""
        paths = self.line.ask(self._paths)[1]
        if not paths:
            raise RefusedError(SkipReason.READ_ERROR, "there is no such mailbox")
        return f"imap://{self.address}/{self.root.decode('utf-8', 'replace')}"

    def beyond(self) -> tuple[str, ...] | None:
        """What the login may do with the first mailbox beyond reading, where the server tells."""
        return self.line.ask(lambda link: _rights(link, min(self._paths(link)[1], default=b"")))

    def open(self, locator: bytes) -> PartlyRead:
        """The message at a locator of the listings, with its start."""
        folder, _, name = locator.rpartition(b"/")
        path, number = b"/".join(part for part in (self.root, folder) if part), name.removesuffix(b".eml")
        if not number.isdigit():
            raise RefusedError(SkipReason.VANISHED, "no message has such a number")
        return in_two_parts(lambda at, most: self.line.ask(lambda link: _fetch(link, path, number, at, most)))

    def close(self) -> None:
        """Close the connection."""
        self.line.close()


def connect(address: Address) -> Mailboxes:
    """The mailboxes at an address. Raises ``RefusedError`` where its login cannot be had."""
    login = login_of(address.credential)
    if login is None:
        raise RefusedError(SkipReason.NOT_REACHED, "the address names no credential=")
    return Mailboxes(
        address=f"{login[0]}@{address.netloc}", root=address.path.removeprefix(b"/"),
        line=Line(dial=lambda: _dial(address, login), hang_up=_hang_up,
                  broken=(OSError, imaplib.IMAP4.abort, imaplib.IMAP4.error, EOFError)),
    )  # fmt: skip


def _dial(address: Address, login: tuple[str, str]) -> _Link:
    server: Plain | Secure
    if address.scheme == "imaps":
        server = Secure(address.host, address.port or 993, ssl_context=ssl.create_default_context(), timeout=PATIENCE)
    else:
        server = Plain(address.host, address.port or 143, timeout=PATIENCE)
    try:
        if "AUTH=PLAIN" in server.capabilities:
            server.authenticate("PLAIN", lambda _: "\0".join(("", *login)).encode())
        else:
            server.login(*login)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        server.shutdown()
        raise RefusedError(SkipReason.NOT_REACHED, "the login is refused") from error
    told = server.capability()[1]
    return _Link(server=server, abilities=frozenset(bytes(told[0] or b"").upper().split()) if told else frozenset())


def _hang_up(link: _Link) -> None:
    try:
        link.server.logout()
    except (OSError, imaplib.IMAP4.error, RefusedError):  # what is broken cannot say goodbye
        link.server.shutdown()


def _said(link: _Link, command: Callable[[], tuple[str, Any]], most: int = 0) -> list[Any]:
    """The data of an answer of at most ``most`` bytes (0: as a listing has). Raises ``RefusedError``: it says no."""
    link.server.left = most or mailservers.LISTING
    state, data = command()
    if state != "OK":
        told = bytes(data[0] or b"").decode("utf-8", "replace")[:200] if data else ""
        raise RefusedError(SkipReason.NO_PERMISSION if "PERM" in told else SkipReason.READ_ERROR, f"it says no: {told}")
    return [one for one in data if one is not None]


def _mailboxes(link: _Link) -> list[Odd]:
    """Note the mailboxes of the account by their paths; what is named as no folder may be."""
    odd, found = list[Odd](), dict[bytes, bytes]()
    for line in filter(None, _said(link, lambda: link.server.list())):  # behind a literal an empty line follows
        raw, parts, opens = read_listed(line)
        if not all(is_name(one) for one in parts):
            odd.append(misnamed(b"", b"/".join(parts)))
        elif opens:
            found[b"/".join(parts)] = raw
    link.mailboxes = found
    return odd


def _examine(link: _Link, path: bytes) -> int:
    """Open a mailbox for reading alone: how many messages it has."""
    if path not in link.mailboxes:
        _mailboxes(link)
    if path not in link.mailboxes:
        raise RefusedError(SkipReason.VANISHED, "there is no such mailbox")
    name = b'"' + link.mailboxes[path].replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    data = _said(link, lambda: link.server.select(name, readonly=True))  # type: ignore[arg-type]
    numbering = link.server.response("UIDVALIDITY")[1]
    link.examined = path, (numbering[0] or b"").decode() if numbering else ""
    return int(data[0])


def _messages(link: _Link, path: bytes) -> Found:
    """Every message of a mailbox, by number."""
    number = _examine(link, path)
    if number > MOST_FILES:
        raise RefusedError(SkipReason.TOO_LARGE, f"it lists more than {MOST_FILES:,} messages in one mailbox")
    found = Found(folder=path)
    for first in range(1, number + 1, _AT_ONCE):
        asked = f"{first}:{min(first + _AT_ONCE - 1, number)}"
        for line in _said(link, partial(link.server.fetch, asked, "(UID RFC822.SIZE INTERNALDATE)")):
            uid, stat = _stat_of(line, link.examined)
            found.entries.append((uid + b".eml", stat.size, stat.modified_ns, stat.inode))
    found.entries.sort()
    return found


def _fetch(link: _Link, path: bytes, number: bytes, begin: int, most: int) -> tuple[FileStat, bytes]:
    """A part of a message, and its state."""
    if link.examined[0] != path:
        _examine(link, path)
    wanted = f"(UID RFC822.SIZE INTERNALDATE BODY.PEEK[]<{begin}.{most}>)"
    data = _said(link, lambda: link.server.uid("FETCH", number.decode(), wanted), most + 100_000)
    parts = [one for one in data if isinstance(one, tuple)]
    if not parts:
        raise RefusedError(SkipReason.VANISHED, "the message is gone")
    said = b" ".join(part for one in data for part in ((one[0],) if isinstance(one, tuple) else (one,)))
    stat = _stat_of(said, link.examined)[1]
    if len(parts[0][1]) > most:
        raise RefusedError(SkipReason.TOO_LARGE, f"the server sends more than the {most} bytes it was asked for")
    return stat, bytes(parts[0][1])


def _stat_of(line: bytes, examined: tuple[bytes, str]) -> tuple[bytes, FileStat]:
    """Number and state of a message, as a line of an answer tells them."""
    number, size, at = _NUMBER.search(line), _SIZE.search(line), imaplib.Internaldate2tuple(line)
    if number is None or size is None:
        raise RefusedError(SkipReason.READ_ERROR, "the server leaves out what it was asked for")
    modified = int(time.mktime(at)) * 1_000_000_000 if at else 0
    token = version(examined[0] + b"/" + number[1], examined[1] or "0")
    return number[1], FileStat(size=int(size[1]), modified_ns=modified, inode=token)


def _rights(link: _Link, path: bytes) -> tuple[str, ...] | None:
    if b"ACL" not in link.abilities or path not in link.mailboxes:
        return None
    said = _said(link, lambda: link.server.myrights('"' + link.mailboxes[path].decode() + '"'))
    letters = bytes(said[0]).rpartition(b" ")[2].decode() if said else ""
    return tuple(sorted({_RIGHTS[one] for one in letters if one in _RIGHTS}))
