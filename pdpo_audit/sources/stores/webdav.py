"""WebDAV (Nextcloud, ownCloud, Apache and others): listed by PROPFIND a folder, read by GET, nothing else is sent.

``webdavs://host/path?credential=env:NAME``; the variable holds ``user:password``. ``webdav://`` (without TLS) is
refused but on this machine itself. Formulas and states: RFC 4918, RFC 9110.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.locations.holdings import (
    Entry,
    FileStat,
    FolderListing,
    ImageProblem,
    ImageRef,
    Skipped,
    SkipReason,
    locate,
)
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.model.locations.roots import RootIdentity
from pdpo_audit.sources.choosing import Choice
from pdpo_audit.sources.stores.secrets import secret_of
from pdpo_audit.sources.stores.sessions import Answer, RefusedError, Session

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_DAV = "{DAV:}"
_ASKED = (
    b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/><getetag/>'
    b"</prop></propfind>"
)
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
#: Bytes of a listing of one folder (about 200,000 files), and of a file's start that is asked for first.
_LISTING, _START = 100_000_000, 65_536
_DEEPEST = 64
_REASONS = {
    401: SkipReason.NO_PERMISSION,
    403: SkipReason.NO_PERMISSION,
    404: SkipReason.VANISHED,
    410: SkipReason.VANISHED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDavFile:
    """A file of a store: its start is there, the rest is asked for when it is wanted."""

    session: Session
    path: bytes
    stat: FileStat
    tag: str
    start: bytes

    def head(self, length: int) -> bytes:
        """The first bytes."""
        return self.start[:length]

    def whole(self) -> bytes:
        """Every byte. Raises ``ImageProblem``: the file changed since it was opened, or cannot be had."""
        if len(self.start) >= self.stat.size:
            return self.start
        asked = {"range": f"bytes={len(self.start)}-"} | ({"if-match": self.tag} if self.tag.startswith('"') else {})
        left = self.stat.size - len(self.start)
        answer = _answered(self.session, "GET", self.path, left, asked)
        if answer.status == 412 or _stat_of(answer, self.path)[0] != self.stat or len(answer.body) != left:
            raise ImageProblem(SkipReason.CHANGED_WHILE_READ)
        return self.start + answer.body

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDavSource:
    """All files of a collection that the settings let in."""

    name: str
    uri: str
    root: bytes
    session: Session
    choosing: Choice

    def folders(self) -> Iterator[FolderListing | Skipped]:
        """Every folder in the byte order of its path; what cannot be listed or is named strangely is ``Skipped``."""
        pending = [b""]
        while pending:
            folder = pending.pop()
            try:
                entries, subfolders, odd = self._list(folder)
            except RefusedError as refused:
                yield Skipped(
                    ref=ImageRef(source=self.name, locator=folder or b"."), reason=refused.reason,
                    detail=f"folder cannot be listed: {refused.detail}",
                )  # fmt: skip
                continue
            yield from odd
            chosen = [one for one in entries if self.choosing.is_worth_reading(locate(folder, one[0]))]
            yield FolderListing(source=self.name, folder=folder, entries=chosen)
            if folder.count(b"/") < _DEEPEST:
                pending += sorted(subfolders, reverse=True)

    def _list(self, folder: bytes) -> tuple[list[Entry], list[bytes], list[Skipped]]:
        path = self._path(folder) + b"/"
        asked = {"depth": "1", "content-type": "application/xml"}
        answer = self.session.request("PROPFIND", path, _LISTING, asked, _ASKED)
        entries, subfolders, odd = list[Entry](), list[bytes](), list[Skipped]()
        for href, said in _members(answer):
            name = _name_in(path, href)
            if name is None:
                odd.append(self._odd(folder, href))
            elif name and said.find(f".//{_DAV}collection") is not None:
                subfolders.append(locate(folder, name))
            elif name:
                size = int(said.findtext(f".//{_DAV}getcontentlength") or 0)
                tag, at = said.findtext(f".//{_DAV}getetag") or "", said.findtext(f".//{_DAV}getlastmodified") or ""
                entries.append((name, size, _moment(at), _token(self._path(locate(folder, name)), tag)))
        entries.sort()
        return entries, subfolders, odd

    def _odd(self, folder: bytes, href: bytes) -> Skipped:
        ref = ImageRef(source=self.name, locator=locate(folder, href.replace(b"/", b"%2F")[:200] or b"%"))
        return Skipped(ref=ref, reason=SkipReason.SPECIAL_FILE, detail="the store names it outside the folder it lists")

    def _path(self, locator: bytes) -> bytes:
        return self.root + b"/" + locator if locator else self.root

    def wants(self, locator: bytes, member: str = "") -> bool:
        """Whether the settings let this file in, or a picture in it."""
        return self.choosing.wants(locator, member)

    def choice(self) -> str:
        """What the settings let in and leave out."""
        return str(self.choosing)

    def identity(self) -> RootIdentity | None:
        """The store and collection; ``None`` where it does not answer, or not with a collection."""
        try:
            answer = self.session.request("PROPFIND", self.root + b"/", _LISTING, {"depth": "0"}, _ASKED)
            if not any(said.find(f".//{_DAV}collection") is not None for _, said in _members(answer)):
                return None
        except RefusedError:
            return None
        return RootIdentity(device=0, inode=0, store=self.session.address + self.root.decode("utf-8", "replace"))

    def open(self, locator: bytes) -> WebDavFile:
        """The file at a locator of the listings, with its start. Raises ``ImageProblem``."""
        path = self._path(locator)
        answer = _answered(self.session, "GET", path, _START, {"range": f"bytes=0-{_START - 1}"}, empty=True)
        stat, tag = _stat_of(answer, path)
        return WebDavFile(session=self.session, path=path, stat=stat, tag=tag, start=answer.body)

    def close(self) -> None:
        """Close the connections."""
        self.session.close()


def open_source(spec: SourceSpec) -> WebDavSource:
    """The collection at a URI. Raises ``SettingsError`` where it is refused."""
    parts = urlsplit(spec.uri)
    secure = parts.scheme == "webdavs"
    if not secure and parts.hostname not in _HERE:
        raise SettingsError(
            f'source "{spec.name}": webdav: sends password and pictures in clear', advice="use webdavs://"
        )
    if parts.username or parts.password:
        raise SettingsError(
            f'source "{spec.name}": the address holds a login', advice="?credential=env:NAME names where it is"
        )
    login = None
    if reference := parse_qs(parts.query).get("credential", [""])[0]:
        user, _, password = secret_of(reference, spec.name).partition(":")
        login = (user, password)
    return WebDavSource(
        name=spec.name, uri=spec.uri, root=unquote_to_bytes(parts.path).rstrip(b"/"),
        session=Session(address=f"{'https' if secure else 'http'}://{parts.netloc}", login=login),
        choosing=Choice(include=spec.include, exclude=spec.exclude),
    )  # fmt: skip


def _members(answer: Answer) -> Iterator[tuple[bytes, Element]]:
    """Path and properties of everything that a listing names. Raises ``RefusedError``."""
    if answer.status in (301, 302, 303, 307, 308):
        raise RefusedError(SkipReason.READ_ERROR, f"the store leads elsewhere (status {answer.status}); nobody follows")
    if answer.status != 207:
        reason = _REASONS.get(answer.status, SkipReason.READ_ERROR)
        raise RefusedError(reason, f"the store answers with status {answer.status}")
    try:
        root = fromstring(answer.body, forbid_dtd=True)
        for one in root.iter(f"{_DAV}response"):
            href = urlsplit(one.findtext(f"{_DAV}href") or "").path
            yield unquote_to_bytes(href), one
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise RefusedError(SkipReason.READ_ERROR, f"its listing cannot be read: {type(error).__name__}") from error


def _name_in(folder: bytes, href: bytes) -> bytes | None:
    """The name of a member, empty for the folder itself, ``None`` for what lies elsewhere or is no name."""
    if href.rstrip(b"/") == folder.rstrip(b"/"):
        return b""
    name = href.removeprefix(folder).rstrip(b"/")
    outside = not href.startswith(folder) or b"/" in name or b"\0" in name or name in (b"", b".", b"..")
    return None if outside else name


def _answered(
    session: Session, method: str, path: bytes, most: int, headers: Mapping[str, str], *, empty: bool = False
) -> Answer:
    """A part of a file. Raises ``ImageProblem``; ``empty`` lets in the answer that a file without bytes gets."""
    try:
        answer = session.request(method, path, most, headers)
    except RefusedError as refused:
        raise ImageProblem(refused.reason, refused.detail) from refused
    if answer.status in (206, 412) or (empty and answer.status == 200):
        return answer
    if empty and answer.status == 416:
        return Answer(status=416, headers=dict(answer.headers) | {"content-length": "0"}, body=b"")
    reason = _REASONS.get(answer.status, SkipReason.READ_ERROR)
    raise ImageProblem(reason, f"the store answers with status {answer.status}")


def _stat_of(answer: Answer, path: bytes) -> tuple[FileStat, str]:
    """The state of a file by an answer's headers, and its tag."""
    said, tag = answer.headers.get("content-range", ""), answer.headers.get("etag", "")
    total = said.rpartition("/")[2] if said else answer.headers.get("content-length", "")
    size = int(total) if total.isdigit() else len(answer.body)
    return FileStat(
        size=size, modified_ns=_moment(answer.headers.get("last-modified", "")), inode=_token(path, tag)
    ), tag


def _moment(text: str) -> int:
    """The nanoseconds of a date as HTTP writes it; 0 for none."""
    try:
        return int(parsedate_to_datetime(text).timestamp()) * 1_000_000_000
    except (ValueError, TypeError, OverflowError):
        return 0


def _token(path: bytes, tag: str) -> int:
    """A number for a version of a file: its tag, told as weak, in quotes or not; 0 where it has none."""
    plain = tag.removeprefix("W/").strip('"')
    return int.from_bytes(hashlib.sha256(path + b"\0" + plain.encode()).digest()[:7]) if plain else 0
