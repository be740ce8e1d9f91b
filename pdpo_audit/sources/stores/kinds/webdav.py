"""WebDAV (Nextcloud, ownCloud, Apache and others): listed by PROPFIND a folder, read by GET, nothing else is sent.

``webdavs://host/path?credential=env:NAME``; the variable holds ``user:password``. ``webdav://`` (without TLS) is
refused but on this machine itself. Formulas and states: RFC 4918, RFC 9110; what a login may do: RFC 3744, and
Nextcloud's and ownCloud's own ``oc:permissions``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urlsplit

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from pdpo_audit.model.locations.holdings import FileStat, SkipReason, locate
from pdpo_audit.sources.stores.addresses import Address
from pdpo_audit.sources.stores.answers import (
    START,
    Found,
    PartlyRead,
    RefusedError,
    Unlisted,
    is_name,
    misnamed,
    version,
    walk,
)
from pdpo_audit.sources.stores.kinds.sessions import Answer, Session
from pdpo_audit.sources.stores.secrets import login_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_DAV, _CLOUD = "{DAV:}", "{http://owncloud.org/ns}"
_PROPSTAT = f"{_DAV}propstat"
_ASKED = (
    b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/><getetag/>'
    b"</prop></propfind>"
)
_RIGHTS = (
    b'<?xml version="1.0"?><propfind xmlns="DAV:" xmlns:oc="http://owncloud.org/ns"><prop><resourcetype/>'
    b"<current-user-privilege-set/><oc:permissions/></prop></propfind>"
)
#: What privileges (RFC 3744) and the letters of ``oc:permissions`` let a login do beyond reading.
_PRIVILEGES = {
    "all": "everything", "write": "write", "write-content": "write", "write-properties": "change properties",
    "write-acl": "change rights", "bind": "create", "unbind": "delete",
}  # fmt: skip
_LETTERS = {"R": "share", "D": "delete", "N": "rename", "V": "move", "W": "write", "C": "create", "K": "create folders"}
#: Bytes of a listing of one folder (about 200,000 files).
_LISTING = 100_000_000
_REASONS = {
    403: SkipReason.NO_PERMISSION,
    404: SkipReason.VANISHED,
    410: SkipReason.VANISHED,
    412: SkipReason.CHANGED_WHILE_READ,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDav:
    """A collection and all below it."""

    root: bytes
    session: Session

    def listings(self) -> Iterator[Found | Unlisted]:
        """Every folder, from the top down."""
        return walk(self._list)

    def _list(self, folder: bytes) -> Found:
        path, found = self._path(folder) + b"/", Found(folder=folder)
        for href, said in self._members(path, "1", _ASKED):
            name = b"" if href.rstrip(b"/") == path.rstrip(b"/") else href.removeprefix(path).rstrip(b"/")
            if name and (not href.startswith(path) or not is_name(name)):
                found.odd.append(misnamed(folder, href))
            elif name and said.find(f".//{_DAV}collection") is not None:
                found.subfolders.append(name)
            elif name:
                size = int(said.findtext(f".//{_DAV}getcontentlength") or 0)
                tag, at = said.findtext(f".//{_DAV}getetag") or "", said.findtext(f".//{_DAV}getlastmodified") or ""
                found.entries.append((name, size, _moment(at), _token(self._path(locate(folder, name)), tag)))
        return found

    def _members(self, path: bytes, depth: str, asked: bytes) -> list[tuple[bytes, Element]]:
        """Path and properties of everything that a listing names."""
        headers = {"depth": depth, "content-type": "application/xml"}
        answer = self.session.request("PROPFIND", path, _LISTING, headers, asked)
        if answer.status in (301, 302, 303, 307, 308):
            elsewhere = f"the store leads elsewhere (status {answer.status}); nobody follows"
            raise RefusedError(SkipReason.READ_ERROR, elsewhere)
        if answer.status != 207:
            raise _refused(answer)
        try:
            said = fromstring(answer.body, forbid_dtd=True).iter(f"{_DAV}response")
            return [(unquote_to_bytes(urlsplit(one.findtext(f"{_DAV}href") or "").path), one) for one in said]
        except (ParseError, DefusedXmlException, ValueError) as error:
            told = f"its listing cannot be read: {type(error).__name__}"
            raise RefusedError(SkipReason.READ_ERROR, told) from error

    def _path(self, locator: bytes) -> bytes:
        return self.root + b"/" + locator if locator else self.root

    def identity(self) -> str:
        """Address and path of the collection."""
        said = self._members(self.root + b"/", "0", _ASKED)
        if not any(one.find(f".//{_DAV}collection") is not None for _, one in said):
            raise RefusedError(SkipReason.READ_ERROR, "what lies there is no folder")
        return self.session.address + self.root.decode("utf-8", "replace")

    def beyond(self) -> tuple[str, ...] | None:
        """What the login may do beyond reading, where the server tells."""
        may, told = set[str](), False
        told_of = [one for _, said in self._members(self.root + b"/", "0", _RIGHTS) for one in said.iter(_PROPSTAT)]
        for said in told_of:
            if " 200" not in (said.findtext(f"{_DAV}status") or ""):  # what the server does not know, it names empty
                continue
            letters = said.findtext(f".//{_CLOUD}permissions")
            privileges = said.findall(f".//{_DAV}current-user-privilege-set/{_DAV}privilege/*")
            told = told or letters is not None or bool(privileges)
            may |= {_LETTERS[one] for one in letters or "" if one in _LETTERS}
            may |= {_PRIVILEGES[one] for each in privileges if (one := each.tag.removeprefix(_DAV)) in _PRIVILEGES}
        return tuple(sorted(may)) if told else None

    def open(self, locator: bytes) -> PartlyRead:
        """The file at a locator of the listings, with its start."""
        path = self._path(locator)
        answer = self.session.request("GET", path, START, {"range": f"bytes=0-{START - 1}"})
        if answer.status == 416:  # what a file without bytes answers
            answer = Answer(status=416, headers=dict(answer.headers) | {"content-length": "0"}, body=b"")
        elif answer.status not in (200, 206):
            raise _refused(answer)
        stat, tag = _stat_of(answer, path)
        return PartlyRead(stat=stat, start=answer.body, rest=lambda: self._rest(path, stat, tag, len(answer.body)))

    def _rest(self, path: bytes, stat: FileStat, tag: str, had: int) -> bytes:
        asked = {"range": f"bytes={had}-"} | ({"if-match": tag} if tag.startswith('"') else {})
        answer = self.session.request("GET", path, stat.size - had, asked)
        if answer.status != 206:
            raise _refused(answer)
        if _stat_of(answer, path)[0] != stat:
            raise RefusedError(SkipReason.CHANGED_WHILE_READ, "")
        return answer.body

    def close(self) -> None:
        """Close the connections."""
        self.session.close()


def connect(address: Address) -> WebDav:
    """The collection at an address. Raises ``RefusedError`` where its login cannot be had."""
    protocol = "https" if address.scheme == "webdavs" else "http"
    session = Session(address=f"{protocol}://{address.netloc}", login=login_of(address.credential))
    return WebDav(root=address.path, session=session)


def _refused(answer: Answer) -> RefusedError:
    reason = _REASONS.get(answer.status, SkipReason.READ_ERROR)
    return RefusedError(reason, f"the store answers with status {answer.status}")


def _stat_of(answer: Answer, path: bytes) -> tuple[FileStat, str]:
    """The state of a file by an answer's headers, and its tag."""
    said, tag = answer.headers.get("content-range", ""), answer.headers.get("etag", "")
    total = said.rpartition("/")[2] if said else answer.headers.get("content-length", "")
    size = int(total) if total.isdigit() else len(answer.body)
    at = _moment(answer.headers.get("last-modified", ""))
    return FileStat(size=size, modified_ns=at, inode=_token(path, tag)), tag


def _moment(text: str) -> int:
    """The nanoseconds of a date as HTTP writes it; 0 for none."""
    try:
        return int(parsedate_to_datetime(text).timestamp()) * 1_000_000_000
    except (ValueError, TypeError, OverflowError):
        return 0


def _token(path: bytes, tag: str) -> int:
    """The version that a tag names, told as weak, in quotes or not."""
    return version(path, tag.removeprefix("W/").strip('"'))
